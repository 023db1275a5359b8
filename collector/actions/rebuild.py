"""All derived rows of an account, made again from the raw ones by the one fold.

It goes in steps. Each makes a few rows anew beside the old ones and puts them in their place in one short transaction:
readers see every row at every moment, events go on being folded, and a stop leaves rows that are right. Rollups are
counted anew on a reader's connection and only put right here (`store.recount`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from ..store import conversions, derived, recount, rollups, sites
from . import summed
from .refold import Context, context, refold

STEP = 500

Done = tuple[Any, int]  # where the next step begins (None: the stage is done), and how many were made anew
Stage = Callable[[Connection, Context, Any, int], Done]


def fold_sent(conn: Connection, given: Context, after: Any, most: int) -> Done:
    """The next submissions, and conversions of which no submission is left."""
    chosen = derived.submissions_after(conn, given.account, after or b"", most)
    tally = given.tally()
    old = {one.id: one for one in conversions.of_ids(conn, given.account, chosen)}
    old |= {one.id: one for one in conversions.of_digests(conn, given.account, {one.digest for one in old.values()})}
    for one in old.values():
        tally.conversion(one, -1)
    conversions.drop(conn, given.account, old)
    refold(conn, given, sent={*chosen, *old}, touched={one.lead_id for one in old.values()}, tally=tally)
    rollups.save(conn, given.account, tally)
    return (chosen[-1] if len(chosen) == most else None), len(chosen)


def fold_visitors(conn: Connection, given: Context, after: Any, most: int) -> Done:
    """The next visitors, and those of whom only derived rows are left."""
    chosen = derived.visitors_after(conn, given.account, after or "", most)
    refold(conn, given, anew=chosen)
    return (chosen[-1] if len(chosen) == most else None), len(chosen)


def drop_stray_leads(conn: Connection, given: Context, after: Any, most: int) -> Done:
    """Of the next leads those of which nothing is left."""
    last, strays = derived.stray_leads(conn, given.account, after or b"", most)
    refold(conn, given, touched=strays)
    return last, len(strays)


def drop_stray_touches(conn: Connection, given: Context, after: Any, most: int) -> Done:
    """Of the next touches those of which no session is left."""
    return derived.drop_stray_touches(conn, given.account, after, most)


def fold_likeness(conn: Connection, given: Context, after: Any, most: int) -> Done:
    """What makes the next leads alike others; of those that are gone nothing."""
    chosen = derived.leads_after(conn, given.account, after or b"", most)
    summed.fold_likeness(conn, given, chosen)
    derived.drop_stray_likeness(conn, given.account, after or b"", chosen[-1] if len(chosen) == most else None)
    return (chosen[-1] if len(chosen) == most else None), len(chosen)


STAGES: dict[str, Stage] = {
    "submissions": fold_sent,
    "visitors": fold_visitors,
    "strays": drop_stray_leads,
    "arrivals": drop_stray_touches,
    "likeness": fold_likeness,
}


def step(conn: Connection, account: int, secret: bytes, name: str, after: Any, most: int) -> Done:
    """An action: the next step of a stage."""
    return STAGES[name](conn, context(conn, account, secret), after, most)


def mend(conn: Connection, account: int, mark: int, faults: list[recount.Fault]) -> None:
    """An action: puts rollups right, unless another rebuild than that of the mark has begun and counts for itself."""
    if sites.stale(conn, account) == mark:
        recount.mend(conn, account, faults)


def end(conn: Connection, account: int, mark: int) -> None:
    """An action: the account's derived rows are new."""
    if sites.stale(conn, account) == mark:
        sites.set_stale(conn, account, 0)


def rebuild(conn: Connection, *, secret: bytes, account: int | None = None) -> dict[str, Any]:
    """Rebuilds one account or all in one go. Answers how many visitors and submissions were folded."""
    done = {"visitors": 0, "submissions": 0}
    for row in sites.accounts(conn):
        if account in (None, row["id"]):
            given = context(conn, row["id"], secret)
            for name, stage in STAGES.items():
                after, n = stage(conn, given, None, STEP)
                done[name] = done.get(name, 0) + n
                while after is not None:
                    after, n = stage(conn, given, after, STEP)
                    done[name] += n
            recount.mend(conn, given.account, _recount(conn, given))
            sites.set_stale(conn, given.account, 0)
    return {name: done[name] for name in ("visitors", "submissions")}


def _recount(conn: Connection, given: Context) -> list[recount.Fault]:
    tally = given.tally()
    for part in recount.PARTS:
        after = part(conn, given.account, tally, None, STEP)
        while after is not None:
            after = part(conn, given.account, tally, after, STEP)
    found, after = recount.faults(conn, given.account, tally, None, STEP)
    while after is not None:
        more, after = recount.faults(conn, given.account, tally, after, STEP)
        found += more
    return found + recount.missing(tally)
