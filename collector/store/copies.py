"""The copies that lie beside a database: backups made from the screens, those made before migrations, and when the last backup was."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from . import migrate, secret, times
from .database import Database

_NAME = re.compile(r"webleads-\d{8}T\d{6}Z\.sqlite")


class Copy(Struct, frozen=True):
    """One copy: its name, its size in bytes, when it was made (UTC milliseconds)."""

    name: str
    size: int
    at: int


def folder_of(database: Database) -> Path:
    """Where backups from the screens lie: `backups` beside the SQLite file."""
    assert database.file is not None
    return database.file.parent / "backups"


def kept(database: Database) -> list[Copy]:
    """The backups in that folder, the newest first; none on PostgreSQL."""
    if database.file is None or not (place := folder_of(database)).is_dir():
        return []
    return sorted((_copy(path) for path in place.iterdir() if _NAME.fullmatch(path.name)), key=lambda one: one.name, reverse=True)


def before_migrations(database: Database) -> list[Copy]:
    """The copies that were made before migrations, the newest first; none on PostgreSQL."""
    return [] if database.file is None else [_copy(path) for path in reversed(migrate.copies(database.file))]


def remove(database: Database, name: str) -> bool:
    """Deletes a backup of that folder with its secret. False where there is none of that name."""
    if not _NAME.fullmatch(name):  # nothing else in the folder is ours, and no name leads out of it
        return False
    path = folder_of(database) / name
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    secret.beside(path).unlink(missing_ok=True)
    return True


def note(database: Database, now: int) -> None:
    """A backup was made."""
    times.write(_note_of(database), now)


def last(database: Database) -> int:
    """When the last backup was made by us, UTC milliseconds; 0 where none is known of."""
    return times.read(_note_of(database))


def _note_of(database: Database) -> Path:
    file = database.file
    return Path("data").absolute() / "backup" if file is None else file.with_name(f"{file.name}.backup")


def _copy(path: Path) -> Copy:
    status = path.stat()
    return Copy(path.name, status.st_size, int(status.st_mtime * 1000))
