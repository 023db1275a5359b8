"""Backup and restore, as a user runs them: what was committed is in the copy, what was erased stays erased."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Connection

from collector.actions import sites
from collector.store import crash, dump
from collector.store.database import Database
from tests import builders
from tests.builders import HOUR, NOW, body, form, view
from tests.conftest import opened
from tests.test_cli import answer, folder, run, said  # noqa: F401 (folder is a fixture)


def _story(conn: Connection) -> None:
    sites.add(conn, 1, "example.com", now=NOW, id=42, name="Example")
    builders.store(
        conn,
        body(view(NOW - HOUR), form(NOW - HOUR + 1, "camille@example.org")),
        body(view(NOW - 5), form(NOW - 4, "nora@example.org"), visitor=builders.OTHER),
    )


def _tell(url: str, secret: Path) -> None:
    async def tell() -> None:
        async for _database, writer in opened(url):
            await writer.run(_story)

    asyncio.run(tell())
    secret.write_text(builders.SECRET.hex())
    secret.chmod(0o600)


@pytest.fixture
def told(folder: Path) -> Path:  # noqa: F811
    """A folder with a database of two leads in `data`."""
    _tell(f"sqlite:///{folder}/data/webleads.sqlite", folder / "data" / "secret")
    return folder


def _emails() -> list[str]:
    return sorted(json.loads(line)["email"] for line in run("leads", "export", "--format", "jsonl").stdout.splitlines())


def _files(where: Path) -> set[str]:
    return {path.name for path in where.iterdir()}


# Backup -------------------------------------------------------------------------------------------------------------


def test_a_backup_is_two_files_for_the_owner_alone(told: Path) -> None:
    made = answer("backup", "copy.sqlite")
    assert made == made | {"file": "copy.sqlite", "secret": "copy.sqlite.secret", "events": 4, "leads": 2}
    assert {"copy.sqlite", "copy.sqlite.secret"} <= _files(told)
    assert not [name for name in _files(told) if name.endswith((".part", "-wal", "-shm"))]
    for name in ("copy.sqlite", "copy.sqlite.secret"):
        assert stat.S_IMODE((told / name).stat().st_mode) == 0o600
    assert (told / "copy.sqlite.secret").read_bytes() == (told / "data" / "secret").read_bytes()


def test_a_backup_says_what_it_did_in_a_line(told: Path) -> None:
    assert "4 events, 2 leads: copied to copy.sqlite and copy.sqlite.secret, and read back." in run("backup", "copy.sqlite").stdout


def test_a_file_that_is_there_is_not_written_over_unless_it_is_said(told: Path) -> None:
    (told / "copy.sqlite").write_text("something else")
    done = run("backup", "copy.sqlite")
    assert (done.exit_code, "--force" in said(done)) == (1, True)
    assert (told / "copy.sqlite").read_text() == "something else"
    assert answer("backup", "copy.sqlite", "--force")["leads"] == 2


def test_a_backup_that_cannot_be_made_leaves_nothing(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, says in (
        (("backup", "no/such/copy.sqlite"), "no such folder"),
        (("backup", "data/webleads.sqlite", "--force"), "the database itself"),
        (("backup", "copy.sqlite", "--database", "sqlite:///other.sqlite"), "no database yet"),
    ):
        done = run(*words)
        assert (done.exit_code, says in said(done)) == (1, True), said(done)
    monkeypatch.setattr(shutil, "disk_usage", lambda _where: shutil._ntuple_diskusage(10**9, 10**9, 0))  # type: ignore[attr-defined]
    done = run("backup", "copy.sqlite")
    assert (done.exit_code, "0 MB are free" in said(done)) == (1, True), said(done)
    assert "copy.sqlite" not in _files(told)


def test_a_damaged_database_is_not_called_a_backup(told: Path) -> None:
    file = told / "data" / "webleads.sqlite"
    raw = bytearray(file.read_bytes())
    raw[40_000:60_000] = b"\7" * 20_000
    file.write_bytes(raw)
    done = run("backup", "copy.sqlite")
    assert done.exit_code == 1
    assert "damaged" in said(done) or "malformed" in said(done)
    assert "copy.sqlite" not in _files(told)


# Restore ------------------------------------------------------------------------------------------------------------


def test_a_restored_backup_is_what_was_there_and_the_replaced_database_is_kept(told: Path) -> None:
    before = run("leads", "export").stdout
    answer("backup", "copy.sqlite")
    assert answer("site", "add", "later.example", "--id", "77")["id"] == 77
    done = answer("restore", "copy.sqlite")
    assert (done["events"], done["leads"], done["erased"]) == (4, 2, 0)
    assert run("leads", "export").stdout == before
    assert [one["id"] for one in answer("site", "list")] == [42]
    kept = Path(done["kept"])
    with sqlite3.connect(kept) as conn:
        assert conn.execute("SELECT count(*) FROM site").fetchone() == (2,)
    conn.close()
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE((told / "data" / "webleads.sqlite").stat().st_mode) == 0o600
    assert not [name for name in _files(told / "data") if ".restored" in name or name.endswith(".part")]


def test_who_was_erased_after_the_backup_is_erased_again(told: Path) -> None:
    answer("backup", "copy.sqlite")
    answer("erase", "camille@example.org")
    assert answer("restore", "copy.sqlite")["erased"] == 1
    assert _emails() == ["nora@example.org"]
    with sqlite3.connect(told / "data" / "webleads.sqlite") as conn:
        assert not [line for line in conn.iterdump() if "camille" in line]
    conn.close()


def test_a_copy_put_back_by_hand_brings_nobody_back_either(told: Path) -> None:
    answer("backup", "copy.sqlite")
    answer("erase", "camille@example.org")
    shutil.copy(told / "copy.sqlite", told / "data" / "webleads.sqlite")
    assert _emails() == ["nora@example.org"]


def test_the_next_start_does_not_take_a_restored_database_for_a_lost_tail(told: Path) -> None:
    answer("backup", "copy.sqlite")
    mark = told / "data" / "webleads.sqlite.mark"
    gone = builders.uuid7(NOW).replace("-", "")
    mark.write_text(json.dumps({"count": 9, "steps": [[NOW, 9, 1, gone]], "lost": []}))
    kept = Path(answer("restore", "copy.sqlite")["kept"])
    assert not mark.exists()
    assert gone in kept.with_name(kept.name + ".mark").read_text()


def test_on_a_new_machine_the_backups_own_secret_is_taken(told: Path) -> None:
    answer("backup", "copy.sqlite")
    shutil.rmtree(told / "data")
    assert answer("restore", "copy.sqlite") == answer("restore", "copy.sqlite") | {"kept": None}
    assert _emails() == ["camille@example.org", "nora@example.org"]
    assert stat.S_IMODE((told / "data" / "secret").stat().st_mode) == 0o600


def test_a_backup_of_another_secret_is_refused_by_name_and_nothing_is_replaced(told: Path) -> None:
    answer("backup", "copy.sqlite")
    (told / "data" / "secret").write_text("00" * 32)
    before = (told / "data" / "webleads.sqlite").read_bytes()
    done = run("restore", "copy.sqlite")
    assert (done.exit_code, "put the old one back" in said(done)) == (1, True)
    assert (told / "data" / "webleads.sqlite").read_bytes() == before
    assert not [name for name in _files(told / "data") if ".restored" in name]


def _spoil(file: Path, how: str) -> None:
    if how == "cut":
        os.truncate(file, file.stat().st_size // 2)
    elif how == "no database":
        file.write_text("these are only notes\n" * 1000)
    elif how == "another product's":
        file.unlink()
        with sqlite3.connect(file) as conn:
            conn.execute("CREATE TABLE notes (text)")
        conn.close()
    elif how == "newer":
        with sqlite3.connect(file) as conn:
            conn.execute("UPDATE alembic_version SET version_num = '9999_later'")
        conn.close()
    else:
        file.unlink()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("cut", "copy.sqlite"),
        ("no database", "not a database"),
        ("another product's", "no database of Webleads Tracker"),
        ("newer", "9999_later, which this version does not know"),
        ("missing", "no such file"),
    ],
)
def test_what_is_no_sound_backup_is_refused_in_a_line_and_nothing_is_replaced(told: Path, how: str, says: str) -> None:
    answer("backup", "copy.sqlite")
    _spoil(told / "copy.sqlite", how)
    done = run("restore", "copy.sqlite")
    assert (done.exit_code, says in said(done)) == (1, True), said(done)
    assert _emails() == ["camille@example.org", "nora@example.org"]
    assert not [name for name in _files(told / "data") if ".re" in name]


# Killed -------------------------------------------------------------------------------------------------------------


def _killed(step: str, *words: str) -> int:
    """How a command ends that is to be killed at a step."""
    child = os.fork()
    if child == 0:
        crash._wanted, crash._left = step, 1
        try:
            run(*words)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("step", ["copy-before", "copy-after", "restore-before", "restore-moved", "restore-after"])
def test_a_restore_that_is_killed_leaves_one_of_the_two_databases_whole(told: Path, step: str) -> None:
    answer("backup", "copy.sqlite")
    answer("site", "add", "later.example", "--id", "77")
    answer("erase", "camille@example.org")
    assert _killed(step, "restore", "copy.sqlite") == 137
    with sqlite3.connect(told / "data" / "webleads.sqlite") as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    conn.close()
    assert [one["id"] for one in answer("site", "list")] in ([42, 77], [42])
    assert _emails() == ["nora@example.org"]
    assert answer("restore", "copy.sqlite")["erased"] == 1
    assert [one["id"] for one in answer("site", "list")] == [42]
    assert not [name for name in _files(told / "data") if ".restored" in name or name.endswith(".part")]


def test_a_backup_that_is_killed_leaves_no_half_file_under_its_name(told: Path) -> None:
    assert _killed("copy-before", "backup", "copy.sqlite") == 137
    assert not (told / "copy.sqlite").exists()
    assert answer("backup", "copy.sqlite")["leads"] == 2


# PostgreSQL ---------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_postgresql_is_copied_by_its_own_tool(database_url: str, folder: Path) -> None:  # noqa: F811
    if not dump.is_there():
        assert not os.environ.get("WEBLEADS_REQUIRE_ALL"), "pg_dump is required here"
        pytest.skip("pg_dump is not installed")
    (folder / "data").mkdir()
    _tell(database_url, folder / "data" / "secret")
    made = answer("backup", "copy.dump", "--database", database_url)
    assert (made["events"], made["leads"], made["secret"]) == (4, 2, "copy.dump.secret")
    assert stat.S_IMODE((folder / "copy.dump").stat().st_mode) == 0o600
    done = run("restore", "copy.dump", "--database", database_url)
    assert (done.exit_code, "pg_restore" in said(done)) == (1, True)
    answer("erase", "camille@example.org", "--database", database_url)
    _pg_restore(dump.back(Database(database_url), folder / "copy.dump"))
    lines = run("leads", "export", "--format", "jsonl", "--database", database_url).stdout.splitlines()
    assert [json.loads(line)["email"] for line in lines] == ["nora@example.org"]


def _pg_restore(command: str) -> None:
    subprocess.run(command, shell=True, check=True, capture_output=True)


def test_without_pg_dump_it_is_said_what_to_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("PATH", "/nowhere")
    done = run("backup", "copy.dump", "--database", "postgresql://u:CANARY@h/n")
    assert done.exit_code == 1
    assert "pg_dump --format=custom --file=copy.dump postgresql://u@h/n" in said(done)
    assert "CANARY" not in said(done)
