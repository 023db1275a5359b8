"""Requests on the command line, and what the commands say of the mail server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collector.domain import tickets
from tests import builders
from tests.builders import NOW, body, form, view
from tests.test_cli import answer, folder, run, said  # noqa: F401 (folder is a fixture)

CAMILLE = "camille@example.org"


def _written(**settings: str) -> dict[str, Any]:
    made: dict[str, Any] = answer("requests", "add", CAMILLE, "--kind", "erasure", "--words", "Effacez-moi", env=settings or None)
    return made


def test_a_request_is_written_down_listed_and_answered(folder: Path) -> None:  # noqa: F811
    assert run("requests", "list").stdout == "No request waits.\n"
    id = _written()["id"]
    (row,) = answer("requests", "list")
    assert (row["id"], row["kind"], row["by"], row["who"], row["end"]) == (id, "erasure", "person", "", "")
    assert row["said"] == f"{CAMILLE}\nEffacez-moi"
    assert row["left"].endswith("days left")
    assert "say why with --note" in said(run("requests", "answer", id, "refused"))
    assert answer("requests", "answer", id, "extended", "--note", "En congé") == {"id": id, "kind": "extended"}
    assert run("requests", "answer", id, "done").exit_code == 0
    assert "had its answer already" in said(run("requests", "answer", id, "done"))
    assert answer("requests", "list") == []
    (row,) = answer("requests", "list", "--answered")
    assert [one["kind"] for one in row["steps"]] == ["extended", "done"]
    assert "no such request" in said(run("requests", "answer", "nonsense", "done"))


def test_a_link_is_made_for_an_address_that_is_known(folder: Path) -> None:  # noqa: F811
    answer("site", "add", "example.com", "--id", "42")
    secret = bytes.fromhex(next((folder / "data").glob("*secret*")).read_text().strip())
    from collector.actions.record import Recorder
    from collector.store import ids
    from collector.store.database import Database

    engine = Database(f"sqlite:///{folder}/data/webleads.sqlite").writing_engine()
    with engine.begin() as conn:
        Recorder(secret, ids.uuid7)(conn, [builders.batch(body(view(NOW - 2), form(NOW - 1, CAMILLE)))])
    engine.dispose()
    made = answer("requests", "link", CAMILLE, env={"WEBLEADS_URL": "https://stats.example.com"})
    assert made["url"].startswith("https://stats.example.com/me/link?token=")
    assert CAMILLE not in made["url"]
    ticket = tickets.read(secret, made["url"].partition("token=")[2], now=ids.now())
    (row,) = answer("requests", "list")
    assert (row["id"], row["kind"], row["who"]) == (made["request"], "access", CAMILLE)
    assert ticket.request.hex() == made["request"].replace("-", "")
    assert "nothing is known of nobody@example.org" in said(run("requests", "link", "nobody@example.org"))


# Mail -----------------------------------------------------------------------------------------------------------------


def test_a_mail_servers_password_is_shown_nowhere(folder: Path) -> None:  # noqa: F811
    env = {
        "WEBLEADS_SMTP": "smtp://u:geheim@127.0.0.1:1",
        "WEBLEADS_URL": "http://127.0.0.1:1",
        "WEBLEADS_MAIL_FROM": "webleads@example.com",
    }
    for arguments in (("config", "show"), ("config", "show", "--json"), ("doctor",), ("doctor", "--json")):
        done = run(*arguments, env=env)
        assert "geheim" not in done.stdout + done.stderr
    assert answer("config", "show", env=env)["smtp"]["value"] == "smtp://u:***@127.0.0.1:1"


@pytest.mark.parametrize(
    ("smtp", "sender", "says"),
    [
        ("smtp://u:geheim@mail.example", "", "smtp: say with mail_from"),
        ("smtp://mail.example", "a@example.com", "smtp: say with url where the links"),
        ("mail.example", "a@example.com", "smtp: it must begin with smtp://"),
        ("", "no address", "mail_from: 'no address' is no e-mail address"),
    ],
)
def test_a_mail_setting_that_cannot_be_is_told_in_a_line(folder: Path, smtp: str, sender: str, says: str) -> None:  # noqa: F811
    done = run("config", "show", env={"WEBLEADS_SMTP": smtp, "WEBLEADS_MAIL_FROM": sender})
    assert done.exit_code == 2
    assert says in said(done)
    assert "geheim" not in done.stderr


def test_the_doctor_says_whether_the_mail_server_answers(folder: Path) -> None:  # noqa: F811
    answer("site", "add", "example.com", "--id", "42")
    codes = {one["code"]: one for one in answer("doctor")}
    assert codes["mail-none"]["level"] == "hint"
    env = {"WEBLEADS_SMTP": "smtp://127.0.0.1:1", "WEBLEADS_URL": "http://127.0.0.1:1", "WEBLEADS_MAIL_FROM": "webleads@example.com"}
    done = run("doctor", env=env)
    assert done.exit_code == 1
    assert "127.0.0.1 takes no letter: nobody answers there" in done.stdout
