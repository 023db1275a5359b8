"""When a form is missed: held against its own weeks, never for a rest that is usual."""

from __future__ import annotations

import pytest

from collector.domain.stopped import LONGEST, Stopped, stopped

MONDAY = 20_003  # a Monday, days since 1970
assert (MONDAY + 3) % 7 == 0


def _weeks(last: int, daily: int, weeks: int = 6, rest: tuple[int, ...] = ()) -> dict[int, int]:
    return {day: daily for day in range(last - 7 * weeks + 1, last + 1) if (day + 3) % 7 not in rest}


@pytest.mark.parametrize(("daily", "days"), [(6, 1), (3, 2), (1, 6)])
def test_a_form_is_given_as_many_days_as_six_sendings_take(daily: int, days: int) -> None:
    sent = _weeks(MONDAY, daily)
    assert stopped(MONDAY + days, sent, {}) is None
    found = stopped(MONDAY + days + 1, sent, {})
    assert found is not None
    assert found.last == MONDAY
    assert found.usual == daily * days


def test_a_form_that_rests_at_weekends_is_missed_on_tuesday() -> None:
    friday = MONDAY - 3
    sent = _weeks(friday, 10, rest=(5, 6))
    assert [stopped(day, sent, {}) is not None for day in (MONDAY - 1, MONDAY, MONDAY + 1)] == [False, False, True]


def test_it_is_told_apart_whether_the_form_is_still_seen() -> None:
    sent = _weeks(MONDAY, 10)
    assert stopped(MONDAY + 2, sent, {MONDAY + 1: 40}) == Stopped(MONDAY, 10, True)
    assert stopped(MONDAY + 2, sent, {MONDAY: 40}) == Stopped(MONDAY, 10, False)


def test_one_holiday_week_before_does_not_hide_it() -> None:
    sent = _weeks(MONDAY, 10)
    for day in range(MONDAY - 13, MONDAY - 6):
        sent[day] = 0
    assert stopped(MONDAY + 2, sent, {}) is not None


@pytest.mark.parametrize("sent", [{}, {MONDAY: 1}, _weeks(MONDAY, 10, weeks=1), {MONDAY - 7 * week: 1 for week in range(6)}])
def test_a_form_that_is_new_or_seldom_sent_is_never_missed(sent: dict[int, int]) -> None:
    assert all(stopped(MONDAY + days, sent, {}) is None for days in range(60))


def test_a_form_that_was_dropped_is_not_missed_for_ever() -> None:
    sent = _weeks(MONDAY, 10)
    assert stopped(MONDAY + LONGEST, sent, {}) is not None
    assert stopped(MONDAY + 5 * LONGEST, sent, {}) is None
