"""What happens by itself: counters every second, changes of many leads, scores as days and rules go, the purge at start and every hour,
a rebuild that is due, a look at quiet sites, and sites that go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from ..store import events, sites
from ..store.database import Database
from ..store.ids import uuid7
from ..store.scores import Terms
from ..store.work import Busy
from ..store.writer import Writer
from . import bulk
from .leave import leave_all
from .rebuild import resume
from .retain import purge
from .score import rescore

log = structlog.get_logger()

HOUR = 3600
LOOK = 600  # seconds between two looks at which sites are quiet
BULK = 2  # seconds between two looks at whether many leads are to be changed
LEAVE = 2  # seconds between two looks at which sites are to be deleted
SCORE = 5  # seconds between two looks at whether the day or the rules of scores are others


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
        self._quiet: dict[int, int] = {}  # site → when it was last heard; told of
        self._scored: dict[int, Terms] = {}  # account → by which terms all its leads are scored
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins."""
        made = (self._counters(), self._long(), self._leaving(), self._scores(), self._watch(), self._bulk())
        self._tasks = [asyncio.create_task(one) for one in made]

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
            if done and (held := done.pop("held")):
                log.error("purge held back: the clock is far ahead", clock=_iso(self._clock()), known=_iso(held))
            if done and any(done.values()):
                log.info("purged", **done)
            await asyncio.sleep(HOUR)

    async def _leaving(self) -> None:
        while True:
            gone = await self._quietly("delete", leave_all(self._writer, self._database, secret=self._secret))
            if gone:
                log.info("sites deleted", sites=gone)
            await asyncio.sleep(LEAVE)

    async def _scores(self) -> None:
        while True:
            await self._quietly("score", self.score())
            await asyncio.sleep(SCORE)

    async def score(self) -> None:
        """Scores anew what was scored on another day, or by other rules."""
        done = await rescore(self._writer, self._database, secret=self._secret, now=self._clock(), done=self._scored)
        if done:
            log.info("scored", leads=done)

    async def _bulk(self) -> None:
        while True:
            await self._quietly("bulk", bulk.go_on(self._writer, self._database, secret=self._secret, clock=self._clock, ids=uuid7))
            await asyncio.sleep(BULK)

    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Tells once of each site that has gone quiet, and once when it is back. A restart tells of the quiet ones again."""
        now = self._clock()
        try:
            async with self._database.reader() as conn:
                for row in filter(sites.is_current, await sites.all(conn)):
                    self._tell(row["id"], now, await sites.quiet_since(conn, row, now))
        except Exception as wrong:  # each driver has its own
            log.error("job failed", job="look", error=type(wrong).__name__)

    def _tell(self, site: int, now: int, since: int | None) -> None:
        told = self._quiet.get(site)
        if since is not None and told is None:
            self._quiet[site] = since
            log.warning("site quiet", site=site, hours=(now - since) // 3_600_000)
        elif since is None and told is not None:
            del self._quiet[site]
            log.info("site back", site=site, hours=(now - told) // 3_600_000)

    async def _quietly(self, job: str, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except Busy:
            return None
        except Exception as wrong:
            log.error("job failed", job=job, error=type(wrong).__name__)
            return None


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
