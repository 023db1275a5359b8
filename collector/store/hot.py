"""Statements of the collect path: written once in Core, compiled once a database, handed to the driver as text.

Core's own path costs 1.7 times the CPU a batch (measured); the texts and their meaning are the same. On SQLite the driver's
own errors come up (sqlite3.Error), on PostgreSQL SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from . import sealed
from .sealed import Passing

_SIZES = (1, 4, 16, 64, 256, 1024)
_NAMES = [f"in_{place}" for place in range(_SIZES[-1])]

_Pick = Callable[[Mapping[str, Any]], tuple[Any, ...]]
_Compiled = tuple[str, _Pick, dict[str, Any], Passing | None]


class Hot:
    """One statement with named values; `many` runs it for each row, in one call to the driver."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        self._build = build
        self._texts: dict[str, _Compiled] = {}

    def _compiled(self, conn: Connection) -> _Compiled:
        name = conn.dialect.name
        found = self._texts.get(name)
        if found is None:
            statement = self._build(sqlite if name == "sqlite" else postgresql)
            compiled: Any = statement.compile(dialect=conn.dialect)
            pick = _picking(compiled.positiontup or ())
            found = self._texts[name] = (str(compiled), pick, dict(compiled.params), sealed.passing(statement, compiled))
        return found

    def many(self, conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Runs for every row (a dict with all names of the statement)."""
        if rows:
            text, pick, _fixed, passing = self._compiled(conn)
            given = [pick(row) for row in rows]
            if passing is not None and (ring := sealed.of(conn.dialect)) is not None:
                given = passing.sealed(ring, given)
            driver = _sqlite_driver(conn)
            if driver is None:
                conn.exec_driver_sql(text, given)
            else:
                driver.executemany(text, given)

    def put(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> int | None:
        """Runs for every row, given in the order in which the statement names its values: of an insert, the table's columns.

        Answers how many rows were written, where the driver says so.
        """
        if not rows:
            return 0
        text, _pick, _fixed, passing = self._compiled(conn)
        if passing is not None and (ring := sealed.of(conn.dialect)) is not None:
            rows = passing.sealed(ring, rows)
        driver = _sqlite_driver(conn)
        if driver is None:
            conn.exec_driver_sql(text, list(rows))
            return None
        written: int = driver.executemany(text, rows).rowcount
        return written

    def rows(self, conn: Connection, **values: Any) -> Sequence[Any]:
        """Runs once and answers all rows."""
        text, pick, fixed, passing = self._compiled(conn)
        given = pick({**fixed, **values})
        ring = None if passing is None else sealed.of(conn.dialect)
        if passing is not None and ring is not None:
            (given,) = passing.sealed(ring, [given])
        driver = _sqlite_driver(conn)
        found: Sequence[Any] = conn.exec_driver_sql(text, given).fetchall() if driver is None else driver.execute(text, given).fetchall()
        return found if passing is None or ring is None else passing.opened(ring, found)


def _sqlite_driver(conn: Connection) -> Any:
    """The driver's own connection, inside a transaction that SQLAlchemy began; None where only SQLAlchemy may speak."""
    return conn.connection.driver_connection if conn.dialect.driver == "pysqlite" and conn.in_transaction() else None


def _picking(names: Sequence[str]) -> _Pick:
    """Takes the values of a row in the order in which the statement names them."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple([row[name] for name in names])


def insert(table: Table, *, conflict: Sequence[str] | None = None, update: Iterable[str] = ()) -> Hot:
    """An insert of whole rows. `conflict` names the key; a known key is left alone, or `update`d in those columns."""
    names = [column.name for column in table.columns]

    def build(dialect: Any) -> Any:
        made = dialect.insert(table).values({name: bindparam(name) for name in names})
        if conflict is None:
            return made
        changed = {name: made.excluded[name] for name in update}
        if changed:
            return made.on_conflict_do_update(index_elements=conflict, set_=changed)
        return made.on_conflict_do_nothing(index_elements=conflict)

    return Hot(build)


def upsert(table: Table, *, lasting: Sequence[str] = ()) -> Hot:
    """An insert of whole rows that replaces the row of the same primary key. `lasting` columns follow from the key and are
    left alone: an index over them need not be touched."""
    key = [column.name for column in table.primary_key.columns]
    return insert(table, conflict=key, update=[column.name for column in table.columns if column.name not in (*key, *lasting)])


class HotIn:
    """A select whose `column IN (values)` grows in a few sizes, so that each size is compiled and planned once."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        """`build` is given the list of bind parameters for the IN and answers the select; other values are named."""
        self._build = build
        self._hot: dict[int, Hot] = {}

    def rows(self, conn: Connection, values: Iterable[Any], **fixed: Any) -> list[Any]:
        """All rows for all values; values may be many."""
        asked = list(dict.fromkeys(values))
        found: list[Any] = []
        for start in range(0, len(asked), _SIZES[-1]):
            part = asked[start : start + _SIZES[-1]]
            size = next(size for size in _SIZES if size >= len(part))
            hot = self._hot.get(size)
            if hot is None:
                binds: list[Any] = [bindparam(name) for name in _NAMES[:size]]
                hot = self._hot[size] = Hot(lambda _dialect, binds=binds: self._build(binds))  # type: ignore[misc]
            padded = part + [part[-1]] * (size - len(part))
            found.extend(hot.rows(conn, **fixed, **dict(zip(_NAMES, padded, strict=False))))
        return found


def by(table: Table, column: str, *wanted: str) -> HotIn:
    """Rows of one account by a list of values of one column; all columns, or the wanted ones."""
    columns = [table.c[name] for name in wanted] or list(table.columns)
    return HotIn(lambda binds: select(*columns).where(table.c.account_id == bindparam("account_id"), table.c[column].in_(binds)))
