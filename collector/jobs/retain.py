"""The purge while the collector works: readers look for what is old, the writer only deletes it, step by step."""

from __future__ import annotations

from ..actions import retain
from ..store import sites
from ..store.control import Told
from ..store.database import Database
from ..store.writer import Writer
from .pace import MOST, UNSEEN, Pace


async def purge(
    writer: Writer,
    database: Database,
    *,
    secret: bytes,
    now: int,
    told: Told = lambda _: None,
    pace: Pace | None = None,
    sure: bool = False,
) -> dict[str, int]:
    """Deletes all that has been kept long enough, of every account. Answers how many leads, events and refused events went.

    `held` is the time by which it went where the clock cannot be right, unless somebody is `sure` of it (`retain.as_of`); else 0.
    """
    now, held = await writer.run(retain.as_of, now, sure=sure)
    steps, done = pace or Pace(writer, rest=UNSEEN), dict.fromkeys(retain.PURGED, 0)
    async with database.reader() as conn:
        accounts = [row["id"] for row in await conn.run_sync(sites.accounts)]
    for account in accounts:
        for kind in retain.PURGED:
            gone = 1
            while gone:
                async with database.reader() as conn:
                    found = await conn.run_sync(retain.find, account, kind, now, MOST)
                gone = 0
                while found:
                    some, found = found[: steps.size], found[steps.size :]
                    gone += await steps.step(retain.drop, account, kind, now, some, secret=secret)
                    told({"stage": kind, "done": done[kind] + gone, "of": done[kind] + gone + len(found)})
                done[kind] += gone
    return {kind: done[kind] for kind in ("leads", "history", "audience", "refused")} | {"held": held}
