"""Journeys: derived. Written when a lead's way changes, read by reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.journeys import Journey, Milestones, Step
from .hot import upsert
from .schema import journey, session, span, touch

_encode = msgspec.json.Encoder().encode
_way = msgspec.json.Decoder(list[tuple[int, str, str, str]]).decode
_milestones = msgspec.json.Decoder(tuple[int | None, ...]).decode
_save = upsert(journey)


def save(conn: Connection, account_id: int, made: Iterable[Journey]) -> None:
    """Inserts or replaces: a goal that a visitor reached becomes the lead's."""
    _save.put(conn, [(account_id, *one[:10], _encode(one.milestones).decode(), _encode(one.way).decode()) for one in made])


def drop_leads(conn: Connection, account_id: int, leads: Iterable[bytes]) -> None:
    """Forgets the journeys of leads."""
    chosen = list(leads)
    for start in range(0, len(chosen), 500):
        conn.execute(delete(journey).where(journey.c.account_id == account_id, journey.c.lead_id.in_(chosen[start : start + 500])))


def drop_visitors(conn: Connection, account_id: int, visitors: Iterable[str]) -> None:
    """Forgets the journeys of visitors who are no lead."""
    chosen = list(visitors)
    mine = (journey.c.account_id == account_id, journey.c.lead_id.is_(None))
    for start in range(0, len(chosen), 500):
        conn.execute(delete(journey).where(*mine, journey.c.visitor.in_(chosen[start : start + 500])))


def names(conn: Connection, account_id: int, leads: Iterable[bytes]) -> set[str]:
    """The sources and campaigns on the ways of leads."""
    chosen, found = list(leads), set[str]()
    for start in range(0, len(chosen), 500):
        mine = (journey.c.account_id == account_id, journey.c.lead_id.in_(chosen[start : start + 500]))
        found |= {name for row in conn.execute(select(journey.c.way).where(*mine)) for step in _way(row[0]) for name in step[2:]}
    return found - {""}


class Asked(msgspec.Struct, frozen=True):
    """Which conversions a report is about: from `since` until before `until`, UTC milliseconds; None and b"" ask for all."""

    since: int
    until: int
    kinds: tuple[str, ...] = ("lead",)  # lead | again | goal
    goal: bytes = b""
    site: int | None = None


class Told(msgspec.Struct, frozen=True):
    """One journey as a report reads it."""

    at: int
    received_at: int
    value: int
    currency: str
    milestones: Milestones
    way: list[Step]


async def page(conn: AsyncConnection, account_id: int, asked: Asked) -> Sequence[Any]:
    """The rows of a report; `told` reads each."""
    mine = [journey.c.account_id == account_id, journey.c.at >= asked.since, journey.c.at < asked.until, journey.c.kind.in_(asked.kinds)]
    if asked.goal:
        mine.append(journey.c.goal_id == asked.goal)
    if asked.site is not None:
        mine.append(journey.c.site_id == asked.site)
    columns = [journey.c[name] for name in ("at", "received_at", "value", "currency", "milestones", "way")]
    return (await conn.execute(select(*columns).where(*mine).order_by(journey.c.at, journey.c.id))).all()


def told(row: Sequence[Any]) -> Told:
    """A row, read."""
    return Told(row[0], row[1], row[2], row[3], _milestones(row[4]), _way(row[5]))


async def others(conn: AsyncConnection, account_id: int, asked: Asked, since: int) -> Sequence[Any]:
    """(visitor, time, channel, source, campaign) of arrivals from `since` on of visitors who converted at no time."""
    theirs = touch.join(session, (session.c.account_id == touch.c.account_id) & (session.c.id == touch.c.session_id))
    own = select(span.c.visitor).where(span.c.account_id == account_id)
    if "goal" in asked.kinds:
        of = select(journey.c.visitor).where(journey.c.account_id == account_id, journey.c.visitor.is_not(None))
        own = of.where(journey.c.goal_id == asked.goal) if asked.goal else of
    mine = [touch.c.account_id == account_id, touch.c.at >= since, touch.c.at < asked.until, session.c.visitor.not_in(own)]
    if asked.site is not None:
        mine.append(touch.c.site_id == asked.site)
    columns = (session.c.visitor, touch.c.at, touch.c.channel, touch.c.source, touch.c.campaign)
    return (await conn.execute(select(*columns).select_from(theirs).where(*mine))).all()


async def late(conn: AsyncConnection, account_id: int, asked: Asked, after: int) -> int:
    """How many conversions of a report were received after a time."""
    mine = [journey.c.account_id == account_id, journey.c.at >= asked.since, journey.c.at < asked.until, journey.c.kind.in_(asked.kinds)]
    if asked.goal:
        mine.append(journey.c.goal_id == asked.goal)
    if asked.site is not None:
        mine.append(journey.c.site_id == asked.site)
    return int((await conn.execute(select(func.count()).where(*mine, journey.c.received_at > after))).scalar() or 0)
