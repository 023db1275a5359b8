"""Types of columns that are sealed where the process has a ring of keys (`store.ring`); without one they are plain Text and bytes.

SQLAlchemy asks a type once a database how its values go in and out; the hot statements, which pass it by, ask `passing`. The ring hangs
on the engine's dialect, which is its own. An empty value stays empty. What cannot be opened is told by name (`Ring.damaged`) and reads as
DAMAGED, or as nothing where JSON is expected, so that it costs no other row.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, LargeBinary, Select, Table, Text, type_coerce
from sqlalchemy.types import TypeDecorator

from ..domain.edits import STATUSES
from ..domain.seals import Key

DAMAGED = "\ufffd"
_AT = "webleads_ring"


class Ring(Protocol):
    """What types ask of a ring of keys."""

    keys: dict[str, Key]
    active: Key | None

    def opened(self, place: str, value: str) -> str | None:
        """A text as it was; None where it cannot be opened."""

    def opened_bytes(self, place: str, value: bytes) -> bytes | None:
        """The same of bytes."""


def put_on(dialect: Any, ring: Ring | None) -> None:
    """Gives an engine's dialect the ring that its values pass by; before its first statement."""
    if ring is not None:
        setattr(dialect, _AT, ring)


def of(dialect: Any) -> Any:
    """The ring of an engine's dialect; None where nothing is ever sealed."""
    return getattr(dialect, _AT, None)


class _Type(TypeDecorator[Any]):
    """`place` is the column's name with its table's; the schema sets it."""

    place = ""
    cache_ok = True

    @abstractmethod
    def goes_in(self, ring: Ring, value: Any) -> Any:
        """What is stored."""

    @abstractmethod
    def comes_out(self, ring: Ring, value: Any) -> Any:
        """What it was."""

    def bind_processor(self, dialect: Any) -> Any:
        """See SQLAlchemy."""
        plain = self.impl_instance.bind_processor(dialect)
        return _passes(of(dialect), self.goes_in, plain, first=True)

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        """See SQLAlchemy."""
        plain = self.impl_instance.result_processor(dialect, coltype)
        return _passes(of(dialect), self.comes_out, plain, first=False)


def _passes(ring: Ring | None, way: Callable[[Ring, Any], Any], plain: Callable[[Any], Any] | None, *, first: bool) -> Any:
    if ring is None:
        return plain
    if plain is None:
        return lambda value: way(ring, value)
    return (lambda value: plain(way(ring, value))) if first else (lambda value: way(ring, plain(value)))


class Sealed(_Type):
    """A text that a person typed, or is called."""

    impl = Text
    cache_ok = True
    damaged = DAMAGED

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    def takes(self, value: str) -> bool:
        """Whether a value of this column is sealed."""
        return value != ""

    def goes_in(self, ring: Ring, value: Any) -> Any:
        """See `_Type`."""
        return ring.active.seal(self.place, value) if ring.active is not None and value is not None and self.takes(value) else value

    def comes_out(self, ring: Ring, value: Any) -> Any:
        """See `_Type`."""
        if value is None:
            return None
        opened = ring.opened(self.place, value)
        return self.damaged if opened is None else opened


class SealedObject(Sealed):
    """A JSON object."""

    cache_ok = True
    damaged = "{}"


class SealedList(Sealed):
    """A JSON list."""

    cache_ok = True
    damaged = "[]"

    def takes(self, value: str) -> bool:
        """See `Sealed`."""
        return value not in ("", "[]")


class SealedEdit(Sealed):
    """What an edit says. A status is no person's, and is asked for by name."""

    cache_ok = True

    def takes(self, value: str) -> bool:
        """See `Sealed`."""
        return value != "" and value not in STATUSES


class SealedTraits(Sealed):
    """An event's data, of which only what a site says of a person is sealed: the traits of `identify` (`store.events.packed`)."""

    cache_ok = True
    damaged = ""

    def takes(self, value: str) -> bool:
        """See `Sealed`."""
        return value.startswith(("[{", '{"traits"'))


class SealedBytes(_Type):
    """Bytes that came from a browser."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    def goes_in(self, ring: Ring, value: Any) -> Any:
        """See `_Type`."""
        return ring.active.seal_bytes(self.place, bytes(value)) if ring.active is not None and value else value

    def comes_out(self, ring: Ring, value: Any) -> Any:
        """See `_Type`."""
        if not value:
            return value
        opened = ring.opened_bytes(self.place, bytes(value))
        return b"" if opened is None else opened


def columns(table: Table) -> dict[str, Sealed | SealedBytes]:
    """The columns of a table that are sealed where sealing is on, with their types."""
    return {column.name: column.type for column in table.columns if isinstance(column.type, Sealed | SealedBytes)}


def is_one_of(dialect: Any, column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a sealed column has one of these values, open or sealed with any key."""
    wanted = list(values)
    ring: Ring | None = of(dialect)
    if ring is None:
        return column.in_(wanted)
    place = column.type.place  # type: ignore[attr-defined]
    return type_coerce(column, Text).in_([*wanted, *(key.seal(place, value) for key in ring.keys.values() for value in wanted if value)])


# The hot statements --------------------------------------------------------------------------------------------------

_Place = tuple[int, _Type]


class Passing(NamedTuple):
    """The values of a compiled statement that pass by a ring: among those given, and among those of a row."""

    given: tuple[_Place, ...]
    read: tuple[_Place, ...]

    def sealed(self, ring: Ring, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows as they are stored."""
        return [_changed(self.given, ring, row, _in) for row in rows] if self.given and ring.active is not None else list(rows)

    def opened(self, ring: Ring, rows: Sequence[Any]) -> Sequence[Any]:
        """Rows as they were."""
        return [_changed(self.read, ring, row, _out) for row in rows] if self.read else rows


def _in(kind: _Type, ring: Ring, value: Any) -> Any:
    return kind.goes_in(ring, value)


def _out(kind: _Type, ring: Ring, value: Any) -> Any:
    return kind.comes_out(ring, value)


def _changed(places: Iterable[_Place], ring: Ring, row: Sequence[Any], way: Callable[[_Type, Ring, Any], Any]) -> tuple[Any, ...]:
    made = list(row)
    for place, kind in places:
        made[place] = way(kind, ring, made[place])
    return tuple(made)


def passing(statement: Any, compiled: Any) -> Passing | None:
    """Which values of a statement are those of sealed columns; None where none are."""
    given = [(place, kind) for place, name in enumerate(compiled.positiontup or ()) if isinstance(kind := compiled.binds[name].type, _Type)]
    asked = statement.selected_columns if isinstance(statement, Select) else ()
    read = [(place, column.type) for place, column in enumerate(asked) if isinstance(column.type, _Type)]
    return Passing(tuple(given), tuple(read)) if given or read else None
