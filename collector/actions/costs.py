"""Costs: a file is imported once, however often it is given, and taken out again as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain import costs
from ..domain.costs import Cost
from ..domain.paths import BadRow
from ..store import costs as kept

STEP = 2_000  # rows in one transaction
TOLD = 20  # bad rows that are named; all are counted


class Unknown(LookupError):
    """There is no such import."""


def add_some(conn: Connection, account: int, id: bytes, name: str, rows: Sequence[Cost], *, bad: int, actor: str, now: int) -> None:
    """An action: a part of a file's rows. Those that are there are left."""
    kept.add_import(conn, account, id, name, now, actor, bad)
    kept.add(conn, account, id, rows)


async def take(
    run: Callable[..., Awaitable[Any]], conn: AsyncConnection, account: int, file: bytes, *, name: str, currency: str, actor: str, now: int
) -> dict[str, Any]:
    """Imports a file by steps; `run` is the writer's, `conn` a reader's.

    Answers its `id`, how many `rows` were read and `bad` ones left out (`wrong` names the first), whether the file was
    `known`, and how many rows `overlap` what other files say. Of a file whose head is bad, that has too many rows or no good one,
    nothing is kept: `id` is empty then.
    """
    read = await asyncio.to_thread(lambda: list(costs.read(file, currency)))  # seconds, for the largest: the loop has others to serve
    rows = [one for one in read if isinstance(one, Cost)]
    wrong = [one for one in read if isinstance(one, BadRow)]
    id = costs.key_of(file)
    if wrong and costs.refuses(wrong[-1]):
        wrong = wrong[-1:]
    if not rows or (wrong and costs.refuses(wrong[-1])):
        return {"id": "", "rows": 0, "bad": len(wrong), "known": False, "overlap": 0, "wrong": wrong[:TOLD]}
    known = await kept.is_known(conn, account, id)
    overlap = await kept.overlap(conn, account, id, rows)
    name = "".join(char for char in name if char.isprintable())[:200]
    for start in range(0, len(rows), STEP):
        await run(add_some, account, id, name, rows[start : start + STEP], bad=len(wrong), actor=actor, now=now)
    return {"id": id.hex(), "rows": len(rows), "bad": len(wrong), "known": known, "overlap": overlap, "wrong": wrong[:TOLD]}


def remove_some(conn: Connection, account: int, id: bytes) -> int | None:
    """An action: takes a part of an import out, the last one with its name. Answers how many rows went, None where it is not known."""
    return kept.drop_some(conn, account, id, STEP)


async def remove(run: Callable[..., Awaitable[Any]], account: int, id: bytes) -> int:
    """Takes an import out by steps; `run` is the writer's. Answers how many rows went. Raises Unknown."""
    rows, gone = 0, await run(remove_some, account, id)
    if gone is None:
        raise Unknown(id.hex())
    while gone is not None:
        rows += gone
        gone = await run(remove_some, account, id)
    return rows
