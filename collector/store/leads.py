"""Leads, read: the list and its export, one lead, and the way that led to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import TYPES, mark_names
from ..domain.leads import fold_text
from . import words
from .events import unpacked
from .schema import conversion, edge, event, lead, session, site, span, submission, submission_field, touch
from .urls import whole

Row = dict[str, Any]

MOST_SPANS = 200  # of one lead: SQLite bounds the depth of an expression
MOST_EVENTS = 2_000  # of one lead's timeline; the newest are kept
RECENT = 5_000  # leads whose origins the filter offers: the list must not read them all for that
EXPORT_STEP = 500  # rows a statement: no read lasts as long as the download
KINDS = ("lead", "message")
_ENDS = ("first", "last")
_SHOWN = ("view", "engage", "click", "custom", "identify", "consent")
_CHANNEL = "channel:"


class Filters(NamedTuple):
    """What a list shows. `source` is a source's name, or `channel:` and a channel's; empty and None ask for all."""

    query: str = ""
    site: int | None = None
    source: str = ""
    kind: str = ""  # lead | message | empty


class Cursor(NamedTuple):
    """A place between two rows of the list; `newer` asks for the rows before it."""

    created_at: int
    id: bytes
    newer: bool = False

    def __str__(self) -> str:
        return f"{self.created_at}.{self.id.hex()}"

    @classmethod
    def parse(cls, text: str, newer: bool = False) -> Cursor | None:
        """What `str` wrote, or None."""
        found = re.fullmatch(r"(\d{1,15})\.([0-9a-f]{32})", text, re.ASCII)
        return cls(int(found[1]), bytes.fromhex(found[2]), newer) if found else None


class Page(NamedTuple):
    """Some rows of the list, the newest first, and where the pages beside it begin."""

    rows: list[Row]
    newer: Cursor | None
    older: Cursor | None


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


async def page(conn: AsyncConnection, account_id: int, filters: Filters, cursor: Cursor | None, limit: int) -> Page:
    """At most `limit` rows beside the cursor, with `marks` as names.

    Rows are chosen first and read then: a search that is answered from an index need not read what it does not show.
    """
    chosen = select(lead.c.id).where(_where(conn, account_id, filters)).correlate(None)
    back = cursor is not None and cursor.newer
    if cursor is not None:
        place = tuple_(lead.c.created_at, lead.c.id)
        there = tuple_(cursor.created_at, cursor.id)
        chosen = chosen.where(place > there if back else place < there)
    order = _oldest_first if back else _newest_first
    asked = select(*_listed).where(lead.c.account_id == account_id, lead.c.id.in_(order(chosen).limit(limit + 1)))
    found = [_read(row) for row in await conn.execute(order(asked))]
    more, rows = len(found) > limit, found[:limit]
    if back:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    newer = Cursor(rows[0]["created_at"], rows[0]["id"], True) if (more if back else cursor is not None) else None
    older = Cursor(rows[-1]["created_at"], rows[-1]["id"]) if (back or more) else None
    return Page(rows, newer, older)


async def counts(conn: AsyncConnection, account_id: int, filters: Filters, shown: Page | None = None) -> dict[str, int]:
    """How many rows the whole list has of each kind, whichever kind is asked for; `""` is all of them.

    Where `shown`, the list's first page, is all of it, the kinds that it shows are not looked for again: a search that finds
    little has already read every row.
    """
    found = dict.fromkeys(KINDS, 0)
    left = list(KINDS)
    if shown is not None and shown.newer is None and shown.older is None:
        found |= Counter(row["kind"] for row in shown.rows)
        left = [kind for kind in KINDS if filters.kind not in ("", kind)]
    if left:
        asked = select(lead.c.kind, func.count()).where(_where(conn, account_id, filters._replace(kind="")), lead.c.kind.in_(left))
        found |= {kind: int(count) for kind, count in await conn.execute(asked.group_by(lead.c.kind))}
    return found | {"": sum(found.values())}


async def origins(conn: AsyncConnection, account_id: int) -> tuple[list[str], list[str]]:
    """The channels and the sources that recent leads came from, first or last: what the filter offers."""
    columns = [lead.c[f"{end}_{name}"] for end in _ENDS for name in ("channel", "source")]
    recent = _newest_first(select(*columns).where(lead.c.account_id == account_id)).limit(RECENT).subquery()
    channels: set[str] = set()
    sources: set[str] = set()
    for first_channel, first_source, last_channel, last_source in await conn.execute(select(recent).distinct()):
        channels.update((first_channel, last_channel))
        sources.update((first_source, last_source))
    return sorted(channels - {""}), sorted(sources - {"", "(direct)"})


async def one(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Row | None:
    """One lead's row, or None."""
    found = (await conn.execute(select(*_listed).where(lead.c.account_id == account_id, lead.c.id == lead_id))).first()
    return _read(found) if found is not None else None


def kinds(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, str]:
    """The kinds of those of these leads that are listed: lead or message."""
    mine = and_(lead.c.account_id == account_id, lead.c.id.in_(list(leads)))
    return {bytes(row[0]): row[1] for row in conn.execute(select(lead.c.id, lead.c.kind).where(mine))}


def site_of(conn: Connection, account_id: int, lead_id: bytes) -> int:
    """The site of a lead; 0 where it is not listed."""
    return conn.execute(select(lead.c.site_id).where(lead.c.account_id == account_id, lead.c.id == lead_id)).scalar() or 0


async def export(conn: AsyncConnection, account_id: int, filters: Filters) -> AsyncIterator[Row]:
    """Every row of the list, in its order, as DESIGN 4.5 names the columns; times in UTC milliseconds or None."""
    asked = select(*_exported).join(site, site.c.id == lead.c.site_id, isouter=True).where(_where(conn, account_id, filters))
    place: tuple[int, bytes] | None = None
    while True:
        step = asked if place is None else asked.where(tuple_(lead.c.created_at, lead.c.id) < tuple_(*place))
        rows = (await conn.execute(_newest_first(step).limit(EXPORT_STEP))).all()
        for row in rows:
            made = dict(row._mapping)
            marks = made.pop("marks")
            yield made | {"lead_id": str(UUID(bytes=made["lead_id"])), "mark": ",".join(mark_names(marks))}
        if len(rows) < EXPORT_STEP:
            return
        place = (rows[-1].created_at, rows[-1].lead_id)


async def timeline(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Timeline:
    """The way that led to a lead: its visitors' facts within its spans, and all its submissions, counted or not."""
    same = and_(submission.c.account_id == conversion.c.account_id, submission.c.id == conversion.c.id)
    sent = conversion.join(submission, same, isouter=True)
    told = select(conversion, submission.c.action).select_from(sent)
    told = told.where(conversion.c.account_id == account_id, conversion.c.lead_id == lead_id)
    submissions = await with_fields(conn, account_id, told.order_by(conversion.c.at, conversion.c.id))
    return await way(conn, account_id, await _spans(conn, account_id, lead_id), submissions)


async def way(conn: AsyncConnection, account_id: int, spans: Sequence[Row], submissions: list[Row]) -> Timeline:
    """What visitors did within spans, beside submissions."""
    if not spans:
        return Timeline([], [], [], [], submissions, False)
    lasted = or_(
        *(
            and_(session.c.visitor == one["visitor"], session.c.started_at < one["to_at"], session.c.ended_at >= one["from_at"])
            for one in spans
        )
    )
    sessions = await _rows(
        conn, select(session).where(session.c.account_id == account_id, lasted).order_by(session.c.started_at, session.c.id)
    )
    within = and_(session.c.account_id == touch.c.account_id, session.c.id == touch.c.session_id)
    arrived = select(touch, site.c.domain).join(session, within).join(site, site.c.id == touch.c.site_id, isouter=True)
    mine = arrived.where(session.c.account_id == account_id, lasted, _within(touch, spans, session.c.visitor))
    touches = [_landed(row) for row in await _rows(conn, mine.order_by(touch.c.at, touch.c.id))]
    events, cut = await _events(conn, account_id, spans)
    return Timeline(list(spans), sessions, touches, events, submissions, cut)


def _landed(row: Row) -> Row:
    domain = row.pop("domain") or ""
    return row | {"landing": whole(row["landing"], domain)}


async def _spans(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[Row]:
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


async def _events(conn: AsyncConnection, account_id: int, spans: Sequence[Row]) -> tuple[list[Row], bool]:
    """The newest of the events that are told, in their order (at, page, n, id), and whether older ones were left out."""
    columns = (*(event.c[name] for name in ("id", "type", "at", "visitor", "site_id", "page", "n", "url", "data")), site.c.domain)
    wanted = event.c.type.in_([TYPES.index(name) for name in _SHOWN])
    told = select(*columns).join_from(event, site, site.c.id == event.c.site_id, isouter=True)
    asked = told.where(event.c.account_id == account_id, _within(event, spans), wanted)
    newest = asked.order_by(event.c.at.desc(), event.c.page.desc(), event.c.n.desc(), event.c.id.desc()).limit(MOST_EVENTS + 1)
    found = await _rows(conn, newest)
    return [_event(row) for row in reversed(found[:MOST_EVENTS])], len(found) > MOST_EVENTS


def _event(row: Row) -> Row:
    kind = TYPES[row["type"]]
    return {**row, "type": kind, "data": unpacked(kind, row["data"]), "url": whole(row["url"], row["domain"] or "")}


def _within(table: Any, spans: Sequence[Row], visitor: Any = None) -> ColumnElement[bool]:
    visitor = table.c.visitor if visitor is None else visitor
    return or_(*(and_(visitor == one["visitor"], table.c.at >= one["from_at"], table.c.at < one["to_at"]) for one in spans))


async def _rows(conn: AsyncConnection, asked: Select[Any]) -> list[Row]:
    return [dict(row._mapping) for row in await conn.execute(asked)]


def _read(row: Any) -> Row:
    made = dict(row._mapping)
    return made | {"marks": mark_names(made["marks"])}


def _newest_first(asked: Select[Any]) -> Select[Any]:
    return asked.order_by(lead.c.created_at.desc(), lead.c.id.desc())


def _oldest_first(asked: Select[Any]) -> Select[Any]:
    return asked.order_by(lead.c.created_at, lead.c.id)


def _where(conn: AsyncConnection, account_id: int, filters: Filters) -> ColumnElement[bool]:
    """The rows of a list: the same for its pages, its count and its export."""
    asked: list[ColumnElement[bool]] = [lead.c.account_id == account_id]
    if filters.kind:
        asked.append(lead.c.kind == filters.kind)
    if filters.site is not None:
        asked.append(lead.c.site_id == filters.site)
    if filters.source:
        by_channel = filters.source.startswith(_CHANNEL)
        name, value = ("channel", filters.source.removeprefix(_CHANNEL)) if by_channel else ("source", filters.source)
        asked.append(or_(*(lead.c[f"{end}_{name}"] == value for end in _ENDS)))
    if fold_text(filters.query):
        asked.append(_speaks(conn, account_id, filters.query))
    return and_(*asked)


def _speaks(conn: AsyncConnection, account_id: int, query: str) -> ColumnElement[bool]:
    """The rows that have every word of a search, or the phone number that it is. Where sealing is on, by the blind index."""
    asked, digits = fold_text(query).split(), _phone_digits(query)
    ways: list[ColumnElement[bool]] = []
    if words.are_read(conn.dialect):
        ways += [words.found(conn.dialect, account_id, one) for one in (asked, [digits]) if one != [""]]
    if not words.are_all(conn.dialect):
        ways.append(and_(*(lead.c.search.contains(word, autoescape=True) for word in asked)))
        ways += [lead.c.search.contains(digits)] if digits else []
    return or_(*ways)


def is_blind(conn: AsyncConnection) -> bool:
    """Whether a search finds words and their beginnings only, because values are sealed."""
    return words.are_read(conn.dialect)


def _phone_digits(query: str) -> str:
    """The digits that a phone number kept as +33612345678 shares with `06 12 34 56 78` or `0033 6 12…`; empty if it is none."""
    if not re.fullmatch(r"[+\d\s().\-/]+", query, re.ASCII):
        return ""
    digits = re.sub(r"\D", "", query)
    return (digits[2:] if digits.startswith("00") else digits.removeprefix("0")) if len(digits) >= 4 else ""


_listed = [column for column in lead.c if column.name not in ("account_id", "search")]
_exported = [
    lead.c.id.label("lead_id"),
    *(lead.c[name] for name in ("created_at", "last_seen_at", "kind", "name", "given_name", "family_name")),
    *(lead.c[name] for name in ("email", "phone", "organization", "site_id")),
    func.coalesce(site.c.domain, "").label("site"),
    *(lead.c[name] for name in ("form", "page", "submissions", "visits")),
    *(lead.c[f"{end}_{name}"] for end in _ENDS for name in ("channel", "source", "medium", "campaign", "at")),
    lead.c.marketing_consent,
    lead.c.marks,
]  # fmt: skip
