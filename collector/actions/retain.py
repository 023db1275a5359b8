"""Retention: what has been kept long enough goes, a little at a time."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from ..domain.rollups import Tally
from ..store import erasure, rollups, sites
from .erase import forget
from .refold import Context, context, refold

STEP = 500


def months_before(now: int, months: int, days: int) -> int:
    """The time some months and days before `now`, UTC milliseconds; the 31st becomes the last day of a shorter month."""
    then = datetime.fromtimestamp(now / 1000, UTC)
    index = then.year * 12 + then.month - 1 - months
    year, month = divmod(index, 12)
    day = min(then.day, calendar.monthrange(year, month + 1)[1])
    return int(then.replace(year=year, month=month + 1, day=day).timestamp() * 1000) - days * erasure.DAY


def retain(conn: Connection, *, secret: bytes, now: int) -> dict[str, Any]:
    """One step of the purge, over every account. `more` says that another step has work."""
    done = {"leads": 0, "strays": 0, "history": 0, "audience": 0, "refused": 0, "more": False}
    for row in sites.accounts(conn):
        account = row["id"]
        limits = {kind: months_before(now, *keep) for kind, keep in erasure.retention_of(conn, account).items()}
        given = context(conn, account, secret)
        tally = given.tally()
        if leads := erasure.old_leads(conn, account, limits["leads"], STEP):
            forget(conn, given, leads, tally)
            _forget_messages(conn, account, leads, tally)
            done["leads"] += len(leads)
        done["strays"] += _forget_strays(conn, given, limits["leads"], tally)
        for kind, known in (("history", True), ("audience", False)):
            old = erasure.old_events(conn, account, limits[kind], known=known, most=STEP)
            if old:
                erasure.drop_event_keys(conn, account, [(month, identity) for month, identity, _ in old], tally)
                refold(conn, given, anew={visitor for _month, _id, visitor in old if visitor}, tally=tally)
            done[kind] += len(old)
        rollups.keep(conn, account, tally, of_one=False)
        done["refused"] += erasure.drop_old_refused(conn, account, limits["refused"])
    done["more"] = any(done[kind] >= STEP for kind in ("leads", "strays", "history", "audience"))
    return done


def _forget_strays(conn: Connection, given: Context, before: int, tally: Tally) -> int:
    """Submissions that never made a row of the list; with its last one goes the lead that they would have made."""
    strays = erasure.old_strays(conn, given.account, before, STEP)
    submissions = [submission for submission, _lead in strays]
    visitors = erasure.visitors_of(conn, given.account, submissions)
    erasure.drop_submissions(conn, given.account, submissions, tally)
    if gone := erasure.without_submissions(conn, given.account, {lead for _submission, lead in strays if lead}):
        erasure.drop_leads(conn, given.account, gone, tally)
    if visitors:
        refold(conn, given, anew=visitors, tally=tally)
    return len(strays)


def _forget_messages(conn: Connection, account: int, leads: list[bytes], tally: Tally) -> None:
    """A message's id is its submission's; it may have failed or be a double of one that has gone."""
    erasure.drop_submissions(conn, account, leads, tally)
