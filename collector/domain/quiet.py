"""Whether a site that usually has visitors has gone quiet: its tag may have been lost in a redesign.

A site is compared with itself. The whole days since it was last heard, at most a week of them, are held against the same
days of each of the four weeks before. It is quiet if those brought ten views or more in every one of these weeks but one
at most, and in two at least. So a site that rests on Sundays is not missed on a Sunday, a small one is given as many days
as ten views take, one holiday does not count, and a site that is new or never had visitors is never missed.
Ten: where ten views are usual, a silence by chance comes once in 22,000 times (Poisson: e^-10).
"""

from __future__ import annotations

from collections.abc import Mapping

DAY = 86_400_000
WEEKS = 4
VIEWS = 10
FEWEST = 2  # weeks that must have brought them
LOOK_BACK = 7 * WEEKS  # days


def is_quiet(last: int, today: int, views: Mapping[int, int]) -> bool:
    """`last` is the day on which the site was last heard, `views` those of the days up to then (days since 1970)."""
    silent = range(last + 1, min(today, last + 8))  # today is not over
    if not silent or not views:
        return False
    first = min(views)
    weeks = [sum(views.get(day - 7 * back, 0) for day in silent) for back in range(1, WEEKS + 1) if silent[0] - 7 * back >= first]
    return sum(n >= VIEWS for n in weeks) >= max(FEWEST, len(weeks) - 1)
