"""What persons asked for about their data, and what was done about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from .schema import request, request_step

Row = dict[str, Any]


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
