"""Periods: named ones end today, dates are read in any order, and the one before is as long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain import periods

TODAY = 20_786  # 2026-11-29


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("today", "2026-11-29", "2026-11-29"), ("yesterday", "2026-11-28", "2026-11-28"), ("7d", "2026-11-23", "2026-11-29")],
)
def test_a_named_period_ends_today_or_was_yesterday(name: str, first: str, last: str) -> None:
    made = periods.read(name, TODAY)
    assert (periods.iso(made.first), periods.iso(made.last)) == (first, last)


def test_dates_may_come_in_any_order_and_one_is_a_day() -> None:
    made = periods.read("custom", TODAY, "2026-03-05", "2026-02-27")
    assert (made.first, made.last, made.days) == (periods.day_of("2026-02-27"), periods.day_of("2026-03-05"), 7)
    assert periods.read("custom", TODAY, "2026-03-05").days == 1


@pytest.mark.parametrize(("name", "since"), [("", ""), ("custom", ""), ("custom", "2026-02-30"), ("custom", "26-2-3"), ("7D", "")])
def test_what_cannot_be_read_is_the_default(name: str, since: str) -> None:
    assert periods.read(name, TODAY, since) == periods.read("30d", TODAY)


@given(st.sampled_from(periods.NAMES), st.integers(0, 40_000), st.dates().map(str), st.dates().map(str))
def test_the_one_before_is_as_long_and_ends_where_this_begins(name: str, today: int, since: str, until: str) -> None:
    made = periods.read(name, today, since, until)
    earlier = periods.before(made)
    assert 1 <= made.days == earlier.days <= periods.LONGEST
    assert earlier.last == made.first - 1


@pytest.mark.parametrize("since", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_at_the_ends_of_the_calendar_there_is_a_day_before_and_one_after(since: str) -> None:
    made = periods.read("custom", TODAY, since, "0001-01-02")
    assert periods.day_of(periods.iso(periods.before(made).first - 1)) is not None
    assert periods.day_of(periods.iso(made.last + 1)) is not None
