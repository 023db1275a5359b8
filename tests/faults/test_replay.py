"""The same again (R14): ten times, in another order, split, too late, too early. Each answer as the first, each event once."""

from __future__ import annotations

from random import Random
from typing import Any

from tests import builders

from .asking import Answer, ask, now
from .ledger import derived, rows
from .server import Server

DAY = builders.DAY
VISITOR = "replayAAAAAAAAAAAAAAAA"


def _story(number: int) -> list[dict[str, Any]]:
    """What one visitor sent at once: views, engagement, a form with its result."""
    at = now() - 60_000
    page = f"page{number:05}"
    made = [builders.view(at + place * 1_000, f"https://example.com/{number}/{place}", n=place, page=page) for place in range(6)]
    made.append(builders.event("engage", at + 7_000, n=6, page=page, ms=4_000, scroll=80))
    sent = builders.form(at + 8_000, f"replay{number}@client.example", n=7, page=page)
    return [*made, sent, builders.result(sent, "confirmed", at + 9_000, n=8, page=page)]


def _count(server: Server) -> int:
    return int(rows(server.file, "SELECT count(*) FROM event")[0][0])


def _taken(server: Server, events: list[dict[str, Any]], visitor: str) -> None:
    assert ask(server, *events, visitor=visitor) == Answer(204, "", 0)


def test_what_is_sent_again_in_any_way_is_answered_alike_and_changes_nothing(server: Server, full: bool) -> None:
    dice = Random(14)
    stories = 5_000 if full else 20
    for number in range(stories):
        events, visitor = _story(number), f"{VISITOR[:-5]}{number:05}"
        _taken(server, events, visitor)
        if number == 0:
            first = derived(server.file)
            for _ in range(10):
                _taken(server, events, visitor)
            assert derived(server.file) == first
        shuffled = dice.sample(events, len(events))
        _taken(server, shuffled, visitor)
        half = dice.randrange(1, len(events))
        _taken(server, shuffled[half:], visitor)
        _taken(server, shuffled[:half] + shuffled[:2], visitor)
        assert _count(server) == (number + 1) * 9
    before = derived(server.file)
    assert len(before["lead"]) == len(before["session"]) == stories
    server.stop()
    server.command("rebuild")
    assert derived(server.file) == before


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
