"""Whether more is refused than usual: a broken page, a wrong clock, or somebody who tries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

DAYS = 14  # before, that tell what is usual
LEAST = 100  # a day
TIMES = 5


class Surge(NamedTuple):
    """So many of a day, where so many a day are usual."""

    n: int
    usual: int


def surge(today: int, counts: Mapping[int, int]) -> Surge | None:
    """Of today or of yesterday, whichever is more, by the counts of each day (since 1970). None where all is as usual."""
    usual = sum(counts.get(day, 0) for day in range(today - 1 - DAYS, today - 1)) / DAYS
    n = max(counts.get(today, 0), counts.get(today - 1, 0))
    return Surge(n, round(usual)) if n >= LEAST and n > TIMES * usual else None
