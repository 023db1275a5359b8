"""The one way to write: a queue of actions in front of the one writing connection.

Whatever has queued when the writer is free is one batch and one transaction; there is no waiting window, and an answer
is given only after the commit. On SQLite a thread of its own runs the whole batch in one hop; on PostgreSQL
`run_sync` does.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Protocol, TypeVar, cast

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from . import crash, folder
from .database import Database
from .highwater import HighWater

log = structlog.get_logger()
Answer = TypeVar("Answer")

BATCH_EVENTS = 500
WAITING_EVENTS = 4000  # 64 waiting bodies of 20 events fit three times


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
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._closed = True
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake: asyncio.Event | None = None
        self._lock: BinaryIO | None = None
        self._mark = HighWater(database.file) if database.file is not None else None

    async def start(self) -> None:
        """Takes the lock and begins to work. Raises Locked."""
        self._loop = asyncio.get_running_loop()
        if self._database.is_sqlite:
            self._lock = hold(self._database)
            # Loop and writer hand the interpreter to each other many times a batch; the default of 5 ms is a batch's whole length.
            sys.setswitchinterval(0.0005)
            self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
            self._thread.start()
        else:
            self._wake = asyncio.Event()
            self._task = asyncio.create_task(self._work_async(), name="writer")
        self._closed = False

    async def stop(self) -> None:
        """Finishes what has queued, then gives connection and lock back."""
        if self._closed:
            return
        self._closed = True
        self._put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        if self._task is not None:
            await self._task
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
        return await self._enqueue(_Job(None, item, self._future()))

    async def run(self, action: Callable[..., Answer], *args: Any, **more: Any) -> Answer:
        """Runs `action(conn, *args, **more)` in a transaction of its own; answers after the commit. Raises what it raises."""
        if self._closed:
            raise Busy
        job = _Job(lambda conn: action(conn, *args, **more), None, self._future())
        return cast(Answer, await self._enqueue(job))

    def _future(self) -> asyncio.Future[Any]:
        assert self._loop is not None
        return self._loop.create_future()

    async def _enqueue(self, job: _Job) -> Any:
        self._waiting += job.size
        self._put(job)
        # A client that goes away cancels its future only: the job stays in the queue, and the commit is shared with others.
        return await job.future

    def _put(self, job: _Job | None) -> None:
        self._jobs.put(job)
        if self._wake is not None:
            self._wake.set()

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

    def _gather(self, first: _Job | None) -> tuple[list[list[_Job]], bool]:
        """What has queued, as batches in order: items together up to a bound, every other action alone."""
        groups: list[list[_Job]] = []
        events, job, last = 0, first, False
        while True:
            if job is None:
                last = True
            elif job.item is not None and groups and groups[-1][0].item is not None and events + job.size <= BATCH_EVENTS:
                groups[-1].append(job)
                events += job.size
            else:
                groups.append([job])
                events = job.size
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return groups, last

    def _batch(self, conn: Connection, group: list[_Job], fold: Fold | None) -> Sequence[Any]:
        if group[0].item is None:
            assert group[0].action is not None
            return [group[0].action(conn)]
        assert fold is not None
        return fold(conn, [job.item for job in group])

    # SQLite: a thread ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        engine = self._database.writing_engine()
        assert self._loop is not None
        last = False
        self._marking(engine, HighWater.compare)
        while not last:
            try:
                first = self._jobs.get(timeout=self._mark.wait() if self._mark is not None else None)
            except queue.Empty:
                self._marking(engine, HighWater.write)
                continue
            groups, last = self._gather(first)
            for group in groups:
                settled = self._commit(engine, group, self._fold)
                self._loop.call_soon_threadsafe(self._settle, settled)
                self._mark_group(engine, settled)
        self._marking(engine, HighWater.write)
        engine.dispose()

    def _mark_group(self, engine: Engine, settled: list[_Settled]) -> None:
        """After the answers are on their way: what the mark outside the database must know of a commit."""
        assert self._mark is not None
        if settled[0][2] is not None:
            return
        if settled[0][0].item is None:
            self._marking(engine, HighWater.changed)
        else:
            self._mark.saw([job.item for job, _answer, _wrong in settled])
        if self._mark.wait() == 0.0:
            self._marking(engine, HighWater.write)

    def _marking(self, engine: Engine, step: Callable[[HighWater, sqlite3.Connection], None]) -> None:
        assert self._mark is not None
        try:
            held = engine.raw_connection()
            try:
                step(self._mark, cast(sqlite3.Connection, held.driver_connection))
            finally:
                held.close()
        except Exception as wrong:  # a mark is never worth the writer
            log.warning("database not marked", error=type(wrong).__name__)  # its next action says what is wrong with it
            engine.dispose()

    def _commit(self, engine: Engine, group: list[_Job], fold: Fold | None) -> list[_Settled]:
        try:
            with engine.begin() as conn:
                answers = self._batch(conn, group, fold)
                crash.step("commit-before")
            crash.step("commit-after")
        except Spoilt as spoilt:
            return _failed(group, spoilt) if group[0].item is None else self._commit(engine, group, spoilt.again)
        except Exception as wrong:
            if isinstance(wrong, DBAPIError | sqlite3.Error):
                engine.dispose()  # after a failed fsync nothing is known of the connection
            return _failed(group, wrong)
        return [(job, answer, None) for job, answer in zip(group, answers, strict=True)]

    # PostgreSQL: a task ----------------------------------------------------------------------------------------------

    async def _work_async(self) -> None:
        assert self._wake is not None
        engine = self._database.async_engine()
        last = False
        while not last:
            await self._wake.wait()
            self._wake.clear()
            try:
                first = self._jobs.get_nowait()
            except queue.Empty:
                continue
            groups, last = self._gather(first)
            for group in groups:
                self._settle(await self._commit_async(engine, group, self._fold))

    async def _commit_async(self, engine: AsyncEngine, group: list[_Job], fold: Fold | None) -> list[_Settled]:
        try:
            async with engine.begin() as conn:
                answers = await conn.run_sync(self._batch, group, fold)
        except Spoilt as spoilt:
            return _failed(group, spoilt) if group[0].item is None else await self._commit_async(engine, group, spoilt.again)
        except Exception as wrong:
            return _failed(group, wrong)
        return [(job, answer, None) for job, answer in zip(group, answers, strict=True)]


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
