"""Figures of a database's files."""

from __future__ import annotations

import os

from .database import Database


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
