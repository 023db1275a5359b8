"""Accounts and sites."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain import quiet
from ..domain.rollups import day_of
from . import rollups
from .hot import Hot
from .schema import account, retention, site


def _row(found: Any) -> dict[str, Any]:
    row = dict(found._mapping)
    row["hosts"] = json.loads(row["hosts"])
    row["kept"] = json.loads(row["kept"])
    return row


async def all(conn: AsyncConnection, account_id: int | None = None) -> list[dict[str, Any]]:
    """Sites of one account, or of every account, the oldest first; `hosts` and `kept` are lists."""
    asked = select(site).order_by(site.c.created_at, site.c.id)
    if account_id is not None:
        asked = asked.where(site.c.account_id == account_id)
    return [_row(found) for found in await conn.execute(asked)]


def is_current(row: Mapping[str, Any]) -> bool:
    """Whether a site is neither laid aside nor on its way out."""
    return row["archived_at"] is None


def is_leaving(row: Mapping[str, Any]) -> bool:
    """Whether a site is being deleted: then `archived_at` is negative, so that a stop in between is made good by the next start."""
    return (row["archived_at"] or 0) < 0


async def last_heard(conn: AsyncConnection, account_id: int, known: Iterable[Mapping[str, Any]]) -> int | None:
    """When any of these sites' tags was last heard, UTC milliseconds."""
    times = [await last_event(conn, account_id, row["id"]) for row in known]
    return max((at for at in times if at is not None), default=None)


async def last_event(conn: AsyncConnection, account_id: int, site_id: int) -> int | None:
    """When the site's tag was last heard, UTC milliseconds."""
    return await rollups.last_heard(conn, account_id, site_id)


async def quiet_since(conn: AsyncConnection, row: Mapping[str, Any], now: int) -> int | None:
    """When a site was last heard that usually would have been since; None where all is as usual."""
    last = await last_event(conn, row["account_id"], row["id"])
    if last is None or now - last < quiet.DAY:
        return None
    day, today = day_of(last, row["zone"]), day_of(now, row["zone"])
    views = await rollups.views_since(conn, row["account_id"], row["id"], day - quiet.LOOK_BACK)
    return last if quiet.is_quiet(day, today, views) else None


def find(conn: Connection, site_id: int) -> dict[str, Any] | None:
    """One site by its id, whosever it is."""
    found = conn.execute(select(site).where(site.c.id == site_id)).first()
    return None if found is None else _row(found)


_names = [column.name for column in site.columns]
_load = Hot(lambda _: select(site).where(site.c.account_id == bindparam("account_id")))


def load(conn: Connection, account_id: int) -> list[dict[str, Any]]:
    """The sites of one account."""
    rows = [dict(zip(_names, values, strict=True)) for values in _load.rows(conn, account_id=account_id)]
    return [row | {"hosts": json.loads(row["hosts"]), "kept": json.loads(row["kept"])} for row in rows]


def add(conn: Connection, row: dict[str, Any]) -> None:
    """A new site; `hosts` and `kept` are lists."""
    conn.execute(site.insert().values(**{**row, "hosts": json.dumps(row["hosts"]), "kept": json.dumps(row["kept"])}))


def accounts(conn: Connection) -> list[dict[str, Any]]:
    """Every account, the oldest first."""
    return [dict(found._mapping) for found in conn.execute(select(account).order_by(account.c.id))]


def add_account(conn: Connection, name: str, at: int, keep: dict[str, tuple[int, int]]) -> int:
    """A new account with its retention, kind → (months, days). Answers its id."""
    newest = conn.execute(select(func.max(account.c.id))).scalar() or 0
    conn.execute(account.insert().values(id=newest + 1, name=name, created_at=at))
    for kind, (months, days) in keep.items():
        conn.execute(retention.insert().values(account_id=newest + 1, site_id=0, kind=kind, months=months, days=days))
    return int(newest) + 1


def stale(conn: Connection, account_id: int) -> int:
    """The mark of the rebuild that an account waits for or is in; 0 for none."""
    return int(conn.execute(select(account.c.stale).where(account.c.id == account_id)).scalar() or 0)


def set_stale(conn: Connection, account_id: int, mark: int) -> None:
    """Says that an account's derived rows are to be made again, by the rebuild of that mark; or with 0 that they were."""
    conn.execute(account.update().where(account.c.id == account_id).values(stale=mark))


def set_hosts(conn: Connection, site_id: int, hosts: list[str]) -> None:
    """Other host names whose pages may carry a site's tag."""
    conn.execute(site.update().where(site.c.id == site_id).values(hosts=json.dumps(hosts)))


def lay_aside(conn: Connection, site_id: int, at: int | None) -> None:
    """Since when nothing is taken for a site (None: it is again; negative: it is being deleted)."""
    conn.execute(site.update().where(site.c.id == site_id).values(archived_at=at))


def change(conn: Connection, site_id: int, given: Mapping[str, Any]) -> None:
    """Writes some of a site's columns; `hosts` and `kept` are lists."""
    lists = {name: json.dumps(given[name]) for name in ("hosts", "kept") if name in given}
    conn.execute(site.update().where(site.c.id == site_id).values(**{**given, **lists}))
