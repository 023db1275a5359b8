"""Which goals a fact reaches, and for which time."""

from __future__ import annotations

import pytest

from collector.domain.goals import Goals, Version, current, fault
from collector.domain.sessions import Fact
from tests.builders import growth


def fact(kind: str = "view", at: int = 10, url: str = "https://example.com/", what: str = "", site: int = 42) -> Fact:
    """A fact at a time."""
    return Fact(at, "page0001", 0, b"f" * 16, kind, site, url, "", "", 0, "", "", 0, 0, what)


def version(at: int = 0, identity: bytes = b"g" * 16, name: str = "Goal", pattern: str = "/a", kind: str = "page", **more: int) -> Version:
    """A change of a goal."""
    return Version(identity, at, name, kind, pattern, more.get("site", 0), more.get("value", 0), "EUR", more.get("active", 1))


@pytest.mark.parametrize(
    ("pattern", "path", "reached"),
    [
        ("/a", "/a", True),
        ("/a", "/a/", False),
        ("/a", "/A", False),
        ("/a*", "/a/b?x=1#y", True),
        ("/a*", "/b/a", False),
        ("*", "/", True),
        ("*/thanks*", "/fr/thanks", True),
        ("/*/b/*c", "/a/b/b/xc", True),
        ("/*/b/*c", "/a/b/", False),
        ("/a.b", "/axb", False),
        ("/a**b", "/a/xb", True),
        ("/caf%C3%A9", "/caf%C3%A9", True),
        ("/société/*", "/soci%C3%A9t%C3%A9/merci-%C3%A0-vous", True),  # browsers send a path as its bytes
        ("*/été", "/%c3%a9t%c3%a9", True),
        ("/a%2Ab", "/axb", False),
        ("/100%*", "/100%25-vous", True),
    ],
)
def test_a_page(pattern: str, path: str, reached: bool) -> None:
    goals = Goals([version(pattern=pattern)])
    assert bool(goals.of_fact(fact(url="https://example.com" + path))) is reached
    assert not goals.of_fact(fact("engage", url="https://example.com" + path))


@pytest.mark.parametrize(
    ("name", "wrong"), [("خرید\u200cها", ""), ("👩\u200d👩\u200d👧", ""), ("a\u202eb", "name"), ("a\nb", "name"), ("", "name")]
)
def test_a_name_holds_nothing_that_is_not_seen_but_joins_letters(name: str, wrong: str) -> None:
    assert fault(name, "event", name or "x", 0) == wrong


def test_no_path_makes_a_pattern_slow() -> None:
    goals = Goals([version(pattern="/*a*a*a*a*a*a*b")])
    assert growth(lambda size: goals.of_fact(fact(url="https://example.com/" + "a" * size)), 20_000) < 9


def test_events_and_clicks_by_name_and_kind() -> None:
    goals = Goals([version(kind="event", pattern="phone"), version(identity=b"h" * 16, kind="click", pattern="phone")])
    assert [goal.kind for goal in goals.of_fact(fact("custom", what="phone"))] == ["event"]
    assert [goal.kind for goal in goals.of_fact(fact("click", what="phone"))] == ["click"]
    assert not goals.of_fact(fact("click", what="email"))
    assert not goals.of_fact(fact("view"))


def test_a_version_holds_after_its_time_until_the_next_one_with_it() -> None:
    goals = Goals([version(10, value=1), version(20, value=2), version(30, active=0), version(40, value=4)])
    told = {at: [goal.value for goal in goals.of_fact(fact(at=at, url="https://example.com/a"))] for at in (10, 11, 20, 21, 30, 31, 40, 41)}
    assert told == {10: [], 11: [1], 20: [1], 21: [2], 30: [2], 31: [], 40: [], 41: [4]}
    assert not Goals([]).of_fact(fact(url="https://example.com/a"))
    assert (Goals([]).empty, goals.empty) == (True, False)


def test_what_counts_now_is_named_in_order() -> None:
    told = [version(1, name="b"), version(1, b"h" * 16, "A"), version(1, b"i" * 16, "c"), version(2, b"i" * 16, "c", active=0)]
    assert [one.name for one in current(reversed(told))] == ["A", "b"]


def test_the_best_paying_goal_of_a_form_says_what_it_is_worth() -> None:
    goals = Goals([version(kind="form", pattern="f", value=5), version(identity=b"h" * 16, kind="form", pattern="f", value=9)])
    assert goals.worth("f", 42, 1) == (9, "EUR")
    assert goals.worth("g", 42, 1) == (0, "")
