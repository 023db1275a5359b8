"""One next step for every lead, and since when a morning looks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from collector.domain.steps import DAY, DUE, STEPS, Facts, Step, morning, next_step

NOW = 1_795_429_920_000
LEAD = Facts("lead", "a@example.com", "", "", NOW)


@pytest.mark.parametrize(
    ("known", "step"),
    [
        ({}, Step("write")),
        ({"phone": "+33612345678"}, Step("call")),
        ({"phone": "+33612345678", "status": "new"}, Step("call")),
        ({"kind": "message", "email": ""}, Step("message")),
        ({"email": ""}, Step("message")),
        ({"status": "contacted", "contacted_at": NOW - 2 * DAY, "last_seen_at": NOW - 3 * DAY}, Step("wait", 2)),
        ({"status": "contacted", "contacted_at": NOW - 9 * DAY, "last_seen_at": NOW - 10 * DAY}, Step("chase", 9)),
        ({"status": "contacted", "contacted_at": NOW - 9 * DAY, "last_seen_at": NOW}, Step("back", 9)),
        ({"status": "contacted", "contacted_at": NOW - 60_000, "last_seen_at": NOW}, Step("wait", 0)),
        ({"status": "contacted"}, Step("wait", 0)),
        ({"status": "qualified"}, Step("qualified")),
        ({"status": "won"}, Step("won")),
        ({"status": "lost", "contacted_at": NOW - DAY, "last_seen_at": NOW}, Step("lost-back")),
        ({"status": "lost", "contacted_at": NOW, "last_seen_at": NOW - DAY}, Step("lost")),
        ({"excluded": "staff"}, Step("excluded")),
        ({"objected": True, "excluded": "objected"}, Step("objected")),
        ({"objected": True, "quarantine": "links"}, Step("release")),
        ({"objected": True, "due_at": NOW + 3 * DAY + 5}, Step("answer-request", 3)),
        ({"due_at": NOW - 5 * DAY}, Step("answer-request", 0)),
    ],
)
def test_the_next_step_follows_from_what_is_known(known: dict[str, Any], step: Step) -> None:
    assert next_step(LEAD._replace(**known), NOW) == step
    assert step.code in STEPS
    assert step.is_due == (step.code in DUE)


def test_who_objected_or_is_done_with_is_never_to_be_called() -> None:
    for known in ({"objected": True}, {"excluded": "customers"}, {"status": "won"}, {"status": "lost"}):
        assert not next_step(LEAD._replace(phone="+33612345678", contacted_at=NOW, **known), NOW).is_due


@pytest.mark.parametrize(
    ("today", "since"),
    [
        ("2026-11-30", "2026-11-27"),  # a Monday looks at Friday and the weekend
        ("2026-12-01", "2026-11-30"),
        ("2026-11-28", "2026-11-27"),
        ("2026-11-29", "2026-11-27"),
    ],
)
def test_a_morning_looks_from_the_last_working_day_on(today: str, since: str) -> None:
    epoch = date(1970, 1, 1)
    assert morning((date.fromisoformat(today) - epoch).days) == (date.fromisoformat(since) - epoch).days
