"""A site that is deleted while the collector works: readers look for what is left of it, the writer deletes that in short steps.

It goes through all tables until a look finds nothing, then the site itself goes. A stop in between is made good by the next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from ..actions import leaving as act
from ..store import erasure, events, leaving, rollups, sites
from ..store.control import Told
from ..store.database import Database
from ..store.writer import Writer
from .pace import MOST, Pace

WAIT = 3.0  # seconds until every door knows that nothing more is taken for it
DAYS = 5  # of counts that go in one step

Find = Callable[[Any, Any], Sequence[Any]]  # connection, where the last look ended → what comes next


async def leave_all(writer: Writer, database: Database, *, secret: bytes) -> list[int]:
    """Deletes every site of which somebody said so. Answers which."""
    async with database.reader() as conn:
        going = [(row["account_id"], row["id"]) for row in await sites.all(conn) if sites.is_leaving(row)]
    for account, site in going:
        await leave(writer, database, secret=secret, account=account, site=site)
    return [site for _account, site in going]


async def leave(
    writer: Writer,
    database: Database,
    *,
    secret: bytes,
    account: int,
    site: int,
    told: Told = lambda _: None,
    wait: float | None = None,
    pace: Pace | None = None,
) -> dict[str, int]:
    """Deletes a site with all that came through it. Answers how many submissions, events, consents and refused events went."""
    work = _Work(writer, database, pace or Pace(writer), secret, account, site, told)
    await asyncio.sleep(WAIT if wait is None else wait)
    while await work.through():
        pass
    days = DAYS
    while days >= DAYS:
        days = await work.pace.step(rollups.drop_days, account, site, DAYS)
    await work.pace.step(leaving.finish, account, site)
    return work.done


class _Work:
    """One deletion, and how far it is."""

    def __init__(self, writer: Writer, database: Database, pace: Pace, secret: bytes, account: int, site: int, told: Told) -> None:
        self._writer = writer
        self._database = database
        self.pace = pace
        self._secret = secret
        self._of = (account, site)
        self._told = told
        self.done = dict.fromkeys(("submissions", "events", "consents", "evidence", "refused"), 0)

    async def through(self) -> int:
        """Goes through all tables once. Answers how much went."""
        of = self._of
        before = sum(self.done.values())
        await self._drop("submissions", lambda conn, _: leaving.submissions(conn, *of, MOST), act.drop_sent)
        await self._drop("evidence", lambda conn, after: leaving.edges(conn, *of, after or b"", MOST), act.drop_edges)
        await self._drop("events", lambda conn, after: erasure.events_of_site(conn, *of, (after or (0, b""))[:2], MOST), act.drop_events)
        await self._drop("consents", lambda conn, after: leaving.consents(conn, *of, after or b"", MOST), act.drop_consents)
        await self._drop("refused", lambda conn, _: leaving.refused(conn, *of, MOST), None)
        return sum(self.done.values()) - before

    async def _drop(self, name: str, find: Find, action: Callable[..., Any] | None) -> None:
        after: Any = None
        while True:
            async with self._database.reader() as conn:
                found = list(await conn.run_sync(find, after))
            if not found:
                return
            after = found[-1]
            while found:
                some, found = found[: self.pace.size], found[self.pace.size :]
                if action is None:
                    await self.pace.step(events.drop_refused, self._of[0], some)
                else:
                    await self.pace.step(action, self._of[0], some, secret=self._secret)
                self.done[name] += len(some)
                self._told({"stage": name, "done": self.done[name], "of": self.done[name] + len(found)})
