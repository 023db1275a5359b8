"""An erasure that one of the site's people carries out on a lead's page: filed as a request, so that its proof is kept like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from ..store import erasure, leads, requests, rollups
from . import requests as filing
from .erase import forget
from .refold import context
from .unlink import NOT_YET, Looked

Ids = Callable[[int], bytes]


def erase_lead(
    conn: Connection, lead: bytes, *, actor: str, secret: bytes, now: int, ids: Ids, account: int = 1, looked: Looked = NOT_YET
) -> bytes:
    """Erases a person of the list, by all that names them. Answers the request that holds the counts: the oldest of theirs that waited for
    it, else one that is filed now. Raises `requests.BadRequest` where nobody of them is known any more.
    """
    lead = filing.lead_of(conn, account, lead)
    waiting = requests.waiting_of(conn, account, lead, "erasure")
    request = (
        bytes(waiting[0]["id"]) if waiting else filing.file(conn, "erasure", by="person", id=ids(now), now=now, account=account, lead=lead)
    )
    filing.erase_now(conn, request, actor=actor, secret=secret, id=ids(now), now=now, account=account, looked=looked)
    return request


def erase_message(conn: Connection, lead: bytes, *, actor: str, secret: bytes, now: int, ids: Ids, account: int = 1) -> bytes:
    """The same of a message, which nobody's address stands for: the form that was sent, and what was noted of it."""
    if leads.kinds(conn, account, [lead]).get(lead) != "message":
        raise filing.BadRequest("unknown")
    given = context(conn, account, secret)
    tally = given.tally()
    counts, _keys = forget(conn, given, [lead], tally)
    erasure.drop_submissions(conn, account, [lead], tally)
    rollups.keep(conn, account, tally, of_one=True)
    request = filing.file(conn, "erasure", by="person", id=ids(now), now=now, account=account)
    proof: dict[str, Any] = {name: n for name, n in counts.items() if n}
    filing.step(conn, request, "done", actor=actor, id=ids(now), now=now, account=account, proof=proof)
    return request
