"""The ten minutes in which somebody reads what is known of them. Tokens are kept as SHA-256 of what the browser holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import me_session

Row = dict[str, Any]


async def by_token(conn: AsyncConnection, account_id: int, token: bytes, now: int) -> Row | None:
    """A session that has not expired."""
    mine = (me_session.c.account_id == account_id) & (me_session.c.token == token)
    found = (await conn.execute(select(me_session).where(mine, me_session.c.expires_at > now))).first()
    return None if found is None else dict(found._mapping)


def load(conn: Connection, account_id: int, token: bytes, now: int) -> Row | None:
    """The same, within an action."""
    mine = (me_session.c.account_id == account_id) & (me_session.c.token == token)
    found = conn.execute(select(me_session).where(mine, me_session.c.expires_at > now)).first()
    return None if found is None else dict(found._mapping)


def add(conn: Connection, row: Row) -> None:
    """A new session; the account's expired ones go."""
    conn.execute(delete(me_session).where(me_session.c.account_id == row["account_id"], me_session.c.expires_at <= row["created_at"]))
    conn.execute(me_session.insert().values(**row))


def change(conn: Connection, account_id: int, token: bytes, **values: Any) -> None:
    """Changes columns of one."""
    mine = (me_session.c.account_id == account_id) & (me_session.c.token == token)
    conn.execute(update(me_session).where(mine).values(**values))


def drop(conn: Connection, account_id: int, token: bytes) -> None:
    """Ends one."""
    conn.execute(delete(me_session).where(me_session.c.account_id == account_id, me_session.c.token == token))


def drop_of(conn: Connection, account_id: int, leads: Sequence[bytes], visitors: Sequence[str]) -> None:
    """Ends all of these leads and visitors."""
    for column, values in ((me_session.c.lead_id, leads), (me_session.c.visitor, visitors)):
        for start in range(0, len(values), 500):
            conn.execute(delete(me_session).where(me_session.c.account_id == account_id, column.in_(values[start : start + 500])))
