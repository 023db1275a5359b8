"""The collector's secret: 32 bytes in a file of mode 0600 beside the database, never in it."""

from __future__ import annotations

import os
from pathlib import Path

from .database import Database


def path_of(database: Database) -> Path:
    """Where the secret lies: beside the SQLite file, else data/secret."""
    return (database.file.parent if database.file else Path("data").absolute()) / "secret"


def load(database: Database) -> bytes:
    """The secret, made at the first start. Raises OSError."""
    path = path_of(database)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    fresh = path.with_name(f"secret.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, os.urandom(32).hex().encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(fresh, path)  # whoever is first wins; a half-written secret is never seen
    except FileExistsError:
        pass
    finally:
        os.unlink(fresh)
    return _read(path)


def _read(path: Path) -> bytes:
    return bytes.fromhex(path.read_text().strip())
