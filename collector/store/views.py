"""Saved views: lists of leads that somebody has given a name. A view is the query of an address."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import conversion, lead, user, view

Row = dict[str, Any]

_SHORTEST = 3  # letters of a part of a name that tells anybody
GONE = "~"  # stands in the place of a name that was somebody's
_NAMED = ("name", "given_name", "family_name", "email", "phone")
_columns = (view.c.id, view.c.user_id, view.c.name, view.c.asked, view.c.shared)


# Reads ------------------------------------------------------------------------------------------------------------


async def of_user(conn: AsyncConnection, account_id: int, user_id: bytes) -> list[Row]:
    """A user's own views and those that others share, by name."""
    mine = or_(view.c.user_id == user_id, view.c.shared == 1)
    rows = [_row(found) for found in await conn.execute(select(*_columns).where(view.c.account_id == account_id, mine))]
    return sorted(rows, key=lambda row: (row["name"].casefold(), row["id"]))


async def one(conn: AsyncConnection, account_id: int, id: bytes) -> Row | None:
    """One view, whosever it is."""
    return await conn.run_sync(find, account_id, id)


def find(conn: Connection, account_id: int, id: bytes) -> Row | None:
    """The same, within an action."""
    found = conn.execute(select(*_columns).where(view.c.account_id == account_id, view.c.id == id)).first()
    return None if found is None else _row(found)


def _row(found: Any) -> Row:
    return dict(found._mapping) | {"id": bytes(found.id), "user_id": bytes(found.user_id)}


def count(conn: Connection, account_id: int, user_id: bytes) -> int:
    """How many a user has."""
    return len(conn.execute(select(view.c.id).where(view.c.account_id == account_id, view.c.user_id == user_id)).all())


# What actions write -----------------------------------------------------------------------------------------------


def add(conn: Connection, row: Row) -> None:
    """A new one."""
    conn.execute(view.insert().values(**row))


def save(conn: Connection, account_id: int, id: bytes, **changes: Any) -> None:
    """Writes some of a view's columns."""
    conn.execute(update(view).where(view.c.account_id == account_id, view.c.id == id).values(**changes))


def drop(conn: Connection, account_id: int, id: bytes) -> None:
    """Deletes one; whoever's list it opened sees the whole list again."""
    conn.execute(update(user).where(user.c.account_id == account_id, user.c.opens == id).values(opens=None))
    conn.execute(delete(view).where(view.c.account_id == account_id, view.c.id == id))


def open_with(conn: Connection, user_id: bytes, id: bytes | None) -> None:
    """Says with which view a user's list opens."""
    conn.execute(update(user).where(user.c.id == user_id).values(opens=id))


# Erasure ----------------------------------------------------------------------------------------------------------


def names_of(conn: Connection, account_id: int, leads: Collection[bytes]) -> set[str]:
    """What leads are or were called, whole and in parts, and by which numbers and addresses."""
    found: set[str] = set()
    chosen = list(leads)
    for start in range(0, len(chosen), 500):
        part = chosen[start : start + 500]
        for table, column in ((lead, lead.c.id), (conversion, conversion.c.lead_id)):
            asked = select(*(table.c[name] for name in _NAMED)).where(table.c.account_id == account_id, column.in_(part))
            for *names, email, phone in conn.execute(asked):
                found.update((*names, email, phone), *(name.split() for name in names))
    return {one for one in found if len(one) >= _SHORTEST}


def forget_where(conn: Connection, account_id: int, speaks: Callable[[str], bool]) -> int:
    """Takes out of views what `speaks` of somebody: words that are searched for, and a name. Answers out of how many."""
    n = 0
    for row in conn.execute(select(*_columns).where(view.c.account_id == account_id)).all():
        asked = parse_qsl(row.asked)
        kept = [(name, value) for name, value in asked if not speaks(value)]
        changes = {"asked": urlencode(kept)} if len(kept) < len(asked) else {}
        changes |= {"name": GONE} if speaks(row.name) else {}
        if changes:
            save(conn, account_id, bytes(row.id), **changes)
            n += 1
    return n
