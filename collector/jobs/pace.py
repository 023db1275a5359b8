"""Long actions in short steps: none keeps the writer for long, and after each it is left alone for as long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from ..store.writer import Writer

MEANT = 0.020  # seconds of the writer's time a step is meant to take; 50 ms are the most that it should
MOST = 500


class Pace:
    """Finds out how much a step may take on. It remembers its steps, and in seconds their whole and the longest of their times."""

    def __init__(self, writer: Writer, size: int = 8) -> None:
        self._writer = writer
        self.size = size
        self.steps = 0
        self.spent = 0.0
        self.longest = 0.0

    async def step(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Runs `action(conn, *args, **more)` in a transaction of its own, rests, and answers what it answers."""
        answer, took = await self._writer.run(_timed, action, args, more)
        self.steps += 1
        self.spent += took
        self.longest = max(self.longest, took)
        fits = MEANT / max(took, 0.001)
        self.size = max(1, int(self.size * max(fits, 0.25))) if fits < 1 else min(MOST, self.size + int(self.size * min(fits - 1, 1)) + 1)
        await asyncio.sleep(took)
        return answer


def _timed(conn: Any, action: Callable[..., Any], args: Any, more: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    answer = action(conn, *args, **more)
    return answer, time.perf_counter() - began
