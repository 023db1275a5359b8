"""What a list shows, in an address and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain import listing, periods
from collector.domain.listing import Asked
from collector.domain.quiet import DAY

NOW = 1_795_429_920_000  # 2026-11-23T10:32:00Z
_TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
_SOME = st.lists(_TEXT.filter(lambda text: not text.startswith("channel:")), max_size=3, unique=True).map(tuple)
_ASKED = st.builds(
    Asked,
    q=st.just("") | _TEXT,
    kind=st.sampled_from(listing.KINDS),
    site=st.lists(st.integers(0, 10**17), max_size=3, unique=True).map(tuple),
    period=st.sampled_from(["", *periods.LENGTHS]),
    channel=_SOME,
    source=_SOME,
    campaign=_SOME,
    form=_SOME,
    status=st.sampled_from([(), ("new",), ("none", "won")]),
    owner=st.sampled_from([(), ("me",), ("nobody", "ab" * 16)]),
    tag=_SOME,
    company=_SOME,
    mark=st.sampled_from([(), ("none", "pixel")]),
    page=st.just("") | _TEXT,
    score=st.none() | st.integers(0, 100),
    score_max=st.none() | st.integers(0, 100),
    consent=st.sampled_from(["", *listing.CONSENTS]),
    sort=st.sampled_from(listing.SORTS),
    columns=st.lists(st.sampled_from(listing.COLUMNS), max_size=5, unique=True).map(tuple),
)


@given(_ASKED)
@settings(max_examples=60, deadline=None)
def test_an_address_says_what_is_asked_for_and_nothing_else(asked: Asked) -> None:
    query = listing.query(asked)
    assert listing.read_query(query) == asked
    assert listing.query(listing.read_query(query)) == query
    assert asked == Asked() or listing.is_query(query)
    for name in listing.FILTERS:
        assert getattr(listing.without(asked, name), name) == getattr(Asked(), name)


@given(st.lists(st.tuples(st.sampled_from(Asked.__struct_fields__), st.text(max_size=300)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_an_address_is_read(pairs: list[tuple[str, str]]) -> None:
    asked = listing.read(pairs)
    assert listing.read_query(listing.query(asked)) == asked
    first, last = listing.bounds(asked, NOW, "Europe/Paris") or (0, 1)
    assert first < last


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("source=channel:Email&source=google", {"channel": ("Email",), "source": ("google",)}),  # as it was written before
        ("site=42&site=x&site=42&site=", {"site": (42,)}),
        ("status=won&status=nonsense&owner=somebody&mark=letter", {"status": ("won",)}),
        ("score=101&score_max=-1&consent=maybe&kind=x&sort=x&columns=x,,when,when", {"columns": ("when",)}),
        ("since=2026-11-01", {"period": "custom", "since": "2026-11-01"}),
        ("period=30d&since=2026-11-01", {"period": "30d"}),
        ("period=custom&since=2026-13-01", {}),
        ("q=+%00a%0a++&before=1&all=1", {"q": "a"}),
        ("q=" + "x" * 300, {"q": "x" * 200}),
    ],
)
def test_what_cannot_be_read_asks_for_nothing(query: str, asked: dict[str, Any]) -> None:
    assert listing.read_query(query) == Asked(**asked)


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", None),
        ("period=today", ("2026-11-23", "2026-11-23")),
        ("period=yesterday", ("2026-11-22", "2026-11-22")),
        ("period=7d", ("2026-11-17", "2026-11-23")),
        ("since=2026-11-20", ("2026-11-20", "2026-11-23")),
        ("since=2026-11-20&until=2026-11-10", ("2026-11-10", "2026-11-20")),
        ("until=2026-10-25", ("1970-01-01", "2026-10-25")),
        ("since=9999-12-31&until=0001-01-01", ("1970-01-01", None)),
    ],
)
def test_a_period_is_of_whole_days_of_a_zone(query: str, days: tuple[str, str | None] | None) -> None:
    found = listing.bounds(listing.read_query(query), NOW, "UTC")
    if days is None or found is None:
        assert found is days is None
        return
    assert periods.iso(found[0] // DAY) == days[0]
    assert days[1] is None or periods.iso(found[1] // DAY - 1) == days[1]
    # The day on which the clocks go back has 25 hours.
    long = listing.bounds(listing.read_query("since=2026-10-25&until=2026-10-25"), NOW, "Europe/Paris")
    assert long is not None
    assert long[1] - long[0] == 25 * 3_600_000


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("status=won", True), ("?q=a&all=1", True), ("a=b", False), ("camille", False), ("", False), ("q", False), ("status=won&x=1", False)],
)
def test_a_query_string_is_told_from_words(text: str, is_one: bool) -> None:
    assert listing.is_query(text) is is_one


def test_columns_move_come_and_go_and_who_it_is_stays() -> None:
    shown = Asked(columns=("email", "when")).shown
    assert shown == ("who", "email", "when")
    assert listing.columns_with(shown, "when", -1) == ("who", "when", "email")
    assert listing.columns_with(shown, "who", -1) == shown
    assert listing.columns_with(shown, "tags", 0) == ("who", "email", "when", "tags")
    assert listing.columns_with(shown, "email", None) == ("who", "when")
