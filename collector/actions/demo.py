"""The sample site: put in, and taken out with everything that came through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from ..domain.events import Batch
from ..store import erasure, rollups, sites, users
from . import sites as site_actions
from .erase import forget, forget_asked
from .record import Recorder
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


def told(conn: Connection, account: int) -> tuple[int, int]:
    """When the sample site was put in, and how far its invented past was told (0: not at all), UTC milliseconds.

    What a site has from before it was put in can only be invented: nothing else need be remembered of it.
    """
    site = sites.find(conn, SITE)
    born = int(site["created_at"]) if site is not None else 0
    return born, rollups.heard_before(conn, account, SITE, born)


def tell(conn: Connection, record: Recorder, batches: Sequence[Batch]) -> bool:
    """Records a piece of the sample site's past. False where the site was taken out meanwhile."""
    if sites.find(conn, SITE) is None:
        return False
    record(conn, batches)
    return True


def forget_some(conn: Connection, account: int, leads: Sequence[bytes], *, secret: bytes) -> None:
    """An action: takes out some of the leads that the sample site won."""
    given = context(conn, account, secret)
    tally = given.tally()
    forget(conn, given, leads, tally)
    rollups.keep(conn, account, tally, of_one=False)


def drop_some(conn: Connection, account: int, keys: Sequence[tuple[int, bytes, str | None]], *, secret: bytes) -> None:
    """An action: takes out some of the sample site's events, each by (month, id, visitor)."""
    given = context(conn, account, secret)
    tally = given.tally()
    erasure.drop_event_keys(conn, account, [(month, identity) for month, identity, _visitor in keys], tally)
    refold(conn, given, anew={visitor for _month, _id, visitor in keys if visitor}, tally=tally)
    rollups.keep(conn, account, tally, of_one=False)


def remove(conn: Connection, account: int, *, secret: bytes) -> dict[str, Any]:
    """Takes the sample site out with its leads, visits and refused events, and the demo's user with it."""
    given = context(conn, account, secret)
    tally = given.tally()
    leads = erasure.leads_of_site(conn, account, SITE)
    for start in range(0, len(leads), 500):
        forget(conn, given, leads[start : start + 500], tally)
    others = erasure.leads_told_of(conn, account, SITE)
    visitors = erasure.drop_site(conn, account, SITE, tally)
    if gone := erasure.without_submissions(conn, account, others):
        forget_asked(conn, account, sorted(gone), (), ())
        erasure.drop_leads(conn, account, gone, tally)  # whose only submissions had failed: they stood in no list
    refold(conn, given, anew=visitors, tally=tally)
    rollups.keep(conn, account, tally, of_one=False)  # of what other sites had of the same leads
    rollups.drop_site(conn, account, SITE)
    user = users.load(conn, USER)
    if user is not None:
        users.drop(conn, user["id"])
    return {"leads": len(leads), "visitors": len(visitors)}
