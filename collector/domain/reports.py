"""Reports of attribution over what is stored: what is asked, and the figures beside their costs.

What a report is about: `leads` counts each lead once, by its first form; `conversions` each counted form of a lead;
`opportunities` and `won` leads by when people first called them qualified and won; `goals` each goal once a session, or one
goal only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum
from typing import NamedTuple

from msgspec import Struct

from . import costs
from .attribution import FLOOR, HALF_LIFE, Report, Terms, attribute
from .costs import Sum
from .journeys import LONGEST
from .paths import Path, Transform

KINDS = {
    "leads": ("lead",),
    "conversions": ("lead", "again"),
    "opportunities": ("opportunity",),
    "won": ("won",),
    "goals": ("goal",),
}
LOOK_BACK = 90  # days
DAYS = 90  # of the period that is shown where none is asked for


class Question(Struct, frozen=True):
    """What is asked. Days are since 1970, both included, in `zone`; `goal` is an id in hex, `site` 0 for all.

    `currency` is empty where nothing has a value or a cost.
    """

    model: str
    first: int
    last: int
    zone: str = "UTC"
    of: str = "leads"
    by: str = "channel"
    goal: str = ""
    site: int = 0
    look_back: int = LOOK_BACK
    transforms: tuple[Transform, ...] = ()
    half_life: float = HALF_LIFE
    currency: str = ""
    floor: int = FLOOR

    def fault(self) -> str:
        """What cannot be asked (a code), or ""."""
        if not 1 <= self.look_back <= LONGEST:
            return "look-back"
        return "period" if self.first > self.last else ""


class Line(NamedTuple):
    """One name's figures. Value and cost are in the currency's smallest unit; `cost` is None where none is known."""

    name: str
    conversions: float
    value: float
    cost: int | None = None


class Cut(NamedTuple):
    """The first lines of a report, and the sum of the `others`, which are `left`."""

    lines: Sequence[Line]
    others: Line | None = None
    left: int = 0


class Figures(NamedTuple):
    """A model's answer: most conversions first. `left_out` conversions have a value in another currency than the report's."""

    report: Report
    lines: tuple[Line, ...]
    cost: int | None
    left_out: int = 0


def currency_of(values: Iterable[str], sums: Sequence[Sum]) -> str:
    """The currency of a report that names none: the most frequent one of values, else of costs; of equals the first in order."""
    found: dict[str, int] = {}
    for code in values or ():
        found[code] = found.get(code, 0) + 1
    for one in sums:
        found.setdefault(one.currency, 0)
    return min(found, key=lambda code: (-found[code], code), default="")


def figures(paths: Iterable[Path], asked: Question, model: str, sums: Sequence[Sum], left_out: int = 0) -> Figures:
    """The shares of a model with what each name cost. What cost something and won nothing stands there too."""
    terms = Terms(model, asked.look_back, asked.transforms, asked.half_life, asked.floor, asked.currency)
    report = attribute(paths, terms)
    spent = costs.by_name(sums, asked.by, asked.currency)
    names = {share.name.casefold(): share.name for share in report.shares}
    mine: dict[str, int] = {}
    for name, amount in spent.items():
        known = names.get(name.casefold(), name)
        mine[known] = mine.get(known, 0) + amount
    lines = [Line(share.name, share.conversions, share.value, mine.pop(share.name, None)) for share in report.shares]
    lines += [Line(name, 0.0, 0, amount) for name, amount in mine.items()]
    lines.sort(key=lambda line: (-line.conversions, -(line.cost or 0), line.name))
    return Figures(report, tuple(lines), sum(spent.values()) if spent else None, left_out)


def cut(lines: Sequence[Line], most: int) -> Cut:
    """At most `most` lines (one or more), the last of them the sum of what is left out where there are more."""
    if len(lines) <= most:
        return Cut(lines)
    shown, others = lines[: most - 1], lines[most - 1 :]
    spent = [line.cost for line in others if line.cost is not None]
    whole = Line("", fsum(line.conversions for line in others), sum(line.value for line in others), sum(spent) if spent else None)
    return Cut(shown, whole, len(others))
