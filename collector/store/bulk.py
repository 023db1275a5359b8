"""Changes of many leads at once: what they are, how far they are, and the edits that they made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.edits import Edit
from .schema import bulk, edit

Row = dict[str, Any]

UNDER_WAY = ("running", "undoing")
_shown = [column for column in bulk.c if column.name not in ("account_id", "leads")]


# Reads ------------------------------------------------------------------------------------------------------------


async def newest(conn: AsyncConnection, account_id: int, most: int) -> list[Row]:
    """The last ones, the newest first."""
    asked = select(*_shown).where(bulk.c.account_id == account_id).order_by(bulk.c.at.desc(), bulk.c.id.desc()).limit(most)
    return [_row(found) for found in await conn.execute(asked)]


async def one(conn: AsyncConnection, account_id: int, id: bytes) -> Row | None:
    """One of them, or None."""
    found = (await conn.execute(select(*_shown).where(bulk.c.account_id == account_id, bulk.c.id == id))).first()
    return None if found is None else _row(found)


async def under_way(conn: AsyncConnection) -> list[tuple[int, bytes]]:
    """(account, id) of those that are not done, the oldest first."""
    asked = select(bulk.c.account_id, bulk.c.id).where(bulk.c.state.in_(UNDER_WAY)).order_by(bulk.c.at, bulk.c.id)
    return [(row[0], bytes(row[1])) for row in await conn.execute(asked)]


def _row(found: Any) -> Row:
    return dict(found._mapping) | {"id": bytes(found.id)}


# What actions read and write --------------------------------------------------------------------------------------


def add(conn: Connection, row: Row) -> None:
    """A new one."""
    conn.execute(bulk.insert().values(**row))


def held(conn: Connection, account_id: int, id: bytes) -> Row | None:
    """One of them, for nobody else to change until this transaction ends; None where it is gone."""
    asked = select(*_shown).where(bulk.c.account_id == account_id, bulk.c.id == id).with_for_update()
    found = conn.execute(asked).first()
    return None if found is None else _row(found)


def next_leads(conn: Connection, account_id: int, id: bytes, done: int, most: int) -> list[bytes]:
    """The next of its leads that it has not gone through."""
    part = func.substr(bulk.c.leads, 16 * done + 1, 16 * most)
    found = bytes(conn.execute(select(part).where(bulk.c.account_id == account_id, bulk.c.id == id)).scalar() or b"")
    return [found[place : place + 16] for place in range(0, len(found), 16)]


def next_edits(conn: Connection, account_id: int, id: bytes, most: int) -> list[Edit]:
    """The next of the edits that it made, which are to be taken back."""
    after = select(bulk.c.leads).where(bulk.c.account_id == account_id, bulk.c.id == id).scalar_subquery()
    mine = (edit.c.account_id == account_id, edit.c.bulk_id == id, edit.c.kind != "undo", edit.c.id > after)
    asked = select(*(edit.c[name] for name in Edit.__struct_fields__)).where(*mine).order_by(edit.c.id).limit(most)
    return [Edit(row[0], bytes(row[1]), bytes(row[2]), *row[3:]) for row in conn.execute(asked)]


def save(conn: Connection, account_id: int, id: bytes, **changes: Any) -> None:
    """Writes how far one is."""
    conn.execute(update(bulk).where(bulk.c.account_id == account_id, bulk.c.id == id).values(**changes))


def of_leads(conn: Connection, account_id: int, leads: Sequence[bytes]) -> set[bytes]:
    """Those that changed one of these leads."""
    found: set[bytes] = set()
    for start in range(0, len(leads), 500):
        mine = (edit.c.account_id == account_id, edit.c.lead_id.in_(leads[start : start + 500]), edit.c.bulk_id.is_not(None))
        found.update(bytes(row[0]) for row in conn.execute(select(edit.c.bulk_id).where(*mine).distinct()))
    return found


def forget(conn: Connection, account_id: int, ids: Iterable[bytes]) -> None:
    """Empties what those of these said that no lead bears any more: a tag may be a name."""
    for id in ids:
        borne = exists().where(edit.c.account_id == account_id, edit.c.bulk_id == id)
        conn.execute(update(bulk).where(bulk.c.account_id == account_id, bulk.c.id == id, ~borne).values(value=""))
