"""Scores in words."""

from __future__ import annotations

from typing import Any

import pytest

from collector.domain.backtest import tried
from collector.domain.scoring import DEFAULT, EXCLUSIONS, SIGNALS, Rule, Rules
from collector.domain.scoring import KINDS as OF
from collector.present import scores


def _reason(rule: str, points: int, times: int = 1) -> dict[str, Any]:
    return {"rule": rule, "points": points, "times": times, "first_at": 0, "evidence": []}


@pytest.mark.parametrize(
    ("reason", "english", "french"),
    [
        (_reason("contact", 4_000), "+40: Asked something.", "+40\u00a0: A demandé quelque chose."),
        (_reason("pricing", 1_600, 5), "+16: Looked at prices, 5 times, that is the most it gives.", "+16\u00a0: A regardé les prix, 5 fois, c’est le plus qu’elle donne."),
        (_reason("pricing", 750), "+7.5: Looked at prices, some of it has faded.", "+7,5\u00a0: A regardé les prix, une part s’est estompée."),
        (_reason("careers", -1_000), "−10: Looks for a job.", "−10\u00a0: Cherche un emploi."),
        (_reason("business", 1_000), "+10: Writes from a company.", "+10\u00a0: Écrit depuis une entreprise."),
        (_reason("paid", 0), "0: Came by an ad, some of it has faded.", "0\u00a0: Est venu par une publicité, une part s’est estompée."),
        (_reason("webinar", 500), "+5: webinar.", "+5\u00a0: webinar."),
    ],
)  # fmt: skip
def test_a_reason_is_a_sentence(reason: dict[str, Any], english: str, french: str) -> None:
    assert scores.said(reason, DEFAULT, "en") == english
    assert scores.said(reason, DEFAULT, "fr") == french


def test_every_rule_signal_list_and_fault_has_words() -> None:
    for rule in DEFAULT.rules:
        assert scores.is_ours(rule.name)
        for language in ("en", "fr"):
            assert scores.name(rule.name, language) != rule.name
            assert scores.rule(rule, language).endswith(".")
    assert set(scores.SIGNALS) == set(SIGNALS)
    assert set(scores.KINDS) == set(OF)
    assert set(scores.EXCLUDED) == set(EXCLUSIONS)
    assert scores.unscored("", "en") == ""
    assert "customer" in scores.unscored("customers", "en")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (DEFAULT.rules[0], "+40 for a form in which somebody asks, once; after 30 days it halves every 14 days."),
        (DEFAULT.rules[1], "+8 for a page, by words of its address, at most 2 times; it halves every 14 days."),
        (DEFAULT.rules[4], "+1 for each 30 seconds of reading, at most 10 times; it halves every 14 days."),
        (Rule("r", "negative", "freemail", 2.5), "−2.5 for an address of a mail provider, once; it does not fade."),
    ],
)
def test_a_rule_says_what_it_does(rule: Rule, says: str) -> None:
    assert scores.rule(rule, "en") == says


def test_a_rate_says_its_interval_and_advice_its_floor() -> None:
    one = tried("pricing", 40, 30, 100, 36)
    assert scores.rate(one.with_it, "en") == "30 of 40: 75% (60% to 86%)"
    assert scores.rate(one.with_it, "fr") == "30 sur 40\u00a0: 75\u00a0% (de 60\u00a0% à 86\u00a0%)"
    assert scores.advice(one, "en") == "Leads with it are won more often."
    assert scores.rate(tried("x", 0, 0, 9, 1).with_it, "en") == "no lead"
    assert scores.advice(tried("x", 29, 1, 400, 1), "en") == "Fewer than 30 leads with it or without it: no advice."
    assert [scores.whole(n) for n in (0, 49, 50, 10_000)] == [0, 0, 1, 100]
    assert scores.said(_reason("pricing", 8), Rules(), "en") == "+0.08: Looked at prices."
