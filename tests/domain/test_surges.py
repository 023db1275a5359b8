"""When refusals are more than usual."""

from __future__ import annotations

import pytest

from collector.domain.surges import Surge, surge

TODAY = 20_003


@pytest.mark.parametrize(
    ("usual", "now", "found"), [(0, 99, None), (0, 100, Surge(100, 0)), (20, 100, None), (20, 101, Surge(101, 20)), (500, 2_000, None)]
)
def test_a_surge_is_five_times_what_is_usual_and_a_hundred_at_least(usual: int, now: int, found: Surge | None) -> None:
    counts = {TODAY - back: usual for back in range(2, 30)}
    assert surge(TODAY, counts | {TODAY: now}) == found
    assert surge(TODAY, counts | {TODAY - 1: now}) == found


def test_what_was_refused_the_day_before_yesterday_is_no_news() -> None:
    assert surge(TODAY, {TODAY - 2: 10_000}) is None
    assert surge(TODAY, {}) is None
