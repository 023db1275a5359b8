"""Whose are a visitor's visits (reference: leads 2.1): spans from evidence to evidence."""

from __future__ import annotations

import hmac
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain.identity import (
    FOREVER,
    LOOKBACK,
    PROGRAM,
    VISITORS_MOST,
    Edge,
    Span,
    Visit,
    held,
    identifier_id,
    is_human,
    signature,
    signing_key,
    spans,
)
from tests.builders import DAY, HOUR, MINUTE, NOW, SITE, VISITOR

A, B = b"a" * 16, b"b" * 16


def edge(at: int, lead: bytes, number: int = 0, site: int = SITE) -> Edge:
    return Edge(NOW + at, bytes([number or 1]) * 16, VISITOR, lead, site)


def session(start: int, site: int = SITE, lasts: int = 25 * MINUTE, human: bool = False) -> Visit:
    return Visit(NOW + start, NOW + start + lasts, site, human)


def told(edges: list[Edge], sessions: list[Visit]) -> list[tuple[int, int | None, bytes]]:
    """Spans as (from, to, lead), relative to NOW; to is None for one that is open."""
    return [(one.from_at - NOW, None if one.to_at == FOREVER else one.to_at - NOW, one.lead_id) for one in spans(edges, sessions)]


def test_without_evidence_there_is_nobody() -> None:
    assert spans([], [session(0)]) == []


def test_the_ninety_days_before_the_first_evidence_are_its_leads() -> None:
    assert LOOKBACK == 90 * DAY
    assert told([edge(0, A)], [session(-HOUR)]) == [(-LOOKBACK, None, A)]


def test_the_same_lead_again_begins_nothing() -> None:
    assert told([edge(0, A), edge(DAY, A, 2)], [session(0), session(DAY)]) == [(-LOOKBACK, None, A)]


def test_another_person_begins_with_the_session_of_their_evidence() -> None:
    made = told([edge(0, A), edge(DAY + 20 * MINUTE, B, 2)], [session(-HOUR), session(DAY)])
    assert made == [(-LOOKBACK, DAY, A), (DAY, None, B)]


def test_two_people_in_one_session_are_parted_by_the_second_evidence() -> None:
    made = told([edge(10 * MINUTE, A), edge(20 * MINUTE, B, 2)], [session(0)])
    assert made == [(10 * MINUTE - LOOKBACK, 20 * MINUTE, A), (20 * MINUTE, None, B)]


def test_a_device_goes_back_to_its_first_person() -> None:
    sessions = [session(0), session(DAY), session(2 * DAY)]
    made = told([edge(0, A), edge(DAY + 1, B, 2), edge(2 * DAY + 1, A, 3)], sessions)
    assert made == [(-LOOKBACK, DAY, A), (DAY, 2 * DAY, B), (2 * DAY, None, A)]


def test_a_session_on_another_site_does_not_hold_the_evidence() -> None:
    sessions = [session(0), session(15 * MINUTE, site=43)]
    assert told([edge(10 * MINUTE, A), edge(20 * MINUTE, B, 2)], sessions) == [
        (10 * MINUTE - LOOKBACK, 20 * MINUTE, A),
        (20 * MINUTE, None, B),
    ]
    assert told([edge(-DAY, A), edge(20 * MINUTE, B, 2)], sessions)[1] == (0, None, B)


def test_evidence_without_a_session_stands_at_its_own_time() -> None:
    assert told([edge(0, A), edge(DAY, B, 2)], []) == [(-LOOKBACK, DAY, A), (DAY, None, B)]


def test_two_people_at_one_moment_leave_one_span_each_time_to_one() -> None:
    made = spans([edge(0, A, 1), edge(0, B, 2)], [session(0)])
    assert [one.lead_id for one in made] == [A, B]
    assert made[0].to_at == made[1].from_at == NOW


_EDGES = st.lists(
    st.builds(
        edge,
        st.integers(0, 20).map(lambda hour: hour * HOUR),
        st.sampled_from([A, B, b"c" * 16]),
        st.integers(1, 250),
        st.sampled_from([SITE, 43]),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)
_SESSIONS = st.lists(
    st.builds(lambda start, site: session(start * HOUR, site), st.integers(0, 20), st.sampled_from([SITE, 43])), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(edges=_EDGES, sessions=_SESSIONS, data=st.data())
def test_spans_never_overlap_and_no_order_of_evidence_changes_them(edges: list[Edge], sessions: list[Visit], data: st.DataObject) -> None:
    made = spans(edges, sessions)
    assert made == spans(data.draw(st.permutations(edges)), data.draw(st.permutations(sessions)))
    for before, after in itertools.pairwise(made):
        assert before.to_at <= after.from_at
    assert all(one.from_at < one.to_at for one in made)
    assert not made or made[-1].shared or made[-1].to_at == FOREVER
    assert len({one.from_at for one in made}) == len(made)
    assert bool(made) == bool(edges)


def test_whoever_was_erased_begins_anew() -> None:
    erased = Edge(NOW, A, VISITOR, A, SITE, since=NOW - HOUR)
    assert told([erased], [session(-DAY)]) == [(-HOUR, None, A)]
    assert told([edge(-DAY, B), erased], [session(-2 * HOUR, lasts=2 * HOUR)])[1] == (-HOUR, None, A)


def test_an_identifiers_key_depends_on_everything_and_tells_nothing() -> None:
    key = identifier_id(b"s", 1, "email", "a@example.org")
    assert len(key) == 16
    assert (
        len(
            {
                key,
                identifier_id(b"t", 1, "email", "a@example.org"),
                identifier_id(b"s", 2, "email", "a@example.org"),
                identifier_id(b"s", 1, "phone", "a@example.org"),
            }
        )
        == 4
    )
    assert isinstance(spans([edge(0, A)], [])[0], Span)


# What peers got wrong, and the rules that keep us from it (reference: leads 2.1) -------------------------------------


def said(at: int, lead: bytes, number: int = 0, kind: str = "identify", since: int = 0) -> Edge:
    return Edge(NOW + at, bytes([number or 1]) * 16, VISITOR, lead if kind != "reset" else b"", SITE, since, kind)


def test_a_reset_ends_a_span_and_what_comes_next_is_nobodys() -> None:
    """HubSpot, Snowplow: whoever comes after a logout is taken for the one before."""
    made = told([edge(0, A), said(HOUR, A, 2, "reset"), edge(3 * HOUR, B, 3)], [session(0), session(2 * HOUR + 50 * MINUTE)])
    assert made == [(-LOOKBACK, HOUR + 1, A), (3 * HOUR, None, B)]


def test_after_a_reset_nothing_is_looked_back_at() -> None:
    assert told([said(0, A, 1, "reset"), edge(HOUR, B, 2)], [session(0, lasts=HOUR)]) == [(HOUR, None, B)]


def test_the_same_person_after_a_reset_begins_with_their_own_evidence() -> None:
    made = told([edge(0, A), said(HOUR, A, 2, "reset"), edge(2 * HOUR, A, 3)], [session(0)])
    assert made == [(-LOOKBACK, HOUR + 1, A), (2 * HOUR, None, A)]


def test_whoever_the_site_says_is_signed_in_keeps_the_visit_until_somebody_else_is_named() -> None:
    """Somebody signed in orders for a colleague: the pages before the colleague's address are their own."""
    sessions = [session(0), session(DAY)]
    assert told([said(0, A), edge(DAY + 20 * MINUTE, B, 2)], sessions) == [
        (-LOOKBACK, DAY + 20 * MINUTE, A),
        (DAY + 20 * MINUTE, None, B),
    ]
    assert told([edge(0, A), edge(DAY + 20 * MINUTE, B, 2)], sessions)[1] == (DAY, None, B)


def test_identified_by_the_site_the_anonymous_past_is_attached() -> None:
    """Mautic #11527: identified by JavaScript, the visits before were lost."""
    assert told([said(0, A)], [session(-DAY)]) == [(-LOOKBACK, None, A)]


def test_a_device_of_three_people_is_shared_looks_back_at_nothing_and_lasts_a_session() -> None:
    C = b"c" * 16
    sessions = [session(0), session(DAY), session(2 * DAY), session(3 * DAY)]
    made = spans([edge(1, A), edge(DAY + 1, B, 2), edge(2 * DAY + 1, C, 3)], sessions)
    assert [(one.from_at - NOW, one.to_at - NOW) for one in made] == [(0, DAY), (DAY, 2 * DAY), (2 * DAY, 2 * DAY + 25 * MINUTE + 1)]
    assert {one.shared for one in made} == {1}
    far = spans([edge(1, A), edge(DAY + 1, B, 2), edge(40 * DAY, C, 3)], sessions)
    assert {one.shared for one in far} == {0}


def test_two_returns_after_somebody_else_make_a_device_shared() -> None:
    """Mautic #4211: logging in by turns moved one person's history to the other and deleted them."""
    turns = [edge(place * DAY, lead, place + 1) for place, lead in enumerate([A, B, A, B])]
    made = spans(turns, [session(place * DAY) for place in range(5)])
    assert [one.lead_id for one in made] == [A, B, A, B]
    assert made[-1].to_at == NOW + 3 * DAY + 25 * MINUTE + 1
    assert spans(turns[:3], [])[-1].to_at == FOREVER


def test_merged_leads_do_not_make_a_device_shared() -> None:
    turns = [edge(place * DAY, A, place + 1) for place in range(4)]
    assert [one.shared for one in spans(turns, [])] == [0]


def test_the_sixth_browser_within_a_week_is_held_and_no_order_changes_that() -> None:
    first = {f"v{place}": NOW + place * HOUR for place in range(8)}
    assert held(first, VISITORS_MOST) == {"v5", "v6", "v7"}
    assert held(dict(reversed(first.items())), VISITORS_MOST) == {"v5", "v6", "v7"}
    assert held({name: NOW + place * 2 * DAY for place, name in enumerate(first)}, VISITORS_MOST) == set()


@pytest.mark.parametrize(
    ("marks", "ms", "touched", "human"),
    [(0, 2_000, True, True), (0, 1_999, True, False), (0, 60_000, False, False), (PROGRAM & -PROGRAM, 60_000, True, False)],
)
def test_a_scanner_that_follows_a_letters_link_is_nobody(marks: int, ms: int, touched: bool, human: bool) -> None:
    """Mautic #16263, #9798, #8692: mail gateways open every link."""
    assert is_human((NOW, NOW + HOUR, SITE), marks, [(NOW + 1, ms, touched), (NOW + 2 * HOUR, DAY, True)]) is human


def link(at: int, lead: bytes, number: int = 9) -> Edge:
    return said(at, lead, number, "email_link")


def test_a_letters_link_names_its_visit_alone() -> None:
    sessions = [session(-DAY), session(0, human=True), session(DAY)]
    assert told([link(MINUTE, A)], sessions) == [(0, 25 * MINUTE + 1, A)]
    assert told([link(MINUTE, A)], [session(0)]) == []
    assert told([link(MINUTE, A)], []) == []


def test_a_letters_link_yields_to_whoever_is_known_to_be_there() -> None:
    sessions = [session(0, human=True)]
    assert told([edge(-HOUR, B), link(MINUTE, A)], sessions) == [(-HOUR - LOOKBACK, None, B)]
    assert told([link(MINUTE, A), edge(2 * DAY, B, 2)], sessions) == [(2 * DAY - LOOKBACK, None, B)]


def test_a_signature_is_of_the_address_and_the_site() -> None:
    signed = signature(b"s", 1, SITE, "a@example.org")
    assert signed == hmac.new(signing_key(b"s", 1, SITE).encode(), b"a@example.org", "sha256").hexdigest()
    assert signed != signature(b"s", 1, 43, "a@example.org")


_MORE = st.lists(
    st.builds(
        lambda at, lead, number, kind: said(at * HOUR, lead, number, kind),
        st.integers(0, 40),
        st.sampled_from([A, B, b"c" * 16]),
        st.integers(1, 250),
        st.sampled_from(["form", "identify", "login", "reset", "email_link"]),
    ),
    max_size=10,
    unique_by=lambda one: one.id,
)
_LONG = st.lists(
    st.builds(
        lambda start, lasts, human: session(start * HOUR, lasts=lasts * MINUTE, human=human),
        st.integers(0, 40),
        st.integers(0, 90),
        st.booleans(),
    ),
    max_size=8,
)


def test_two_sessions_of_one_time_are_taken_in_one_order_whichever_came_first() -> None:
    both = [session(0, human=True), session(0, human=False)]
    assert told([link(MINUTE, A)], both) == told([link(MINUTE, A)], both[::-1]) != []


@settings(max_examples=300, deadline=None)
@given(edges=_MORE, sessions=_LONG, data=st.data())
def test_whatever_the_evidence_spans_are_apart_and_no_order_changes_them(
    edges: list[Edge], sessions: list[Visit], data: st.DataObject
) -> None:
    made = spans(edges, sessions)
    assert made == spans(data.draw(st.permutations(edges)), data.draw(st.permutations(sessions)))
    for before, after in itertools.pairwise(made):
        assert before.from_at < before.to_at <= after.from_at < after.to_at
    for one in edges:
        if one.kind == "reset":
            assert not [span for span in made if span.from_at < one.at and span.to_at > one.at + 1 and _strong(span, edges)]


def _strong(span: Span, edges: list[Edge]) -> bool:
    return next(one.kind for one in edges if one.id == span.edge_id) != "email_link"
