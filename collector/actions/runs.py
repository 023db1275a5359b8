"""Reports that somebody kept: their figures stay as they were told, whatever is known later.

A name that was one person's alone goes when that person is erased.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from ..domain import referrers
from ..domain.journeys import ADS
from ..domain.rollups import REST
from ..store import journeys, reports, rollups

_SUMS = ("conversions", "value")


def keep(
    conn: Connection, account: int, *, id: bytes, name: str, asked: str, figures: str, code: str, actor: str, now: int
) -> dict[str, Any]:
    """An action: keeps a report; `asked` and `figures` are JSON, `code` the product's version."""
    row = {"account_id": account, "id": id, "at": now, "name": name.strip()[:200], "actor": actor, "asked": asked}
    reports.keep(conn, row | {"rules": referrers.VERSION, "code": code, "figures": figures})
    return {"id": id.hex(), "name": row["name"]}


def names(conn: Connection, account: int, leads: Collection[bytes]) -> set[str]:
    """The sources and campaigns by which leads came."""
    return journeys.names(conn, account, leads)


def forget(conn: Connection, account: int, gone: Collection[str]) -> None:
    """After an erasure: those of these names that nobody else came by are told as the rest in kept figures."""
    told = [(row, json.loads(row["figures"])) for row in reports.all_kept(conn, account)] if gone else []
    spoken = {_bare(line) for _row, figures in told for line in figures["lines"] if figures["by"] != "channel"} & set(gone)
    alone = spoken - rollups.spoken(conn, account, spoken)
    for row, figures in told:
        if figures["by"] != "channel" and any(_bare(line) in alone for line in figures["lines"]):
            figures["lines"] = _without(figures["lines"], alone)
            reports.write(conn, account, row["id"], json.dumps(figures))


def _bare(line: dict[str, Any]) -> str:
    """The source or campaign of a line."""
    return str(line["name"]).removesuffix(ADS)


def _without(lines: list[dict[str, Any]], alone: set[str]) -> list[dict[str, Any]]:
    kept = [line for line in lines if _bare(line) not in {*alone, REST}]
    rest = [line for line in lines if _bare(line) in {*alone, REST}]
    sums: dict[str, Any] = {name: sum(line[name] for line in rest) for name in _SUMS}
    costs = [line["cost"] for line in rest if line["cost"] is not None]
    return [*kept, {"name": REST, **sums, "cost": sum(costs) if costs else None, "cost_per": None, "return": None}]
