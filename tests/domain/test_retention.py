"""Limits: what they may be, and which of them holds."""

from __future__ import annotations

import pytest

from collector.domain import retention
from collector.domain.retention import BadLimit


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("leads", (1, 0), (60, 0)), ("history", (1, 0), (25, 0)), ("audience", (1, 0), (25, 0)), ("refused", (0, 1), (0, 90))],
)
def test_each_kind_has_its_bounds(kind: str, least: tuple[int, int], most: tuple[int, int]) -> None:
    bound = retention.BOUNDS[kind]
    assert (retention.limit(kind, bound.least), retention.limit(kind, bound.most)) == (least, most)
    for amount in (bound.least - 1, bound.most + 1, -1):
        with pytest.raises(BadLimit, match="amount"):
            retention.limit(kind, amount)


def test_another_kind_is_none() -> None:
    with pytest.raises(BadLimit, match="kind"):
        retention.limit("everything", 3)


def test_a_site_follows_its_account_where_it_says_nothing() -> None:
    limits = {0: {"leads": (36, 0), "audience": (25, 0)}, 42: {"audience": (6, 0)}}
    assert retention.of_site(limits, 42) == {"leads": (36, 0), "audience": (6, 0)}
    assert retention.of_site(limits, 43) == limits[0]


def test_which_limit_is_the_shorter_one() -> None:
    assert retention.shorter((1, 0), (2, 0))
    assert retention.shorter((0, 30), (1, 0))
    assert not retention.shorter((25, 0), (25, 0))
    assert retention.amount("refused", (1, 0)) == 30
    assert retention.amount("audience", (0, 1)) == 1
