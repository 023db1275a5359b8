"""Sessions and touches: thirty minutes, twenty-four hours, and arrivals (reference: leads 2.2)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain import sources
from collector.domain.sessions import GAP, LONGEST, Fact, Folded, Session, Source, Touch, fold, trace_of
from tests.builders import DAY, HOME, HOUR, MINUTE, NOW, SITE, VISITOR, uuid7

GOOGLE = "https://www.google.com/"
LETTER = HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"
OWN = frozenset({"example.com", "other.example"})


def source_of(_site: int, url: str, referrer: str) -> Source | None:
    return sources.read(url, referrer, OWN)


def fact(
    at: int = 0,
    kind: str = "view",
    url: str = HOME,
    referrer: str = "",
    nav: str = "load",
    *,
    site: int = SITE,
    number: int = 0,
    **more: Any,
) -> Fact:
    identity = bytes.fromhex(uuid7(NOW + at, number or at).replace("-", ""))
    given = {"page": "page0001", "n": 0, "ms": 0, "language": "", "agent": "", "marks": 0} | more
    return Fact(
        NOW + at,
        given["page"],
        given["n"],
        identity,
        kind,
        site,
        url,
        referrer,
        nav,
        given["ms"],
        given["language"],
        given["agent"],
        given["marks"],
    )


def folded(*facts: Fact) -> tuple[list[Session], list[Touch]]:
    made = fold(VISITOR, facts, source_of)
    return sorted(made.sessions.values(), key=lambda one: (one.started_at, one.site_id)), sorted(
        made.touches.values(), key=lambda one: (one.at, one.id)
    )


def channels(*facts: Fact) -> list[tuple[str, str]]:
    return [(one.source.channel, one.source.source) for one in folded(*facts)[1]]


@pytest.mark.parametrize(("pause", "sessions"), [(GAP - 1, 1), (GAP, 2), (GAP + 1, 2)])
def test_a_pause_of_exactly_thirty_minutes_begins_a_session(pause: int, sessions: int) -> None:
    assert len(folded(fact(0), fact(pause))[0]) == sessions


def test_attention_keeps_a_session_alive() -> None:
    assert len(folded(fact(0), fact(20 * MINUTE, "engage", ms=900), fact(45 * MINUTE))[0]) == 1


@pytest.mark.parametrize("kind", ["form_result", "identify", "consent", "error"])
def test_what_is_only_said_of_a_visitor_keeps_nothing_alive(kind: str) -> None:
    assert len(folded(fact(0), fact(20 * MINUTE, kind), fact(45 * MINUTE))[0]) == 2
    assert folded(fact(0, kind)) == ([], [])


def test_a_session_lasts_at_most_a_day() -> None:
    steps = [fact(step * 29 * MINUTE) for step in range(60)]
    sessions, _touches = folded(*steps)
    assert [one.events for one in sessions] == [50, 10]
    assert sessions[1].started_at - sessions[0].started_at >= LONGEST


def test_a_session_has_at_most_ten_thousand_facts() -> None:
    sessions, _touches = folded(*(fact(step, "engage", number=step + 1) for step in range(10_001)))
    assert [one.events for one in sessions] == [10_000, 1]


def test_midnight_splits_nothing() -> None:
    midnight = -NOW % DAY
    sessions, touches = folded(fact(midnight - MINUTE), fact(midnight + MINUTE))
    assert (len(sessions), len(touches)) == (1, 1)


def test_a_campaign_opens_a_touch_and_no_session() -> None:
    """Matomo #9299, #18511, #20036: each campaign began a visit, four and more for one address."""
    sessions, touches = folded(fact(0, referrer=GOOGLE), fact(MINUTE, url=LETTER))
    assert len(sessions) == 1
    assert [one.source.source for one in touches] == ["google", "lettre"]
    assert {one.session_id for one in touches} == {sessions[0].id}
    assert sessions[0].touch_id == touches[1].id


def test_another_referrer_opens_a_touch_and_the_same_does_not() -> None:
    assert channels(
        fact(0, referrer=GOOGLE), fact(MINUTE, url=HOME + "a", referrer=GOOGLE), fact(2 * MINUTE, referrer="https://www.bing.com/")
    ) == [
        ("Organic Search", "google"),
        ("Organic Search", "bing"),
    ]


def test_another_click_id_opens_a_touch() -> None:
    assert len(channels(fact(0, url=HOME + "?gclid=a"), fact(MINUTE, url=HOME + "?gclid=a"), fact(2 * MINUTE, url=HOME + "?gclid=b"))) == 2


@pytest.mark.parametrize(("later", "told"), [(GAP - 1, ["lettre"]), (GAP, ["(direct)", "lettre"])])
def test_a_young_direct_gives_way(later: int, told: list[str]) -> None:
    facts = [fact(0), fact(later // 2, "engage"), fact(later, url=LETTER)]
    assert [source for _channel, source in channels(*facts)] == told


def test_direct_gives_way_across_two_folds() -> None:
    first = fold(VISITOR, [fact(0)], source_of)
    direct = next(iter(first.touches))
    second = fold(VISITOR, [fact(MINUTE, url=LETTER)], source_of, first.sessions.values())
    assert second.gone == {direct: next(iter(first.sessions))}
    assert [one.source.source for one in second.touches.values()] == ["lettre"]


def test_direct_never_replaces_a_source() -> None:
    assert channels(fact(0, url=LETTER), fact(MINUTE, url=HOME + "a")) == [("Email", "lettre")]


@pytest.mark.parametrize("nav", ["reload", "bfcache"])
def test_a_reload_opens_nothing(nav: str) -> None:
    facts = [fact(0, url=LETTER), fact(MINUTE, url=HOME, referrer=GOOGLE), fact(2 * MINUTE, url=LETTER, nav=nav)]
    assert [source for _channel, source in channels(*facts)] == ["lettre", "google"]


def test_the_same_page_without_a_referrer_is_a_reload_too() -> None:
    assert len(channels(fact(0, referrer=GOOGLE, url=LETTER), fact(MINUTE, url=LETTER))) == 1


@pytest.mark.parametrize("referrer", [HOME + "a", "https://shop.example.com/", "https://other.example/x"])
def test_campaign_tags_on_an_internal_link_open_nothing(referrer: str) -> None:
    assert channels(fact(0, referrer=GOOGLE), fact(MINUTE, url=LETTER, referrer=referrer)) == [("Organic Search", "google")]


def test_a_payment_host_is_no_arrival() -> None:
    assert channels(fact(0, url=LETTER), fact(MINUTE, url=HOME + "merci", referrer="https://checkout.stripe.com/")) == [("Email", "lettre")]


def test_a_route_change_counts_the_documents_referrer_once() -> None:
    facts = [fact(0, referrer=GOOGLE), fact(MINUTE, url=LETTER), fact(2 * MINUTE, url=HOME + "#/b", referrer=GOOGLE, nav="route")]
    assert [source for _channel, source in channels(*facts)] == ["google", "lettre"]


def test_a_route_change_after_a_pause_comes_from_nowhere() -> None:
    assert channels(fact(0, referrer=GOOGLE), fact(HOUR, url=HOME + "b", referrer=GOOGLE, nav="route")) == [
        ("Organic Search", "google"),
        ("Direct", "(direct)"),
    ]


def test_every_session_has_a_touch() -> None:
    assert channels(fact(0, url=LETTER), fact(HOUR, referrer=HOME), fact(2 * HOUR, "engage")) == [
        ("Email", "lettre"),
        ("Direct", "(direct)"),
        ("Direct", "(direct)"),
    ]


@pytest.mark.parametrize("kind", ["engage", "click", "custom", "form_start", "form_submit"])
def test_a_page_that_was_left_open_is_no_second_arrival(kind: str) -> None:
    """Its address still carries the campaign and the click; nobody came by them again."""
    for url in (LETTER, HOME + "?gclid=a"):
        told = channels(fact(0, url=url), fact(HOUR, kind, url=url))
        assert [channel for channel, _source in told][1:] == ["Direct"]
        assert len(folded(fact(0, url=url), fact(HOUR, kind, url=url))[0]) == 2


def test_a_real_arrival_replaces_the_direct_one_of_a_page_left_open() -> None:
    facts = [fact(0, url=LETTER), fact(HOUR, "engage", url=LETTER), fact(HOUR + MINUTE, url=HOME + "b", referrer=GOOGLE)]
    assert channels(*facts) == [("Email", "lettre"), ("Organic Search", "google")]


def test_of_conflicting_duplicates_the_first_that_says_something_wins_and_the_raw_address_is_kept() -> None:
    url = HOME + "?utm_source=&utm_source=bing&utm_medium=sem&utm_medium=ppc"
    _sessions, (touch,) = folded(fact(0, url=url))
    assert (touch.source.source, touch.source.medium, touch.landing) == ("bing", "sem", url)


def test_two_sites_of_an_account_are_apart() -> None:
    sessions, touches = folded(fact(0), fact(MINUTE, site=43, referrer=GOOGLE), fact(2 * MINUTE, url=HOME + "a"))
    assert [(one.site_id, one.views) for one in sessions] == [(SITE, 2), (43, 1)]
    assert [one.site_id for one in touches] == [SITE, 43]


def test_a_session_sums_up_what_was_done() -> None:
    facts = [
        fact(0, language="fr-FR", agent="Chrome", marks=1), fact(1, "engage", ms=400), fact(2, url=HOME + "b", marks=4),
        fact(3, "engage", ms=600), fact(4, "form_submit"),
    ]  # fmt: skip
    (made,), _touches = folded(*facts)
    assert (made.views, made.events, made.engaged_ms, made.marks) == (2, 5, 1_000, 5)
    assert (made.entry_page, made.exit_trace, made.language, made.agent) == ("/", trace_of(HOME + "b"), "fr-FR", "Chrome")
    assert (made.started_at, made.ended_at) == (NOW, NOW + 4)


_ATS = st.sampled_from([0, 1, MINUTE, GAP - 1, GAP, GAP + 1, HOUR, HOUR + GAP - 1, 12 * HOUR, DAY - 1, DAY, DAY + 1, DAY + GAP, 2 * DAY])
_FACTS = st.lists(
    st.builds(
        fact, _ATS, st.sampled_from(["view", "view", "view", "engage", "form_submit", "consent"]), st.sampled_from([HOME, LETTER, HOME + "?gclid=x", HOME + "a"]),
        st.sampled_from(["", GOOGLE, HOME, "https://www.bing.com/"]), st.sampled_from(["load", "reload", "route"]),
        site=st.sampled_from([SITE, 43]), number=st.integers(1, 10**6), n=st.integers(0, 3),
    ),
    max_size=14,
)  # fmt: skip


def _step_by_step(facts: Sequence[Fact], cuts: Sequence[int]) -> Folded:
    """Folds in parts, each onto what the ones before it left open."""
    whole, open_ones = Folded(), {}
    edges = [0, *sorted(cuts), len(facts)]
    for start, end in itertools.pairwise(edges):
        part = fold(VISITOR, facts[start:end], source_of, list(open_ones.values()))
        whole.sessions |= part.sessions
        for gone in part.gone:
            whole.touches.pop(gone, None)
        whole.touches |= part.touches
        for session in part.sessions.values():
            if session.site_id not in open_ones or open_ones[session.site_id].last <= session.last:
                open_ones[session.site_id] = session
    return whole


@settings(max_examples=200, deadline=None)
@given(facts=_FACTS, data=st.data())
def test_folding_in_parts_is_folding_at_once(facts: list[Fact], data: st.DataObject) -> None:
    facts = sorted({one.id: one for one in facts}.values())
    cuts = data.draw(st.lists(st.integers(0, len(facts)), max_size=4))
    at_once, in_parts = fold(VISITOR, facts, source_of), _step_by_step(facts, cuts)
    assert in_parts.sessions == at_once.sessions
    assert in_parts.touches == at_once.touches


@settings(max_examples=100, deadline=None)
@given(facts=_FACTS)
def test_sessions_obey_their_bounds(facts: list[Fact]) -> None:
    sessions, touches = folded(*{one.id: one for one in facts}.values())
    for one in sessions:
        assert one.ended_at - one.started_at < LONGEST
        assert one.touch_id in {touch.id for touch in touches if touch.session_id == one.id}
    for site in (SITE, 43):
        mine = [one for one in sessions if one.site_id == site]
        for before, after in itertools.pairwise(mine):
            assert after.started_at - before.ended_at >= GAP or after.started_at - before.started_at >= LONGEST
