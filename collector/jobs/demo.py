"""Taking the sample site out while the collector works: its leads and events first, step by step."""

from __future__ import annotations

from typing import Any

from ..actions import demo
from ..store import erasure
from ..store.database import Database
from ..store.writer import Writer
from .pace import MOST, Pace


async def remove(writer: Writer, database: Database, *, secret: bytes, account: int) -> dict[str, Any]:
    """As `actions.demo.remove`, which takes out what is left."""
    pace = Pace(writer)
    visitors: set[str] = set()
    async with database.reader() as conn:
        leads = await conn.run_sync(erasure.leads_of_site, account, demo.SITE)
    n, left = len(leads), leads
    while left:
        some, left = left[: pace.size], left[pace.size :]
        await pace.step(demo.forget_some, account, some, secret=secret)
    after, more = (0, b""), True
    while more:
        async with database.reader() as conn:
            found = await conn.run_sync(erasure.events_of_site, account, demo.SITE, after, MOST)
        more = len(found) == MOST
        after = found[-1][:2] if found else after
        visitors |= {visitor for _month, _id, visitor in found if visitor}
        while found:
            part, found = found[: pace.size], found[pace.size :]
            await pace.step(demo.drop_some, account, part, secret=secret)
    rest = await writer.run(demo.remove, account, secret=secret)
    return {"leads": n + rest["leads"], "visitors": len(visitors) + rest["visitors"]}
