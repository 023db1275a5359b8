"""The way of one lead, read for its page: what it is made of, and a part of what happened, so that the longest way is as quick as any."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import TYPES
from . import erasure, goals, identities, leads
from .events import unpacked
from .schema import consent, conversion, edge, edit, event, lead, mail, reached, session, site, span, submission, touch
from .urls import whole

Row = dict[str, Any]

MOST_SPANS = leads.MOST_SPANS
MOST_VISITS = 2_000
MOST_SENT = 200  # submissions; the newest
SHOWN = ("view", "engage", "click", "custom", "identify", "consent")
_SESSION = ("id", "visitor", "site_id", "started_at", "ended_at", "views", "events", "engaged_ms", "agent")
_EVENT = ("id", "type", "at", "visitor", "site_id", "page", "n", "url", "data")


class Way(NamedTuple):
    """All of a lead's way but its events, each list in the order of time. `spans` as in `store.leads.Timeline`; `submissions` hold their
    `fields`, and `how` they were sent; `reached` are goals (session_id, goal_id, at)."""

    spans: list[Row]
    sessions: list[Row]
    touches: list[Row]
    submissions: list[Row]
    reached: list[Row]


async def of_lead(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Way:
    """The way of a lead."""
    spans = await _spans(conn, account_id, lead_id)
    sent = await _sent(conn, account_id, lead_id)
    if not spans:
        return Way([], [], [], sent, [])
    lasted = or_(
        *(
            and_(session.c.visitor == one["visitor"], session.c.started_at < one["to_at"], session.c.ended_at >= one["from_at"])
            for one in spans
        )
    )
    mine = select(*(session.c[name] for name in _SESSION)).where(session.c.account_id == account_id, lasted)
    sessions = await _rows(conn, mine.order_by(session.c.started_at.desc(), session.c.id.desc()).limit(MOST_VISITS))
    return Way(spans, sessions[::-1], await _touches(conn, account_id, spans, lasted), sent, await _reached(conn, account_id, spans))


async def _spans(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[Row]:
    joined = span.join(edge, and_(edge.c.account_id == span.c.account_id, edge.c.id == span.c.edge_id), isouter=True)
    asked = select(
        *(span.c[name] for name in ("visitor", "from_at", "to_at", "shared")), edge.c.kind, edge.c.at.label("edge_at"), edge.c.submission_id
    )
    mine = asked.select_from(joined).where(span.c.account_id == account_id, span.c.lead_id == lead_id)
    return (await _rows(conn, mine.order_by(span.c.from_at.desc(), span.c.visitor).limit(MOST_SPANS)))[::-1]


async def _sent(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[Row]:
    told = conversion.join(
        submission, and_(submission.c.account_id == conversion.c.account_id, submission.c.id == conversion.c.id), isouter=True
    )
    asked = select(conversion, func.coalesce(submission.c.how, "").label("how")).select_from(told)
    mine = asked.where(conversion.c.account_id == account_id, conversion.c.lead_id == lead_id)
    newest = mine.order_by(conversion.c.at.desc(), conversion.c.id.desc()).limit(MOST_SENT)
    return (await leads.with_fields(conn, account_id, newest))[::-1]


async def _touches(conn: AsyncConnection, account_id: int, spans: Sequence[Row], lasted: ColumnElement[bool]) -> list[Row]:
    within = and_(session.c.account_id == touch.c.account_id, session.c.id == touch.c.session_id)
    arrived = select(touch, site.c.domain).join(session, within).join(site, site.c.id == touch.c.site_id, isouter=True)
    mine = arrived.where(session.c.account_id == account_id, lasted, _within(touch, spans, session.c.visitor))
    newest = mine.order_by(touch.c.at.desc(), touch.c.id.desc()).limit(MOST_VISITS)
    return [{**row, "landing": whole(row["landing"], row["domain"] or "")} for row in reversed(await _rows(conn, newest))]


async def _reached(conn: AsyncConnection, account_id: int, spans: Sequence[Row]) -> list[Row]:
    columns = (reached.c[name] for name in ("session_id", "goal_id", "at"))
    mine = select(*columns).where(reached.c.account_id == account_id, _within(reached, spans))
    newest = mine.order_by(reached.c.at.desc(), reached.c.goal_id).limit(MOST_VISITS)
    return (await _rows(conn, newest))[::-1]


async def events(
    conn: AsyncConnection, account_id: int, spans: Sequence[Row], types: Collection[str], since: int, until: int, most: int
) -> list[Row]:
    """The newest of the events of some types from `since` until before `until`, in their order (at, page, n, id); `data` read."""
    wanted = [TYPES.index(name) for name in sorted(types)]
    if not spans or not wanted:
        return []
    told = select(*(event.c[name] for name in _EVENT), site.c.domain).join_from(event, site, site.c.id == event.c.site_id, isouter=True)
    asked = told.where(event.c.account_id == account_id, _within(event, spans), event.c.type.in_(wanted))
    bound = asked.where(event.c.at >= since, event.c.at < until)
    newest = bound.order_by(event.c.at.desc(), event.c.page.desc(), event.c.n.desc(), event.c.id.desc()).limit(most)
    return [_event(row) for row in reversed(await _rows(conn, newest))]


def _event(row: Row) -> Row:
    kind = TYPES[row["type"]]
    return {**row, "type": kind, "data": unpacked(kind, row["data"]), "url": whole(row["url"], row["domain"] or "")}


def _within(table: Any, spans: Sequence[Row], visitor: Any = None) -> ColumnElement[bool]:
    visitor = table.c.visitor if visitor is None else visitor
    return or_(*(and_(visitor == one["visitor"], table.c.at >= one["from_at"], table.c.at < one["to_at"]) for one in spans))


async def _rows(conn: AsyncConnection, asked: Any) -> list[Row]:
    return [dict(row._mapping) for row in await conn.execute(asked)]


# Beside the visits ------------------------------------------------------------------------------------------------


async def letters(conn: AsyncConnection, account_id: int, leads_of: Sequence[bytes]) -> list[Row]:
    """The letters that were written to leads: id, at, state."""
    asked = select(mail.c.id, mail.c.at, mail.c.state).where(mail.c.account_id == account_id, mail.c.lead_id.in_(leads_of))
    return await _rows(conn, asked.order_by(mail.c.at, mail.c.id))


async def consents(conn: AsyncConnection, account_id: int, visitors: Sequence[str], leads_of: Sequence[bytes]) -> list[Row]:
    """What was agreed to and refused beside the visits and the forms, in the order of time: by letter, on the visitor's own page, by an
    objection. Rows of consent with `id`, `purpose`, `state`, `text`, `how`, `at`."""
    columns = [consent.c[name] for name in ("id", "purpose", "state", "text", "how", "at")]
    wanted = [and_(consent.c.lead_id.in_(leads_of), consent.c.submission_id.is_(None))]
    if visitors:
        wanted.append(and_(consent.c.visitor.in_(visitors), consent.c.how.in_(_SAID_ELSEWHERE)))
    asked = select(*columns).where(consent.c.account_id == account_id, or_(*wanted)).order_by(consent.c.at, consent.c.id)
    return await _rows(conn, asked)


_SAID_ELSEWHERE = (identities.OBJECTION, "request", "visitor")


# Before an erasure ------------------------------------------------------------------------------------------------


def goes(conn: Connection, account_id: int, lead_id: bytes) -> dict[str, int]:
    """What an erasure of a lead deletes, counted: leads, submissions, visits, events, browsers, edits. For readers."""
    members = erasure.with_members(conn, account_id, [lead_id])
    spans = identities.spans_of_leads(conn, account_id, members)
    sent = erasure.submissions_of(conn, account_id, members)
    listed = lead.c.account_id == account_id, lead.c.id.in_(members)
    told = {"leads": _count(conn, lead, *listed), "submissions": len(sent), "browsers": len({one.visitor for one in spans})}
    told["edits"] = _count(conn, edit, edit.c.account_id == account_id, edit.c.lead_id.in_(members))
    told |= {"visits": 0, "events": 0}
    for start in range(0, len(spans), MOST_SPANS):
        part = spans[start : start + MOST_SPANS]
        lasted = or_(
            *(and_(session.c.visitor == one.visitor, session.c.started_at < one.to_at, session.c.ended_at >= one.from_at) for one in part)
        )
        told["visits"] += _count(conn, session, session.c.account_id == account_id, lasted)
        told["events"] += _count(conn, event, event.c.account_id == account_id, erasure.within(event, part))
    return told


def _count(conn: Connection, table: Any, *where: Any) -> int:
    return int(conn.execute(select(func.count()).select_from(table).where(*where)).scalar() or 0)


async def goal_names(conn: AsyncConnection, account_id: int) -> dict[bytes, str]:
    """The goals of an account by id, removed ones too."""
    return {one.id: one.name for one in await goals.versions(conn, account_id)}
