"""The commands, as a user starts them: shapes of answers, exit codes, clear words instead of traces."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from collector.actions import sites
from collector.cli import main
from tests import builders
from tests.builders import HOME, NOW, body, event, field, form, view
from tests.conftest import opened, rows_of
from tests.serving import WEBLEADS, Served, environment, serving

COLUMNS = [
    "lead_id",
    "created_at",
    "last_seen_at",
    "kind",
    "name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "organization",
    "site_id",
    "site",
    "form",
    "page",
    "submissions",
    "visits",
    "first_channel",
    "first_source",
    "first_medium",
    "first_campaign",
    "first_at",
    "last_channel",
    "last_source",
    "last_medium",
    "last_campaign",
    "last_at",
    "marketing_consent",
    "mark",
    "score",
    "status",
    "owner",
    "tags",
    "quarantine",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without settings."""
    for name in os.environ.keys() - environment().keys():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, **more: Any) -> Result:
    """A command in this process; no exception may get out of it."""
    done = CliRunner().invoke(main, list(arguments), **more)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.stderr
    return done


def _line(said: str) -> str:
    """What was said, without the box around it."""
    return " ".join(said.replace("│", " ").split())


def said(done: Result) -> str:
    """What a command said of its failure, in one line."""
    return _line(done.stderr)


def answer(*arguments: str, **more: Any) -> Any:
    """The JSON value of a command that succeeds; nothing else is on stdout."""
    done = run(*arguments, "--json", **more)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


# Help ---------------------------------------------------------------------------------------------------------------


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(group, click.Group):
        told = click.Context(group)
        for name in group.list_commands(told):
            yield from _commands(group.get_command(told, name), (*path, name))


COMMANDS = list(_commands(main))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...], folder: Path) -> None:
    done = run(*path, "--help")
    assert done.exit_code == 0
    assert "Usage" in done.stdout
    assert not list(folder.iterdir()), "help makes no files"


def test_the_commands_of_the_contract_are_there() -> None:
    wanted = (
        "serve demo site:add user:add user:list user:invite user:role user:remove user:password account:add leads:export rebuild erase purge refused:list refused:replay config:show"
        " backup restore doctor attribution lead:merge lead:unmerge lead:suggestions lead:edit lead:undo lead:history lead:link site:key"
        " scoring:show scoring:set scoring:remove scoring:list scoring:backtest"
        " requests:list requests:add requests:link requests:answer"
        " goal:add goal:list goal:remove costs:import costs:list costs:remove"
    )
    assert {tuple(name.split(":")) for name in wanted.split()} <= set(COMMANDS)


# Sites --------------------------------------------------------------------------------------------------------------


def test_a_site_on_an_empty_folder_has_exactly_the_contracts_shape(folder: Path) -> None:
    made = answer("site", "add", "example.com", "--id", "42", "--name", "Example", "--consent", "granted", "--reason", "Other banner")
    assert list(made) == ["id", "domain", "name", "consent", "tag"]
    assert made | {"tag": ""} == {"id": 42, "domain": "example.com", "name": "Example", "consent": "granted", "tag": ""}
    assert 'data-site="42"' in made["tag"]
    assert "/42ns.gif" in made["tag"]
    assert (folder / "data" / "webleads.sqlite").exists()
    assert (folder / "data" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_site_is_laid_aside_taken_up_and_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.jobs.leave.WAIT", 0)
    answer("site", "add", "example.com", "--id", "42")
    assert answer("site", "archive", "42") == {"id": 42, "domain": "example.com", "archived": True}
    assert [one["archived"] for one in answer("site", "list")] == [True]
    assert answer("site", "restore", "42")["archived"] is False
    assert run("site", "delete", "42").exit_code == 2
    assert "not the domain" in said(run("site", "delete", "42", "--sure", "example.org"))
    done = run("site", "delete", "42", "--sure", "example.com")
    assert (done.exit_code, done.stdout) == (0, "example.com is gone.\n")
    assert answer("site", "list") == []
    assert "there is no such site" in said(run("site", "archive", "42"))


@pytest.mark.parametrize(
    ("domain", "kept"),
    [("localhost", "localhost"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("https://Élysée.fr/x", "xn--lyse-9oad.fr")],
)
def test_a_domain_may_be_a_host_localhost_or_an_address(folder: Path, domain: str, kept: str) -> None:
    made = answer("site", "add", domain)
    assert made["domain"] == made["name"] == kept
    assert 100_000_000 <= made["id"] <= 999_999_999
    assert made["consent"] == "required"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("site", "add"), 2, "DOMAIN"),
        (("site", "add", "a b"), 1, "host name"),
        (("site", "add", ""), 1, "empty"),
        (("site", "add", "http://[::1"), 0, ""),
        (("site", "add", "example.com", "--id", "x"), 2, "integer"),
        (("site", "add", "example.com", "--id", "0"), 1, "above 0"),
        (("site", "add", "example.com", "--id", "-5"), 1, "above 0"),
        (("site", "add", "example.com", "--id", "99999999999999999999"), 1, "whole number"),
        (("site", "add", "example.com", "--consent", "maybe"), 2, "maybe"),
        (("site", "add", "example.com", "--account", "7"), 2, "--account"),
        (("site", "remove"), 2, "remove"),
        (("site", "list", "--account", "7"), 2, "--account"),
        (("site", "list", "--database", "nonsense"), 2, "sqlite:///"),
        (("site", "list", "--database", "mysql://x/y"), 2, "PostgreSQL"),
        (("site", "list", "--database", "sqlite:////proc/nowhere/x.sqlite"), 1, ""),
        (("site", "list", "--database", "postgresql://u@127.0.0.1:1/x"), 1, ""),
        (("user", "add", "not-an-address", "--role", "owner", "--password", "long enough"), 1, "e-mail"),
        (("user", "add", "a@example.org", "--role", "owner", "--password", "short"), 2, "8 characters"),
        (("user", "add", "a@example.org", "--role", "king", "--password", "long enough"), 2, "king"),
        (("user", "password", "nobody@example.org", "--password", "long enough"), 1, "nobody"),
        (("erase", "nobody@example.org"), 1, "nothing is known"),
        (("site", "key", "42"), 1, "nothing is known"),
        (("lead", "merge", "a@example.org", "b@example.org"), 1, "nothing is known of a@example.org"),
        (("lead", "unmerge", "01890000-0000-7000-8000-000000000000"), 1, "no such merge"),
        (("lead", "edit", "a@example.org"), 2, "say what"),
        (("lead", "edit", "01890000-0000-7000-8000-000000000000", "--tag", "a"), 1, "this lead is not here"),
        (("lead", "edit", "a@example.org", "--status", "sold"), 2, "sold"),
        (("lead", "edit", "a@example.org", "--correct", "name"), 2, "FIELD=VALUE"),
        (("lead", "undo", "a@example.org"), 1, "nothing is known"),
        (("lead", "undo", "01890000-0000-7000-8000-000000000000"), 1, "no such entry"),
        (("lead", "link", "a@example.org", "https://example.com/"), 1, "nothing is known"),
        (("leads", "export", "--json"), 2, "--output"),
        (("leads", "export", "--format", "pdf"), 2, "pdf"),
        (("leads", "export", "--output", "no/such/folder/x.csv"), 1, "no/such/folder"),
        (("rebuild", "--account", "7"), 2, "--account"),
        (("rebuild", "--as-of", "yesterday"), 2, "--as-of"),
        (("serve", "--port", "99999"), 2, "99999"),
        (("serve", "--host", "203.0.113.1", "--port", "0"), 1, "203.0.113.1"),
        (("scoring", "set", "nobody"), 2, "say --new"),
        (("scoring", "set", "pricing", "--new"), 2, "leave --new out"),
        (("scoring", "set", "pricing", "--points", "-1"), 1, "0 to 100"),
        (("scoring", "set", "Pricing list", "--new"), 1, "small letters"),
        (("scoring", "remove", "nobody"), 1, "no such rule"),
        (("scoring", "list", "friends"), 2, "friends"),
        (("scoring", "list", "staff", "a b"), 1, "not a domain"),
        (("attribution", "--paths", "x.csv"), 2, "--model"),
        (("attribution", "--paths", "x.csv", "--model", "last", "--look-back", "9"), 2, "--look-back"),
        (("attribution", "--look-back", "396"), 2, "1<=x<=395"),
        (("attribution", "--half-life", "nan"), 2, "number of days"),
        (("goal", "add", "Merci", "--event", "a", "--value", "1,500"), 2, "49.90"),
        (("attribution", "--transform", "second"), 2, "remove_if_not_all(Direct)"),
        (("attribution", "--from", "yesterday"), 2, "2026-03-31"),
        (("attribution", "--from", "2026-03-31", "--to", "2026-03-30"), 2, "ends before it begins"),
        (("attribution", "--goal", "Merci"), 2, "no goal Merci"),
        (("attribution", "--currency", "euro"), 2, "three letters"),
        (("attribution", "--site", "7"), 2, "no site 7"),
        (("attribution", "--then", "x"), 2, "--kept"),
        (("goal", "add", "Merci"), 2, "one of --page"),
        (("goal", "add", "Merci", "--page", "/a", "--event", "a"), 2, "one of --page"),
        (("goal", "add", "Merci", "--page", "a"), 1, "begins with /"),
        (("goal", "add", "Merci", "--page", "/a", "--value", "1,2,3"), 2, "49.90"),
        (("goal", "add", "Merci", "--page", "/a", "--site", "7"), 1, "no such site"),
        (("goal", "remove", "Merci"), 1, "no goal Merci"),
        (("costs", "import", "no.csv"), 2, "no.csv"),
        (("costs", "remove", "x"), 2, "costs list"),
        (("costs", "remove", "0" * 32), 1, "nothing is known of"),
        (("attribution", "--paths", "x.csv", "--model", "w"), 2, "is not one of"),
        (("attribution", "--paths", "x.csv", "--model", "last"), 1, "x.csv"),
        (("attribution", "--paths", ".", "--model", "last"), 1, "directory"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_wrong_use_is_told_in_a_line(folder: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = run(*arguments)
    assert done.exit_code == code, (done.stdout, done.stderr)
    assert says in _line(done.stderr)
    assert code == 0 or done.stderr.strip()


def test_a_taken_id_is_said_to_be(folder: Path) -> None:
    answer("site", "add", "example.com", "--id", "42")
    done = run("site", "add", "other.example", "--id", "42")
    assert (done.exit_code, "42 is taken" in done.stderr) == (1, True)
    assert [one["domain"] for one in answer("site", "list")] == ["example.com"]


def test_a_file_that_is_no_database_is_told_in_a_line(folder: Path) -> None:
    (folder / "notes.txt").write_text("these are only notes\n" * 100)
    done = run("site", "list", "--database", "sqlite:///notes.txt")
    assert done.exit_code == 1
    assert "not a database" in done.stderr
    assert (folder / "notes.txt").read_text().startswith("these are only notes")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WEBLEADS_CONSENT", "perhaps", "perhaps"),
        ("WEBLEADS_URL", "stats.example.com", "http"),
        ("WEBLEADS_TRUSTED_PROXIES", "everyone", "everyone"),
        ("WEBLEADS_LOG_LEVEL", "loud", "loud"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_a_line(folder: Path, name: str, value: str, says: str) -> None:
    done = run("config", "show", env={name: value})
    assert done.exit_code == 2
    assert says in _line(done.stderr)


def test_settings_say_where_they_come_from(folder: Path) -> None:
    (folder / "webleads.toml").write_text('consent = "off"\n')
    shown = answer("config", "show", env={"WEBLEADS_LANGUAGE": "fr"})
    assert shown["consent"] == {"value": "off", "from": "webleads.toml"}
    assert shown["language"] == {"value": "fr", "from": "environment"}
    assert shown["url"]["from"] == "default"
    (folder / "webleads.toml").write_text('consnt = "off"\n')
    done = run("config", "show")
    assert (done.exit_code, "did you mean 'consent'" in _line(done.stderr)) == (2, True)


def test_a_password_of_the_database_is_not_shown(folder: Path) -> None:
    shown = run("config", "show", "--json", "--database", "postgresql://u:CANARY@h/n").stdout
    assert "CANARY" not in shown
    assert '"postgresql://u:***@h/n"' in shown


# Users and accounts -------------------------------------------------------------------------------------------------


def test_users_are_added_and_given_other_passwords(folder: Path) -> None:
    assert answer("user", "add", "A@Example.org", "--role", "owner", input="long enough\n") == {"email": "a@example.org", "role": "owner"}
    assert run("user", "add", "a@example.org", "--role", "viewer", input="long enough\n").exit_code == 1
    assert answer("user", "password", "a@example.org", input="another one\n")["changed"] is True


def test_with_two_accounts_one_must_be_named(folder: Path) -> None:
    assert answer("account", "add", "Second") == {"id": 2, "name": "Second"}
    assert run("site", "add", "example.com").exit_code == 2
    assert answer("site", "add", "example.com", "--account", "2")["domain"] == "example.com"
    assert answer("site", "list", "--account", "1") == []


# Leads --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(folder: Path) -> Path:
    """A folder with two leads and a message."""

    async def tell() -> None:
        async for _database, writer in opened(f"sqlite:///{folder}/data/webleads.sqlite"):
            await writer.run(sites.add, 1, "example.com", now=NOW, id=42, name="Example")
            await writer.run(builders.store, *_requests())
        (folder / "data" / "secret").write_text(builders.SECRET.hex())

    asyncio.run(tell())
    return folder


def _requests() -> list[dict[str, Any]]:
    camille = form(
        NOW + 5,
        fields=[field("nom", "Camille Durand"), field("phone", "06 12 34 56 78"), field("societe", "=HYPERLINK(1)")],
        url=HOME + "contact",
    )
    return [
        body(view(NOW, HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"), camille, sent=NOW + 5),
        body(form(NOW + 10, "nora@example.org"), visitor=None, consent="unset", sent=NOW + 10),
        body(
            form(NOW + 20, None, fields=[field("message", "Bonjour,\nune question.")]),
            event("purchase"),
            visitor=None,
            consent="unset",
            sent=NOW + 20,
        ),
    ]


def test_leads_as_csv_have_the_contracts_columns(told: Path) -> None:
    raw = run("leads", "export").stdout_bytes
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode())))
    assert list(rows[0]) == COLUMNS
    assert [one["kind"] for one in rows] == ["message", "lead", "lead"]
    camille = rows[2]
    assert (camille["email"], camille["phone"], camille["name"], camille["site"]) == (
        "camille@example.org",
        "+33612345678",
        "Camille Durand",
        "example.com",
    )
    assert not camille["organization"].startswith("=")
    assert (camille["first_source"], camille["first_campaign"], camille["submissions"], camille["visits"]) == (
        "lettre",
        "rentree",
        "1",
        "1",
    )
    assert camille["created_at"].startswith("2025-10-09T08:53:20")
    assert camille["created_at"].endswith("Z")


def test_leads_as_json_lines_have_the_same_columns(told: Path) -> None:
    lines = [json.loads(line) for line in run("leads", "export", "--format", "jsonl").stdout.splitlines()]
    assert [list(line) for line in lines] == [COLUMNS] * 3
    assert lines[2]["organization"] == "=HYPERLINK(1)"
    assert lines[1]["first_at"] is None


def test_an_export_may_be_asked_for_less_and_written_to_a_file(told: Path) -> None:
    assert len(run("leads", "export", "--query", "camille", "--format", "jsonl").stdout.splitlines()) == 1
    assert len(run("leads", "export", "--site", "7", "--format", "jsonl").stdout.splitlines()) == 0
    assert answer("leads", "export", "--output", "leads.csv") == {"leads": 3, "output": "leads.csv"}
    assert (told / "leads.csv").read_text("utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert "lead_id" not in run("leads", "export", "--header", "words").stdout.splitlines()[0]


def test_an_export_takes_the_address_of_a_list(told: Path) -> None:
    answer("lead", "edit", "camille@example.org", "--status", "won", "--tag", "salon")
    query = "?all=1&status=won&tag=salon&sort=name&columns=email"
    (line,) = map(json.loads, run("leads", "export", "--query", query, "--format", "jsonl").stdout.splitlines())
    assert (line["email"], line["status"], line["tags"]) == ("camille@example.org", "won", "salon")
    assert answer("leads", "export", "--query", "kind=messages", "--output", "messages.csv")["leads"] == 1
    assert answer("leads", "export", "--format", "xlsx", "--output", "leads.xlsx") == {"leads": 3, "output": "leads.xlsx"}
    assert zipfile.is_zipfile(told / "leads.xlsx")
    assert run("leads", "export", "--format", "xlsx").exit_code == 2


def test_two_leads_are_merged_and_taken_apart_by_what_they_are_known_by(told: Path) -> None:
    before = run("leads", "export").stdout
    made = answer("lead", "merge", "nora@example.org", "camille@example.org", "--keep", "nora@example.org", "--reason", "appel")
    assert list(made) == ["merge", "kept", "merged"]
    assert run("lead", "merge", "nora@example.org", "camille@example.org").exit_code == 1
    assert [line["submissions"] for line in map(json.loads, run("leads", "export", "--format", "jsonl").stdout.splitlines())] == [1, 2]
    (entry,) = answer("lead", "history", "camille@example.org")
    assert (entry["kind"], entry["name"], entry["value"], entry["by"]) == ("merge", made["merged"], "appel", "the command line")
    assert answer("lead", "unmerge", made["merge"]) == {"merge": made["merge"], "kept": made["kept"], "apart": made["merged"]}
    assert run("leads", "export").stdout == before
    assert answer("lead", "merge", "nora@example.org", "camille@example.org")["kept"] == made["merged"]  # who was known first


def test_a_lead_is_edited_told_of_and_an_entry_taken_back(told: Path) -> None:
    answer("user", "add", "marie@example.com", "--role", "marketer", "--password", "long enough")
    made = answer(
        "lead", "edit", "camille@example.org", "--status", "won", "--owner", "marie@example.com", "--tag", "a", "--tag", "b",
        "--untag", "a", "--note", "Rappeler", "--correct", "name=Camille Martin",
    )  # fmt: skip
    assert len(made["edits"]) == 7
    told_of = answer("lead", "history", made["lead"])
    assert [one["says"] for one in told_of] == [
        "Status: Won", "Owner: marie@example.com", "Tag “a” added", "Tag “b” added", "Tag “a” taken off", "Rappeler",
        "Name corrected to “Camille Martin”",
    ]  # fmt: skip
    assert "Camille Martin" in run("leads", "export").stdout
    answer("lead", "undo", told_of[-1]["id"])
    assert "Camille Durand" in run("leads", "export").stdout
    assert run("lead", "edit", made["lead"], "--owner", "nobody@example.com").exit_code == 1
    assert answer("lead", "suggestions") == []


def test_a_link_for_a_letter_holds_a_token_and_no_address(told: Path) -> None:
    made = answer("lead", "link", "camille@example.org", HOME + "prix?a=1")
    assert made["url"].startswith(HOME + "prix?a=1&wlclid=")
    assert "camille" not in made["url"]
    message = next(
        line for line in map(json.loads, run("leads", "export", "--format", "jsonl").stdout.splitlines()) if line["kind"] == "message"
    )
    assert "no address" in run("lead", "link", message["lead_id"], HOME).stderr
    assert len(answer("site", "key", "42")["key"]) == 64


def _exported() -> list[dict[str, str]]:
    """The export without scores, which are those of a day."""
    return [
        {name: value for name, value in row.items() if name != "score"}
        for row in csv.DictReader(run("leads", "export").stdout.splitlines())
    ]


def test_leads_are_rebuilt_erased_and_counted(told: Path) -> None:
    before = _exported()
    assert answer("rebuild", "--as-of", "2026-11-01") == {"visitors": 1, "submissions": 3}
    assert _exported() == before
    assert answer("erase", "camille@example.org")["leads"] == 1
    assert "camille" not in run("leads", "export").stdout
    (refused,) = answer("refused", "list")
    assert (refused["reason"], refused["n"], refused["site_id"], refused["day"]) == ("bad-type", 1, 42, "2025-10-09")
    assert answer("refused", "replay") == {"taken": 0, "left": 1}
    done = run("purge")
    assert (done.exit_code, "nothing is known of any time after 2025-10-09" in said(done)) == (1, True)
    assert set(answer("purge", "--clock-is-right")) == {"leads", "history", "audience", "refused"}


def test_another_secret_than_the_databases_is_refused_in_a_line(told: Path) -> None:
    (told / "data" / "secret").unlink()
    for arguments in (("rebuild",), ("serve", "--port", "0")):
        done = run(*arguments)
        assert (done.exit_code, "put the old one back" in _line(done.stderr)) == (1, True)


def test_a_newer_database_is_refused_in_a_line(told: Path) -> None:
    with sqlite3.connect(told / "data" / "webleads.sqlite") as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999_later'")
    conn.close()
    done = run("site", "list")
    assert (done.exit_code, "9999_later" in done.stderr) == (1, True)


# Attribution --------------------------------------------------------------------------------------------------------

PATHS = """path,conversions,value,nulls
Email > Paid Search > (direct),2,100,1
Paid Search,1,30,4
direct,1,10,5
"""
MODELS = ["first", "last", "last-non-direct", "linear", "position", "decay", "markov", "shapley"]


def _shares(told: dict[str, Any]) -> dict[str, tuple[float, float]]:
    return {one["channel"]: (one["conversions"], one["value"]) for one in told["channels"]}


def test_a_path_file_is_attributed_in_exactly_the_contracts_shape_and_makes_no_database(folder: Path) -> None:
    (folder / "paths.csv").write_text(PATHS)
    told = answer("attribution", "--paths", "paths.csv", "--model", "last-non-direct")
    assert list(told) == ["model", "channels"]
    assert told["model"] == "last-non-direct"
    assert [list(one) for one in told["channels"]] == [["channel", "conversions", "value"]] * 3
    assert [one["channel"] for one in told["channels"]] == ["Email", "Paid Search", "Direct"], "in order of first appearance"
    assert all(isinstance(one[key], float) for one in told["channels"] for key in ("conversions", "value"))
    assert _shares(told) == {"Email": (0, 0), "Paid Search": (3, 130), "Direct": (1, 10)}
    assert [path.name for path in folder.iterdir()] == ["paths.csv"]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_gives_all_away(folder: Path, model: str) -> None:
    told = answer("attribution", "--paths", "-", "--model", model, input="\ufeff" + PATHS.replace(",", ";").replace("\n", "\r\n"))
    shares = _shares(told)
    assert sum(share[0] for share in shares.values()) == pytest.approx(4, abs=1e-9)
    assert sum(share[1] for share in shares.values()) == pytest.approx(140, abs=1e-9)
    if model == "decay":
        parts = [2 ** (-days / 7) for days in (2, 1, 0)]
        assert shares["Email"] == pytest.approx((2 * parts[0] / sum(parts), 100 * parts[0] / sum(parts)), abs=1e-9)
    if model == "markov":
        assert all(value / 140 == pytest.approx(conversions / 4, abs=1e-9) for conversions, value in shares.values())


def test_without_json_it_is_a_table_that_says_what_made_it(folder: Path) -> None:
    done = run("attribution", "--paths", "-", "--model", "decay", input=PATHS.replace("Email", "[red]E\x1b[31m"), env={"COLUMNS": "120"})
    assert done.exit_code == 0
    assert "Time decay, half-life 7 days · no look-back limit · paths as they are · conversions: 4, journeys without: 10" in done.stdout
    assert "[red]E\ufffd[31m" in done.stdout
    assert "\x1b" not in done.stdout
    french = run("attribution", "--paths", "-", "--model", "markov", input=PATHS, env={"WEBLEADS_LANGUAGE": "fr", "COLUMNS": "120"})
    assert "Chaîne de Markov · sans limite d’ancienneté" in french.stdout


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (PATHS + "Email,1,x,0\n", "stdin, row 5, value: this is not a number; decimals follow a point: 'x'"),
        (PATHS + "Email>Direct,1,1,0\n", "stdin, row 5, path: channels are joined by"),
        (PATHS + "Email,1\n", "stdin, row 5: it has more or fewer cells"),
        ("path,conversions,nulls\n", "stdin, row 1, value: this column is missing"),
        ("", "stdin, row 1: the file is empty"),
        (PATHS + "[/red]>,1,1,0\n", "'[/red]>'"),
    ],
)
def test_a_bad_path_file_is_told_in_a_line_with_its_row(folder: Path, file: str, says: str) -> None:
    done = run("attribution", "--paths", "-", "--model", "linear", "--json", input=file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in _line(done.stderr)


def test_where_nothing_was_converted_markov_says_that_it_cannot_tell(folder: Path) -> None:
    told = answer("attribution", "--paths", "-", "--model", "markov", input="path,conversions,value,nulls\nEmail > Direct,0,0,9\n")
    assert (told["model"], told["fallback"], told["why"]) == ("markov", "linear", "no-conversions")
    assert _shares(told) == {"Email": (0, 0), "Direct": (0, 0)}
    shown = run("attribution", "--paths", "-", "--model", "markov", input="path,conversions,value,nulls\nEmail > Direct,0,0,9\n").stdout
    assert "Nothing was converted" in _line(shown)
    assert answer("attribution", "--paths", "-", "--model", "markov", input="path,conversions,value,nulls\n")["channels"] == []


# Over what is stored --------------------------------------------------------------------------------------------------


def test_a_report_over_what_is_stored_says_what_made_it(told: Path) -> None:
    when = ("--from", "2025-10-01", "--to", "2025-10-31")
    made = answer("attribution", *when)
    assert made | {"lines": 0} == {
        "model": "linear", "of": "leads", "by": "channel", "from": "2025-10-01", "to": "2025-10-31", "look_back": 90, "transform": ["unique"],
        "conversions": 2, "nulls": 0, "currency": None, "value": 0, "cost": None, "left_out": 0, "lines": 0,
    }  # fmt: skip
    assert {line["name"]: line["conversions"] for line in made["lines"]} == {"Email": 1, "Unassigned (no touch)": 1}
    assert answer("attribution", *when, "--model", "markov")["why"] == "few-conversions"
    shown = run("attribution", *when, "--by", "campaign", "--transform", "remove_if_not_all(Direct)", env={"COLUMNS": "160"}).stdout
    assert "rentree" in shown
    assert "Leads, each once · 1 Oct 2025 – 31 Oct 2025 · Linear · look-back 90 days · Direct left out, unless it is all" in _line(shown)
    assert "conversions: 2" in shown
    assert "So few tell of chance" in _line(shown)


def test_figures_are_kept_and_held_against_what_is_known_now(told: Path) -> None:
    kept = answer("attribution", "--from", "2025-10-01", "--to", "2025-10-31", "--keep", "October")["kept"]
    (one,) = answer("attribution", "--kept")
    assert (one["id"], one["name"], one["conversions"]) == (kept, "October", 2)
    answer("erase", "nora@example.org")
    told_then = answer("attribution", "--then", kept)
    assert (told_then["then"]["conversions"], told_then["now"]["conversions"], told_then["late"]) == (2, 1, 0)
    shown = _line(run("attribution", "--then", kept, env={"COLUMNS": "160"}).stdout)
    assert "October moved from 2 to 1: 1 is gone (erased, failed or joined to another)." in shown


def test_goals_are_added_changed_listed_and_removed(told: Path) -> None:
    made = answer("goal", "add", "Merci", "--page", "/merci*", "--value", "12,50", "--site", "42")
    assert (made["kind"], made["pattern"], made["site"], made["value"], made["currency"]) == ("page", "/merci*", 42, 1_250, "EUR")
    assert answer("goal", "add", "merci", "--page", "/thanks")["id"] == made["id"]
    assert run("goal", "add", "Merci", "--click", "phone").exit_code == 1
    answer("goal", "add", "Appel", "--click", "phone")
    assert [(one["name"], one["pattern"]) for one in answer("goal", "list")] == [("Appel", "phone"), ("merci", "/thanks")]
    assert "counts no more" in run("goal", "remove", "APPEL").stdout
    assert [one["name"] for one in answer("goal", "list")] == ["merci"]


def test_costs_are_imported_once_listed_and_taken_out(told: Path) -> None:
    (told / "c.csv").write_text("day,source,amount,campaign,medium\n2025-10-09,lettre,\x1b[31m,,\n2025-10-09,Lettre,12.5,rentree,email\n")
    done = run("costs", "import", "c.csv")
    assert done.exit_code == 0
    assert "1 row read. 1 row left out. Line 2, amount: this is not an amount" in _line(done.stdout)
    assert "\x1b" not in done.stdout
    assert answer("costs", "import", "c.csv")["known"] is True
    (one,) = answer("costs", "list")
    assert (one["name"], one["rows"], one["bad"], one["from"], one["sums"]) == ("c.csv", 1, 1, "2025-10-09", {"EUR": 1_250})
    lines = answer("attribution", "--from", "2025-10-09", "--to", "2025-10-09", "--by", "source")["lines"]
    assert [(line["name"], line["cost"], line["cost_per"]) for line in lines if line["cost"]] == [("lettre", 1_250, 1_250)]
    assert answer("costs", "remove", one["id"])["rows"] == 1
    assert answer("costs", "list") == []
    (told / "bad.csv").write_text("a,b\n1,2\n")
    assert run("costs", "import", "bad.csv").exit_code == 1


# Beside a server ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`webleads serve`, with a site."""
    with serving(tmp_path_factory.mktemp("cli")) as running:
        running.command("site", "add", "example.com", "--id", "42")
        yield running


def test_a_server_says_where_it_is_and_where_to_begin(served: Served) -> None:
    assert served.url.startswith("http://127.0.0.1:")
    assert served.login.startswith(f"{served.url}/setup?token=")


def test_commands_work_while_a_server_runs(served: Served) -> None:
    made = served.command("site", "add", "second.example", "--name", "Zweite")
    assert served.url in made["tag"]
    assert [one["domain"] for one in served.command("site", "list")] == ["example.com", "second.example"]
    assert served.command("rebuild") == {"visitors": 0, "submissions": 0}
    assert served.command("purge")["leads"] == 0
    assert served.leads() == []
    (served.folder / "c.csv").write_text("day,source,amount\n" + "2026-03-01,google,1\n" * 3_000)
    costs = served.command("costs", "import", "c.csv")
    assert (costs["rows"], costs["bad"]) == (3_000, 0)
    asked = ("attribution", "--from", "2026-03-01", "--to", "2026-03-01")
    assert served.command(*asked, "--keep", "March")["cost"] == 300_000
    for arguments, says in (
        (("site", "add", "x.example", "--id", "42"), "42 is taken"),
        (("erase", "nobody@example.org"), "nothing is known"),
    ):
        done = subprocess.run(
            [*WEBLEADS, *arguments], cwd=served.folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert says in _line(done.stderr)


def test_a_second_server_on_the_same_file_is_refused_in_a_line(served: Served) -> None:
    done = subprocess.run(
        [*WEBLEADS, "serve", "--port", "0"], cwd=served.folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "another process writes to" in _line(done.stderr)
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_in_a_line(served: Served, folder: Path) -> None:
    done = subprocess.run(
        [*WEBLEADS, "serve", "--port", str(served.port)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot listen" in _line(done.stderr)
    assert "Errno" not in done.stderr


# Scores -------------------------------------------------------------------------------------------------------------


def test_rules_of_scores_are_changed_and_every_lead_follows(told: Path) -> None:
    first = answer("scoring", "show")
    assert [one["name"] for one in first["rules"]][:2] == ["contact", "pricing"]
    assert first["competitors"] == []
    changed = answer("scoring", "set", "business", "--points", "20")
    assert next(one for one in changed["rules"] if one["name"] == "business")["points"] == 20
    assert set(_points(told)["business"]) == {2_000}
    added = answer("scoring", "set", "call-me", "--new", "--signal", "form", "--points", "3", "--word", "contact", "--word", "rappel")
    assert added["rules"][-1] == {
        "name": "call-me", "kind": "engagement", "signal": "form", "points": 3.0, "cap": 1.0, "half_life": 0.0, "hold": 0.0, "per": 1.0,
        "words": ["contact", "rappel"], "on": True,
    }  # fmt: skip
    assert set(_points(told)["call-me"]) == {300}
    answer("scoring", "set", "business", "--off")
    answer("scoring", "remove", "call-me")
    assert {"business", "call-me"} & set(_points(told)) == set()
    assert answer("scoring", "list", "competitors", "example.org", "example.net")["competitors"] == ["example.net", "example.org"]
    assert _points(told) == {}
    assert answer("scoring", "list", "competitors")["competitors"] == []
    tried = answer("scoring", "backtest")
    assert tried[-1]["rule"] == "freemail"
    assert tried[-1]["advice"] is None
    for words, says in (("show", "business"), ("backtest", "no advice")):
        assert says in run("scoring", words).stdout


def _points(folder: Path) -> dict[str, list[int]]:
    """Hundredths of every lead, by rule."""
    found: dict[str, list[int]] = {}
    for rule, points in rows_of(f"sqlite:///{folder}/data/webleads.sqlite", "SELECT rule, points FROM score_reason"):
        found.setdefault(rule, []).append(points)
    return found
