"""Costs: imported files and their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.costs import Cost, Sum
from .hot import insert
from .schema import cost, cost_import

_add_import = insert(cost_import, conflict=["account_id", "id"])
_add = insert(cost, conflict=["account_id", "import_id", "line"])
_STEP = 5_000  # rows read at once
_WHAT = ("day", "source", "medium", "campaign", "currency")


def add_import(conn: Connection, account_id: int, id: bytes, name: str, at: int, actor: str, bad: int) -> None:
    """A file; one that is known is left as it was."""
    _add_import.many(conn, [{"account_id": account_id, "id": id, "name": name, "at": at, "actor": actor, "bad": bad}])


def add(conn: Connection, account_id: int, id: bytes, rows: Iterable[Cost]) -> None:
    """Rows of a file; known ones are left as they were."""
    _add.put(conn, [(account_id, id, *one) for one in rows])


def drop_some(conn: Connection, account_id: int, id: bytes, most: int) -> int | None:
    """Forgets the first rows of a file, and the file with the last of them. Answers how many; None where there is no such file."""
    mine = (cost.c.account_id == account_id, cost.c.import_id == id)
    first = conn.execute(select(func.min(cost.c.line)).where(*mine)).scalar()
    rows = 0 if first is None else conn.execute(delete(cost).where(*mine, cost.c.line < first + most)).rowcount
    if conn.execute(select(cost.c.line).where(*mine).limit(1)).first() is not None:
        return rows
    known = conn.execute(delete(cost_import).where(cost_import.c.account_id == account_id, cost_import.c.id == id)).rowcount
    return rows if known else None


async def imports(conn: AsyncConnection, account_id: int) -> list[dict[str, Any]]:
    """The files, the newest first, each with its `rows`, its first and last `day` and the `sums` of its amounts by currency."""
    files = select(cost_import).where(cost_import.c.account_id == account_id).order_by(cost_import.c.at.desc(), cost_import.c.id)
    found = {bytes(row.id): dict(row._mapping) | {"rows": 0, "first": None, "last": None, "sums": {}} for row in await conn.execute(files)}
    what = (func.count(), func.min(cost.c.day), func.max(cost.c.day), func.sum(cost.c.amount))
    mine = cost.c.account_id == account_id
    for id, currency, *told in await conn.execute(
        select(cost.c.import_id, cost.c.currency, *what).where(mine).group_by(cost.c.import_id, cost.c.currency)
    ):
        if bytes(id) not in found:
            continue  # it came between the two statements
        file, (rows, first, last, amount) = found[bytes(id)], told
        file["rows"] += rows
        file["first"] = first if file["first"] is None else min(first, file["first"])
        file["last"] = last if file["last"] is None else max(last, file["last"])
        file["sums"][currency] = int(amount)
    return list(found.values())


async def sums(conn: AsyncConnection, account_id: int, first: int, last: int) -> list[Sum]:
    """What each campaign cost in some days (since 1970), both included."""
    mine = (cost.c.account_id == account_id, cost.c.day >= first, cost.c.day <= last)
    by = (cost.c.source, cost.c.medium, cost.c.campaign, cost.c.currency)
    asked = select(*by, func.sum(cost.c.amount)).where(*mine).group_by(*by).order_by(*by)
    return [Sum(*row[:4], int(row[4])) for row in await conn.execute(asked)]


async def overlap(conn: AsyncConnection, account_id: int, id: bytes, rows: Sequence[Cost]) -> int:
    """How many of these rows speak of a day and a campaign that another file speaks of too."""
    if not rows:
        return 0
    first, last = min(one.day for one in rows), max(one.day for one in rows)
    mine = (cost.c.account_id == account_id, cost.c.import_id != id, cost.c.day >= first, cost.c.day <= last)
    left = Counter((one.day, one.source, one.medium, one.campaign, one.currency) for one in rows)
    found = 0
    async with conn.stream(select(*(cost.c[name] for name in _WHAT)).where(*mine).distinct()) as told:
        async for part in told.partitions(_STEP):  # many files may speak of these days: only this one's rows are held
            found += sum(left.pop(tuple(row), 0) for row in part)
    return found


async def is_known(conn: AsyncConnection, account_id: int, id: bytes) -> bool:
    """Whether a file was imported."""
    mine = (cost_import.c.account_id == account_id, cost_import.c.id == id)
    return (await conn.execute(select(cost_import.c.id).where(*mine))).first() is not None
