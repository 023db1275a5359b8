"""Taking a browser out of what is kept: its rows go, and what stays with a lead names it no more. For erasure only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, select, update

from . import schema as s

_SITE_SAYS = ("identify", "login")  # kinds of evidence that speak of a lead too, and not of a browser alone


def submissions(conn: Connection, account_id: int, visitor: str, before: int) -> list[bytes]:
    """What a browser sent before a time names it no more. Answers the submissions."""
    sent = s.submission
    mine = (sent.c.account_id == account_id, sent.c.visitor == visitor, sent.c.at < before)
    ids = [bytes(row[0]) for row in conn.execute(select(sent.c.id).where(*mine))]
    conn.execute(update(sent).where(*mine).values(visitor=None))
    return ids


def evidence(conn: Connection, account_id: int, visitor: str, before: int, nobody: Callable[[bytes], str]) -> int:
    """Whose a browser was is forgotten. What the site said of a lead stays, as said in a browser that is `nobody`. Answers how much."""
    edge = s.edge
    mine = (edge.c.account_id == account_id, edge.c.visitor == visitor, edge.c.at < before)
    gone = conn.execute(delete(edge).where(*mine, edge.c.kind.not_in(_SITE_SAYS))).rowcount
    kept = conn.execute(select(edge.c.id, edge.c.said).where(*mine)).all()
    for identity, said in kept:
        theirs = (edge.c.account_id == account_id, edge.c.id == identity)
        conn.execute(update(edge).where(*theirs).values(visitor=nobody(bytes(identity)), said=_without_page(said)))
    return int(gone) + len(kept)


def _without_page(said: str) -> str:
    told: dict[str, Any] = json.loads(said) if said else {}
    return json.dumps({**told, "url": ""}, ensure_ascii=False, separators=(",", ":")) if told else said
