"""What a rule was worth: how many of the leads to which it applied were won, and of the others.

Rates come with their 95 % interval (Wilson 1927); a difference is one where the interval of the difference (Newcombe 1998,
method 10) leaves 0 out. With fewer than 30 leads on either side nothing is advised.
"""

from __future__ import annotations

import math
from typing import NamedTuple

FLOOR = 30  # leads on either side, below which nothing is advised
_Z = 1.959963984540054  # 95 %


class Share(NamedTuple):
    """How many of `n` were won, as a rate with its 95 % interval (Wilson 1927); rates are None where n is 0."""

    n: int
    won: int
    rate: float | None
    low: float | None
    high: float | None


class Tried(NamedTuple):
    """What one rule was worth: leads to which it applied before they were won, and the others. `advice` is empty under the floor."""

    rule: str
    with_it: Share
    without_it: Share
    advice: str  # more | less | same | empty


def share(won: int, n: int) -> Share:
    """The rate of `won` of `n` with its interval."""
    if n <= 0:
        return Share(0, 0, None, None, None)
    rate, square = won / n, _Z * _Z
    middle = (rate + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return Share(n, won, rate, max(0.0, middle - half), min(1.0, middle + half))


def tried(rule: str, n: int, won: int, all_n: int, all_won: int) -> Tried:
    """A rule held against what became of the leads: of `all_n` it applied to `n`, of whom `won` were won."""
    with_it, without_it = share(won, n), share(all_won - won, all_n - n)
    return Tried(rule, with_it, without_it, advice(with_it, without_it))


def advice(with_it: Share, without_it: Share) -> str:
    """`more` or `less` are won with the rule, where the interval of the difference (Newcombe 1998, method 10) leaves 0 out; else `same`."""
    if min(with_it.n, without_it.n) < FLOOR:
        return ""
    (p, l1, u1), (q, l2, u2) = _known(with_it), _known(without_it)
    low = p - q - math.hypot(p - l1, u2 - q)
    high = p - q + math.hypot(u1 - p, q - l2)
    return "more" if low > 0 else "less" if high < 0 else "same"


def _known(one: Share) -> tuple[float, float, float]:
    assert one.rate is not None
    assert one.low is not None
    assert one.high is not None
    return one.rate, one.low, one.high
