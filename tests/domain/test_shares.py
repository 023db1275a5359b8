"""What each channel has, quickly: the same as the models say one conversion at a time; and the lines that are made of it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.domain.attribution import MODELS, Terms, attribute
from collector.domain.costs import Sum
from collector.domain.paths import DAY
from collector.domain.rollups import PART
from collector.domain.shares import (
    QUICK,
    TIMED,
    Credit,
    Credits,
    Keys,
    Row,
    Source,
    Ways,
    counted,
    currency_of,
    is_under,
    merged,
    parts,
    spent,
    spent_else,
)

NOW = 1_795_000_000_000
SOME = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = [
    PART.join(one)
    for one in (("Direct", "(direct)", ""), ("Email", "lettre", "mai"), ("Paid Search", "google", "ete"), ("Organic Search", "google", ""))
]

touches = st.lists(st.tuples(st.integers(0, 120 * DAY), st.sampled_from(TEXTS)), max_size=5)
conversions = st.lists(st.tuples(st.booleans(), st.integers(0, 1_000), st.sampled_from(["EUR", "USD"]), touches), max_size=12)


def rows(told: list[tuple[bool, int, str, list[tuple[int, str]]]]) -> list[Row]:
    made: list[Row] = []
    for is_lead, value, code, steps in told:
        ordered = sorted((NOW - age, text) for age, text in steps)
        made.append(
            (
                "lead" if is_lead else "again",
                NOW,
                value,
                code,
                (NOW, None, None),
                ([at for at, _ in ordered], [text for _, text in ordered]),
            )
        )
    return made


@pytest.mark.parametrize("level", ["channel", "campaign"])
@given(told=conversions)
@SOME
def test_ways_that_are_laid_together_have_the_shares_of_each_alone(
    level: str, told: list[tuple[bool, int, str, list[tuple[int, str]]]]
) -> None:
    keys = Keys(level)
    together, alone = Ways(keys, 90, each=False, timed=False), Ways(keys, 90, each=True, timed=True)
    together.take(rows(told))
    alone.take(rows(told))
    for model in sorted(QUICK - {"shapley"}):
        quick = together.credits(model, "EUR", 90).of
        slow = alone._by_each(model, Terms(model, 90, currency="EUR"), []).of
        assert {name for name, one in quick.items() if one.conversions} == {name for name, one in slow.items() if one.conversions}
        for name, one in quick.items():
            assert one.leads == pytest.approx(slow[name].leads, abs=1e-9)
            assert one.conversions == pytest.approx(slow[name].conversions, abs=1e-9)
            assert one.value == slow[name].value, "to the cent"


@given(told=conversions)
@SOME
def test_no_lead_is_lost_by_any_model(told: list[tuple[bool, int, str, list[tuple[int, str]]]]) -> None:
    made = Ways(Keys("source"), 90, each=True, timed=True)
    made.take(rows(told))
    for model in MODELS:
        found = made.credits(model, "EUR", 90)
        assert sum(one.leads for one in found.of.values()) == pytest.approx(sum(one[0] for one in told))
        assert sum(one.value for one in found.of.values()) == sum(one[1] for one in told if one[2] == "EUR")
        assert found.used in ("linear", model)


def test_too_few_for_shapley_or_a_chain_are_shared_evenly_and_it_is_said() -> None:
    made = Ways(Keys("channel"), 90, each=True, timed=False)
    made.take(rows([(True, 0, "EUR", [(DAY, TEXTS[1])])]))
    for model in ("shapley", "markov"):
        found = made.credits(model, "", 90)
        assert (found.model, found.used, found.why) == (model, "linear", "few-conversions")
    assert not TIMED & QUICK
    assert attribute([], Terms("linear", 90)).shares == ()


def test_touches_older_than_the_look_back_earn_nothing() -> None:
    made = Ways(Keys("channel"), 90, each=False, timed=False)
    made.take(
        rows(
            [(True, 100, "EUR", [(91 * DAY, TEXTS[1]), (90 * DAY, TEXTS[2]), (DAY, TEXTS[0])]), (False, 50, "EUR", [(99 * DAY, TEXTS[1])])]
        )
    )
    assert made.credits("first", "EUR", 90).of == {"Paid Search": Credit(1, 1, 100), "Unassigned (no touch)": Credit(0, 1, 50)}
    assert made.credits("last-non-direct", "EUR", 90).of["Paid Search"] == Credit(1, 1, 100)
    assert made.credits("last", "EUR", 90).of["Direct"] == Credit(1, 1, 100)


def test_visits_without_a_campaign_are_what_its_source_has_left() -> None:
    sources = {"Email\x1flettre": 10, "Direct\x1f(direct)": 4, "~": 1}
    campaigns = {"Email\x1flettre\x1fmai": 7, "rentree": 3, "Email\x1fgone\x1fx": 2}
    assert counted("channel", sources, campaigns) == {"Email": 10, "Direct": 4, "~": 1}
    assert counted("source", sources, {}) == {"Email\x1flettre": 10, "Direct": 4, "~\x1f": 1}
    assert counted("campaign", sources, campaigns) == {"Email\x1flettre\x1fmai": 7, "Email\x1flettre\x1f": 3, "Direct": 4, "~\x1f\x1f": 1}
    assert parts("channel", {"Email\x1fa": [1, 2], "Email\x1fb": [0, 1]}) == {"Email": [1, 3]}
    assert parts("campaign", {"Email\x1fa\x1fx": [1, 2]}) == {"Email\x1fa\x1fx": [1, 2]}


def test_a_line_stands_under_its_channel_and_its_source() -> None:
    key = "Email\x1flettre\x1fmai"
    assert is_under(key, "", "")
    assert is_under(key, "Email", "")
    assert is_under(key, "Email", "lettre")
    assert not is_under(key, "Email", "let")
    assert not is_under(key, "SMS", "")
    assert is_under("Direct", "Direct", "")


def test_costs_find_their_line_whatever_their_case_and_stand_where_nobody_came() -> None:
    sums = [Sum("google", "cpc", "ETE", "EUR", 1_200), Sum("bing", "", "", "EUR", 300), Sum("google", "cpc", "ete", "USD", 99)]
    assert currency_of({"USD": 1, "EUR": 1}, []) == "EUR"
    assert currency_of({}, sums) == "EUR"
    assert currency_of({}, [Sum("bing", "", "", "AUD", 1), *sums]) == "EUR", "what most costs are in, and not the first by name"
    assert spent_else(sums, "EUR") == {"USD": 99}
    now = [Credits("first", "first", "", {"Paid Search\x1fgoogle\x1fete": Credit(2, 3, 500)})]
    lines = merged({"Paid Search\x1fgoogle\x1fete": 40}, {"Email\x1flettre\x1f": 5}, now, [None], spent(sums, "campaign", "EUR"))
    assert {line.key.split(PART)[1]: (line.visits, line.visits_before, line.cost) for line in lines} == {
        "google": (40, 0, 1_200),
        "lettre": (0, 5, None),
        "bing": (0, 0, 300),
    }
    total = Source()
    for line in lines:
        total = total.plus(line)
    assert (total.visits, total.visits_before, total.cost, total.credits, total.credits_before) == (
        40,
        5,
        1_500,
        (Credit(2, 3, 500),),
        (None,),
    )
