"""Changes of many leads while the collector works: in short steps, and after a restart from where they were left."""

from __future__ import annotations

from collections.abc import Callable

from ..actions import bulk as acts
from ..store import bulk
from ..store.database import Database
from ..store.writer import Writer
from .pace import Pace


async def go_on(
    writer: Writer, database: Database, *, secret: bytes, clock: Callable[[], int], ids: Callable[[int], bytes], pace: Pace | None = None
) -> int:
    """Brings every change that is under way to its end. Answers how many there were."""
    async with database.reader() as conn:
        found = await bulk.under_way(conn)
    if not found:
        return 0
    steps = pace or Pace(writer)
    for account, id in found:
        while await steps.step(acts.step, account, id, steps.size, secret=secret, now=clock(), ids=ids):
            pass
    return len(found)
