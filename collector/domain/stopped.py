"""Whether a form that is usually sent has stopped: the page was redesigned, its script broke, the form has gone.

A form is compared with itself, as a site is (`domain.quiet`). The whole days since it was last sent, at most two weeks of them, are held
against the same days of each of the four weeks before (of the four and two weeks before, where they are more than seven). It has
stopped if those brought six sendings or more in every one of these times but one at most, and in two at least.
Six: where six are usual, none by chance comes once in 400 times (Poisson: e^-6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

LONGEST = 14  # days of silence that are looked at
WEEKS = 4
USUAL = 6
FEWEST = 2  # earlier times that must have brought them
LOOK_BACK = LONGEST + 7 * WEEKS + 1  # days that are to be read


class Stopped(NamedTuple):
    """A form that stopped: the day of its last sending (since 1970), how many the same days usually bring, and whether it is seen since."""

    last: int
    usual: int
    seen: bool


def stopped(today: int, sent: Mapping[int, int], seen: Mapping[int, int]) -> Stopped | None:
    """`sent` are the sendings of each day (since 1970), `seen` how often it was shown; today is not over. None where all is as usual."""
    last = max((day for day, n in sent.items() if n > 0), default=None)
    if last is None:
        return None
    silent = range(max(last + 1, today - LONGEST), today)
    if not silent:
        return None
    first, step = min(day for day, n in sent.items() if n > 0), 7 if len(silent) <= 7 else 14
    times = [sum(sent.get(day - back, 0) for day in silent) for back in range(step, 7 * WEEKS + 1, step) if silent[0] - back >= first]
    if sum(n >= USUAL for n in times) < max(FEWEST, len(times) - 1):
        return None
    return Stopped(last, sorted(times)[len(times) // 2], any(seen.get(day, 0) > 0 for day in range(last + 1, today + 1)))
