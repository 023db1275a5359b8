"""Visitors, sessions and touches: derived rows of the collect path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import Connection, bindparam, delete, exists, select

from ..domain.sessions import LONGEST, Session, Touch
from ..domain.sources import Source
from . import urls
from .hot import Hot, HotIn, by, upsert
from .schema import session, span, touch, visitor

Domain = Callable[[int], str]
_session_names = Session.__struct_fields__
_source_names = Source.__struct_fields__
_standing = HotIn(
    lambda binds: (
        select(
            visitor.c.id,
            visitor.c.first_at,
            visitor.c.withdrawn_at,
            exists().where(span.c.account_id == visitor.c.account_id, span.c.visitor == visitor.c.id),
            *(session.c[name] for name in _session_names),
        )
        .select_from(
            visitor.outerjoin(
                session,
                (session.c.account_id == visitor.c.account_id)
                & (session.c.visitor == visitor.c.id)
                & (session.c.started_at > bindparam("born"))
                & (session.c.ended_at >= bindparam("since")),
            )
        )
        .where(visitor.c.account_id == bindparam("account_id"), visitor.c.id.in_(binds))
    )
)
_all = by(session, "visitor", *_session_names)
_save_session = upsert(session, lasting=("visitor", "site_id", "started_at", "entry_page", "counted"))
_save_touch = upsert(touch)
_save_visitor = upsert(visitor)
_drop_touch = Hot(
    lambda _: delete(touch).where(touch.c.account_id == bindparam("a"), touch.c.session_id == bindparam("s"), touch.c.id == bindparam("t"))
)
_times = by(session, "visitor", "visitor", "started_at", "ended_at", "marks", "site_id", "language")
_touches = HotIn(
    lambda binds: (
        select(session.c.visitor, touch)
        .join(session, (session.c.account_id == touch.c.account_id) & (session.c.id == touch.c.session_id))
        .where(session.c.account_id == bindparam("account_id"), session.c.visitor.in_(binds))
    )
)


class Standing(Struct):
    """What is known of a visitor when events come: its row, whether any time of it is a lead's, its sessions that may still be open."""

    first_at: int
    withdrawn_at: int | None
    owned: bool
    open: list[Session]


def standing(conn: Connection, account_id: int, ids: Iterable[str], since: int) -> dict[str, Standing]:
    """Visitors by id, with the sessions that ended at or after `since`."""
    found: dict[str, Standing] = {}
    for row in _standing.rows(conn, ids, account_id=account_id, since=since, born=since - LONGEST):
        one = found.get(row[0])
        if one is None:
            one = found[row[0]] = Standing(row[1], row[2], bool(row[3]), [])
        if row[4] is not None:
            one.open.append(Session(*row[4:]))
    return found


def sessions(conn: Connection, account_id: int, visitors: Iterable[str]) -> list[Session]:
    """Every session of visitors."""
    return [Session(*row) for row in _all.rows(conn, visitors, account_id=account_id)]


def save_visitors(conn: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Inserts or replaces visitor rows."""
    _save_visitor.many(conn, list(rows))


def save(
    conn: Connection, account_id: int, sessions: Iterable[Session], touches: Iterable[Touch], gone: dict[bytes, bytes], domain: Domain
) -> None:
    """Inserts or replaces sessions and touches, and drops the touches that gave way. `domain` answers a site's host name."""
    _save_session.put(conn, [(account_id, *structs.astuple(one)) for one in sessions])
    _drop_touch.many(conn, [{"a": account_id, "s": session_id, "t": touch_id} for touch_id, session_id in gone.items()])
    _save_touch.put(conn, [_touch_row(account_id, one, domain) for one in touches])


def _touch_row(account_id: int, one: Touch, domain: Domain) -> tuple[Any, ...]:
    landing = urls.stored(one.landing, domain(one.site_id))
    return (account_id, one.session_id, one.id, one.site_id, one.at, *structs.astuple(one.source), landing)


def drop(conn: Connection, account_id: int, visitors: Iterable[str]) -> None:
    """Forgets visitors with their sessions and touches, before a fold from nothing."""
    ids = list(visitors)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        theirs = select(session.c.id).where(session.c.account_id == account_id, session.c.visitor.in_(part))
        conn.execute(delete(touch).where(touch.c.account_id == account_id, touch.c.session_id.in_(theirs)))
        conn.execute(delete(session).where(session.c.account_id == account_id, session.c.visitor.in_(part)))
        conn.execute(delete(visitor).where(visitor.c.account_id == account_id, visitor.c.id.in_(part)))


def times(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[tuple[int, int, int, int, str]]]:
    """(start, end, marks, site, language) of every session, by visitor."""
    found: dict[str, list[tuple[int, int, int, int, str]]] = {}
    for name, *lasted in _times.rows(conn, visitors, account_id=account_id):
        found.setdefault(name, []).append(tuple(lasted))
    return found


def touches(conn: Connection, account_id: int, visitors: Iterable[str], domain: Domain) -> dict[str, list[Touch]]:
    """Every touch, by visitor. `domain` answers a site's host name."""
    names = ["visitor", *(column.name for column in touch.columns)]
    found: dict[str, list[Touch]] = {}
    for values in _touches.rows(conn, visitors, account_id=account_id):
        row = dict(zip(names, values, strict=True))
        source = Source(**{name: row[name] for name in _source_names})
        landing = urls.whole(row["landing"], domain(row["site_id"]))
        one = Touch(bytes(row["id"]), bytes(row["session_id"]), row["visitor"], row["site_id"], row["at"], source, landing)
        found.setdefault(one.visitor, []).append(one)
    return found
