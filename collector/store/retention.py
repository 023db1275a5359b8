"""How long each kind is kept, by account and site; and how much is older than that, before anything goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select

from ..domain.retention import Limit
from . import schema as s

COUNTED = 100_000  # of a kind; what is more is said to be more


class Borders(NamedTuple):
    """Before which time something is old, UTC milliseconds: of most sites, and of those with a limit of their own."""

    most: int
    of: Mapping[int, int] = {}

    @property
    def newest(self) -> int:
        """Whatever is not older than this is not old anywhere."""
        return max([self.most, *self.of.values()])

    def old(self, site: ColumnElement[int], at: ColumnElement[int]) -> ColumnElement[bool]:
        """Which rows are old."""
        if not self.of:
            return at < self.most
        own = [and_(site == one, at < before) for one, before in self.of.items()]
        return or_(and_(site.not_in(list(self.of)), at < self.most), *own)


def limits(conn: Connection, account_id: int) -> dict[int, dict[str, Limit]]:
    """By site, 0 for the account's own, then by kind: (months, days)."""
    found: dict[int, dict[str, Limit]] = {}
    for row in conn.execute(select(s.retention).where(s.retention.c.account_id == account_id)).mappings():
        found.setdefault(row["site_id"], {})[row["kind"]] = (row["months"], row["days"])
    return found


def put(conn: Connection, account_id: int, site_id: int, kind: str, limit: Limit | None) -> None:
    """How long a kind is kept from now on; None: a site is as its account."""
    key = {"account_id": account_id, "site_id": site_id, "kind": kind}
    conn.execute(delete(s.retention).where(*(s.retention.c[name] == value for name, value in key.items())))
    if limit is not None:
        conn.execute(s.retention.insert().values(**key, months=limit[0], days=limit[1]))


def due(conn: Connection, account_id: int, kind: str, borders: Borders, month: int) -> dict[int, int]:
    """By site how many rows of a kind are old: at most `COUNTED` of them together. `month`: no older event is of a later one."""
    old = _old(account_id, kind, borders, month).limit(COUNTED).subquery()
    return {row[0]: row[1] for row in conn.execute(select(old.c.site_id, func.count()).group_by(old.c.site_id))}


def _old(account_id: int, kind: str, borders: Borders, month: int) -> Select[Any]:
    """The sites of old rows of a kind, a row each."""
    table, at = _OF[kind]
    old = and_(table.c.account_id == account_id, borders.old(table.c.site_id, at))
    if kind in ("history", "audience"):
        known = s.event.c.visitor.is_not(None) if kind == "history" else s.event.c.visitor.is_(None)
        old = and_(old, s.event.c.month <= month, known)
    elif kind == "strays":
        listed = exists().where(
            s.conversion.c.account_id == account_id, s.conversion.c.id == s.submission.c.id,
            s.lead.c.account_id == account_id, s.lead.c.id == s.conversion.c.lead_id,
        )  # fmt: skip
        old = and_(old, ~listed)
    return select(table.c.site_id).where(old)


_OF: dict[str, tuple[Any, Any]] = {
    "leads": (s.lead, s.lead.c.last_seen_at),
    "strays": (s.submission, s.submission.c.at),
    "history": (s.event, s.event.c.at),
    "audience": (s.event, s.event.c.at),
    "refused": (s.refused, s.refused.c.received_at),
}
