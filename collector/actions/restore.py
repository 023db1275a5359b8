"""A backup in the database's place: looked through and brought to this version beside it, then switched; the old one is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..store import backup, crash, folder, migrate, secret
from ..store.backup import Progress
from ..store.database import Database
from . import erase


def restore(source: Path, database: Database, *, now: int, progress: Progress | None = None) -> dict[str, Any]:
    """Restores a SQLite database that nobody writes to (the caller holds the lock).

    Answers {schema, was, rows, erased, kept}: the schema it has and had, rows by table, how many erasures were carried out again,
    and where the replaced file is. Raises BadBackup, NewerDatabase, WrongSecret, OSError; nothing is replaced then.
    """
    assert database.file is not None
    told = backup.check(source)
    migrate.after(told.schema)
    fresh = database.file.with_name(database.file.name + ".restored")
    folder.make(fresh.parent)
    key = _secret(source, database)
    _clear(fresh)  # of one that was killed: its -wal must not meet the new file
    try:
        backup.make(source, fresh, progress, gently=False, still=True)
        _bring_up(fresh, key, now)
        crash.step("restore-before")
        kept = backup.take_place(fresh, database.file, now)
    finally:
        _clear(fresh)
    again = _erase_again(database, key)
    crash.step("restore-after")
    after = backup.check(database.file)
    return {"schema": after.schema, "was": told.schema, "rows": after.rows, "erased": again, "kept": str(kept) if kept else None}


def _clear(fresh: Path) -> None:
    for end in ("", "-wal", "-shm", ".part"):
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)


def _secret(source: Path, database: Database) -> bytes:
    """The collector's; on a new machine the one that lies beside the backup."""
    own, beside = secret.path_of(database), secret.beside(source)
    if not own.exists() and beside.exists():
        secret.copy(beside, own)
    return secret.load(database)


def _bring_up(fresh: Path, key: bytes, now: int) -> None:
    """This version's schema, before anything is replaced; and the secret must be the backup's."""
    engine = Database(f"sqlite:///{fresh}").writing_engine()
    try:
        with engine.begin() as conn:
            migrate.upgrade(conn, now, copy=False)
            secret.check(conn, key)
    finally:
        engine.dispose()


def _erase_again(database: Database, key: bytes) -> int:
    """A kill before this is made good by the next start, which does the same."""
    engine = database.writing_engine()
    try:
        with engine.begin() as conn:
            return erase.replay(conn, secret=key)
    finally:
        engine.dispose()
