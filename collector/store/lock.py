"""The lock of a SQLite file: who holds it is the writer, and it falls with the process, however that ends."""

from __future__ import annotations

import fcntl
import os
from typing import BinaryIO

from . import folder
from .database import Database


class Locked(Exception):
    """Another process is the writer of this file."""


def hold(database: Database) -> BinaryIO:
    """Takes the writer's lock of a SQLite file; it falls with the process, however that ends. Raises Locked."""
    assert database.file is not None
    folder.make(database.file.parent)
    path = database.file.with_name(database.file.name + ".lock")
    handle = open(path, "ab", buffering=0)  # noqa: SIM115 (held until the process ends)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        handle.close()
        raise Locked(f"another process writes to {database.file}") from taken
    os.chmod(path, 0o600)
    # Personal data: nobody else on this machine reads it. -wal and -shm take the mode of the file.
    os.close(os.open(database.file, os.O_RDWR | os.O_CREAT, 0o600))
    return handle
