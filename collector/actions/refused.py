"""Refused events, sent again after what made them refused has been mended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..domain import agents, hosts, protocol
from ..domain.events import Batch
from ..store import events
from .record import Ids, record
from .refold import context

STEP = 500


def replay(conn: Connection, *, secret: bytes, ids: Ids, account: int, site: int | None = None) -> dict[str, int]:
    """Reads what is kept of refused events as if it came at its own time, by today's rules; what is taken leaves the refused.

    A body that came from a foreign page is taken once the page's host is one of the site's; the host is read from the URLs
    of its events.
    """
    done = {"taken": 0, "left": 0}
    given = context(conn, account, secret)
    last = b""
    while rows := events.refused_after(conn, account, site, last, STEP):
        for row in rows:
            batch = _again(row, given.sites.get(row["site_id"]))
            if batch is None:
                done["left"] += 1
            else:
                record(conn, given, [batch], ids)
                events.drop_refused(conn, account, [row["id"]])
                done["taken"] += 1
        last = rows[-1]["id"]
    return done


def _again(row: dict[str, Any], site: dict[str, Any] | None) -> Batch | None:
    if site is None:
        return None
    wire = protocol.decode(row["body"])
    if isinstance(wire, protocol.Rejected) or wire.site != site["id"]:
        return None
    if row["reason"] == "foreign-origin" and not all(
        hosts.covers(hosts.of_url(one.url or ""), {site["domain"], *site["hosts"]}) for one in wire.events
    ):
        return None
    batch = protocol.check(
        wire,
        received=row["received_at"],
        agent=agents.Agent(browser="", os="", device="", marks=()),
        kept=site["kept"],
        account=site["account_id"],
    )
    return batch if batch.events and not batch.refused else None
