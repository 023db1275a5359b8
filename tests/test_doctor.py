"""The doctor: every finding has words in both languages, everything wrong is found, and nothing is changed by looking."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.actions import sites
from collector.domain import health as judging
from collector.domain.health import Finding, mail
from collector.present import health
from tests.builders import DAY
from tests.conftest import opened
from tests.faults.asking import now
from tests.serving import Served, serving
from tests.test_cli import answer, folder, run  # noqa: F401 (folder is a fixture)

ROOT = Path(judging.__file__).parent.parent


def found(*words: str, **settings: str) -> dict[str, dict[str, Any]]:
    """Findings by their code."""
    done = run("doctor", "--json", *words, env={f"WEBLEADS_{name.upper()}": value for name, value in settings.items()})
    told = json.loads(done.stdout)
    assert done.exit_code == (1 if any(one["level"] == "wrong" for one in told) else 0)
    return {one["code"]: one for one in told}


@pytest.fixture
def place(folder: Path) -> Path:  # noqa: F811
    """A folder with a database and site 42."""
    answer("site", "add", "example.com", "--id", "42")
    return folder


@pytest.fixture
def file(place: Path) -> Path:
    """The database's file."""
    return place / "data" / "webleads.sqlite"


def _codes() -> set[str]:
    """Every code that stands in the code."""
    texts = [
        node.value
        for path in (ROOT / "domain" / "health.py", ROOT / "doctor.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    checks = set(health.CHECKS)
    return {text for text in texts if text.partition("-")[0] in checks and "-" in text and " " not in text}


def test_every_finding_has_words_and_each_that_is_no_ok_a_fix() -> None:
    assert _codes() == set(health.SENTENCES)
    good = {code for code, (_says, fix) in health.SENTENCES.items() if not fix}
    assert {code for code in health.SENTENCES if code.endswith("-ok")} <= good
    for code in health.SENTENCES:
        one = Finding(code.partition("-")[0], "hint", code, _values())
        for language in ("en", "fr"):
            assert health.sentence(one, language)
            assert bool(health.fix(one, language)) == (code not in good), code
            assert "%(" not in health.sentence(one, language) + health.fix(one, language)
        assert health.check(one, "en")


def test_every_fault_of_a_mail_server_has_words() -> None:
    named = set(re.findall(r'Fault\("([a-z-]+)"\)', (ROOT / "outbound" / "relay.py").read_text()))
    named |= set(re.findall(r'Fault\("([a-z]+)" if .* else "[a-z]+"\)', (ROOT / "outbound" / "relay.py").read_text())) | {"protocol"}
    assert named == set(health.MAIL)
    one = mail("mail.example.com", "certificate")
    assert health.sentence(one, "en") == "The mail server mail.example.com takes no letter: its certificate is not trusted."
    assert health.sentence(one, "fr") != health.sentence(one, "en")
    assert "smtp-550" in health.sentence(mail("mail.example.com", "smtp-550"), "fr")


def _values() -> dict[str, object]:
    names = "file said mode mb stored newest share version ms low lowest account kinds leads history audience refused domain id trusted url status host key"
    return {**dict.fromkeys(names.split(), "x"), "now": 1, "known": 2, "last": 3}


def test_nothing_is_made_by_looking(folder: Path) -> None:  # noqa: F811
    codes = found()
    assert {"file-none", "secret-none", "address-none"} <= codes.keys()
    assert not list(folder.iterdir())


def test_a_new_collector_has_hints_and_nothing_wrong(place: Path, file: Path) -> None:
    before = file.read_bytes()
    codes = found()
    assert {one["level"] for one in codes.values()} == {"ok", "hint"}
    assert {
        "server-none",
        "file-ok",
        "schema-ok",
        "wal-ok",
        "pages-ok",
        "disk-ok",
        "clock-ok",
        "secret-ok",
        "retention-ok",
        "site-unheard",
    } < set(codes)
    assert file.read_bytes() == before


def test_it_speaks_the_language_of_the_setting(place: Path) -> None:
    done = run("doctor", env={"WEBLEADS_LANGUAGE": "fr"})
    assert "conseil Adresse publique : Aucune adresse publique n’est réglée." in done.stdout
    assert "→ Dès que des navigateurs joignent le collecteur" in done.stdout


def test_files_that_others_may_read_are_wrong(place: Path, file: Path) -> None:
    file.chmod(0o644)
    (place / "data" / "secret").chmod(0o640)
    codes = found()
    assert codes["file-open"]["fix"] == f"chmod 600 {file}"
    assert "mode 640" in codes["secret-open"]["says"]


def test_a_damaged_file_and_one_that_is_none_are_told_with_what_to_do(place: Path, file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[8_192:40_000] = b"\7" * (40_000 - 8_192)
    file.write_bytes(raw)
    assert "webleads restore FILE" in found()["file-damaged"]["fix"]
    file.write_text("these are only notes\n" * 100)
    assert "file is not a database" in found()["file-damaged"]["says"]


def test_a_schema_of_another_version_is_told(place: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '0001'")
        conn.commit()
        assert found()["schema-older"]["level"] == "hint"
        conn.execute("UPDATE alembic_version SET version_num = '9999_later'")
        conn.commit()
    assert found()["schema-newer"]["level"] == "wrong"


def test_a_secret_that_is_gone_or_another_is_wrong(place: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("INSERT INTO identifier VALUES (1, x'00', 'email', 'x@example.org', x'01', 0)")
        conn.commit()
    assert found()["secret-other"]["level"] == "wrong"
    (place / "data" / "secret").unlink()
    assert found()["secret-gone"]["level"] == "wrong"
    assert not (place / "data" / "secret").exists()


def test_a_clock_that_jumped_and_an_account_that_keeps_for_ever_are_wrong(place: Path, file: Path) -> None:
    alive = file.with_name(file.name + ".alive")
    alive.write_text(str(now() - 40 * DAY))
    assert "the purge is held back" in found()["clock-ahead"]["says"]
    alive.write_text(str(now() + 40 * DAY))
    assert found()["clock-behind"]["level"] == "wrong"
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("DELETE FROM retention WHERE kind = 'leads'")
        conn.commit()
    assert found()["retention-none"]["level"] == "wrong"


def test_who_may_not_read_the_file_is_told(place: Path, file: Path) -> None:
    file.chmod(0)
    if os.getuid() == 0:  # root may: the folder is what is in the way then
        file.unlink()
        file.mkdir()
    codes = found()
    assert {"file-unread", "file-damaged"} & codes.keys()


def test_an_address_that_nobody_answers_at_is_wrong_within_seconds(place: Path) -> None:
    codes = found(url="http://127.0.0.1:1")
    assert codes["address-silent"]["level"] == "wrong"
    assert "refused" in codes["address-silent"]["says"]
    assert "tag-ok" not in codes


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A collector with a site."""
    with serving(tmp_path_factory.mktemp("doctor")) as running:
        running.command("site", "add", "example.com", "--id", "42")
        yield running


def test_a_collector_that_runs_and_its_tag_are_found(served: Served) -> None:
    def look(**settings: str) -> dict[str, Any]:
        return found("--database", f"sqlite:///{served.folder}/data/webleads.sqlite", url=served.url, **settings)

    codes = look()
    assert {"server-runs", "address-ok", "tag-ok", "secret-ok"} <= codes.keys()
    assert look(consent="granted")["tag-other"]["level"] == "wrong"


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_postgresql_is_asked(database_url: str, folder: Path) -> None:  # noqa: F811
    async def tell() -> None:
        async for _database, writer in opened(database_url):
            await writer.run(sites.add, 1, "example.com", now=1, id=42)

    asyncio.run(tell())
    codes = found("--database", database_url)
    assert {"postgres-ok", "schema-ok", "clock-ok", "retention-ok", "site-unheard"} <= codes.keys()
    codes = found("--database", "postgresql://u:CANARY@127.0.0.1:1/x")
    assert codes["postgres-silent"]["level"] == "wrong"
    assert "CANARY" not in json.dumps(codes)
