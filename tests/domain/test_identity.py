"""Whose are a visitor's visits (reference: leads 2.1): spans from evidence to evidence."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain.identity import FOREVER, LOOKBACK, Edge, Span, Visit, identifier_id, spans
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
