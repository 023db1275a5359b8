"""Letters that wait to be sent. What was sent, or given up, keeps neither its address nor its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import account, mail

Row = dict[str, Any]
EMPTY = {"recipient": "", "content": ""}


async def due(conn: AsyncConnection, now: int, most: int) -> list[Row]:
    """Letters of every account whose time has come, the oldest first."""
    accounts = [row[0] for row in await conn.execute(select(account.c.id).order_by(account.c.id))]
    found: list[Row] = []
    for one in accounts:
        mine = (mail.c.account_id == one) & (mail.c.state == "waiting") & (mail.c.next_at <= now)
        found += [dict(row._mapping) for row in await conn.execute(select(mail).where(mine).order_by(mail.c.next_at).limit(most))]
    return sorted(found, key=lambda row: (row["next_at"], bytes(row["id"])))[:most]


def add(conn: Connection, row: Row) -> None:
    """A new letter."""
    conn.execute(mail.insert().values(**row))


def claim(conn: Connection, account_id: int, id: bytes, now: int, until: int) -> bool:
    """Puts off a letter that is due, so that no other collector sends it too. False where one did."""
    due = (mail.c.account_id == account_id) & (mail.c.id == id) & (mail.c.state == "waiting") & (mail.c.next_at <= now)
    return conn.execute(update(mail).where(due).values(next_at=until)).rowcount == 1


def change(conn: Connection, account_id: int, id: bytes, **values: Any) -> None:
    """Changes one that waits; what is no longer there, or does not wait, is left alone."""
    waiting = (mail.c.account_id == account_id) & (mail.c.id == id) & (mail.c.state == "waiting")
    conn.execute(update(mail).where(waiting).values(**values))


def written(conn: Connection, account_id: int, lead_id: bytes, purpose: str, since: int) -> int:
    """How many letters of a purpose were written to a lead since a time."""
    mine = (mail.c.account_id == account_id) & (mail.c.lead_id == lead_id)
    asked = select(func.count()).select_from(mail).where(mine, mail.c.purpose == purpose, mail.c.at >= since)
    return int(conn.execute(asked).scalar_one())


def drop_of(conn: Connection, account_id: int, leads: Sequence[bytes]) -> None:
    """Forgets every letter to these leads."""
    for start in range(0, len(leads), 500):
        conn.execute(delete(mail).where(mail.c.account_id == account_id, mail.c.lead_id.in_(leads[start : start + 500])))


def drop_to(conn: Connection, account_id: int, recipient: str) -> None:
    """Forgets the letters that wait to go to somebody who works here."""
    mine = (mail.c.account_id == account_id, mail.c.state == "waiting", mail.c.purpose == "user")
    waiting = conn.execute(select(mail.c.id, mail.c.recipient).where(*mine)).all()  # few, and an address may be sealed
    gone = [row.id for row in waiting if row.recipient == recipient]
    conn.execute(delete(mail).where(mail.c.account_id == account_id, mail.c.id.in_(gone)))


def drop_old(conn: Connection, account_id: int, before: int) -> None:
    """Forgets that letters from before a time were sent."""
    conn.execute(delete(mail).where(mail.c.account_id == account_id, mail.c.state != "waiting", mail.c.at < before))
