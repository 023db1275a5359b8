"""When a collector was last at work, by its own clock, in a file beside the database: a clock that jumps ahead is known by it."""

from __future__ import annotations

from sqlalchemy import Connection

from . import times
from .database import beside

_SPACING = 60_000  # milliseconds


def read(conn: Connection) -> int:
    """UTC milliseconds; 0 where nobody knows."""
    return times.read(beside(conn, "alive"))


def write(conn: Connection, now: int) -> None:
    """From now on this is the last time that was known; it never goes back."""
    if now - read(conn) >= _SPACING:
        times.write(beside(conn, "alive"), now)
