"""When a collector was last at work, by its own clock, in a file beside the database: a clock that jumps ahead is known by it."""

from __future__ import annotations

import os
from contextlib import suppress

from sqlalchemy import Connection

from .database import beside

_SPACING = 60_000  # milliseconds


def read(conn: Connection) -> int:
    """UTC milliseconds; 0 where nobody knows."""
    try:
        return max(0, int(beside(conn, "alive").read_text()))
    except (OSError, ValueError):  # bytes that are no text are a ValueError too
        return 0


def write(conn: Connection, now: int) -> None:
    """From now on this is the last time that was known; it never goes back. A disk that is full loses no more than that."""
    if now - read(conn) < _SPACING:
        return
    path = beside(conn, "alive")
    fresh = path.with_name(path.name + ".new")
    with suppress(OSError):
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, f"{now}\n".encode())
        finally:
            os.close(handle)
        os.replace(fresh, path)
