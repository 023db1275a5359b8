"""The one way to write: a queue of actions in front of the one writing connection.

Whatever has queued when the writer is free is one batch and one transaction; there is no waiting window, and an answer
is given only after the commit. How it is done on each database: `store.thread`, `store.task`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar, cast

from .database import Database
from .highwater import HighWater
from .lock import hold
from .meter import Meter
from .task import Task
from .thread import Thread
from .work import Busy, Fold, Item, Job, Settled

Answer = TypeVar("Answer")

BATCH_EVENTS = 500
# What may wait for a long action's step or a disk that stands still: these pass.
WAITING = 512
WAITING_EVENTS = 4000
CROWD = 96  # What may wait where too many come: the last of them is answered soon. 64 bodies of 20 events fit.
# So many more may gather for so long (seconds): after a pause of the loop they come all at once, and are soon worked off.
BURST = 160
BURST_LASTS = 0.15
STALL = 0.015  # seconds after which a commit stands still,
PASSES = 0.3  # and seconds in which what has gathered behind it, or behind a long action, is worked off


class Writer:
    """Runs actions one after the other. `fold(conn, items) -> answers` is the action that many items share."""

    def __init__(self, database: Database, fold: Fold | None = None) -> None:
        self._database = database
        self._fold = fold
        self._jobs: deque[Job] = deque()
        self._waiting = 0
        self._items = 0
        self._acting = False
        self._patient_until = 0.0
        self._crowded_since: float | None = None
        self._closed = True
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: Thread | Task | None = None
        self._lock: BinaryIO | None = None
        self._mark = HighWater(database.file) if database.file is not None else None
        self.meter = Meter()
        self.turn = asyncio.Lock()  # of long actions: whose step it is

    async def start(self) -> None:
        """Takes the lock and begins to work. Raises Locked."""
        self._loop = asyncio.get_running_loop()
        if self._mark is not None:
            self._lock = hold(self._database)
            self._work = Thread(self._database.writing_engine(), self._mark, self._fold, self._gather, self._settle)
        else:
            self._work = Task(self._database.async_engine(), self._fold, self._gather, self._settle)
        await self._work.start()
        self._closed = False

    async def stop(self) -> None:
        """Finishes what has queued, then gives connection and lock back."""
        if self._closed:
            return
        self._closed = True
        assert self._work is not None
        await self._work.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def lost(self) -> list[str]:
        """What the file lost before this start, a line each (`store.highwater`)."""
        return self._mark.lost if self._mark is not None else []

    @property
    def waiting(self) -> int:
        """Events that wait for their commit."""
        return self._waiting

    @property
    def full(self) -> bool:
        """Whether nobody would be taken now."""
        if self._items < CROWD and self._waiting < WAITING_EVENTS:
            return self._closed
        if self._closed or self._items >= WAITING or self._waiting >= WAITING_EVENTS:
            return True
        now = time.monotonic()
        return not self._stands_still(now) and not self._is_burst(now)

    def _is_burst(self, now: float) -> bool:
        """Whether the crowd has just come; one that stays is too many (as CoDel tells them apart, RFC 8289)."""
        if self._crowded_since is None:
            self._crowded_since = now
        return self._items < CROWD + BURST and now - self._crowded_since < BURST_LASTS

    def _stands_still(self, now: float) -> bool:
        """Whether the crowd is there because the writer waits, or did just now; not because too many come."""
        since = self._work.since if self._work is not None else None
        if self._acting or (since is not None and now - since > STALL):
            self._patient_until = now + PASSES
        return now < self._patient_until

    async def take(self, item: Item) -> Any:
        """Shares a batch with whatever else has queued; answers after the commit. Raises Busy."""
        if self.full or self._waiting + item.size > WAITING_EVENTS:
            raise Busy
        # A client that goes away cancels its future only: the job stays in the queue, and the commit is shared with others.
        return await self.put(item)

    def put(self, item: Item) -> asyncio.Future[Any]:
        """The same for who has just seen that it is not `full`: the future of the answer, or of a Busy."""
        return self._put(Job(None, item, self._future()))

    async def run(self, action: Callable[..., Answer], *args: Any, **more: Any) -> Answer:
        """Runs `action(conn, *args, **more)` in a transaction of its own; answers after the commit. Raises what it raises."""
        if self._closed:
            raise Busy
        return cast(Answer, await self._put(Job(lambda conn: action(conn, *args, **more), None, self._future())))

    def _future(self) -> asyncio.Future[Any]:
        assert self._loop is not None
        return self._loop.create_future()

    def _put(self, job: Job) -> asyncio.Future[Any]:
        assert self._work is not None
        self._waiting += job.size
        self._items += job.item is not None
        self._jobs.append(job)
        self._work.wake()
        return job.future

    def _gather(self) -> list[Job]:
        """What has queued and may share a transaction, in order: items up to a bound, any other action alone."""
        if not self._jobs:
            return []
        group = [self._jobs.popleft()]
        events = group[0].size
        while self._jobs and group[0].item is not None and self._jobs[0].item is not None and events + self._jobs[0].size <= BATCH_EVENTS:
            group.append(self._jobs.popleft())
            events += group[-1].size
        if len(group) + len(self._jobs) < CROWD // 4:
            self._crowded_since = None
        self.meter.gathered()
        self._acting = group[0].item is None
        return group

    def _settle(self, settled: list[Settled]) -> None:
        self._acting = False
        if settled[0][0].item is not None:
            self.meter.settled(sum(job.size for job, _answer, _wrong in settled), settled[0][2] is None)
        for job, answer, wrong in settled:
            self._waiting -= job.size
            self._items -= job.item is not None
            if job.future.cancelled():
                continue
            if wrong is not None:
                job.future.set_exception(wrong)
                job.future.exception()  # seen, even if the client has gone
            else:
                job.future.set_result(answer)
