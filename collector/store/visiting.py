"""The ten minutes in which somebody reads what is known of them. Tokens are kept as SHA-256 of what the browser holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import consent, event, me_session
from .schema import visitor as known

Row = dict[str, Any]

LATE = 86_400_000  # milliseconds from a visitor's first fact until which a proof may come


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


# The way in -----------------------------------------------------------------------------------------------------------


async def proof_of(conn: AsyncConnection, account_id: int, visitor: str) -> str:
    """The proof with which a visitor began, or empty.

    The first one that was received stands. A later one may come from somebody who has found the id alone: it would open what is
    not theirs. For the same reason it must have come with the visitor's first facts, and not when nobody had given one.
    """
    of_visitor = (consent.c.account_id == account_id, consent.c.visitor == visitor, consent.c.purpose == "tracking")
    told = consent.outerjoin(
        event, (event.c.account_id == consent.c.account_id) & (event.c.visitor == consent.c.visitor) & (event.c.id == consent.c.id)
    )
    # Its event may be older than visits are kept. A clock that lies is believed for a day (DESIGN 4.3), so that is the bound.
    received = func.coalesce(event.c.received_at, consent.c.at + LATE)
    asked = select(consent.c.proof, consent.c.at).select_from(told).where(*of_visitor, consent.c.state == "granted", consent.c.proof != "")
    row = (await conn.execute(asked.order_by(received, consent.c.at, consent.c.id).limit(1))).first()
    if row is None:
        return ""
    mine = select(known.c.first_at).where(known.c.account_id == account_id, known.c.id == visitor)
    first = (await conn.execute(mine)).scalar()
    return str(row.proof) if first is None or row.at - first <= LATE else ""
