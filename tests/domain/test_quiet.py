"""When a site is missed: held against its own weeks, never for a rest that is usual."""

from __future__ import annotations

import pytest

from collector.domain.quiet import is_quiet

MONDAY = 20_003  # a Monday, days since 1970: 1970-01-01 was a Thursday
assert (MONDAY + 3) % 7 == 0


def _weeks(last: int, daily: int, weeks: int = 5, rest: tuple[int, ...] = ()) -> dict[int, int]:
    """Every day up to `last` with as many views, but for some days of the week (Monday is 0)."""
    return {day: daily for day in range(last - 7 * weeks + 1, last + 1) if (day + 3) % 7 not in rest}


@pytest.mark.parametrize(("since", "quiet"), [(0, False), (1, False), (2, True), (6, True), (40, True)])
def test_a_site_with_visitors_every_day_is_missed_after_a_whole_day(since: int, quiet: bool) -> None:
    assert is_quiet(MONDAY, MONDAY + since, _weeks(MONDAY, 100)) is quiet


@pytest.mark.parametrize(("today", "quiet"), [(MONDAY - 2, False), (MONDAY - 1, False), (MONDAY, False), (MONDAY + 1, True)])
def test_a_site_that_rests_at_weekends_is_missed_on_tuesday(today: int, quiet: bool) -> None:
    friday = MONDAY - 3
    assert is_quiet(friday, today, _weeks(friday, 100, rest=(5, 6))) is quiet


@pytest.mark.parametrize(("daily", "days"), [(10, 1), (5, 2), (2, 5)])
def test_a_small_site_is_given_as_many_days_as_ten_views_take(daily: int, days: int) -> None:
    views = _weeks(MONDAY, daily)
    assert not is_quiet(MONDAY, MONDAY + days, views)
    assert is_quiet(MONDAY, MONDAY + days + 1, views)


def test_a_site_that_never_had_visitors_is_never_missed() -> None:
    assert not is_quiet(MONDAY, MONDAY + 300, {})
    assert not is_quiet(MONDAY, MONDAY + 300, _weeks(MONDAY, 1))
    assert not is_quiet(MONDAY, MONDAY + 300, _weeks(MONDAY, 0))


def test_a_new_site_is_missed_once_two_weeks_are_known() -> None:
    assert not is_quiet(MONDAY, MONDAY + 2, _weeks(MONDAY, 100, weeks=1))
    assert is_quiet(MONDAY, MONDAY + 2, _weeks(MONDAY, 100, weeks=2))


def test_one_week_may_have_been_a_holiday_and_two_may_not() -> None:
    views = _weeks(MONDAY, 100)
    del views[MONDAY + 1 - 7]
    assert is_quiet(MONDAY, MONDAY + 2, views)
    del views[MONDAY + 1 - 14]
    assert not is_quiet(MONDAY, MONDAY + 2, views)


def test_one_loud_day_is_no_habit() -> None:
    assert not is_quiet(MONDAY, MONDAY + 2, {MONDAY - 27: 1, MONDAY - 6: 5_000, MONDAY: 3})
