"""Periods of whole days that a report or a list looks at, and the one before to compare with.

Days are counted since 1970 on the calendar of a zone (`domain.rollups.day_of`), both ends included.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

_EPOCH = date(1970, 1, 1)
LONGEST = 3_660  # days
_LATEST = 50_000  # days since 1970: at the ends of the calendar there is no day before, or none after
LENGTHS = {"today": 1, "yesterday": 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365}
NAMES = (*LENGTHS, "custom")


class Period(NamedTuple):
    """Some days; `name` is one of NAMES."""

    name: str
    first: int
    last: int

    @property
    def days(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


def read(name: str, today: int, since: str = "", until: str = "", default: str = "30d") -> Period:
    """The period of a name, or of two dates as 2026-11-29, of which the earlier comes first; what cannot be read is the default.

    Days before 1970, or in a far future, are its first one, or the last that is looked at. Every named one ends today, but for `yesterday`.
    """
    if name == "custom":
        ends = sorted(max(0, min(day, _LATEST)) for text in (since, until) if (day := day_of(text)) is not None)
        if ends:
            return Period(name, max(ends[0], ends[-1] - LONGEST + 1), ends[-1])
    known = name if name in LENGTHS else default
    last = today - 1 if known == "yesterday" else today
    return Period(known, last - LENGTHS[known] + 1, last)


def before(period: Period) -> Period:
    """As many days, just before."""
    return Period("custom", period.first - period.days, period.first - 1)


def day_of(text: str) -> int | None:
    """The day of a date as 2026-11-29; None where it is none."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        return None


def iso(day: int) -> str:
    """A day as 2026-11-29."""
    return (_EPOCH + timedelta(days=day)).isoformat()
