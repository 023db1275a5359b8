"""The list of leads: its rows, its counts, its export, and what its filters offer. SQLite answers all of it from one index."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, not_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import mark_names
from .filters import Filters, is_blind, of_kind, where
from .schema import lead, site, user

Row = dict[str, Any]

RECENT = 2_000  # leads whose origins, forms and tags the filters offer: the list must not read them all for that
OFFERED = 200  # of each at most
EXPORT_STEP = 250  # rows a statement: no read lasts as long as the download
_PIECE = 5_000  # ids read at once
_ENDS = ("first", "last")


class Cursor(NamedTuple):
    """A place between two rows of the list: what it is ordered by (of a name 0), and the lead; `back` asks for the rows before."""

    value: int
    id: bytes
    back: bool = False

    def __str__(self) -> str:
        return f"{self.value}.{self.id.hex()}"

    @classmethod
    def parse(cls, text: str, back: bool = False) -> Cursor | None:
        """What `str` wrote, or None."""
        found = re.fullmatch(r"(-?\d{1,15})\.([0-9a-f]{32})", text, re.ASCII)
        return cls(int(found[1]), bytes.fromhex(found[2]), back) if found else None


class Page(NamedTuple):
    """Some rows of the list in its order, and where the pages beside it begin."""

    rows: list[Row]
    before: Cursor | None
    after: Cursor | None


class Offer(NamedTuple):
    """What the filters offer: values that recent leads have."""

    channels: list[str]
    sources: list[str]
    campaigns: list[str]
    forms: list[str]
    tags: list[str]


# Reads ------------------------------------------------------------------------------------------------------------


async def page(conn: AsyncConnection, account_id: int, filters: Filters, cursor: Cursor | None, limit: int) -> Page:
    """At most `limit` rows beside the cursor, with `marks` as names and `tags` as a list.

    Rows are chosen first and read then: what is answered from an index need not read what it does not show.
    """
    order = _order(conn, filters)
    back = cursor is not None and cursor.back
    chosen = select(lead.c.id).where(await where(conn, account_id, filters))
    if cursor is not None:
        there = await _there(conn, account_id, order, cursor)
        if there is None:
            return Page([], None, None)
        chosen = chosen.where(order.beyond(there, cursor.id, back))
    ids = [bytes(row[0]) for row in await conn.execute(order.of(chosen, back).limit(limit + 1))]
    more, shown = len(ids) > limit, ids[:limit]
    if back:
        shown.reverse()
    rows = await of(conn, account_id, shown)
    if not rows:
        return Page([], None, None)
    before = order.cursor(rows[0], True) if (more if back else cursor is not None) else None
    after = order.cursor(rows[-1], False) if (back or more) else None
    return Page(rows, before, after)


async def of(conn: AsyncConnection, account_id: int, ids: Sequence[bytes]) -> list[Row]:
    """The rows of these leads in this order, of those that are listed."""
    if not ids:
        return []
    found = await conn.execute(select(*_listed).where(lead.c.account_id == account_id, lead.c.id.in_(ids)))
    known = {bytes(row.id): _read(row) for row in found}
    return [known[one] for one in ids if one in known]


async def counts(conn: AsyncConnection, account_id: int, filters: Filters, shown: Page | None = None) -> dict[str, int]:
    """How many rows the whole list has of each kind of `domain.listing.KINDS`, whichever is asked for.

    Where `shown`, the list's first page, is all of it, the kind that it shows is not looked for again: a search that finds little has
    already read every row.
    """
    asked = filters.asked
    whole = shown is not None and shown.before is None and shown.after is None
    narrow = await where(conn, account_id, filters, not_(of_kind(asked.kind)) if whole else true())
    messages, quarantine, every = (await conn.execute(_counted(narrow))).one()
    found: dict[str, int] = {"leads": every - messages - quarantine, "messages": messages, "quarantine": quarantine}
    if whole and shown is not None:
        for row in shown.rows:
            found["quarantine" if row["quarantine"] else "messages" if row["kind"] == "message" else "leads"] += 1
    return found | {"all": found["leads"] + found["messages"]}


def _counted(narrow: ColumnElement[bool]) -> Select[Any]:
    # Groups would be a table of their own, and a third slower.
    apart = [func.count(case((of_kind(kind), 1))) for kind in ("messages", "quarantine")]
    asked: Select[Any] = select(*apart, func.count()).where(narrow)  # type: ignore[assignment]
    return asked


async def ids(conn: AsyncConnection, account_id: int, filters: Filters) -> bytes:
    """The ids of the whole list in its order, 16 bytes each: what an export or a change of all of it is made of."""
    asked = _order(conn, filters).of(select(lead.c.id).where(await where(conn, account_id, filters)), False)
    found = bytearray()
    async with conn.stream(asked) as rows:
        async for part in rows.partitions(_PIECE):
            found += b"".join(bytes(row[0]) for row in part)
    return bytes(found)


async def export(conn: AsyncConnection, account_id: int, chosen: bytes) -> AsyncIterator[list[Row]]:
    """The rows of a list that `ids` told, some at a time and in its order, as DESIGN 4.5 names the columns; times in UTC milliseconds
    or None. One that was erased meanwhile is left out."""
    owners = {row.id.hex(): row.email for row in await conn.execute(select(user.c.id, user.c.email).where(user.c.account_id == account_id))}
    joined = lead.outerjoin(site, site.c.id == lead.c.site_id)
    for start in range(0, len(chosen), 16 * EXPORT_STEP):
        some = [chosen[place : place + 16] for place in range(start, min(start + 16 * EXPORT_STEP, len(chosen)), 16)]
        asked = select(*_exported).select_from(joined).where(lead.c.account_id == account_id, lead.c.id.in_(some))
        known = {bytes(row.lead_id): _told(dict(row._mapping), owners) for row in await conn.execute(asked)}
        yield [known[one] for one in some if one in known]


async def offer(conn: AsyncConnection, account_id: int) -> Offer:
    """What the filters offer: values of recent leads."""
    names = ("form", "tags", *(f"{end}_{name}" for end in _ENDS for name in ("channel", "source", "campaign")))
    newest = select(*(lead.c[name] for name in names)).where(lead.c.account_id == account_id)
    recent = newest.order_by(lead.c.created_at.desc(), lead.c.id.desc()).limit(RECENT).subquery()
    forms: set[str] = set()
    tags: set[str] = set()
    origins: list[set[str]] = [set(), set(), set()]
    for form, tagged, *ends in await conn.execute(select(recent).distinct()):
        forms.add(form)
        if tagged != "[]":
            tags.update(json.loads(tagged))
        for place, value in enumerate(ends):
            origins[place % 3].add(value)
    channels, sources, campaigns = origins
    return Offer(*(sorted(one - {"", "(direct)", "(not set)"})[:OFFERED] for one in (channels, sources, campaigns, forms, tags)))


def _read(row: Any) -> Row:
    made = dict(row._mapping)
    return made | {"id": bytes(made["id"]), "marks": mark_names(made["marks"]), "tags": json.loads(made["tags"])}


def _told(row: Row, owners: dict[str, str]) -> Row:
    points = row.pop("points")
    return row | {
        "lead_id": str(UUID(bytes=bytes(row["lead_id"]))),
        "mark": ",".join(mark_names(row.pop("marks"))),
        "score": (points + 50) // 100 if points >= 0 else None,
        "owner": owners.get(row["owner"], row["owner"]),
        "tags": ", ".join(json.loads(row["tags"])),
    }


_listed = [column for column in lead.c if column.name not in ("account_id", "search")]
_exported = [
    lead.c.id.label("lead_id"),
    *(lead.c[name] for name in ("created_at", "last_seen_at", "kind", "name", "given_name", "family_name")),
    *(lead.c[name] for name in ("email", "phone", "organization", "site_id")),
    func.coalesce(site.c.domain, "").label("site"),
    *(lead.c[name] for name in ("form", "page", "submissions", "visits")),
    *(lead.c[f"{end}_{name}"] for end in _ENDS for name in ("channel", "source", "medium", "campaign", "at")),
    *(lead.c[name] for name in ("marketing_consent", "marks", "points", "status", "owner", "tags", "quarantine")),
]  # fmt: skip


# Order ------------------------------------------------------------------------------------------------------------


class _Order(NamedTuple):
    """What a list is ordered by: a column and the lead's id, which no two share."""

    column: ColumnElement[Any]
    name: str  # of the column where its value is a number; empty: it is a text, and stands in no address
    falls: bool

    def of(self, asked: Select[Any], back: bool) -> Select[Any]:
        """A select in this order, or from the other end."""
        if self.falls != back:
            return asked.order_by(self.column.desc(), lead.c.id.desc())
        return asked.order_by(self.column, lead.c.id)

    def beyond(self, value: Any, identity: bytes, back: bool) -> ColumnElement[bool]:
        """The rows after a place, or before it."""
        here, there = tuple_(self.column, lead.c.id), tuple_(value, identity)
        return here < there if self.falls != back else here > there

    def cursor(self, row: Row, back: bool) -> Cursor:
        """The place of a row."""
        return Cursor(row[self.name] if self.name else 0, row["id"], back)


def _order(conn: AsyncConnection, filters: Filters) -> _Order:
    by = filters.asked.sort
    if by == "name" and not is_blind(conn):
        # It begins with the name, folded; of one without a name with the address.
        return _Order(lead.c.search.collate("C") if conn.dialect.name == "postgresql" else lead.c.search, "", False)
    if by == "seen":
        # As an expression: with an index of that column alone every row that the list leaves out would be read from the table.
        return _Order(lead.c.last_seen_at + 0, "last_seen_at", True)
    return _Order(lead.c.points, "points", True) if by == "score" else _Order(lead.c.created_at, "created_at", by != "oldest")


async def _there(conn: AsyncConnection, account_id: int, order: _Order, cursor: Cursor) -> Any:
    """The value at a place of the list; None where its lead is gone and tells none."""
    if order.name:
        return cursor.value
    asked = select(lead.c.search).where(lead.c.account_id == account_id, lead.c.id == cursor.id)
    return (await conn.execute(asked)).scalar()
