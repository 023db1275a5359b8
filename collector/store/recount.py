"""Rollups counted anew from every row that they follow from, on a connection that sees one moment, and put right by the writer.

What a rollup is wrong by does not change while events come, for those are added to right and wrong counts alike: so the
difference that was seen at one moment may be added at any later one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Table, select, tuple_

from ..domain.leads import Conversion
from ..domain.rollups import COUNTS, NOWHERE, Key, Origin, Tally, visit_of, won
from ..domain.sessions import Session
from .rollups import EVENT, KEY, event_of, prune, write
from .schema import conversion, event, kept_count, lead, reached, rollup, session

After = tuple[Any, ...] | None
Part = Callable[[Connection, int, Tally, After, int], After]

_NOTHING = [0, 0, 0, 0]
_session_names = Session.__struct_fields__
_conversion_names = Conversion.__struct_fields__
_origin_names = ("first_channel", "first_source", "first_campaign", "language")
_won_names = ("kind", "marks", "site_id", "created_at", "form", "page", *_origin_names, "quarantine")


class Fault(Struct):
    """What one row of the rollups is wrong by: counts to add, and when it was and should have been heard."""

    key: Key
    counts: list[int]
    was: int
    heard: int


def _page(conn: Connection, table: Table, account_id: int, key: tuple[str, ...], names: tuple[str, ...], after: After, most: int) -> Any:
    """The next rows in the order of the key: its values, then those of `names`."""
    columns = [table.c[name] for name in key]
    asked = select(*columns, *(table.c[name] for name in names)).where(table.c.account_id == account_id).order_by(*columns).limit(most)
    if after is not None:
        asked = asked.where(tuple_(*columns) > tuple_(*after))
    return conn.execute(asked).all()


def _last(rows: Any, most: int, size: int) -> After:
    return tuple(rows[-1][:size]) if len(rows) == most else None


def _events(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> After:
    rows = _page(conn, event, account_id, ("month", "id"), EVENT, after, most)
    for row in rows:
        event_of(tally, row[2:], 1)
    return _last(rows, most, 2)


def _sessions(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> After:
    rows = _page(conn, session, account_id, ("id",), _session_names, after, most)
    for row in rows:
        tally.visit(visit_of(Session(*row[1:])))
    return _last(rows, most, 1)


def _conversions(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> After:
    rows = _page(conn, conversion, account_id, ("id",), _conversion_names, after, most)
    asked = select(lead.c.id, *(lead.c[name] for name in _origin_names), lead.c.quarantine).where(lead.c.account_id == account_id)
    ids = {row.lead_id for row in rows}
    origins = {bytes(row[0]): Origin(*row[1:-1])._replace(apart=row[-1] != "") for row in conn.execute(asked.where(lead.c.id.in_(ids)))}
    for row in rows:
        one = Conversion(*row[1:])
        tally.conversion(one)
        tally.origin(one.lead_id, origins.get(one.lead_id, NOWHERE), NOWHERE)
    return _last(rows, most, 1)


def _leads(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> After:
    rows = _page(conn, lead, account_id, ("id",), _won_names, after, most)
    for _id, kind, marks, site, at, form, page, *first, quarantine in rows:
        tally.lead(won(kind, marks, site, at, form, page, Origin(*first)._replace(apart=quarantine != "")))
    return _last(rows, most, 1)


def _kept(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> After:
    rows = _page(conn, kept_count, account_id, KEY, (*COUNTS, "heard_at"), after, most)
    for site, day, kind, key, *counts, heard in rows:
        tally.row(site, day, kind, key, counts, heard)
    return _last(rows, most, 4)


def _reached(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> After:
    rows = _page(conn, reached, account_id, ("session_id", "goal_id"), ("site_id", "at", "goal_id", "marks"), after, most)
    for row in rows:
        tally.reached(*row[2:])
    return _last(rows, most, 2)


PARTS: tuple[Part, ...] = (_events, _sessions, _conversions, _leads, _reached, _kept)


def faults(conn: Connection, account_id: int, tally: Tally, after: After, most: int) -> tuple[list[Fault], After]:
    """Compares the next rows with what was counted, which is taken out of the tally. `missing` tells of what is left in it."""
    rows = _page(conn, rollup, account_id, KEY, (*COUNTS, "heard_at"), after, most)
    found: list[Fault] = []
    for site, day, kind, text, *counts, was in rows:
        right = tally.counts.pop((site, day, kind, text), _NOTHING)
        heard = tally.heard.pop((site, day), 0) if (kind, text) == ("site", "") else 0
        if counts != right or was != heard or not (any(counts) or was):
            found.append(Fault((site, day, kind, text), [a - b for a, b in zip(right, counts, strict=True)], was, heard))
    return found, _last(rows, most, 4)


def missing(tally: Tally) -> list[Fault]:
    """The rows that are not there."""
    keys = {key for key, counts in tally.counts.items() if counts != _NOTHING} | {(*place, "site", "") for place in tally.heard}
    return [Fault(key, tally.counts.get(key, _NOTHING), 0, tally.heard.get(key[:2], 0) if key[2] == "site" else 0) for key in sorted(keys)]


def mend(conn: Connection, account_id: int, found: list[Fault]) -> None:
    """An action: puts rows right."""
    for fault in found:
        if fault.heard < fault.was:  # unless the site was heard meanwhile
            mine = [rollup.c.account_id == account_id, *(rollup.c[name] == value for name, value in zip(KEY, fault.key, strict=True))]
            conn.execute(rollup.update().where(*mine, rollup.c.heard_at == fault.was).values(heard_at=fault.heard))
    heard = {fault.key[:2]: fault.heard for fault in found if fault.heard}
    write(conn, rollup, account_id, {fault.key: fault.counts for fault in found}, heard)
    prune(conn, account_id, [fault.key for fault in found])
