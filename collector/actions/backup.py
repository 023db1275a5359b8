"""A backup: database and secret copied beside each other and read back; and the note when that was last done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..store import backup as copying
from ..store import copies, dump, folder, secret
from ..store.backup import Progress
from ..store.database import Database


class NotDone(Exception):
    """Something stands in the way; the message says what, and what to do."""


def backup(database: Database, seal: str, file: Path, *, force: bool, progress: Progress, now: int) -> dict[str, Any]:
    """Copies database and secret. Answers {file, secret, seal, schema, size, events, leads}; the key file `seal` is not in it.

    Raises NotDone, BadBackup, OSError.
    """
    if file.exists() and not force:
        raise NotDone(f"{file} is there already: name another, or say --force")
    if not file.absolute().parent.is_dir():
        raise NotDone(f"{file.absolute().parent}: there is no such folder")
    if database.file is not None and not is_there(database.file):
        raise NotDone(f"{database.file}: there is no database yet")
    key, second = secret.path_of(database), secret.beside(file)
    living = {key.absolute(), *(database.file.parent.glob(database.file.name + "*") if database.file is not None else ())}
    if file.exists() and any(file.samefile(one) for one in living if one.exists() and ".before-" not in one.name):
        raise NotDone(f"{file} is the database itself, or lives beside it: name another file")
    if key.exists():
        if second.exists() and not force and second.read_bytes() != key.read_bytes():
            raise NotDone(f"{second} is there already, and is another secret: name another file, or say --force")
        secret.copy(key, second)  # first: a copy without its secret is worth little
    told = _dump(database, file) if database.file is None else _copy(database.file, file, progress)
    copies.note(database, now)
    return {"file": str(file), "secret": str(second) if key.exists() else None, "seal": seal or None, **told}


def here(database: Database, seal: str, *, progress: Progress, now: int) -> dict[str, Any]:
    """A backup of a SQLite file into the folder `backups` beside it. Answers and raises as `backup` does."""
    place = copies.folder_of(database)
    folder.make(place)
    place.chmod(0o700)
    name = datetime.fromtimestamp(now / 1000, UTC).strftime("webleads-%Y%m%dT%H%M%SZ.sqlite")
    return backup(database, seal, place / name, force=False, progress=progress, now=now)


def is_there(file: Path) -> bool:
    """Whether anything was ever stored: who takes the writer's lock makes an empty file."""
    return file.exists() and file.stat().st_size > 0


def _copy(source: Path, file: Path, progress: Progress) -> dict[str, Any]:
    told = copying.make(source, file, progress)
    return {"schema": told.schema, "size": told.size, **counts(told.rows)}


def _dump(database: Database, file: Path) -> dict[str, Any]:
    if not dump.is_there():
        raise NotDone(f"PostgreSQL makes its own copies, and pg_dump is not installed here: {dump.said(database, file)}")
    return dump.make(database, file)


def counts(rows: dict[str, int]) -> dict[str, int]:
    """Of the rows by table, what a person asks for."""
    return {"events": rows.get("event", 0), "leads": rows.get("lead", 0)}
