"""Long actions in short steps: none keeps the writer for long, and after each it is left alone for a while, by the other long ones too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from ..store.writer import Writer

MEANT = 0.020  # seconds of the writer's time a step is meant to take; 50 ms are the most that it should
GENTLE = 0.005  # and where many events come: everybody who comes meanwhile waits for it
MANY = 300  # events a second
LEAST = 16  # rows, where that takes no longer than is meant in quiet: a step of one costs half as much as one of twenty
MOST = 500
HURRIED = 2.0  # times a step's own, the rest after it while many events come: somebody waits for the end;
PATIENT = 20.0  # and where nobody does;
UNSEEN = 120.0  # where it may take until the night: less than a hundredth of the visitors meet a step


class Pace:
    """Finds out how much a step may take on. It remembers its steps, and in seconds their whole and the longest of their times."""

    def __init__(self, writer: Writer, size: int = 8, rest: float = HURRIED) -> None:
        self._writer = writer
        self.size = size
        self._rest = rest
        self.steps = 0
        self.spent = 0.0
        self.longest = 0.0
        self._seen = (time.monotonic(), writer.meter.events)
        self._rate = 0.0

    async def step(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Runs `action(conn, *args, **more)` in a transaction of its own, rests, and answers what it answers."""
        async with self._writer.turn:
            answer, took = await self._writer.run(_timed, action, args, more)
            self.steps += 1
            self.spent += took
            self.longest = max(self.longest, took)
            busy = self._looks_busy(time.monotonic())
            self.size = self._next(took, (GENTLE if busy else MEANT) / max(took, 0.0005))
            await asyncio.sleep(HURRIED * took if busy else took)
        if busy and self._rest > HURRIED:  # meanwhile it may be the turn of one that somebody waits for
            await asyncio.sleep((self._rest - HURRIED) * took)
        return answer

    def _next(self, took: float, fits: float) -> int:
        """The size of the next step after one that took some seconds, of which `fits` times as many were meant."""
        if fits >= 1:
            return min(MOST, self.size + int(self.size * min(fits - 1, 1)) + 1)
        least = min(self.size, LEAST) if took <= MEANT else 1
        return max(least, int(self.size * max(fits, 0.25)))

    def _looks_busy(self, now: float) -> bool:
        """Whether many events came in the last half a second or more."""
        since, events = self._seen
        if now - since >= 0.5:
            self._rate = (self._writer.meter.events - events) / (now - since)
            self._seen = (now, self._writer.meter.events)
        return self._rate > MANY


def _timed(conn: Any, action: Callable[..., Any], args: Any, more: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    answer = action(conn, *args, **more)
    return answer, time.perf_counter() - began
