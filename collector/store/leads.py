"""One lead, and the way that led to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import TYPES, mark_names
from ..domain.identity import FOREVER
from .events import unpacked
from .schema import conversion, edge, event, lead, session, site, span, submission, submission_field, touch
from .urls import whole

Row = dict[str, Any]

MOST_SPANS = 200  # of one lead: SQLite bounds the depth of an expression
MOST_EVENTS = 2_000  # of one lead's timeline; the newest are kept
SHOWN = ("view", "engage", "click", "custom", "identify", "consent")


class Timeline(NamedTuple):
    """All that is known of a lead's way, each list in the order of time.

    `spans` say with which evidence (`kind`, `edge_at`, `submission_id`) a visitor's time is the lead's; `submissions`
    hold their `fields`, and as `action` who typed one in; `events` have their type's name and `data` read; `cut` tells that
    older events are left out.
    """

    spans: list[Row]
    sessions: list[Row]
    touches: list[Row]
    events: list[Row]
    submissions: list[Row]
    cut: bool


async def one(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Row | None:
    """One lead's row, or None."""
    found = (await conn.execute(select(*_listed).where(lead.c.account_id == account_id, lead.c.id == lead_id))).first()
    return _read(found) if found is not None else None


def kinds(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, str]:
    """The kinds of those of these leads that are listed: lead or message."""
    mine = and_(lead.c.account_id == account_id, lead.c.id.in_(list(leads)))
    return {bytes(row[0]): row[1] for row in conn.execute(select(lead.c.id, lead.c.kind).where(mine))}


def apart(conn: Connection, account_id: int, leads: Iterable[bytes]) -> set[bytes]:
    """Those of these leads that stand in quarantine."""
    mine = and_(lead.c.account_id == account_id, lead.c.id.in_(list(leads)), lead.c.quarantine != "")
    return {bytes(row[0]) for row in conn.execute(select(lead.c.id).where(mine))}


def site_of(conn: Connection, account_id: int, lead_id: bytes) -> int:
    """The site of a lead; 0 where it is not listed."""
    return conn.execute(select(lead.c.site_id).where(lead.c.account_id == account_id, lead.c.id == lead_id)).scalar() or 0


async def timeline(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Timeline:
    """The way that led to a lead: its visitors' facts within its spans, and all its submissions, counted or not."""
    submissions = await with_fields(conn, account_id, sent(account_id, lead_id).order_by(conversion.c.at, conversion.c.id))
    return await way(conn, account_id, await spans_of(conn, account_id, lead_id), submissions)


def sent(account_id: int, lead_id: bytes) -> Select[Any]:
    """The submissions of a lead, without their fields; `how` they were sent, and as `action` who typed one in."""
    same = and_(submission.c.account_id == conversion.c.account_id, submission.c.id == conversion.c.id)
    told = select(conversion, submission.c.action, func.coalesce(submission.c.how, "").label("how"))
    joined = told.select_from(conversion.join(submission, same, isouter=True))
    return joined.where(conversion.c.account_id == account_id, conversion.c.lead_id == lead_id)


async def way(conn: AsyncConnection, account_id: int, spans: Sequence[Row], submissions: list[Row]) -> Timeline:
    """What visitors did within spans, beside submissions."""
    if not spans:
        return Timeline([], [], [], [], submissions, False)
    lasted = lasting(spans)
    sessions = await _rows(
        conn, select(session).where(session.c.account_id == account_id, lasted).order_by(session.c.started_at, session.c.id)
    )
    touches = await touches_of(conn, account_id, spans)
    found = await events_of(conn, account_id, spans, SHOWN, 0, FOREVER, MOST_EVENTS + 1)
    return Timeline(list(spans), sessions, touches, found[-MOST_EVENTS:], submissions, len(found) > MOST_EVENTS)


def lasting(spans: Sequence[Row]) -> ColumnElement[bool]:
    """The sessions that overlap spans."""
    return or_(
        *(
            and_(session.c.visitor == one["visitor"], session.c.started_at < one["to_at"], session.c.ended_at >= one["from_at"])
            for one in spans
        )
    )


async def touches_of(conn: AsyncConnection, account_id: int, spans: Sequence[Row], most: int | None = None) -> list[Row]:
    """The arrivals within spans in their order, or the newest of them; each with its whole `landing`."""
    same = and_(session.c.account_id == touch.c.account_id, session.c.id == touch.c.session_id)
    arrived = select(touch, site.c.domain).join(session, same).join(site, site.c.id == touch.c.site_id, isouter=True)
    mine = arrived.where(session.c.account_id == account_id, lasting(spans), within(touch, spans, session.c.visitor))
    newest = await _rows(conn, mine.order_by(touch.c.at.desc(), touch.c.id.desc()).limit(most))
    return [{**row, "landing": whole(row["landing"], row["domain"] or "")} for row in reversed(newest)]


async def spans_of(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[Row]:
    """When visitors were a lead, in order, and with which evidence (see Timeline)."""
    joined = span.join(edge, and_(edge.c.account_id == span.c.account_id, edge.c.id == span.c.edge_id), isouter=True)
    asked = select(
        *(span.c[name] for name in ("visitor", "from_at", "to_at", "shared")), edge.c.kind, edge.c.at.label("edge_at"), edge.c.submission_id
    )
    mine = asked.select_from(joined).where(span.c.account_id == account_id, span.c.lead_id == lead_id)
    return (await _rows(conn, mine.order_by(span.c.from_at.desc(), span.c.visitor).limit(MOST_SPANS)))[::-1]


async def with_fields(conn: AsyncConnection, account_id: int, asked: Select[Any]) -> list[Row]:
    """Rows of submissions with their `fields`, and `marks` as names."""
    found = await _rows(conn, asked)
    fields: dict[bytes, list[Row]] = {row["id"]: [] for row in found}
    if found:
        kept = select(submission_field).where(
            submission_field.c.account_id == account_id, submission_field.c.submission_id.in_(list(fields))
        )
        for row in await _rows(conn, kept.order_by(submission_field.c.submission_id, submission_field.c.place)):
            fields[row["submission_id"]].append(row)
    return [row | {"fields": fields[row["id"]], "marks": mark_names(row["marks"])} for row in found]


async def events_of(
    conn: AsyncConnection, account_id: int, spans: Sequence[Row], types: Collection[str], since: int, until: int, most: int
) -> list[Row]:
    """The newest of the events of some types from `since` until before `until`, in their order (at, page, n, id); `data` read."""
    wanted = [TYPES.index(name) for name in sorted(types)]
    if not spans or not wanted:
        return []
    columns = (*(event.c[name] for name in ("id", "type", "at", "visitor", "site_id", "page", "n", "url", "data")), site.c.domain)
    told = select(*columns).join_from(event, site, site.c.id == event.c.site_id, isouter=True)
    asked = told.where(event.c.account_id == account_id, within(event, spans), event.c.type.in_(wanted))
    bound = asked.where(event.c.at >= since, event.c.at < until)
    newest = bound.order_by(event.c.at.desc(), event.c.page.desc(), event.c.n.desc(), event.c.id.desc()).limit(most)
    return [_event(row) for row in reversed(await _rows(conn, newest))]


def _event(row: Row) -> Row:
    kind = TYPES[row["type"]]
    return {**row, "type": kind, "data": unpacked(kind, row["data"]), "url": whole(row["url"], row["domain"] or "")}


def within(table: Any, spans: Sequence[Row], visitor: Any = None) -> ColumnElement[bool]:
    """The rows of visitors in their spans."""
    visitor = table.c.visitor if visitor is None else visitor
    return or_(*(and_(visitor == one["visitor"], table.c.at >= one["from_at"], table.c.at < one["to_at"]) for one in spans))


async def _rows(conn: AsyncConnection, asked: Select[Any]) -> list[Row]:
    return [dict(row._mapping) for row in await conn.execute(asked)]


def _read(row: Any) -> Row:
    made = dict(row._mapping)
    return made | {"marks": mark_names(made["marks"])}


_listed = [column for column in lead.c if column.name not in ("account_id", "search")]
