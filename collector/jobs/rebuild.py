"""A rebuild while the collector works (`actions.rebuild` says how): in steps, and rollups counted on a reader's snapshot."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ..actions.rebuild import STAGES, end, mend, step
from ..actions.refold import context
from ..store import derived, ids, recount, scores, sites
from ..store.control import Told
from ..store.database import Database
from ..store.writer import Writer
from .pace import Pace
from .score import DAY

ROWS = 500  # read at once: some milliseconds of the loop
MENDED = 500  # rollups put right in one step


async def rebuild(
    writer: Writer,
    database: Database,
    *,
    secret: bytes,
    account: int | None = None,
    told: Told = lambda _: None,
    pace: Pace | None = None,
    as_of: int | None = None,
) -> dict[str, Any]:
    """Makes derived rows of one account or all again. Answers how many visitors and submissions were folded, and the longest step in ms.

    `as_of` (UTC milliseconds): scores are those of that day, until the clock of a running collector brings them to today's.
    """
    steps = pace or Pace(writer)
    done = {"visitors": 0, "submissions": 0}
    async with database.reader() as conn:
        accounts = [row["id"] for row in await conn.run_sync(sites.accounts)]
    for one in accounts:
        if account in (None, one):
            mark = int.from_bytes(ids.uuid7(ids.now())[-6:], "big") + 1
            await writer.run(sites.set_stale, one, mark)
            if as_of is not None:
                await writer.run(scores.set_day, one, as_of // DAY * DAY)
            for name in STAGES:
                n = await _stage(steps, database, one, secret, name, told)
                done[name] = done.get(name, 0) + n
            await _recount(steps, database, one, secret, mark, told)
    return {"visitors": done["visitors"], "submissions": done["submissions"], "longest_ms": round(steps.longest * 1000, 1)}


async def resume(writer: Writer, database: Database, *, secret: bytes) -> list[int]:
    """Rebuilds the accounts of which a migration, or a rebuild that was stopped, says that they are stale. Answers which."""
    async with database.reader() as conn:
        stale = [row["id"] for row in await conn.run_sync(sites.accounts) if row["stale"]]
    for one in stale:
        await rebuild(writer, database, secret=secret, account=one)
    return stale


async def _stage(pace: Pace, database: Database, account: int, secret: bytes, name: str, tell: Told) -> int:
    async with database.reader() as conn:
        of = await conn.run_sync(derived.size, account, name)
        newest = await conn.run_sync(derived.newest_submission, account) if name == "submissions" else None
    after: Any = None
    n: int = 0
    while True:
        after, more = await pace.step(step, account, secret, name, after, pace.size)
        n += more
        tell({"stage": name, "done": n, "of": max(n, of)})
        if after is None or (newest is not None and after >= newest):  # what comes meanwhile is folded as it comes
            return n


async def _recount(pace: Pace, database: Database, account: int, secret: bytes, mark: int, tell: Told) -> None:
    given = await pace.step(context, account, secret)
    async with database.snapshot() as conn:
        of = await conn.run_sync(derived.size, account, "rollups")
        tally, n = given.tally(), 0
        for part in recount.PARTS:
            after: Any = ()
            while after is not None:
                began = time.perf_counter()
                after = await conn.run_sync(part, account, tally, after or None, ROWS)
                n += ROWS
                tell({"stage": "rollups", "done": min(n, of), "of": of})
                await asyncio.sleep(time.perf_counter() - began)
        faults: list[recount.Fault] = []
        after = ()
        while after is not None:
            found, after = await conn.run_sync(recount.faults, account, tally, after or None, ROWS)
            faults += found
    faults += recount.missing(tally)
    for start in range(0, len(faults), MENDED):
        await pace.step(mend, account, mark, faults[start : start + MENDED])
    await pace.step(end, account, mark)
