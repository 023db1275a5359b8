"""The sample site: put in, and taken out with everything that came through it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..store import erasure, sites, users
from . import sites as site_actions
from .erase import forget
from .refold import context, refold

SITE = 100_000_001
USER = "demo@localhost"


def add(conn: Connection, account: int, *, now: int, user_id: bytes) -> bytes:
    """The sample site and somebody who may look at it. Answers the id of the user whom the demo's link lets in."""
    if sites.find(conn, SITE) is None:
        site_actions.add(conn, account, "127.0.0.1", now=now, id=SITE, name="Démonstration")
        sites.set_hosts(conn, SITE, ["localhost", "::1"])
    found = users.load(conn, USER)
    if found is not None:
        return bytes(found["id"])
    row = {"id": user_id, "account_id": account, "email": USER, "role": "owner", "language": ""}
    users.add(conn, row | {"password": "!", "created_at": now})  # no password opens it
    return user_id


def remove(conn: Connection, account: int, *, secret: bytes) -> dict[str, Any]:
    """Takes the sample site out with its leads, visits and refused events, and the demo's user with it."""
    given = context(conn, account, secret)
    leads = erasure.leads_of_site(conn, account, SITE)
    for start in range(0, len(leads), 500):
        forget(conn, given, leads[start : start + 500])
    visitors = erasure.drop_site(conn, account, SITE)
    refold(conn, given, anew=visitors)
    user = users.load(conn, USER)
    if user is not None:
        users.drop(conn, user["id"])
    return {"leads": len(leads), "visitors": len(visitors)}
