"""Figures of a database and its files, for who looks after it. Nothing here writes."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from . import backup
from .database import Database


class Look(Struct, frozen=True):
    """What a SQLite file says of itself."""

    mode: int
    size: int  # bytes, without the -wal
    faults: list[str]  # what SQLite finds; `ok` where nothing
    schema: str | None
    pages: int
    free_pages: int
    page_size: int
    has_identifiers: bool


def look(file: Path, *, whole: bool = True) -> Look:
    """Reads a SQLite file through, or without `whole` only what it says of itself. Raises OSError."""
    status = file.stat()
    # To open and close it here would drop the locks of a collector that looks at its own file (sqlite.org/howtocorrupt.html, 2.2).
    if not os.access(file, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    mode, length = status.st_mode, status.st_size
    try:
        with backup.reading(file) as conn:
            faults = [str(row[0]) for row in conn.execute("PRAGMA quick_check(3)")] if whole else ["ok"]
            pages, free, size = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size"))
            tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            schema = conn.execute("SELECT version_num FROM alembic_version").fetchone() if "alembic_version" in tables else None
            known = "identifier" in tables and conn.execute("SELECT 1 FROM identifier LIMIT 1").fetchone() is not None
    except sqlite3.Error as wrong:
        return Look(mode, length, [str(wrong)], None, 0, 0, 4_096, False)
    return Look(mode, length, faults, schema[0] if schema else None, pages, free, size, known)


async def size(conn: AsyncConnection, database: Database) -> int:
    """Bytes of the database: of the SQLite file with its -wal, or what PostgreSQL says."""
    if database.file is None:
        return int((await conn.exec_driver_sql("SELECT pg_database_size(current_database())")).scalar() or 0)
    try:
        return database.file.stat().st_size + (wal_bytes(database) or 0)
    except OSError:
        return 0


def wal_bytes(database: Database) -> int | None:
    """The size of the -wal file; None on PostgreSQL."""
    if database.file is None:
        return None
    try:
        return database.file.with_name(database.file.name + "-wal").stat().st_size
    except OSError:
        return 0


def free_bytes(database: Database) -> int | None:
    """Room on the file system of the SQLite file; None where that is not ours to look at."""
    if database.file is None:
        return None
    try:
        disk = os.statvfs(database.file.parent)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize
