"""Requests of persons: a month, two more once, and which end stands; links last seven days by the time that is given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain import requests, tickets
from collector.domain.requests import State, days_left, due, may_extend, state
from tests.builders import DAY, NOW, SECOND, SECRET


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("2026-01-31", "2026-02-28"), ("2024-01-31", "2024-02-29"), ("2026-12-15", "2027-01-15"), ("2026-11-30", "2026-12-30")],
)
def test_an_answer_is_due_a_month_later_or_on_the_last_day_of_a_shorter_one(asked: str, answer: str) -> None:
    assert due(_ms(asked)) == _ms(answer)


def test_two_more_months_are_counted_from_the_request() -> None:
    assert due(_ms("2026-01-31"), 3) == _ms("2026-04-30")
    assert state(_ms("2026-01-31"), [("extended", _ms("2026-02-02"))]).due_at == _ms("2026-04-30")


def test_they_are_taken_once_and_within_the_first_month() -> None:
    fresh = state(NOW, [])
    assert may_extend(NOW, NOW + 20 * DAY, fresh)
    assert not may_extend(NOW, due(NOW) + 1, fresh)
    assert not may_extend(NOW, NOW + DAY, state(NOW, [("extended", NOW)]))
    assert not may_extend(NOW, NOW + DAY, state(NOW, [("refused", NOW)]))


def test_the_first_end_stands_in_whatever_order_steps_are_read() -> None:
    told = [("done", NOW + 5), ("confirmed", NOW + 1), ("refused", NOW + 9), ("confirmed", NOW + 3)]
    for one in (told, told[::-1]):
        assert state(NOW, one) == State(due(NOW), "done", NOW + 5, NOW + 3, False)


def test_days_are_whole_and_below_zero_from_the_first_moment_that_is_too_late() -> None:
    assert [days_left(NOW, at) for at in (NOW - 2 * DAY, NOW - 1, NOW, NOW + 1, NOW + DAY)] == [2, 0, 0, -1, -1]


# Links ----------------------------------------------------------------------------------------------------------------


def test_a_link_says_whom_and_what_it_is_for_for_seven_days() -> None:
    token = tickets.make(SECRET, 3, b"i" * 16, b"r" * 16, now=NOW)
    for later in (0, 6 * DAY, tickets.LASTS):
        assert tickets.read(SECRET, token, now=NOW + later) == tickets.Ticket(3, b"i" * 16, b"r" * 16, NOW // SECOND * SECOND)
    with pytest.raises(tickets.BadTicket, match="expired"):
        tickets.read(SECRET, token, now=NOW + tickets.LASTS + SECOND)


def test_a_link_of_another_secret_is_none() -> None:
    with pytest.raises(tickets.BadTicket, match="wrong"):
        tickets.read(b"x" * 32, tickets.make(SECRET, 1, b"i" * 16, b"r" * 16, now=NOW), now=NOW)


@given(st.integers(0, 83), st.sampled_from("Aa0-_.~é"))
def test_no_sign_of_a_link_can_be_changed(place: int, sign: str) -> None:
    token = tickets.make(SECRET, 1, bytes(range(16)), b"r" * 16, now=NOW)
    place %= len(token)
    other = token[:place] + sign + token[place + 1 :]
    try:
        assert tickets.read(SECRET, other, now=NOW) == tickets.read(SECRET, token, now=NOW)  # base64's last bits say nothing
    except tickets.BadTicket:
        assert other != token


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "x" * 100_000, "\x00", "é.é.é"])
def test_what_is_no_link_is_said_to_be_wrong(token: str) -> None:
    with pytest.raises(tickets.BadTicket, match="wrong"):
        tickets.read(SECRET, token, now=NOW)


def test_every_kind_and_step_has_words() -> None:
    from collector.present import requests as words

    assert set(words.KINDS) == set(words.ARTICLES) == set(requests.KINDS)
    assert (set(words.BY), set(words.STEPS)) == (set(requests.BY), set(requests.STEPS))
    for language, said in (("en", "Overdue by 1 day"), ("fr", "En retard de 1 jour")):
        assert words.left(state(NOW, []), due(NOW) + 1, language) == said
    assert words.proof('{"leads":1,"unheard":2}', "en") == "leads erased: 1 · unheard: 2"
    assert words.proof("", "en") == ""
