"""Refused events, read again after what made them refused has been mended: some at a time, so that visitors' events come between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection

from ..domain import agents, hosts, protocol
from ..domain.events import Batch
from ..store import events
from .record import Ids, record
from .refold import context

STEP = 16
Run = Callable[..., Awaitable[Any]]  # the writer's


async def replay(run: Run, *, secret: bytes, ids: Ids, account: int, site: int | None = None, reason: str = "") -> dict[str, int]:
    """Reads what is kept of refused events, or of those of one site or reason, as if it came at its own time, by today's rules.

    What is taken leaves the refused. A body that came from a foreign page is taken once the page's host is one of the site's; the
    host is read from the URLs of its events.
    """
    done = {"taken": 0, "left": 0}
    after: bytes | None = b""
    while after is not None:
        taken, left, after = await run(step, after, secret=secret, ids=ids, account=account, site=site, reason=reason)
        done["taken"] += taken
        done["left"] += left
    return done


def step(
    conn: Connection, after: bytes, *, secret: bytes, ids: Ids, account: int, site: int | None = None, reason: str = "", most: int = STEP
) -> tuple[int, int, bytes | None]:
    """The next of them. Answers how many were taken and left, and the last id, or None at the end."""
    taken, left = 0, 0
    given = context(conn, account, secret)
    rows = events.refused_after(conn, account, site, after, most)
    for row in rows:
        batch = _again(row, given.sites.get(row["site_id"])) if reason in ("", row["reason"]) else None
        if batch is None:
            left += reason in ("", row["reason"])
        else:
            record(conn, given, [batch], ids)
            events.drop_refused(conn, account, [row["id"]])
            taken += 1
    return taken, left, rows[-1]["id"] if len(rows) == most else None


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
