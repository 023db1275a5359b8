"""When leads became opportunities, and when they were won: what people said of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, or_, select

from .hot import HotIn
from .schema import edit

_said = HotIn(
    lambda binds: select(edit.c.at, edit.c.id, edit.c.lead_id, edit.c.kind, edit.c.name, edit.c.value).where(
        edit.c.account_id == bindparam("account_id"), edit.c.lead_id.in_(binds), or_(edit.c.kind == "status", edit.c.kind == "undo")
    )
)


def of_leads(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, list[tuple[int, str]]]:
    """(time, status) of what was said of leads and not undone, in order."""
    rows = sorted(_said.rows(conn, leads, account_id=account_id))
    undone = {row[4] for row in rows if row[3] == "undo"}
    found: dict[bytes, list[tuple[int, str]]] = {}
    for at, identity, lead_id, kind, _name, status in rows:
        if kind == "status" and bytes(identity).hex() not in undone:
            found.setdefault(bytes(lead_id), []).append((at, status))
    return found
