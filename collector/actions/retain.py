"""Retention: what has been kept long enough goes, a little at a time. What it counted stays (`store.rollups.keep`)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from ..domain import clocks
from ..domain.retention import Limits, limit, of_site, shorter
from ..domain.rollups import Tally
from ..store import alive, erasure, events, requests, retention, rollups, sites
from ..store.retention import Borders
from .erase import forget, forget_asked
from .refold import Context, context, refold

STEP = 500


def months_before(now: int, months: int, days: int) -> int:
    """The time some months and days before `now`, UTC milliseconds; the 31st becomes the last day of a shorter month."""
    then = datetime.fromtimestamp(now / 1000, UTC)
    index = then.year * 12 + then.month - 1 - months
    year, month = divmod(index, 12)
    day = min(then.day, calendar.monthrange(year, month + 1)[1])
    return int(then.replace(year=year, month=month + 1, day=day).timestamp() * 1000) - days * erasure.DAY


KINDS = ("leads", "strays", "history", "audience", "refused")
PURGED = (*KINDS, "requests")
REQUESTS = 36  # months after the last word, as proof that a request was answered; no setting


def borders(limits: Limits, kind: str, now: int) -> Borders:
    """Before which time a kind is old, by site; a stray is as a lead. Raises KeyError where the account has no limit of that kind."""
    name = "leads" if kind == "strays" else kind
    own = {site: months_before(now, *of[name]) for site, of in limits.items() if site and name in of}
    return Borders(months_before(now, *limits[0][name]), own)


def due(conn: Connection, account: int, now: int, limits: Limits | None = None, kinds: Sequence[str] = KINDS) -> list[dict[str, Any]]:
    """What the purge would delete, by site and kind: {site_id, kind, n}. `limits` are others than the ones that stand.

    At most `retention.COUNTED` of a kind are counted (then `n` is at least so many). For readers.
    """
    known = retention.limits(conn, account) if limits is None else limits
    found = []
    for kind in kinds:
        given = borders(known, kind, now)
        counts = retention.due(conn, account, kind, given, erasure.month_bound(given.newest))
        found += [{"site_id": site, "kind": kind, "n": n} for site, n in sorted(counts.items())]
    return found


def goes(conn: Connection, account: int, now: int, kind: str, amount: int | None, site: int = 0) -> list[dict[str, Any]]:
    """What of a kind another limit would let go, by site and kind as `due`; nothing where it is no shorter than the one that stands.

    Raises BadLimit.
    """
    known = retention.limits(conn, account)
    given = limit(kind, amount) if amount is not None else known[0][kind]
    changed = {**known, site: {**known.get(site, {}), kind: given}}
    named = {0, site, *known}  # any other site is as the account
    less = {one for one in named if (old := of_site(known, one).get(kind)) and shorter(of_site(changed, one)[kind], old)}
    rows = due(conn, account, now, changed, (kind, "strays") if kind == "leads" else (kind,)) if less else []
    return [row for row in rows if (row["site_id"] if row["site_id"] in named else 0) in less]


def believed(conn: Connection, now: int) -> int:
    """By which time the purge would go: `now`, or the last time that is known where the clock is far ahead of it. For readers."""
    known = last_known(conn, now)
    return known if clocks.is_ahead(now, known) else now


def find(conn: Connection, account: int, kind: str, now: int, most: int) -> list[Any]:
    """What of a kind is old: at most so much of it. A reader may look for it; `drop` looks again whether it still is."""
    if kind == "requests":
        return requests.old(conn, account, months_before(now, REQUESTS, 0), most)
    before = borders(retention.limits(conn, account), kind, now)
    if kind == "leads":
        return erasure.old_leads(conn, account, before, most)
    if kind == "strays":
        return [submission for submission, _lead in erasure.old_strays(conn, account, before, most)]
    if kind == "refused":
        return erasure.old_refused(conn, account, before, most)
    return erasure.old_events(conn, account, before, known=kind == "history", most=most)


def drop(conn: Connection, account: int, kind: str, now: int, found: list[Any], *, secret: bytes) -> int:
    """An action: deletes what `find` found and keeps what it counted. Answers how much went."""
    if kind == "requests":
        requests.drop(conn, account, found := requests.old(conn, account, months_before(now, REQUESTS, 0), len(found), among=found))
        return len(found)
    given = context(conn, account, secret)
    tally, before = given.tally(), borders(retention.limits(conn, account), kind, now)
    if kind == "leads":
        found = erasure.old_leads(conn, account, before, len(found), among=found)
        forget(conn, given, found, tally)
        _forget_messages(conn, account, found, tally)
    elif kind == "strays":
        _forget_strays(conn, given, found := erasure.old_strays(conn, account, before, len(found), among=found), tally)
    elif kind == "refused":
        events.drop_refused(conn, account, found)
    else:
        erasure.drop_event_keys(conn, account, [(month, identity) for month, identity, _ in found], tally)
        erasure.drop_idle_resets(conn, account, visitors := {visitor for _month, _id, visitor in found if visitor})
        refold(conn, given, anew=visitors, tally=tally)
    rollups.keep(conn, account, tally, of_one=False)
    return len(found)


def as_of(conn: Connection, now: int, *, sure: bool = False) -> tuple[int, int]:
    """An action: by which time to purge, and 0: that is now. A clock that is far ahead of the last time that is known is not
    followed, unless somebody is `sure`: then both are that last time, and no more goes than was due at it.
    """
    known = last_known(conn, now)
    if clocks.is_ahead(now, known) and not sure:
        return known, known
    alive.write(conn, now)
    return now, 0


def last_known(conn: Connection, now: int) -> int:
    """When a collector was last at work on this database, or a browser's clock last agreed with its own; 0 if never."""
    known = alive.read(conn)
    if not clocks.is_ahead(now, known) and known:
        return known
    return max([known, *(events.newest(conn, row["id"]) for row in sites.accounts(conn))])


def retain(conn: Connection, *, secret: bytes, now: int) -> dict[str, Any]:
    """One large step of the purge, over every account. `more` says that another step has work."""
    done: dict[str, Any] = dict.fromkeys(PURGED, 0)
    for row in sites.accounts(conn):
        for kind in PURGED:
            if found := find(conn, row["id"], kind, now, STEP):
                done[kind] += drop(conn, row["id"], kind, now, found, secret=secret)
    return done | {"more": any(done[kind] >= STEP for kind in PURGED)}


def _forget_strays(conn: Connection, given: Context, strays: list[tuple[bytes, bytes | None]], tally: Tally) -> None:
    """Submissions that never made a row of the list; with its last one goes the lead that they would have made."""
    submissions = [submission for submission, _lead in strays]
    visitors = erasure.visitors_of(conn, given.account, submissions)
    erasure.drop_submissions(conn, given.account, submissions, tally)
    if gone := erasure.without_submissions(conn, given.account, {lead for _submission, lead in strays if lead}):
        forget_asked(conn, given.account, sorted(gone), (), ())
        erasure.drop_leads(conn, given.account, gone, tally)
    if visitors:
        refold(conn, given, anew=visitors, tally=tally)


def _forget_messages(conn: Connection, account: int, leads: list[bytes], tally: Tally) -> None:
    """A message's id is its submission's; it may have failed or be a double of one that has gone."""
    erasure.drop_submissions(conn, account, leads, tally)
