"""Scores fade and rules change: the leads that were scored by other terms than today's are scored anew, in short steps.

No event waits for it: a lead that is touched is scored by the fold that touches it, by the day that stands; here that day is moved on.
"""

from __future__ import annotations

from ..actions import scoring
from ..store import scores, sites
from ..store.control import Told
from ..store.database import Database
from ..store.scores import Terms
from ..store.writer import Writer
from .pace import PATIENT, Pace

DAY = 86_400_000
PAGE = 2_000  # scores looked at by one read


async def rescore(
    writer: Writer,
    database: Database,
    *,
    secret: bytes,
    now: int,
    done: dict[int, Terms],
    told: Told = lambda _: None,
    pace: Pace | None = None,
) -> int:
    """Brings every account's scores to the day that `now` is in. Answers how many leads were scored anew.

    `done` remembers by what terms an account was last gone through: while they stand nothing is looked for.
    """
    steps, n, day = pace or Pace(writer, rest=PATIENT), 0, now // DAY * DAY
    async with database.reader() as conn:
        known = {row["id"]: row["scored_at"] for row in await conn.run_sync(sites.accounts)}
    for account, as_of in known.items():
        if as_of != day:
            await writer.run(scores.set_day, account, day)
        async with database.reader() as conn:
            terms = await scores.terms_of(conn, account)
        if done.get(account) != terms:
            n += await _account(steps, database, account, terms, secret, told)
            done[account] = terms
    return n


async def _account(pace: Pace, database: Database, account: int, terms: Terms, secret: bytes, told: Told) -> int:
    after: bytes | None = b""
    n = 0
    while after is not None:
        async with database.reader() as conn:
            found, after = await conn.run_sync(scores.due, account, terms, after, PAGE)
        while found:
            some, found = found[: pace.size], found[pace.size :]
            n += await pace.step(scoring.step, account, some, secret=secret)
            told({"stage": "scores", "done": n, "of": n + len(found)})
    return n
