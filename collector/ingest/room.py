"""Whether the disk has room left: what a visitor can spare us is refused first, what a lead said last."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection

import structlog

from ..store.database import Database

log = structlog.get_logger()

MB = 1_000_000
LOW = 200 * MB  # below it views and engagement wait,
LOWEST = 50 * MB  # and below this everything: the rest is the database's own, for a checkpoint and an owner who cleans up
EVERY = 1.0  # seconds between two looks at the disk
SAID_EVERY = 60.0
_SPARED = frozenset(("view", "engage"))


class Room:
    """`free()` answers the bytes that are left, or None where nobody knows; `clock()` seconds that never jump."""

    def __init__(self, free: Callable[[], int | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._free = free
        self._clock = clock
        self._left: int | None = None
        self._looked = self._said = float("-inf")
        self._refused = 0

    def refuses(self, types: Collection[str]) -> bool:
        """Whether a batch of events of these types must wait; one with anything else than views and engagement is taken to the last."""
        now = self._clock()
        if now - self._looked >= EVERY:
            self._left, self._looked = self._free(), now
        if self._left is None or self._left >= LOW or (self._left >= LOWEST and not _SPARED.issuperset(types)):
            return False
        self._refused += 1
        if now - self._said >= SAID_EVERY:
            log.error("disk nearly full", free_mb=self._left // MB, refused=self._refused)
            self._said, self._refused = now, 0
        return True


def room_of(database: Database) -> Room:
    """The room on the file system of a SQLite file; a server's disk is not ours to look at."""
    folder = database.file.parent if database.file else None

    def free() -> int | None:
        if folder is None:
            return None
        try:
            disk = os.statvfs(folder)
        except OSError:
            return None
        return disk.f_bavail * disk.f_frsize

    return Room(free)
