"""Stored values sealed, sealed with another key, or opened: table by table, a few rows a step, and any number of times."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection, Table, bindparam, func, select, tuple_

from ..domain.leads import Sought, search_text
from ..domain.seals import Key, name_of, name_of_bytes
from . import sealed, words
from .ring import Ring
from .schema import event, lead, metadata
from .sealed import Sealed, SealedBytes

TABLES = {table.name: table for table in metadata.sorted_tables if sealed.columns(table)}


class Step(NamedTuple):
    """What a step did: where the next one begins (None: the table is done), rows seen, rows changed, values that could not be opened."""

    after: tuple[Any, ...] | None
    seen: int
    changed: int
    damaged: int


def size(conn: Connection, name: str) -> int:
    """How many rows a table has."""
    return int(conn.execute(select(func.count()).select_from(TABLES[name])).scalar() or 0)


def step(conn: Connection, ring: Ring, to: Key | None, name: str, after: tuple[Any, ...] | None, most: int) -> Step:
    """An action: the next rows of a table in order, their values as they are to be stored. What cannot be opened stays as it is."""
    table = TABLES[name]
    raw, key, kinds = _raw(table), table.primary_key.columns.keys(), sealed.columns(table)
    order = [raw.c[column] for column in key]
    asked = select(raw).order_by(*order).limit(most)
    if table is not event:  # no event is ever changed, and a lock is a write
        asked = asked.with_for_update()
    if after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*after))
    rows = [dict(row) for row in conn.execute(asked).mappings()]
    changes: list[dict[str, Any]] = []
    damaged = 0
    for row in rows:
        made = {column: _stored(ring, to, kind, row[column]) for column, kind in kinds.items()}
        damaged += sum(1 for one in made.values() if one is None)
        new = {column: one[0] for column, one in made.items() if one is not None and one[0] != row[column]}
        if new or (table is lead and words.is_mark(row["search"]) != (to is not None)):
            changes.append(row | new)
    if table is lead and changes:
        _search(conn, ring, to, changes)
    if changes:
        written = _written(table)
        put = sa.update(raw).where(*(raw.c[column] == bindparam(f"key_{column}") for column in key))
        named = [{f"key_{one}": row[one] for one in key} | {f"new_{one}": row[one] for one in written} for row in changes]
        conn.execute(put.values({one: bindparam(f"new_{one}") for one in written}), named)
    last = tuple(rows[-1][column] for column in key) if len(rows) == most else None
    return Step(last, len(rows), len(changes), damaged)


def _written(table: Table) -> list[str]:
    return [*sealed.columns(table), *(["search"] if table is lead else [])]


def _raw(table: Table) -> Any:
    """The table with its columns as they are stored: nothing passes by the ring."""
    plain = [
        sa.column(column.name, column.type.impl_instance if isinstance(column.type, Sealed | SealedBytes) else column.type)
        for column in table.columns
    ]
    chosen = {*table.primary_key.columns.keys(), *_written(table), *(Sought._fields if table is lead else ())}
    return sa.table(table.name, *(column for column in plain if column.name in chosen))


def read(conn: Connection, ring: Ring, name: str, after: tuple[Any, ...] | None, most: int) -> tuple[tuple[Any, ...] | None, Counter[str]]:
    """Looks at the next rows of a table. Answers where the next look begins, and how many values are sealed, open and damaged."""
    table = TABLES[name]
    raw, kinds = _raw(table), sealed.columns(table)
    order = [raw.c[column] for column in table.primary_key.columns.keys()]  # noqa: SIM118 (not a dict)
    asked = select(raw).order_by(*order).limit(most)
    if after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*after))
    rows = [dict(row) for row in conn.execute(asked).mappings()]
    counts: Counter[str] = Counter()
    for row in rows:
        for column, kind in kinds.items():
            if row[column]:
                counts[_state(ring, kind, row[column])] += 1
    return (tuple(rows[-1][column.name] for column in order) if len(rows) == most else None), counts


def _state(ring: Ring, kind: Sealed | SealedBytes, value: Any) -> str:
    if isinstance(kind, SealedBytes):
        name, plain = name_of_bytes(bytes(value)), ring.opened_bytes(kind.place, bytes(value)) is not None
        return ("sealed" if name in ring.keys else "open") if plain else "damaged"
    if name_of(value) is None:
        return "open" if kind.takes(value) else "exempt"
    return "damaged" if ring.opened(kind.place, value) is None else "sealed"


def _stored(ring: Ring, to: Key | None, kind: Sealed | SealedBytes, value: Any) -> tuple[Any] | None:
    """What is to be stored in a value's place; None where it cannot be opened."""
    if not value:
        return (value,)
    if isinstance(kind, SealedBytes):
        name = name_of_bytes(bytes(value))
        if to is not None and name == to.name:
            return (value,)
        plain = ring.opened_bytes(kind.place, bytes(value))
        return None if plain is None else (to.seal_bytes(kind.place, plain) if to is not None else plain,)
    if to is not None and name_of(value) == to.name:
        return (value,)
    text = ring.opened(kind.place, value)
    return None if text is None else (to.seal(kind.place, text) if to is not None and kind.takes(text) else text,)


def _search(conn: Connection, ring: Ring, to: Key | None, rows: list[dict[str, Any]]) -> None:
    """The search text of leads, or their words in the blind index."""
    kinds = sealed.columns(lead)
    told: dict[int, dict[bytes, Sought]] = {}
    for row in rows:
        values = (kinds[name].comes_out(ring, row[name]) if name in kinds else row[name] for name in Sought._fields)
        told.setdefault(row["account_id"], {})[bytes(row["id"])] = one = Sought(*values)
        row["search"] = words.mark(to, row["account_id"], one) if to is not None else search_text(one)
    for account_id, leads in told.items():
        words.drop(conn, account_id, list(leads))
        if to is not None:
            words.add(conn, account_id, leads, to)
