"""URLs, what a reader may do, what is an outage, and the secret."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.util import greenlet_spawn

from collector.store import backup, health, secret
from collector.store.database import BadDatabase, Database, is_outage, said_by_database


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "http://example.com", "postgresql"])
def test_a_url_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(BadDatabase):
        Database(url)


@pytest.mark.parametrize(("url", "file"), [("sqlite:////a/b.sqlite", "/a/b.sqlite"), ("sqlite:///b.sqlite", str(Path.cwd() / "b.sqlite"))])
def test_a_file_is_absolute_or_relative(url: str, file: str) -> None:
    assert str(Database(url).file) == file


@pytest.mark.parametrize("url", ["postgresql://u:p@h/n", "postgres://u@h/n", "postgresql+asyncpg://u@h/n"])
def test_postgres_is_spoken_by_asyncpg(url: str) -> None:
    assert Database(url).url.drivername == "postgresql+asyncpg"


async def test_a_reader_of_sqlite_cannot_write(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's pool writes too")
    async with database.reader() as conn:
        with pytest.raises(OperationalError, match="readonly"):
            await conn.execute(text("UPDATE account SET name = 'x'"))


async def test_the_writer_syncs_every_commit(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's own default")
    engine = database.writing_engine()
    with engine.begin() as conn:
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


async def test_a_damaged_file_whose_message_is_no_text_is_a_failure_of_the_database(tmp_path: Path) -> None:
    """SQLite names the damaged table with the file's own bytes; Python's module fails to decode its message."""
    file = tmp_path / "d.sqlite"
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("CREATE TABLE personality (a)")
        conn.commit()
    file.write_bytes(file.read_bytes().replace(b"tablepersonality", b"tablepers\xc1nality").replace(b"CREATE TABLE", b"CREXTE TABLE"))
    with closing(sqlite3.connect(file)) as conn, pytest.raises(UnicodeDecodeError):
        conn.execute("SELECT a FROM personality")
    database = Database(f"sqlite:///{file}")
    for make in (lambda: database.writing_engine().connect(), lambda: database.async_engine().sync_engine.connect()):
        with pytest.raises(DatabaseError, match="malformed database schema") as told:
            await greenlet_spawn(make)
        assert is_outage(told.value)
        assert "pers\ufffdnality" in (said_by_database(told.value) or "")
    await database.close()
    assert "pers\ufffdnality" in health.look(file).faults[0]
    with pytest.raises(backup.BadBackup, match="malformed database schema"):
        backup.check(file)


class _Orig(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("wrong", "outage"),
    [
        (OperationalError("x", {}, sqlite3.OperationalError("disk full")), True),
        (sqlite3.DatabaseError("database disk image is malformed"), True),
        (DatabaseError("x", {}, sqlite3.DatabaseError("file is not a database")), True),
        (sqlite3.IntegrityError("NOT NULL"), False),
        (IntegrityError("x", {}, sqlite3.IntegrityError("NOT NULL")), False),
        (MemoryError(), True),
        (ConnectionResetError(), True),
        (PendingRollbackError("x"), True),
        (DBAPIError("x", {}, _Orig("53100"), connection_invalidated=False), True),
        (DBAPIError("x", {}, _Orig("40P01"), connection_invalidated=False), True),
        (DBAPIError("x", {}, _Orig("22P05"), connection_invalidated=False), False),
        (DBAPIError("x", {}, _Orig("22P05"), connection_invalidated=True), True),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"), False),
        (OverflowError(), False),
        (KeyError("x"), False),
    ],
)
def test_what_is_an_outage_and_what_a_poisonous_row(wrong: Exception, outage: bool) -> None:
    assert is_outage(wrong) is outage


def test_the_secret_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/data/w.sqlite")
    first = secret.load(database)
    assert len(first) == 32
    assert secret.load(database) == first
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]
