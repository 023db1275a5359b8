"""How the writer works on PostgreSQL: a task of the loop."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from .work import Fold, Gather, Job, Settle, Settled, Spoilt, failed, run_batch


class Task:
    """PostgreSQL: a task."""

    def __init__(self, engine: AsyncEngine, fold: Fold | None, gather: Gather, settle: Settle) -> None:
        self._engine = engine
        self._fold = fold
        self._gather = gather
        self._settle = settle
        self._wake = asyncio.Event()
        self._last = False
        self._task: asyncio.Task[None] | None = None
        self.since: float | None = None  # a transaction is under way since then (monotonic)

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
                self.since = time.monotonic()
                settled = await self._commit(group, self._fold)
                self.since = None
                self._settle(settled)
            if self._last:
                return
            await self._wake.wait()
            self._wake.clear()

    async def _commit(self, group: list[Job], fold: Fold | None) -> list[Settled]:
        try:
            async with self._engine.begin() as conn:
                answers = await conn.run_sync(run_batch, group, fold)
        except Spoilt as spoilt:
            return failed(group, spoilt) if group[0].item is None else await self._commit(group, spoilt.again)
        except Exception as wrong:
            return failed(group, wrong)
        return [(job, answer, None) for job, answer in zip(group, answers, strict=True)]
