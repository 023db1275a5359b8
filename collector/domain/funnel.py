"""A form's funnel: seen, begun, sent, and what became of it; and where it was left, to the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .rollups import PART, STEPS


class Funnel(NamedTuple):
    """How often a form came to each step. `leads` are those that were won by it."""

    views: int = 0
    start: int = 0
    confirmed: int = 0
    failed: int = 0
    unknown: int = 0
    leads: int = 0
    conversions: int = 0
    abandon: int = 0
    invalid: int = 0
    apart: int = 0  # leads that stand in quarantine: in none of the other numbers

    @property
    def sent(self) -> int:
        """How often it was sent, whatever became of it."""
        return self.confirmed + self.failed + self.unknown

    @property
    def reached(self) -> int:
        """The most that any step says: a form may be begun where nobody was asked whether it may be watched being seen."""
        return max(self.views, self.start, self.sent, self.leads)

    def plus(self, other: Funnel) -> Funnel:
        """The sum."""
        return Funnel(*(a + b for a, b in zip(self, other, strict=True)))


class Field(NamedTuple):
    """A field of a form: how often it was the last one before the form was left, and how often the browser refused what stood in it."""

    name: str
    abandon: int = 0
    invalid: int = 0


def key_of(form: str) -> str:
    """What a form is called in the keys of its steps."""
    return form.replace(PART, " ")


def steps_of(keys: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Counts of steps by form, from the keys of rollups; what is no such key tells of nobody any more."""
    found: dict[str, dict[str, int]] = {}
    for key, count in keys.items():
        form, part, step = key.rpartition(PART)
        if part and step in STEPS:
            found.setdefault(form, {})[step] = count
    return found


def fields_of(keys: Mapping[str, int], form: str) -> list[Field]:
    """The fields of a form, those that lose the most first."""
    found: dict[str, dict[str, int]] = {}
    for key, count in keys.items():
        of, _part, rest = key.partition(PART)
        step, part, name = rest.partition(PART)
        if of == form and part and step in ("abandon", "invalid"):
            found.setdefault(name, {})[step] = count
    made = (Field(name, **counts) for name, counts in found.items())
    return sorted(made, key=lambda one: (-one.abandon, -one.invalid, one.name))


def whole(of: Iterable[Funnel]) -> Funnel:
    """The sum of funnels."""
    made = Funnel()
    for one in of:
        made = made.plus(one)
    return made
