"""What the report of sources reads of journeys."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.paths import DAY, Path
from ..domain.periods import Period
from ..domain.rollups import midnight
from ..domain.shares import QUICK, TIMED, Keys, Row, Ways
from . import cycles, journeys
from .schema import journey, lead, session, span

STEP = 20_000  # rows read at once
EARLIER = 20_000  # leads whose earlier visits are looked at: the newest of a period
_way = msgspec.json.Decoder(tuple[list[int], list[str]]).decode
_milestones = msgspec.json.Decoder(tuple[int | None, ...]).decode


def within(sites: Mapping[int, str], period: Period, column: Any, site: Any) -> Any:
    """Whether a time lies in a period of each site's own days; `sites` are zones by id."""
    zones: dict[str, list[int]] = {}
    for id, zone in sites.items():
        zones.setdefault(zone, []).append(id)
    spans = [(ids, midnight(period.first, zone), midnight(period.last + 1, zone)) for zone, ids in sorted(zones.items())]
    return or_(*(and_(column >= since, column < until, site.in_(ids)) for ids, since, until in spans))


async def ways(
    conn: AsyncConnection, account_id: int, sites: Mapping[int, str], period: Period, level: str, models: Collection[str], look_back: int
) -> Ways:
    """The conversions of leads in a period, a little at a time: the loop is left to others meanwhile."""
    slow, timed = any(model not in QUICK for model in models), any(model in TIMED for model in models)
    made = Ways(Keys(level), look_back, each=slow, timed=timed)
    names = ("kind", "at", "value", "currency", "way", *(("milestones",) if timed else ()))
    mine = [journey.c.account_id == account_id, journey.c.kind.in_(("lead", "again"))]
    asked = select(*(journey.c[name] for name in names)).where(*mine, within(sites, period, journey.c.at, journey.c.site_id))

    def take(rows: Sequence[Any]) -> None:
        with cycles.unsought():
            made.take(_read(rows))

    async with conn.stream(asked) as rows:
        async for part in rows.partitions(STEP):
            await asyncio.to_thread(take, part)
    return made


def _read(rows: Iterable[Any]) -> Iterator[Row]:
    for kind, at, value, code, way, *milestones in rows:
        yield kind, at, value, code, _milestones(milestones[0]) if milestones else (), _way(way)


async def unconverted(
    conn: AsyncConnection, account_id: int, sites: Mapping[int, str], period: Period, made: Ways, look_back: int
) -> list[Path]:
    """Journeys without a conversion, of visitors who were last seen in a period."""
    starts, ends = zip(*((midnight(period.first, zone), midnight(period.last + 1, zone)) for zone in set(sites.values())), strict=True)
    asked = journeys.Asked(min(starts), max(ends), ("lead", "again"), b"", next(iter(sites)) if len(sites) == 1 else None)
    visits: dict[str, list[tuple[int, str]]] = {}
    async with conn.stream(journeys.others(account_id, asked, asked.since - look_back * DAY)) as rows:
        async for part in rows.partitions(STEP):
            for visitor, at, channel, source, campaign in part:
                visits.setdefault(visitor, []).append((at, made.keys[f"{channel}\x1f{source}\x1f{campaign}"]))
    return list(made.paths.unconverted(visits, asked.since))


async def assisted(
    conn: AsyncConnection, account_id: int, sites: Mapping[int, str], period: Period, look_back: int
) -> tuple[dict[tuple[int, str], int], bool]:
    """Of the newest EARLIER leads of a period: on which page (site, path) an earlier visit of theirs began, and of how many leads.

    The visit in which they wrote is not looked at. The second value tells whether there were more leads than that.
    """
    won = (journey.c.account_id == account_id, journey.c.kind == "lead", within(sites, period, journey.c.at, journey.c.site_id))
    newest = select(journey.c.lead_id, journey.c.at).where(*won).order_by(journey.c.at.desc()).limit(EARLIER).subquery()
    theirs = and_(span.c.account_id == account_id, span.c.lead_id == newest.c.lead_id)
    began = and_(
        session.c.account_id == account_id,
        session.c.visitor == span.c.visitor,
        session.c.started_at >= span.c.from_at,
        session.c.started_at < span.c.to_at,
        session.c.started_at >= newest.c.at - look_back * DAY,
        session.c.started_at <= newest.c.at,
        session.c.ended_at < newest.c.at,
        session.c.site_id.in_(list(sites)),
    )
    asked = (
        select(session.c.site_id, session.c.entry_page, func.count(newest.c.lead_id.distinct()))
        .select_from(newest.join(span, theirs).join(session, began))
        .group_by(session.c.site_id, session.c.entry_page)
    )
    found = {(int(row[0]), row[1]): int(row[2]) for row in await conn.execute(asked)}
    count = (await conn.execute(select(func.count()).select_from(newest))).scalar()
    return found, int(count or 0) >= EARLIER


async def apart(conn: AsyncConnection, account_id: int, sites: Mapping[int, str], period: Period) -> dict[tuple[int, str], int]:
    """How many leads of a period stand in quarantine, by (site, form)."""
    if not sites:
        return {}
    mine = (lead.c.account_id == account_id, lead.c.quarantine != "", within(sites, period, lead.c.created_at, lead.c.site_id))
    asked = select(lead.c.site_id, lead.c.form, func.count()).where(*mine).group_by(lead.c.site_id, lead.c.form)
    return {(int(row[0]), row[1]): int(row[2]) for row in await conn.execute(asked)}
