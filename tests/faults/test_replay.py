"""The same again (R14): ten times, in another order, split, too late, too early. Each answer as the first, each event once."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests import builders

from .asking import Answer, ask, now
from .ledger import derived, rows
from .server import Server

pytestmark = pytest.mark.fault(id="R14", minutes=8)
DAY = builders.DAY
VIEWS = 15
STORY = VIEWS + 3  # events
TIMES = 4  # that a story is sent again in each way
VISITOR = "replayAAAAAAAAAAAAAAAA"


def _story(number: int) -> list[dict[str, Any]]:
    """What one visitor sent at once: views, engagement, a form with its result."""
    at = now() - 60_000
    page = f"page{number:05}"
    made = [builders.view(at + place * 1_000, f"https://example.com/{number}/{place}", n=place, page=page) for place in range(VIEWS)]
    made.append(builders.event("engage", at + 17_000, n=VIEWS, page=page, ms=4_000, scroll=80))
    sent = builders.form(at + 18_000, f"replay{number}@client.example", n=VIEWS + 1, page=page)
    return [*made, sent, builders.result(sent, "confirmed", at + 19_000, n=VIEWS + 2, page=page)]


def _count(server: Server) -> int:
    return int(rows(server.file, "SELECT count(*) FROM event")[0][0])


def _scored(server: Server) -> None:
    """Waits for the clock's first look: until then scores are by no day."""
    while rows(server.file, "SELECT scored_at FROM account") == [(0,)]:
        time.sleep(0.05)


def _taken(server: Server, events: list[dict[str, Any]], visitor: str) -> None:
    assert ask(server, *events, visitor=visitor) == Answer(204, "", 0)


def _again(server: Server, events: list[dict[str, Any]], visitor: str, dice: Random) -> None:
    """Whole, in another order, split with an overlap."""
    shuffled = dice.sample(events, len(events))
    half = dice.randrange(1, len(events))
    _taken(server, events, visitor)
    _taken(server, shuffled, visitor)
    _taken(server, shuffled[half:], visitor)
    _taken(server, shuffled[:half] + shuffled[-2:], visitor)


def test_what_is_sent_again_in_any_way_is_answered_alike_and_changes_nothing(
    server: Server, dice: Random, lane: int, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    stories = figure(20, 5_000)
    _scored(server)
    for number in range(stories):
        events, visitor = _story(number), f"{VISITOR[:-5]}{number:05}"
        _taken(server, events, visitor)
        if number % 100 == 0:
            first = derived(server.file)
        for _ in range(TIMES if number % 100 == 0 or stories > 100 else 1):
            _again(server, events, visitor, dice)
        if number % 100 == 0:
            assert derived(server.file) == first
            assert _count(server) == (number + 1) * STORY
    before = derived(server.file)
    assert len(before["lead"]) == len(before["session"]) == stories
    assert _count(server) == stories * STORY
    server.stop()
    server.command("rebuild")
    assert derived(server.file) == before
    told(events=stories * STORY, lost=0, doubled=0, rebuilds_identical=1)


def test_the_order_in_which_batches_come_does_not_change_what_is_derived(server: Server) -> None:
    events = _story(1)
    at, visitor = now(), "orderAAAAAAAAAAAAAAAAA"
    for event in reversed(events):  # each alone, the last first
        assert ask(server, event, visitor=visitor, sent=at).status == 204
    [session] = derived(server.file)["session"]
    server.stop()
    before = derived(server.file)
    server.command("rebuild")
    assert derived(server.file) == before
    assert [session] == before["session"]


def test_old_and_future_events_are_taken_or_refused_by_name_and_a_repeat_is_answered_as_the_first(server: Server) -> None:
    for days, offset, refused in (
        (30, 6 * DAY, ""),  # 30 days old, and its tag says it waited for 6 days
        (32, 6 * DAY, "bad-id=1"),
        (30, 30 * DAY, "bad-time=1"),
        (-0.9, 0, ""),
        (-1.1, 0, "bad-id=1"),
    ):
        event = builders.view(now() - int(days * DAY))
        for _ in range(3):
            assert ask(server, event, visitor=VISITOR, sent=event["at"] + offset) == Answer(204, refused, 0), days
    assert _count(server) == 2
    assert rows(server.file, "SELECT count(*) FROM session WHERE ended_at < started_at") == [(0,)]
