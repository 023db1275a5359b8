"""Work of the collector that takes longer than a request: one at a time, begun from a screen that then shows how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

log = structlog.get_logger()

Work = Callable[["Care"], Awaitable[Any]]


class Care:
    """What is being done, or was done last: its `name` (empty: nothing yet), since when, how far, and how it ended."""

    def __init__(self) -> None:
        self.name = ""
        self.at = 0  # UTC milliseconds
        self.account = 0  # whose owner began it: nobody else is told how it ended
        self.done, self.of = 0, 0
        self.answer: Any = None
        self.fault = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether something is being done."""
        return self._task is not None and not self._task.done()

    def told(self, done: int, of: int) -> None:
        """How far it is; any thread may say so."""
        self.done, self.of = done, of

    def begin(self, name: str, work: Work, *, now: int, account: int) -> bool:
        """Begins. False where something else is being done."""
        if self.is_on:
            return False
        self.name, self.at, self.account = name, now, account
        self.done, self.of, self.answer, self.fault = 0, 0, None, ""
        self._task = asyncio.create_task(self._run(work))
        return True

    async def wait(self, seconds: float) -> None:
        """Waits for the end for a while: what is soon done is shown at once."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=seconds)

    async def _run(self, work: Work) -> None:
        try:
            self.answer = await work(self)
        except Exception as wrong:  # each has its own; who began it is told
            self.fault = str(wrong) or type(wrong).__name__
            log.error("care failed", care=self.name, error=type(wrong).__name__)
