"""What reports read of rollups: sums of days, which are each site's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.counts import Counts
from ..domain.periods import Period
from ..domain.rollups import COUNTS
from .schema import rollup

KEYS_MOST = 20_000  # of one report: what more there is has the fewest views
_NAMED = 400  # days that are named one by one: a kind is then looked for in each instead of passed over the others


Keyed = dict[tuple[int, str], Counts]  # (site, key)
_sums = [func.sum(rollup.c[name]) for name in COUNTS]


def _mine(account_id: int, sites: Collection[int], kind: str, period: Period) -> list[Any]:
    day = rollup.c.day
    days = day.in_(range(period.first, period.last + 1)) if period.days <= _NAMED else day.between(period.first, period.last)
    return [rollup.c.account_id == account_id, rollup.c.site_id.in_(list(sites)), days, rollup.c.kind == kind]


def _counts(row: Sequence[Any]) -> Counts:
    return Counts(*(int(value) for value in row))


async def ends(conn: AsyncConnection, account_id: int, sites: Collection[int]) -> tuple[int | None, int | None]:
    """The first and the last day (since 1970) of which anything is counted of these sites; None where nothing ever was."""
    ordered = sorted(sites)
    if not ordered:
        return None, None
    asked = [
        select(end(rollup.c.day)).where(rollup.c.account_id == account_id, rollup.c.site_id == site).scalar_subquery()
        for end in (func.min, func.max)
        for site in ordered
    ]  # each is one look at an end of the key
    found = [None if day is None else int(day) for day in (await conn.execute(select(*asked))).one()]
    firsts, lasts = found[: len(ordered)], found[len(ordered) :]
    return min((day for day in firsts if day is not None), default=None), max((day for day in lasts if day is not None), default=None)


async def by_day(conn: AsyncConnection, account_id: int, sites: Collection[int], period: Period) -> list[Counts]:
    """What each day of a period counts, in order; all sites together."""
    asked = select(rollup.c.day, *_sums).where(*_mine(account_id, sites, "site", period)).group_by(rollup.c.day)
    found = {int(row[0]): _counts(row[1:]) for row in await conn.execute(asked)}
    return [found.get(day, Counts()) for day in range(period.first, period.last + 1)]


async def by_site(conn: AsyncConnection, account_id: int, sites: Collection[int], period: Period) -> dict[int, Counts]:
    """What each site counts in a period, of those that count anything."""
    asked = select(rollup.c.site_id, *_sums).where(*_mine(account_id, sites, "site", period)).group_by(rollup.c.site_id)
    return {int(row[0]): _counts(row[1:]) for row in await conn.execute(asked)}


async def by_key(conn: AsyncConnection, account_id: int, sites: Collection[int], kind: str, period: Period) -> Keyed:
    """What each key of a kind counts in a period, by site: of the most viewed KEYS_MOST."""
    asked = select(rollup.c.site_id, rollup.c.key, *_sums).where(*_mine(account_id, sites, kind, period))
    asked = asked.group_by(rollup.c.site_id, rollup.c.key).order_by(func.sum(rollup.c.views).desc()).limit(KEYS_MOST)
    return {(int(row[0]), row[1]): _counts(row[2:]) for row in await conn.execute(asked)}


async def visits_by_part(
    conn: AsyncConnection, account_id: int, sites: Collection[int], kind: str, period: Period, parts: int
) -> dict[str, list[int]]:
    """The visits of each key in equal parts of a period, all sites together."""
    width = max(1, -(-period.days // parts))
    place = ((rollup.c.day - period.first) // width).label("place")
    asked: Select[Any] = select(rollup.c.key, place, func.sum(rollup.c.visits)).where(*_mine(account_id, sites, kind, period))
    asked = asked.group_by(rollup.c.key, place).having(func.sum(rollup.c.visits) > 0).limit(KEYS_MOST * 2)
    found: dict[str, list[int]] = {}
    count = -(-period.days // width)
    for key, at, visits in await conn.execute(asked):
        found.setdefault(key, [0] * count)[int(at)] = int(visits)
    return found
