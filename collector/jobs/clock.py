"""What happens by itself: counters every second, the purge at start and every hour, at start a rebuild that is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from ..store import events
from ..store.database import Database
from ..store.writer import Busy, Writer
from .rebuild import resume
from .retain import purge

log = structlog.get_logger()

HOUR = 3600


class Clock:
    """Runs while the collector does. `take` hands over the counters of refusals and empties them."""

    def __init__(
        self,
        writer: Writer,
        database: Database,
        *,
        secret: bytes,
        clock: Callable[[], int],
        take: Callable[[], dict[tuple[int, int, str], int]],
    ) -> None:
        self._writer = writer
        self._database = database
        self._secret = secret
        self._clock = clock
        self._take = take
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins."""
        self._tasks = [asyncio.create_task(self._counters()), asyncio.create_task(self._long())]

    async def stop(self) -> None:
        """Ends, and writes the last counters."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        """Writes the counters of refusals that no event row holds."""
        day = self._clock() // 86_400_000
        counts = {(account, site, day, reason): n for (account, site, reason), n in self._take().items()}
        if counts:
            await self._quietly("count", self._writer.run(events.count_refused, counts))

    async def _counters(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self.flush()

    async def _long(self) -> None:
        if stale := await self._quietly("rebuild", resume(self._writer, self._database, secret=self._secret)):
            log.info("rebuilt", accounts=stale)
        while True:
            done = await self._quietly("purge", purge(self._writer, self._database, secret=self._secret, now=self._clock()))
            if done and any(done.values()):
                log.info("purged", **done)
            await asyncio.sleep(HOUR)

    async def _quietly(self, job: str, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except Busy:
            return None
        except Exception as wrong:
            log.error("job failed", job=job, error=type(wrong).__name__)
            return None
