"""What persons asked for about their data, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.identity import Span
from ..domain.requests import ENDS
from . import erasure, merges
from .schema import lead, request, request_step

Row = dict[str, Any]

_ended = exists().where(
    request_step.c.account_id == request.c.account_id, request_step.c.request_id == request.c.id, request_step.c.kind.in_(sorted(ENDS))
)
_WHO = ("id", "name", "email", "phone", "site_id", "language")


# Reads ------------------------------------------------------------------------------------------------------------


async def listed(conn: AsyncConnection, account_id: int, *, open: bool, most: int) -> list[Row]:
    """Requests that wait for an answer, the oldest first, or those that had one, the newest first; each with `steps` and `who`."""
    mine = select(request).where(request.c.account_id == account_id, ~_ended if open else _ended)
    ordered = mine.order_by(request.c.at if open else request.c.at.desc(), request.c.id)
    return await conn.run_sync(_told, account_id, ordered.limit(most))


async def one(conn: AsyncConnection, account_id: int, id: bytes) -> Row | None:
    """One request with its `steps` and `who`."""
    return await conn.run_sync(find, account_id, id)


def find(conn: Connection, account_id: int, id: bytes) -> Row | None:
    """The same, within an action."""
    found = _told(conn, account_id, select(request).where(request.c.account_id == account_id, request.c.id == id))
    return found[0] if found else None


def waiting_of(conn: Connection, account_id: int, lead_id: bytes, kind: str) -> list[Row]:
    """The requests of a kind of one lead that wait for an answer, the oldest first; each with `steps`."""
    mine = (request.c.account_id == account_id) & (request.c.lead_id == lead_id) & (request.c.kind == kind)
    return _told(conn, account_id, select(request).where(mine, ~_ended).order_by(request.c.at, request.c.id))


async def of_leads(conn: AsyncConnection, account_id: int, leads: Sequence[bytes]) -> list[Row]:
    """All requests of leads, answered or not, the oldest first; each with `steps`."""
    mine = select(request).where(request.c.account_id == account_id, request.c.lead_id.in_(leads))
    return await conn.run_sync(_told, account_id, mine.order_by(request.c.at, request.c.id))


def _told(conn: Connection, account_id: int, asked: Any) -> list[Row]:
    """Requests with what was done about each (`steps`, the oldest first), and whose they are now (`who`, or None)."""
    rows = [dict(row._mapping) for row in conn.execute(asked)]
    steps: dict[bytes, list[Row]] = {bytes(row["id"]): [] for row in rows}
    for part in _parts(list(steps)):
        mine = (request_step.c.account_id == account_id) & request_step.c.request_id.in_(part)
        for step in conn.execute(select(request_step).where(mine).order_by(request_step.c.at, request_step.c.id)):
            steps[bytes(step.request_id)].append(dict(step._mapping))
    named = {bytes(row["lead_id"]) for row in rows if row["lead_id"]}
    now = merges.resolve(conn, account_id, named) if named else {}
    known: dict[bytes, Row] = {}
    for part in _parts(sorted({now.get(one, one) for one in named})):
        mine = (lead.c.account_id == account_id) & lead.c.id.in_(part)
        known |= {bytes(row.id): dict(row._mapping) for row in conn.execute(select(*(lead.c[name] for name in _WHO)).where(mine))}
    for row in rows:
        own = bytes(row["lead_id"]) if row["lead_id"] else b""
        row |= {"id": bytes(row["id"]), "steps": steps[bytes(row["id"])], "who": known.get(now.get(own, own))}
    return rows


# What actions write -----------------------------------------------------------------------------------------------


def add(conn: Connection, row: Row) -> None:
    """A new request."""
    conn.execute(request.insert().values(**row))


def add_step(conn: Connection, row: Row) -> None:
    """Something was done about one."""
    conn.execute(request_step.insert().values(**row))


def filed_since(conn: Connection, account_id: int, kind: str, visitor: str | None, lead: bytes | None, since: int) -> bool:
    """Whether a browser, or the person of a lead, asked for that since a time."""
    theirs = request.c.lead_id == lead if lead is not None else request.c.visitor == visitor
    mine = (request.c.account_id == account_id, request.c.kind == kind, request.c.at >= since, theirs)
    return conn.execute(select(request.c.id).where(*mine).limit(1)).first() is not None


def forget(conn: Connection, account_id: int, leads: Sequence[bytes], spans: Sequence[Span] = ()) -> None:
    """Empties what requests say of leads, and of visitors while they were those leads: what was asked, when and what was done stays."""
    for part in _parts(leads):
        _empty(conn, account_id, request.c.lead_id.in_(part))
    for some in _parts(spans):
        _empty(conn, account_id, and_(request.c.lead_id.is_(None), erasure.within(request, some)))


def forget_where(conn: Connection, account_id: int, before: int, speaks: Callable[[bytes], bool]) -> int:
    """Empties the words of requests from before a time in which, or in their steps', a line `speaks` of somebody. Answers how many."""
    told = select(request.c.id, request.c.said).where(request.c.account_id == account_id, request.c.at < before, request.c.said != "")
    joined = request_step.join(request, and_(request.c.account_id == request_step.c.account_id, request.c.id == request_step.c.request_id))
    notes = select(request.c.id, request_step.c.note).select_from(joined)
    notes = notes.where(request.c.account_id == account_id, request.c.at < before, request_step.c.note != "")
    found = {bytes(row[0]) for asked in (told, notes) for row in conn.execute(asked) if any(map(speaks, row[1].encode().splitlines()))}
    _silence(conn, account_id, sorted(found))
    return len(found)


def _empty(conn: Connection, account_id: int, which: ColumnElement[bool]) -> None:
    ids = [bytes(row[0]) for row in conn.execute(select(request.c.id).where(request.c.account_id == account_id, which))]
    for part in _parts(ids):
        mine = (request.c.account_id == account_id) & request.c.id.in_(part)
        conn.execute(update(request).where(mine).values(lead_id=None, visitor=None))
    _silence(conn, account_id, ids)


def _silence(conn: Connection, account_id: int, ids: Sequence[bytes]) -> None:
    for part in _parts(ids):
        conn.execute(update(request).where(request.c.account_id == account_id, request.c.id.in_(part)).values(said=""))
        steps = (request_step.c.account_id == account_id) & request_step.c.request_id.in_(part)
        conn.execute(update(request_step).where(steps).values(note=""))


def old(conn: Connection, account_id: int, before: int, most: int, *, among: Collection[bytes] | None = None) -> list[bytes]:
    """Requests that had their last word before a time."""
    later = exists().where(
        request_step.c.account_id == request.c.account_id, request_step.c.request_id == request.c.id, request_step.c.at >= before
    )
    page = select(request.c.id).where(request.c.account_id == account_id, request.c.at < before, _ended, ~later)
    if among is not None:
        page = page.where(request.c.id.in_(list(among)))
    return [bytes(row[0]) for row in conn.execute(page.order_by(request.c.at).limit(most))]


def drop(conn: Connection, account_id: int, ids: Sequence[bytes]) -> None:
    """Forgets requests with what was done about them."""
    for part in _parts(ids):
        conn.execute(delete(request_step).where(request_step.c.account_id == account_id, request_step.c.request_id.in_(part)))
        conn.execute(delete(request).where(request.c.account_id == account_id, request.c.id.in_(part)))


def _parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + 200] for start in range(0, len(values), 200)]
