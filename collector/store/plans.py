"""What SQLite's planner must be told of the indices.

Without figures it takes an account for ten rows and walks through all of them where an IN over an index would do; ANALYZE
says nothing of empty tables. So sqlite_stat1 is written by us, with the figures of a large account: the plans are good from
the first row on, and the same everywhere. PostgreSQL finds out by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, UniqueConstraint

from .schema import indexes, metadata

_ROWS = 1_000_000
# Rows with one value; of any other column a few.
_SHARING = {"account_id": _ROWS, "site_id": _ROWS // 10, "month": _ROWS // 10, "kind": _ROWS // 10}
_FEW = 8


def teach(conn: Connection) -> None:
    """Writes the figures of every index of the tables that belong to an account (sqlite.org/fileformat2.html, 2.6.4)."""
    if conn.dialect.name != "sqlite":
        return
    conn.exec_driver_sql("ANALYZE sqlite_schema")  # makes sqlite_stat1
    conn.exec_driver_sql("DELETE FROM sqlite_stat1")
    told = [row for table in metadata.sorted_tables if "account_id" in table.primary_key.columns for row in _figures(table)]
    conn.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", told)
    conn.exec_driver_sql("ANALYZE sqlite_schema")  # reads it


def _figures(table: Table) -> list[tuple[str, str, str]]:
    """Rows of sqlite_stat1. SQLite calls the index of a primary key like its table, and numbers those of UNIQUE from 2."""
    rows = [(table.name, table.name, _figure(table.primary_key.columns.keys(), unique=True))]
    rows += [(table.name, str(index.name), _figure(index.columns.keys(), unique=False)) for index in indexes(table, "sqlite")]
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    for place, one in enumerate(unique, 2):
        rows.append((table.name, f"sqlite_autoindex_{table.name}_{place}", _figure(one.columns.keys(), unique=True)))
    return rows


def _figure(columns: Sequence[str], *, unique: bool) -> str:
    """The number of rows, then for each column how many rows share it and those before it."""
    shared, found = _ROWS, [_ROWS]
    for column in columns:
        shared = min(shared, _SHARING.get(column, _FEW))
        found.append(shared)
    if unique:
        found[-1] = 1
    return " ".join(map(str, found))
