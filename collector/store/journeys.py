"""Journeys: derived. Written when a lead's way changes, read by reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.journeys import PART, Journey, Paths, Step
from ..domain.paths import Path
from .hot import Hot, upsert
from .schema import journey, session, span, touch

_encode = msgspec.json.Encoder().encode
_way = msgspec.json.Decoder(tuple[list[int], list[str]]).decode
_milestones = msgspec.json.Decoder(tuple[int | None, ...]).decode
_save = upsert(journey)
_drop_lead = Hot(lambda _: delete(journey).where(journey.c.account_id == bindparam("a"), journey.c.lead_id == bindparam("of")))
_drop_visitor = Hot(
    lambda _: delete(journey).where(
        journey.c.account_id == bindparam("a"), journey.c.visitor == bindparam("of"), journey.c.lead_id.is_(None)
    )
)


def save(conn: Connection, account_id: int, made: Iterable[Journey]) -> None:
    """Inserts or replaces: a goal that a visitor reached becomes the lead's."""
    _save.put(conn, [(account_id, *one[:10], _encode(one.milestones).decode(), _packed(one.way)) for one in made])


def _packed(way: Iterable[Step]) -> str:
    """The stored form of a way: all times, then what each touch was."""
    steps = list(way)
    return _encode(([step[0] for step in steps], [PART.join(step[1:]) for step in steps])).decode()


def drop_leads(conn: Connection, account_id: int, leads: Iterable[bytes]) -> None:
    """Forgets the journeys of leads."""
    _drop_lead.many(conn, [{"a": account_id, "of": lead} for lead in leads])


def drop_visitors(conn: Connection, account_id: int, visitors: Iterable[str]) -> None:
    """Forgets the journeys of visitors who are no lead."""
    _drop_visitor.many(conn, [{"a": account_id, "of": visitor} for visitor in visitors])


def names(conn: Connection, account_id: int, leads: Iterable[bytes]) -> set[str]:
    """The sources and campaigns on the ways of leads."""
    chosen, found = list(leads), set[str]()
    for start in range(0, len(chosen), 500):
        mine = (journey.c.account_id == account_id, journey.c.lead_id.in_(chosen[start : start + 500]))
        ways = [_way(row[0])[1] for row in conn.execute(select(journey.c.way).where(*mine))]
        found |= {name for texts in ways for text in texts for name in text.split(PART)[1:]}
    return found - {""}


class Asked(msgspec.Struct, frozen=True):
    """Which conversions a report is about: from `since` until before `until`, UTC milliseconds; None and b"" ask for all."""

    since: int
    until: int
    kinds: tuple[str, ...] = ("lead",)  # lead | again | goal
    goal: bytes = b""
    site: int | None = None


class Reader:
    """Takes the rows of `won`: paths in their order, and in which currencies their values are."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.paths: list[Path] = []
        self.codes: list[str] = []

    def take(self, rows: Iterable[Any]) -> None:
        """Some rows more."""
        make, timed = self._paths.path, self._paths.timed
        for at, value, code, milestones, way in rows:
            times, texts = _way(way)
            self.paths.append(make(at, times, texts, value, _milestones(milestones) if timed else ()))
            self.codes.append(code if value else "")


def _mine(account_id: int, asked: Asked) -> list[Any]:
    mine = [journey.c.account_id == account_id, journey.c.at >= asked.since, journey.c.at < asked.until, journey.c.kind.in_(asked.kinds)]
    if asked.goal:
        mine.append(journey.c.goal_id == asked.goal)
    if asked.site is not None:
        mine.append(journey.c.site_id == asked.site)
    return mine


def won(account_id: int, asked: Asked) -> Select[Any]:
    """The conversions of a report, in the order of the table: no sum depends on it."""
    columns = [journey.c[name] for name in ("at", "value", "currency", "milestones", "way")]
    return select(*columns).where(*_mine(account_id, asked)).order_by(journey.c.id)


def others(account_id: int, asked: Asked, since: int) -> Select[Any]:
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
    return select(*columns).select_from(theirs).where(*mine)


async def late(conn: AsyncConnection, account_id: int, asked: Asked, after: int) -> int:
    """How many conversions of a report were received after a time."""
    counted = select(func.count()).where(*_mine(account_id, asked), journey.c.received_at > after)
    return int((await conn.execute(counted)).scalar() or 0)


async def of_lead(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[dict[str, Any]]:
    """The conversions of a lead with the way to each, the oldest first: id, kind, goal_id, at, milestones, way (`opened` reads these)."""
    columns = [journey.c[name] for name in ("id", "kind", "goal_id", "at", "milestones", "way")]
    asked = select(*columns).where(journey.c.account_id == account_id, journey.c.lead_id == lead_id).order_by(journey.c.at, journey.c.id)
    return [dict(row._mapping) for row in await conn.execute(asked)]


def opened(row: dict[str, Any]) -> tuple[list[int], list[str], tuple[int | None, ...]]:
    """Of a row of `of_lead`: the times of its touches, what each was (as `domain.journeys.Names` reads it), and the milestones."""
    times, texts = _way(row["way"])
    return times, texts, _milestones(row["milestones"])
