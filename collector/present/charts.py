"""Geometry of small charts that the server draws: numbers in, points of an SVG out. Words and colours are the templates'."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import NamedTuple

WIDTH, HEIGHT = 1_000, 200  # of a trend, in the SVG's own units: it is stretched to its place
SPARK_WIDTH, SPARK_HEIGHT = 100, 24
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)


class Trend(NamedTuple):
    """A line of days over the one of the period before; `top` is the number at its upper edge."""

    line: str
    area: str
    before: str
    top: int


def trend(values: Sequence[int], before: Sequence[int] = ()) -> Trend:
    """The lines of two or more values, and of those before them."""
    top = nice(max([*values, *before, 1]))
    line = _points(values, top, WIDTH, HEIGHT)
    return Trend(line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}", _points(before, top, WIDTH, HEIGHT) if len(before) > 1 else "", top)


def spark(values: Sequence[int]) -> str:
    """The points of a small line; empty where there is nothing to draw."""
    return _points(values, max([*values, 1]), SPARK_WIDTH, SPARK_HEIGHT - 2, 1) if len(values) > 1 and any(values) else ""


def width(count: float, of: float) -> float:
    """How wide a bar is, 0 to 100."""
    return round(100 * min(1.0, count / of), 2) if of > 0 else 0.0


def nice(most: int) -> int:
    """The next number of one round digit and noughts: where an axis ends."""
    if most <= 1:
        return 1
    unit = int(10 ** floor(log10(most)))
    return next(step * unit for step in _STEPS if step * unit >= most)


def _points(values: Sequence[int], top: int, width: int, height: int, edge: int = 0) -> str:
    if len(values) < 2:
        return ""
    step = width / (len(values) - 1)
    return " ".join(f"{_short(place * step)},{_short(edge + height - height * value / top)}" for place, value in enumerate(values))


def _short(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
