"""Goals, each change a row; and where visitors reached them: derived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.goals import Version
from ..domain.journeys import Reached
from .hot import Hot, by, upsert
from .schema import goal, reached

_columns = ("goal_id", "at", "name", "kind", "pattern", "site_id", "value", "currency", "active")
_versions = select(*(goal.c[name] for name in _columns)).order_by(goal.c.goal_id, goal.c.at)
_load = Hot(lambda _: _versions.where(goal.c.account_id == bindparam("account_id")))
_reached_names = Reached._fields
_by_visitor = by(reached, "visitor", *_reached_names)
_by_session = by(reached, "session_id", "session_id", "goal_id")
_save = upsert(reached)
_drop = Hot(
    lambda _: delete(reached).where(
        reached.c.account_id == bindparam("a"), reached.c.session_id == bindparam("s"), reached.c.goal_id == bindparam("g")
    )
)


def load(conn: Connection, account_id: int) -> tuple[Version, ...]:
    """Every change of every goal, in the order of goals and times."""
    return tuple(Version(bytes(row[0]), *row[1:]) for row in _load.rows(conn, account_id=account_id))


async def versions(conn: AsyncConnection, account_id: int) -> list[Version]:
    """The same, for readers."""
    return [Version(bytes(row[0]), *row[1:]) for row in await conn.execute(_versions.where(goal.c.account_id == account_id))]


def add(conn: Connection, account_id: int, version: Version, actor: str) -> None:
    """Appends a change."""
    row = dict(zip(_columns, version, strict=True))
    conn.execute(goal.insert().values(account_id=account_id, actor=actor, **row))


def reached_by(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[Reached]]:
    """What visitors reached, in order."""
    found: dict[str, list[Reached]] = {}
    for row in _by_visitor.rows(conn, visitors, account_id=account_id):
        one = Reached(bytes(row[0]), bytes(row[1]), *row[2:])
        found.setdefault(one.visitor, []).append(one)
    return {visitor: sorted(told, key=lambda one: (one.at, one.session_id, one.goal_id)) for visitor, told in found.items()}


def known(conn: Connection, account_id: int, sessions: Iterable[bytes]) -> set[tuple[bytes, bytes]]:
    """(session, goal) of what was reached in sessions."""
    return {(bytes(row[0]), bytes(row[1])) for row in _by_session.rows(conn, sessions, account_id=account_id)}


def save(conn: Connection, account_id: int, made: Iterable[Reached]) -> None:
    """Inserts or replaces."""
    _save.put(conn, [(account_id, *one) for one in made])


def drop(conn: Connection, account_id: int, gone: Sequence[Reached]) -> None:
    """Forgets that goals were reached."""
    _drop.many(conn, [{"a": account_id, "s": one.session_id, "g": one.goal_id} for one in gone])
