"""What persons asked for about their data, and what was done about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from .schema import request, request_step

Row = dict[str, Any]


def add(conn: Connection, row: Row) -> None:
    """A new request."""
    conn.execute(request.insert().values(**row))


def add_step(conn: Connection, row: Row) -> None:
    """Something was done about one."""
    conn.execute(request_step.insert().values(**row))
