"""Paths: the touches that came before a conversion, or before none; their look-back, their transforms, and files of them.

A path is told by names of touches, the oldest first: channels, or whatever the caller counts by. `Direct` is the only
name with a meaning (last non-direct passes over it).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

DIRECT = "Direct"
NO_TOUCH = "Unassigned (no touch)"  # gets what journeys without a touch brought, so that nothing is lost
DAY = 86_400_000  # milliseconds

COLUMNS = ("path", "conversions", "value", "nulls")
JOINT = " > "
LARGEST = 1e15  # of a number in a file: sums stay exact enough to be worth printing
_NUMBER = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_SHOWN = 40  # characters of a bad cell


class Path(NamedTuple):
    """Journeys that took the same way.

    `days` tells of each touch how long before the end of the journey it was, never rising; it may be left out, empty, for
    models that do not ask. `conversions` journeys ended
    with one, worth `value` in all; `nulls` ended without. `milestones` are days before the end: lead, opportunity, close;
    None for one that was not reached.
    """

    touches: tuple[str, ...]
    days: tuple[float, ...]
    conversions: float = 1.0
    value: float = 0.0
    nulls: float = 0.0
    milestones: tuple[float | None, ...] = ()


class Transform(NamedTuple):
    """A rule that shortens paths, by one of TRANSFORMS; `touch` is the name that a removing rule removes."""

    name: str
    touch: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.touch})" if self.touch else self.name


def transform_of(text: str) -> Transform | None:
    """What `str` wrote of a transform, or None."""
    found = re.fullmatch(r"(\w+)(?:\((.+)\))?", text)
    if found is None or found[1] not in TRANSFORMS or bool(found[2]) != found[1].startswith("remove"):
        return None
    return Transform(found[1], found[2] or "")


class BadRow(NamedTuple):
    """What is wrong in a file: its row (the head is 1), a reason (a code), the column, and what stood there."""

    row: int
    reason: str
    column: str = ""
    text: str = ""


def journey(
    touches: Iterable[tuple[str, int]], at: int, *, converted: bool = True, value: float = 0, milestones: Iterable[int | None] = ()
) -> Path:
    """The path of one journey that ended at `at`: (name, time) of its touches in order, times in UTC milliseconds.

    Touches after its end are not of it.
    """
    known = [(name, (at - when) / DAY) for name, when in touches if when <= at]
    return Path(
        tuple(name for name, _days in known),
        tuple(days for _name, days in known),
        float(converted),
        value,
        float(not converted),
        tuple(None if when is None or when > at else (at - when) / DAY for when in milestones),
    )


def within(path: Path, lookback: float | None) -> Path:
    """The path with its touches of the last `lookback` days only, both ends counted; None keeps all."""
    if lookback is None or not path.days or path.days[0] <= lookback:
        return path
    start = next((place for place, days in enumerate(path.days) if days <= lookback), len(path.days))
    return path._replace(touches=path.touches[start:], days=path.days[start:])


def transformed(path: Path, transforms: Iterable[Transform]) -> Path:
    """The path after each transform in turn; of touches that fall together the oldest stays."""
    for transform in transforms:
        kept = TRANSFORMS[transform.name](path.touches, transform.touch)
        if len(kept) < len(path.touches):
            days = tuple(path.days[i] for i in kept) if path.days else ()
            path = path._replace(touches=tuple(path.touches[i] for i in kept), days=days)
    return path


def _exposure(touches: tuple[str, ...], _touch: str) -> list[int]:
    return [place for place, name in enumerate(touches) if not place or name != touches[place - 1]]


def _first(touches: tuple[str, ...], _touch: str) -> list[int]:
    seen: dict[str, int] = {}
    for place, name in enumerate(touches):
        seen.setdefault(name, place)
    return list(seen.values())


def _without_last(touches: tuple[str, ...], touch: str) -> list[int]:
    end = len(touches)
    while end and touches[end - 1] == touch:
        end -= 1
    return list(range(end or len(touches)))


def _without(touches: tuple[str, ...], touch: str) -> list[int]:
    return [place for place, name in enumerate(touches) if name != touch] or list(range(len(touches)))


# The names are Snowplow's. Each answers the places of the touches that stay.
TRANSFORMS: dict[str, Callable[[tuple[str, ...], str], list[int]]] = {
    "unique": lambda touches, _touch: list(range(len(touches))),
    "exposure": _exposure,
    "first": _first,
    "remove_if_last_and_not_all": _without_last,
    "remove_if_not_all": _without,
}


def read(lines: Iterable[bytes]) -> Iterator[Path | BadRow]:
    """The paths of a CSV file with the columns COLUMNS, or what is wrong with it, and then nothing more.

    UTF-8 with or without a byte order mark; cells are parted by commas, or by semicolons where the first row is. Columns
    stand in any order and others are passed over, blank rows too. Touch i of n lies n - i days before the end; `direct`
    and `(direct)` in any case are DIRECT; an empty path has no touch.
    """
    row = 0
    try:
        texts = (line.decode() for line in lines)
        head = next(texts, "").removeprefix("\ufeff")
        delimiter = ";" if head.count(";") > head.count(",") else ","
        cells = csv.reader(_after(head, texts), delimiter=delimiter, strict=True)
        names = [name.strip().lower() for name in next(cells, [])]
        row = 1
        if wrong := _bad_head(names):
            yield wrong
            return
        places = [names.index(name) for name in COLUMNS]
        known: dict[str, str] = {}
        for row, found in enumerate(cells, 2):
            if found:
                made = _path(row, found, places, len(names), known)
                yield made
                if isinstance(made, BadRow):
                    return
    except UnicodeDecodeError:
        yield BadRow(row + 1, "not-utf-8")
    except csv.Error as wrong:
        yield BadRow(row + 1, "not-csv", text=str(wrong))


def _after(head: str, texts: Iterator[str]) -> Iterator[str]:
    yield head
    yield from texts


def _bad_head(names: list[str]) -> BadRow | None:
    if not any(names):
        return BadRow(1, "no-head")
    for name in COLUMNS:
        if (count := names.count(name)) != 1:
            return BadRow(1, "double-column" if count else "missing-column", name)
    return None


def _path(row: int, cells: list[str], places: list[int], width: int, known: dict[str, str]) -> Path | BadRow:
    if len(cells) != width:
        return BadRow(row, "cells")
    text = cells[places[0]]
    touches = _touches(text, known)
    if touches is None:
        return BadRow(row, "bad-path", "path", text[:_SHOWN])
    numbers = []
    for name, place in zip(COLUMNS[1:], places[1:], strict=True):
        number = _number(cells[place])
        if isinstance(number, str):
            return BadRow(row, number, name, cells[place][:_SHOWN])
        numbers.append(number)
    conversions, value, nulls = numbers
    return Path(touches, _steps(len(touches)), conversions, value, nulls)


def _touches(text: str, known: dict[str, str]) -> tuple[str, ...] | None:
    """The names of a path; None if one is empty or holds a joint that is not one. `known` remembers names."""
    if not text.strip():
        return ()
    touches = []
    for part in text.split(JOINT):
        name = known.get(part)
        if name is None:
            name = part.strip()
            if not name or ">" in name:
                return None
            known[part] = name = DIRECT if name.lower() in ("direct", "(direct)") else name
        touches.append(name)
    return tuple(touches)


def _number(text: str) -> float | str:
    """The number, or the reason why it is none."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return "below-zero" if text[:1] == "-" and _NUMBER.fullmatch(text[1:]) else "not-a-number"
    number = float(text)
    return number if number <= LARGEST else "too-large"


@lru_cache(maxsize=1024)
def _steps(count: int) -> tuple[float, ...]:
    return tuple(float(days) for days in range(count - 1, -1, -1))
