"""Refused events, summed up for who looks after the collector."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import mail, refused, refused_count


async def summed(conn: AsyncConnection, account_id: int, since: int) -> list[dict[str, Any]]:
    """By site (0: unknown) and reason: `n` refused since a day (days since 1970), how many are `kept`, the newest's time `at` and `body`.

    The most first. Of unknown sites only the counts are kept.
    """
    counts = (refused_count.c.account_id.in_((0, account_id)), refused_count.c.day >= since)
    n = func.sum(refused_count.c.n)
    key = (refused_count.c.site_id, refused_count.c.reason)
    found = {(row[0], row[1]): int(row[2]) for row in await conn.execute(select(*key, n).where(*counts).group_by(*key))}
    mine = refused.c.account_id == account_id
    newest = select(refused.c.site_id, refused.c.reason, func.count(), func.max(refused.c.received_at)).where(mine)
    kept = {
        (row[0], row[1]): (int(row[2]), int(row[3])) for row in await conn.execute(newest.group_by(refused.c.site_id, refused.c.reason))
    }
    rows = []
    for site, reason in found.keys() | kept.keys():
        here, at = kept.get((site, reason), (0, 0))
        body = await _body(conn, account_id, site, reason, at) if here else b""
        rows.append({"site_id": site, "reason": reason, "n": found.get((site, reason), here), "kept": here, "at": at, "body": body})
    return sorted(rows, key=lambda row: (-row["n"], row["site_id"], row["reason"]))


async def _body(conn: AsyncConnection, account_id: int, site: int, reason: str, at: int) -> bytes:
    mine = (refused.c.account_id == account_id, refused.c.site_id == site, refused.c.received_at == at, refused.c.reason == reason)
    return bytes((await conn.execute(select(refused.c.body).where(*mine).limit(1))).scalar() or b"")


async def letters(conn: AsyncConnection, account_id: int) -> dict[str, int]:
    """How many letters wait, were given up, or were sent, by state."""
    asked = select(mail.c.state, func.count()).where(mail.c.account_id == account_id).group_by(mail.c.state)
    return {row[0]: int(row[1]) for row in await conn.execute(asked)}
