"""What keeps a collector sound: backup, restore. Each is given the settings and answers what the command says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .actions import restore as restoring
from .settings import Settings
from .store import backup as copying
from .store import dump, ids, secret, writer
from .store.backup import Progress
from .store.database import Database


class NotDone(Exception):
    """Something stands in the way; the message says what, and what to do."""


def backup(config: Settings, file: Path, *, force: bool, progress: Progress) -> dict[str, Any]:
    """Copies database and secret. Answers {file, secret, schema, size, events, leads}. Raises NotDone, BadBackup, OSError."""
    database = Database(config.database)
    if file.exists() and not force:
        raise NotDone(f"{file} is there already: name another, or say --force")
    if not file.absolute().parent.is_dir():
        raise NotDone(f"{file.absolute().parent}: there is no such folder")
    if database.file is not None and not database.file.exists():
        raise NotDone(f"{database.file}: there is no database yet")
    if database.file is not None and file.exists() and file.samefile(database.file):
        raise NotDone(f"{file} is the database itself")
    key = secret.path_of(database)
    if key.exists():
        secret.copy(key, secret.beside(file))  # first: a copy without its secret is worth little
    told = _dump(database, file) if database.file is None else _copy(database.file, file, progress)
    return {"file": str(file), "secret": str(secret.beside(file)) if key.exists() else None, **told}


def _copy(source: Path, file: Path, progress: Progress) -> dict[str, Any]:
    told = copying.make(source, file, progress)
    return {"schema": told.schema, "size": told.size, **_counts(told.rows)}


def _dump(database: Database, file: Path) -> dict[str, Any]:
    if not dump.is_there():
        raise NotDone(f"PostgreSQL makes its own copies, and pg_dump is not installed here: {dump.said(database, file)}")
    return dump.make(database, file)


def _counts(rows: dict[str, int]) -> dict[str, int]:
    return {"events": rows.get("event", 0), "leads": rows.get("lead", 0)}


def restore(config: Settings, file: Path, *, progress: Progress) -> dict[str, Any]:
    """Replaces the database. Answers {schema, was, erased, kept, events, leads}. Raises Locked, NotDone, what `actions.restore` does."""
    database = Database(config.database)
    if database.file is None:
        raise NotDone(f"stop the collectors, then: {dump.back(database, file)}. Their next start erases again what was erased since")
    if file.exists() and database.file.exists() and file.samefile(database.file):
        raise NotDone(f"{file} is the database itself")
    try:
        lock = writer.hold(database)
    except writer.Locked as taken:
        raise writer.Locked(f"{taken}: stop it first") from None
    with lock:
        told = restoring.restore(file, database, now=ids.now(), progress=progress)
    rows = told.pop("rows")
    return {**told, **_counts(rows)}
