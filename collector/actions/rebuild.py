"""All derived rows of an account, made again from the raw ones by the one fold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..store import erasure, events, identities, sites, submissions
from .refold import Context, context, refold

STEP = 500


def rebuild(conn: Connection, *, secret: bytes, account: int | None = None) -> dict[str, Any]:
    """Rebuilds one account or all. Answers how many visitors and submissions were folded."""
    done = {"visitors": 0, "submissions": 0}
    for row in sites.accounts(conn):
        if account in (None, row["id"]):
            _rebuild_account(conn, context(conn, row["id"], secret), done)
    return done


def _rebuild_account(conn: Connection, given: Context, done: dict[str, Any]) -> None:
    erasure.drop_derived(conn, given.account)
    last_submission = b""
    while step := submissions.after(conn, given.account, last_submission, STEP):
        refold(conn, given, sent=step)
        last_submission = step[-1]
        done["submissions"] += len(step)
    last = ""
    while visitors := _next_visitors(conn, given.account, last):
        refold(conn, given, anew=visitors)
        last = visitors[-1]
        done["visitors"] += len(visitors)


def _next_visitors(conn: Connection, account: int, after: str) -> list[str]:
    """Visitors with events or consents, in order."""
    named = set(events.visitors_of(conn, account, after, STEP)) | set(identities.consenting_after(conn, account, after, STEP))
    return sorted(named)[:STEP]
