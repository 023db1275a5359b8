"""What a rule was worth: rates, their intervals, and advice only where there is enough to go by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.backtest import FLOOR, advice, share, tried


@pytest.mark.parametrize(
    ("won", "n", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 (Wilson)
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718),
    ],
)  # fmt: skip
def test_the_interval_is_the_published_one(won: int, n: int, low: float, high: float) -> None:
    made = share(won, n)
    assert made.rate == won / n
    assert made.low == pytest.approx(low, abs=5e-5)
    assert made.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("a", "n", "b", "m", "says"),
    [
        # Newcombe 1998, "Interval estimation for the difference", table II: 56/70 - 48/80 is +.0524 to +.3339; 9/10 - 3/10 +.1705 to +.8090
        (56, 70, 48, 80, "more"), (48, 80, 56, 70, "less"), (30, 60, 30, 60, "same"), (30, 30, 0, 30, "more"),
        (9, 10, 3, 10, ""), (29, 29, 0, 500, ""), (0, 0, 50, 500, ""),
    ],
)  # fmt: skip
def test_advice_needs_thirty_on_either_side_and_a_difference(a: int, n: int, b: int, m: int, says: str) -> None:
    assert advice(share(a, n), share(b, m)) == says


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_rate_lies_in_its_interval(won: int, lost: int) -> None:
    made = share(won, won + lost)
    if made.rate is not None:
        assert made.low is not None
        assert made.high is not None
        assert 0 <= made.low <= made.rate + 1e-12
        assert made.rate - 1e-12 <= made.high <= 1
    else:
        assert made == share(0, 0)


def test_a_rule_is_held_against_the_others() -> None:
    made = tried("pricing", 40, 30, 100, 36)
    assert (made.with_it.n, made.with_it.won, made.without_it.n, made.without_it.won, made.advice) == (40, 30, 60, 6, "more")
    assert tried("pricing", FLOOR - 1, 20, 100, 36).advice == ""
