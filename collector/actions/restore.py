"""A backup in the database's place: looked through and brought to this version beside it, then switched; the old one is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..store import backup, crash, folder, migrate, seal, secret
from ..store.backup import BadBackup, Progress
from ..store.database import Database
from ..store.ring import Ring
from . import erase


def restore(source: Path, database: Database, *, now: int, progress: Progress | None = None) -> dict[str, Any]:
    """Restores a SQLite database that nobody writes to (the caller holds the lock).

    Answers {schema, was, rows, erased, kept}: the schema it has and had, rows by table, how many erasures were carried out again,
    and where the replaced file is. Raises BadBackup, NewerDatabase, WrongSecret, WrongSeal, OSError; nothing is replaced then.
    """
    assert database.file is not None
    told = backup.check(source)
    migrate.after(told.schema)
    fresh = database.file.with_name(database.file.name + ".restored")
    folder.make(fresh.parent)
    key = _secret(source, database, needed=bool(told.rows.get("identifier")))
    _clear(fresh)  # of one that was killed: its -wal must not meet the new file
    try:
        backup.make(source, fresh, progress, gently=False, still=True)
        _bring_up(fresh, database.ring, key, now)
        _keep(source, database)
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


def _secret(source: Path, database: Database, *, needed: bool) -> bytes:
    """The collector's; on a new machine the one that lies beside the backup. One that does not fit is not left there."""
    own, beside = secret.path_of(database), secret.beside(source)
    if own.exists() or not (beside.exists() or needed):
        return secret.load(database)
    if not beside.exists():
        raise BadBackup(f"{beside} is missing: it is the second file of that backup, and the people in it hang on it")
    try:
        return bytes.fromhex(beside.read_text().strip())
    except ValueError as wrong:
        raise BadBackup(f"{beside} is no secret of Webleads Tracker") from wrong


def _keep(source: Path, database: Database) -> None:
    """The backup's secret, which has been found to fit."""
    own, beside = secret.path_of(database), secret.beside(source)
    if not own.exists() and beside.exists():
        secret.copy(beside, own)


def _bring_up(fresh: Path, ring: Ring | None, key: bytes, now: int) -> None:
    """This version's schema, before anything is replaced; and the keys of its values and the secret must be the backup's."""
    engine = Database(f"sqlite:///{fresh}", ring).writing_engine()
    try:
        with engine.begin() as conn:
            migrate.upgrade(conn, now, copy=False)
            seal.check(conn, ring)
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
