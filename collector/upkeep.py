"""What looks after the files of a database: backup and restore. Each is given the settings and answers what the command says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .actions import backup as making
from .actions import restore as restoring
from .actions.backup import NotDone
from .settings import Settings
from .store import dump, ids, lock, ring
from .store.backup import Progress
from .store.database import Database

__all__ = ["NotDone", "backup", "restore"]


def backup(config: Settings, file: Path, *, force: bool, progress: Progress) -> dict[str, Any]:
    """Copies database and secret (`actions.backup`). Raises NotDone, BadBackup, OSError."""
    return making.backup(Database(config.database), config.seal, file, force=force, progress=progress, now=ids.now())


def restore(config: Settings, file: Path, *, progress: Progress) -> dict[str, Any]:
    """Replaces the database. Answers {schema, was, erased, kept, events, leads}. Raises Locked, NotDone, what `actions.restore` does."""
    database = Database(config.database, ring.load(config.seal))
    if database.file is None:
        raise NotDone(f"stop the collectors, then: {dump.back(database, file)}. Their next start erases again what was erased since")
    if file.exists() and database.file.exists() and file.samefile(database.file):
        raise NotDone(f"{file} is the database itself")
    try:
        held = lock.hold(database)
    except lock.Locked as taken:
        raise lock.Locked(f"{taken}: stop it first") from None
    with held:
        told = restoring.restore(file, database, now=ids.now(), progress=progress)
    rows = told.pop("rows")
    return {**told, **making.counts(rows)}
