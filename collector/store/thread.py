"""How the writer works on SQLite: folded on the loop, committed in a thread."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, cast

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from . import crash
from .database import patient
from .highwater import HighWater
from .work import Fold, Gather, Job, Settle, Settled, Spoilt, failed, run_batch

log = structlog.get_logger()

SLOW = 0.05  # seconds: a fold that stands still for longer waits for a disk (the first one compiles its statements),
APART = 5.0  # and for so long the next ones are left to the thread


class Thread:
    """SQLite: batches are folded on the loop and committed in a thread, which runs all other actions whole.

    Two threads that run Python hand the interpreter to each other many times a batch, and that costs more than the fold itself
    (measured side by side: 0.14 against 0.20 of a bare app's requests). So the thread has what waits: for the disk, for another
    process, for a long action.
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
        self.since: float | None = None  # the thread is in a commit since then (monotonic)
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

    def _fold_here(self, group: list[Job]) -> None:
        began, worked = self._loop.time(), time.thread_time()
        try:
            if self._conn is None:
                self._conn = self._engine.connect()
            answers = self._folded(self._conn, group, self._fold)
        except Exception as wrong:  # the thread tries again: it may wait for another process, and sees what is wrong
            self._apart_until = self._loop.time() + APART
            self._thread.submit(self._again, group, wrong)
            return
        if self._loop.time() - began - (time.thread_time() - worked) > SLOW:
            self._apart_until = self._loop.time() + APART
        self._thread.submit(self._finish, group, answers)

    def _folded(self, conn: Connection, group: list[Job], fold: Fold | None) -> Sequence[Any]:
        conn.begin()
        try:
            return run_batch(conn, group, fold)
        except Spoilt as spoilt:
            conn.rollback()
            return self._folded(conn, group, spoilt.again)

    # In the thread:

    def _finish(self, group: list[Job], answers: Sequence[Any]) -> None:
        assert self._conn is not None
        self.since = time.monotonic()
        try:
            crash.step("commit-before")
            self._conn.commit()
            crash.step("commit-after")
        except Exception as wrong:
            self._leave()
            self._done(self._wrong(group, wrong))
        else:
            self._done([(job, answer, None) for job, answer in zip(group, answers, strict=True)])

    def _again(self, group: list[Job], wrong: Exception) -> None:
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

    def _whole(self, group: list[Job]) -> None:
        self.since = time.monotonic()
        self._done(self._commit(group, self._fold))

    def _commit(self, group: list[Job], fold: Fold | None) -> list[Settled]:
        try:
            with patient(self._engine), self._engine.begin() as conn:
                answers = run_batch(conn, group, fold)
                crash.step("commit-before")
            crash.step("commit-after")
        except Spoilt as spoilt:
            return failed(group, spoilt) if group[0].item is None else self._commit(group, spoilt.again)
        except Exception as wrong:
            return self._wrong(group, wrong)
        return [(job, answer, None) for job, answer in zip(group, answers, strict=True)]

    def _wrong(self, group: list[Job], wrong: Exception) -> list[Settled]:
        self._forget(wrong)
        return failed(group, wrong)

    def _forget(self, wrong: Exception) -> None:
        if isinstance(wrong, DBAPIError | sqlite3.Error):
            self._leave()
            self._engine.dispose()  # after a failed fsync nothing is known of the connection
            self._apart_until = self._loop.time() + APART

    def _done(self, settled: list[Settled]) -> None:
        """Answers are on their way before anything is marked."""
        self.since = None
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

    def _settled(self, settled: list[Settled]) -> None:
        try:
            self._settle(settled)
        finally:
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
            self._apart_until = self._loop.time() + APART  # to connect anew may take a while

    def _end(self) -> None:
        assert self._over is not None
        try:
            self._marking(HighWater.write)
            self._leave()
            self._engine.dispose()
        finally:
            self._loop.call_soon_threadsafe(self._over.set_result, None)


def _is_busy(wrong: Exception) -> bool:
    """Whether another process holds the file."""
    return "locked" in str(getattr(wrong, "orig", wrong))
