"""Next steps and reasons in words, for every step there is, in both languages."""

from __future__ import annotations

import pytest

from collector.domain.steps import STEPS, Step
from collector.present import steps
from collector.present.language import LANGUAGES

LEAD = {"phone": "+33612345678", "email": "a@example.com"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", STEPS)
def test_every_step_is_a_sentence(code: str, language: str) -> None:
    said = steps.sentence(Step(code, 3), LEAD, language)
    assert said.endswith((".", "…"))
    assert "%(" not in said


def test_a_step_says_whom_to_reach_and_since_when() -> None:
    assert steps.sentence(Step("call"), LEAD, "en") == "Call +33 6 12 34 56 78: nobody has yet."
    assert steps.sentence(Step("write"), LEAD, "en") == "Write to a@example.com: nobody has yet."
    assert "9 days ago" in steps.sentence(Step("chase", 9), LEAD, "en")
    assert "1 day is left" in steps.sentence(Step("answer-request", 1), LEAD, "en")


def test_the_two_weightiest_reasons_are_named_and_none_that_takes_away() -> None:
    rows = [
        {"rule": "pricing", "points": 800},
        {"rule": "contact", "points": 4000},
        {"rule": "return", "points": 500},
        {"rule": "careers", "points": -1000},
    ]
    assert steps.reasons(rows, "en") == "Asked something, Looked at prices"
    assert steps.reasons([{"rule": "careers", "points": -1000}, {"rule": "our-own", "points": 5}], "en") == "our-own"
    assert steps.reasons([], "en") == ""
