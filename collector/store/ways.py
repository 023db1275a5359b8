"""The way of one lead, read for its page: what it is made of, and a part of what happened, so that the longest way is as quick as any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from . import erasure, goals, identities, leads
from .schema import consent, conversion, edit, event, lead, mail, reached, session

Row = dict[str, Any]

MOST_SPANS = leads.MOST_SPANS
MOST_VISITS = 2_000
MOST_SENT = 200  # submissions; the newest
_SESSION = ("id", "visitor", "site_id", "started_at", "ended_at", "views", "events", "engaged_ms", "agent")


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
    spans = await leads.spans_of(conn, account_id, lead_id)
    sent = await _sent(conn, account_id, lead_id)
    if not spans:
        return Way([], [], [], sent, [])
    mine = select(*(session.c[name] for name in _SESSION)).where(session.c.account_id == account_id, leads.lasting(spans))
    sessions = await _rows(conn, mine.order_by(session.c.started_at.desc(), session.c.id.desc()).limit(MOST_VISITS))
    touches = await leads.touches_of(conn, account_id, spans, MOST_VISITS)
    return Way(spans, sessions[::-1], touches, sent, await _reached(conn, account_id, spans))


async def _sent(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[Row]:
    newest = leads.sent(account_id, lead_id).order_by(conversion.c.at.desc(), conversion.c.id.desc()).limit(MOST_SENT)
    return (await leads.with_fields(conn, account_id, newest))[::-1]


async def _reached(conn: AsyncConnection, account_id: int, spans: Sequence[Row]) -> list[Row]:
    columns = (reached.c[name] for name in ("session_id", "goal_id", "at"))
    mine = select(*columns).where(reached.c.account_id == account_id, leads.within(reached, spans))
    newest = mine.order_by(reached.c.at.desc(), reached.c.goal_id).limit(MOST_VISITS)
    return (await _rows(conn, newest))[::-1]


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
