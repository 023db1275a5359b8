"""What happens by itself: counters are written every second, the purge runs at start and every hour."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from ..actions.retain import retain
from ..store import events
from ..store.writer import Busy, Writer

log = structlog.get_logger()

HOUR = 3600


class Clock:
    """Runs while the collector does. `take` hands over the counters of refusals and empties them."""

    def __init__(
        self, writer: Writer, *, secret: bytes, clock: Callable[[], int], take: Callable[[], dict[tuple[int, int, str], int]]
    ) -> None:
        self._writer = writer
        self._secret = secret
        self._clock = clock
        self._take = take
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins."""
        self._tasks = [asyncio.create_task(self._counters()), asyncio.create_task(self._purge())]

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
            await self._quietly(events.count_refused, counts)

    async def _counters(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self.flush()

    async def _purge(self) -> None:
        while True:
            more = True
            while more:
                done: dict[str, Any] = await self._quietly(retain, secret=self._secret, now=self._clock()) or {}
                if any(done.get(kind) for kind in ("leads", "strays", "history", "audience", "refused")):
                    log.info("purged", **{kind: n for kind, n in done.items() if kind != "more"})
                more = bool(done.get("more"))
                await asyncio.sleep(0.05 if more else HOUR)

    async def _quietly(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        try:
            return await self._writer.run(action, *args, **more)
        except Busy:
            return None
        except Exception as wrong:
            log.error("job failed", job=action.__name__, error=type(wrong).__name__)
            return None
