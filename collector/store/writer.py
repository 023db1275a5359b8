"""The one way to write: a queue of actions in front of the one writing connection.

Whatever has queued when the writer is free is one batch and one transaction; there is no waiting window, and an answer
is given only after the commit. On SQLite a thread of its own runs the whole batch in one hop; on PostgreSQL
`run_sync` does.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, BinaryIO, Protocol, TypeVar, cast

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from . import crash, folder
from .database import Database, patient
from .highwater import HighWater

log = structlog.get_logger()
Answer = TypeVar("Answer")

BATCH_EVENTS = 500
WAITING_EVENTS = 4000  # 64 waiting bodies of 20 events fit three times
SLOW = 0.05  # seconds: a fold that lasts longer waits for a disk,
APART = 5.0  # and for so long the next ones are left to the thread


class Busy(Exception):
    """The writer cannot commit now: try again."""


class Locked(Exception):
    """Another process is the writer of this file."""


class Item(Protocol):
    """What `take` is given: it knows how many events it carries."""

    @property
    def size(self) -> int: ...


Fold = Callable[[Connection, Sequence[Any]], Sequence[Any]]


class Spoilt(Exception):
    """One item spoils a batch: in a new transaction `again` is to be given the same items."""

    def __init__(self, again: Fold) -> None:
        self.again = again


class _Job:
    """A piece of work and the future that waits for it; `item` is set for those that may share a batch."""

    __slots__ = ("action", "future", "item", "size")

    def __init__(self, action: Callable[[Connection], Any] | None, item: Item | None, future: asyncio.Future[Any]) -> None:
        self.action = action
        self.item = item
        self.size = item.size if item is not None else 0
        self.future = future


_Settled = tuple[_Job, Any, BaseException | None]


class Writer:
    """Runs actions one after the other. `fold(conn, items) -> answers` is the action that many items share."""

    def __init__(self, database: Database, fold: Fold | None = None) -> None:
        self._database = database
        self._fold = fold
        self._jobs: deque[_Job] = deque()
        self._waiting = 0
        self._closed = True
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: _Thread | _Task | None = None
        self._lock: BinaryIO | None = None
        self._mark = HighWater(database.file) if database.file is not None else None

    async def start(self) -> None:
        """Takes the lock and begins to work. Raises Locked."""
        self._loop = asyncio.get_running_loop()
        if self._mark is not None:
            self._lock = hold(self._database)
            self._work = _Thread(self._database.writing_engine(), self._mark, self._fold, self._gather, self._settle)
        else:
            self._work = _Task(self._database.async_engine(), self._fold, self._gather, self._settle)
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

    async def take(self, item: Item) -> Any:
        """Shares a batch with whatever else has queued; answers after the commit. Raises Busy."""
        if self._closed or self._waiting + item.size > WAITING_EVENTS:
            raise Busy
        # A client that goes away cancels its future only: the job stays in the queue, and the commit is shared with others.
        return await self._put(_Job(None, item, self._future()))

    async def run(self, action: Callable[..., Answer], *args: Any, **more: Any) -> Answer:
        """Runs `action(conn, *args, **more)` in a transaction of its own; answers after the commit. Raises what it raises."""
        if self._closed:
            raise Busy
        return cast(Answer, await self._put(_Job(lambda conn: action(conn, *args, **more), None, self._future())))

    def _future(self) -> asyncio.Future[Any]:
        assert self._loop is not None
        return self._loop.create_future()

    def _put(self, job: _Job) -> asyncio.Future[Any]:
        assert self._work is not None
        self._waiting += job.size
        self._jobs.append(job)
        self._work.wake()
        return job.future

    def _gather(self) -> list[_Job]:
        """What has queued and may share a transaction, in order: items up to a bound, any other action alone."""
        if not self._jobs:
            return []
        group = [self._jobs.popleft()]
        events = group[0].size
        while self._jobs and group[0].item is not None and self._jobs[0].item is not None and events + self._jobs[0].size <= BATCH_EVENTS:
            group.append(self._jobs.popleft())
            events += group[-1].size
        return group

    def _settle(self, settled: list[_Settled]) -> None:
        for job, answer, wrong in settled:
            self._waiting -= job.size
            if job.future.cancelled():
                continue
            if wrong is not None:
                job.future.set_exception(wrong)
                job.future.exception()  # seen, even if the client has gone
            else:
                job.future.set_result(answer)


Gather = Callable[[], list[_Job]]
Settle = Callable[[list[_Settled]], None]


class _Thread:
    """SQLite: batches are folded on the loop and committed in a thread, which runs all other actions whole.

    Two threads that run Python hand the interpreter to each other many times a batch, and that costs more than the fold itself
    (measured: 172 against 115 us a request). So the thread has what waits: for the disk, for another process, for a long action.
    """

    def __init__(self, engine: Engine, mark: HighWater, fold: Fold | None, gather: Gather, settle: Settle) -> None:
        self._engine = engine
        self._mark = mark
        self._fold = fold
        self._gather = gather
        self._settle = settle
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "writer")
        self._conn: Connection | None = None  # the one for folds on the loop: taking it anew for each would cost a twentieth
        self._resting = True
        self._apart_until = 0.0
        self._over: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Compares the mark with what the database holds."""
        await self._loop.run_in_executor(self._thread, self._marking, HighWater.compare)

    async def stop(self) -> None:
        """Finishes what has queued."""
        self._over = self._loop.create_future()
        self.wake()
        await self._over
        await asyncio.to_thread(self._thread.shutdown)

    def wake(self) -> None:
        """There is something to do. What comes in the same turn of the loop is gathered too."""
        if self._resting:
            self._resting = False
            self._loop.call_soon(self._next)

    def _next(self) -> None:
        group = self._gather()
        if not group:
            self._rest()
        elif group[0].item is not None and self._loop.time() >= self._apart_until:
            self._fold_here(group)
        else:
            self._thread.submit(self._whole, group)

    def _rest(self) -> None:
        self._resting = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._over is not None and not self._over.done():
            self._resting = False
            self._thread.submit(self._end)
        elif (wait := self._mark.wait()) is not None:
            self._timer = self._loop.call_later(wait, self._mark_now)

    def _mark_now(self) -> None:
        self._timer = None
        if self._resting:
            self._resting = False
            self._thread.submit(self._marked)

    def _fold_here(self, group: list[_Job]) -> None:
        began = self._loop.time()
        try:
            if self._conn is None:
                self._conn = self._engine.connect()
            answers = self._folded(self._conn, group, self._fold)
        except Exception as wrong:  # the thread tries again: it may wait for another process, and sees what is wrong
            self._apart_until = self._loop.time() + APART
            self._thread.submit(self._again, group, wrong)
            return
        if self._loop.time() - began > SLOW:
            self._apart_until = self._loop.time() + APART
        self._thread.submit(self._finish, group, answers)

    def _folded(self, conn: Connection, group: list[_Job], fold: Fold | None) -> Sequence[Any]:
        conn.begin()
        try:
            return _batch(conn, group, fold)
        except Spoilt as spoilt:
            conn.rollback()
            return self._folded(conn, group, spoilt.again)

    # In the thread:

    def _finish(self, group: list[_Job], answers: Sequence[Any]) -> None:
        assert self._conn is not None
        try:
            crash.step("commit-before")
            self._conn.commit()
            crash.step("commit-after")
        except Exception as wrong:
            self._leave()
            self._done(self._wrong(group, wrong))
        else:
            self._done([(job, answer, None) for job, answer in zip(group, answers, strict=True)])

    def _again(self, group: list[_Job], wrong: Exception) -> None:
        self._leave()
        if not _is_busy(wrong):
            self._forget(wrong)
        self._whole(group)

    def _leave(self) -> None:
        """Rolls back what the loop began."""
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(Exception):
                conn.close()

    def _whole(self, group: list[_Job]) -> None:
        self._done(self._commit(group, self._fold))

    def _commit(self, group: list[_Job], fold: Fold | None) -> list[_Settled]:
        try:
            with patient(self._engine), self._engine.begin() as conn:
                answers = _batch(conn, group, fold)
                crash.step("commit-before")
            crash.step("commit-after")
        except Spoilt as spoilt:
            return _failed(group, spoilt) if group[0].item is None else self._commit(group, spoilt.again)
        except Exception as wrong:
            return self._wrong(group, wrong)
        return [(job, answer, None) for job, answer in zip(group, answers, strict=True)]

    def _wrong(self, group: list[_Job], wrong: Exception) -> list[_Settled]:
        self._forget(wrong)
        return _failed(group, wrong)

    def _forget(self, wrong: Exception) -> None:
        if isinstance(wrong, DBAPIError | sqlite3.Error):
            self._leave()
            self._engine.dispose()  # after a failed fsync nothing is known of the connection
            self._apart_until = self._loop.time() + APART

    def _done(self, settled: list[_Settled]) -> None:
        """Answers are on their way before anything is marked."""
        if settled[0][2] is None:
            if settled[0][0].item is not None:
                self._mark.saw([job.item for job, _answer, _wrong in settled])
                if self._mark.wait() != 0.0:
                    self._loop.call_soon_threadsafe(self._settled, settled)
                    return
            self._loop.call_soon_threadsafe(self._settle, settled)
            self._marking(HighWater.changed if settled[0][0].item is None else HighWater.write)
            self._loop.call_soon_threadsafe(self._next)
        else:
            self._loop.call_soon_threadsafe(self._settled, settled)

    def _settled(self, settled: list[_Settled]) -> None:
        self._settle(settled)
        self._loop.call_soon(self._next)  # after the answers have been written

    def _marked(self) -> None:
        self._marking(HighWater.write)
        self._loop.call_soon_threadsafe(self._next)

    def _marking(self, step: Callable[[HighWater, sqlite3.Connection], None]) -> None:
        try:
            held = self._engine.raw_connection()
            try:
                step(self._mark, cast(sqlite3.Connection, held.driver_connection))
            finally:
                held.close()
        except Exception as wrong:  # a mark is never worth the writer
            log.warning("database not marked", error=type(wrong).__name__)  # its next action says what is wrong with it
            self._leave()
            self._engine.dispose()

    def _end(self) -> None:
        self._marking(HighWater.write)
        self._leave()
        self._engine.dispose()
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set_result, None)


class _Task:
    """PostgreSQL: a task."""

    def __init__(self, engine: AsyncEngine, fold: Fold | None, gather: Gather, settle: Settle) -> None:
        self._engine = engine
        self._fold = fold
        self._gather = gather
        self._settle = settle
        self._wake = asyncio.Event()
        self._last = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to work."""
        self._task = asyncio.create_task(self._run(), name="writer")

    async def stop(self) -> None:
        """Finishes what has queued."""
        self._last = True
        self._wake.set()
        assert self._task is not None
        await self._task

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            while group := self._gather():
                self._settle(await self._commit(group, self._fold))
            if self._last:
                return
            await self._wake.wait()
            self._wake.clear()

    async def _commit(self, group: list[_Job], fold: Fold | None) -> list[_Settled]:
        try:
            async with self._engine.begin() as conn:
                answers = await conn.run_sync(_batch, group, fold)
        except Spoilt as spoilt:
            return _failed(group, spoilt) if group[0].item is None else await self._commit(group, spoilt.again)
        except Exception as wrong:
            return _failed(group, wrong)
        return [(job, answer, None) for job, answer in zip(group, answers, strict=True)]


def _is_busy(wrong: Exception) -> bool:
    """Whether another process holds the file."""
    return "locked" in str(getattr(wrong, "orig", wrong))


def _batch(conn: Connection, group: list[_Job], fold: Fold | None) -> Sequence[Any]:
    if group[0].item is None:
        assert group[0].action is not None
        return [group[0].action(conn)]
    assert fold is not None
    return fold(conn, [job.item for job in group])


def _failed(group: list[_Job], wrong: Exception) -> list[_Settled]:
    if group[0].item is None:
        return [(group[0], None, wrong)]
    log.error("batch not committed", error=type(wrong).__name__, items=len(group))
    return [(job, None, Busy()) for job in group]


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
