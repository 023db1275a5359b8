"""Who watches what goes on: one read every few seconds for all who watch an account, and an end when the collector stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ..domain.live import Recent

EVERY = 3.0  # seconds between two reads
MOST, MOST_OF_ONE = 100, 6  # who may listen at once: in all, and of one login session


class Reading(NamedTuple):
    """What was read of an account: its sites that are not laid aside, and the last half hour."""

    sites: list[dict[str, Any]]
    recent: Recent


Read = Callable[[Collection[bytes]], Awaitable[tuple[Reading, set[bytes]]]]


class Hub:
    """What was read last of each account, and the login sessions that listen."""

    def __init__(self) -> None:
        self._read: dict[int, tuple[float, Reading]] = {}
        self._turns: dict[int, asyncio.Lock] = {}
        self._listening: dict[int, Counter[bytes]] = {}
        self._living: set[bytes] = set()
        self._ended = asyncio.Event()

    async def reading(self, account: int, read: Read) -> Reading:
        """What goes on, read anew where it is older than a few seconds. `read` is given the login sessions that listen and
        answers which of them go on."""
        async with self._turns.setdefault(account, asyncio.Lock()):
            clock = asyncio.get_running_loop().time
            kept = self._read.get(account)
            if kept is not None and clock() - kept[0] < EVERY:
                return kept[1]
            asked = set(self._listening.get(account, ()))
            found, living = await read(asked)
            self._living = self._living - asked | living
            self._read[account] = clock(), found
            return found

    def is_full(self, account: int, session: bytes) -> bool:
        """Whether nobody more may listen."""
        return self._listening.get(account, Counter())[session] >= MOST_OF_ONE or sum(map(Counter.total, self._listening.values())) >= MOST

    @contextmanager
    def listening(self, account: int, session: bytes) -> Iterator[None]:
        """Within it a login session listens."""
        mine = self._listening.setdefault(account, Counter())
        mine[session] += 1
        self._living.add(session)
        try:
            yield
        finally:
            mine[session] -= 1
            if not mine[session]:
                del mine[session]
                self._living.discard(session)

    def goes_on(self, session: bytes) -> bool:
        """Whether a login session that listens has not ended, as of the last read."""
        return session in self._living

    async def rest(self) -> bool:
        """Waits for the next read. False where the collector stops."""
        try:
            async with asyncio.timeout(EVERY):
                await self._ended.wait()
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        """Everybody who listens is let go."""
        self._ended.set()
