"""Scores: bounds, caps, decay, exclusions, and what others publish of theirs (reference: leads 2.6)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from collector.domain import scoring
from collector.domain.scoring import DAY, DEFAULT, MOST_RULES, SIGNALS, BadRule, Rule, Rules, Score, Signal, score, worth

NOW = 1_760_000_000_000
MINUTE = 60_000


def signal(kind: str, days: float = 0, text: str = "", amount: float = 1.0, number: int = 0) -> Signal:
    """Something that was so many days ago."""
    at = NOW - round(days * DAY)
    return Signal(at, f"{kind[:8]}{number}{at % 10**7}".encode()[:16].ljust(16), kind, text, amount)


def points(made: Score) -> dict[str, float]:
    """Points by rule."""
    return {one.rule: one.points / 100 for one in made.reasons}


def only(*rules: Rule) -> Rules:
    """Nothing but these rules."""
    return Rules(rules)


# The default rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([], {}),
        ([signal("form")], {"contact": 40}),
        ([signal("form", 30)], {"contact": 40}),
        ([signal("form", 44)], {"contact": 20}),
        ([signal("form", 58)], {"contact": 10}),
        ([signal("form"), signal("form", 1)], {"contact": 40}),
        ([signal("form", 44), signal("form", 58)], {"contact": 30}),
        ([signal("signup")], {}),
        ([signal("page", 0, "/nos-tarifs")], {"pricing": 8}),
        ([signal("page", 14, "/pricing")], {"pricing": 4}),
        ([signal("page", n, "/pricing") for n in range(5)], {"pricing": 16}),
        ([signal("page", 0, "/contact")], {}),
        ([signal("download", 14), signal("download", 28)], {"download": 7.5}),
        ([signal("visible", amount=45)], {"attention": 1.5}),
        ([signal("visible", amount=900)], {"attention": 10}),
        ([signal("visible", 28, amount=120)], {"attention": 1}),
        ([signal("visit", n) for n in (14, 0)], {"return": 5}),
        ([signal("visit", n) for n in (60, 50, 40, 30)], {"return": pytest.approx(5 * (2 ** (-50 / 14) + 2 ** (-40 / 14) + 2 ** (-30 / 14)), abs=0.01)}),
        ([signal("visit", n) for n in (0, 0.1, 0.2)], {"often": 10, "return": 9.98}),
        ([signal("visit", n) for n in (7, 3, 0)], {"often": 10, "return": pytest.approx(5 * (1 + 2 ** (-3 / 14)), abs=0.01)}),
        ([signal("paid"), signal("paid", 1)], {"paid": 3}),
        ([signal("business", 900)], {"business": 10}),
        ([signal("country", 900, "FR")], {"country": 5}),
        ([signal("page", 90, "/nous-rejoindre")], {"careers": -10}),
        ([signal("freemail")], {"freemail": -5}),
    ],
    ids=str,
)  # fmt: skip
def test_each_default_rule_gives_its_points(signals: list[Signal], expected: dict[str, float]) -> None:
    made = score(scoring.with_countries(DEFAULT, ["FR"]), signals, NOW)
    assert points(made) == expected
    assert made.points == max(0, min(10_000, sum(one.points for one in made.reasons)))


def test_three_visits_in_more_than_seven_days_are_not_often() -> None:
    assert "often" not in points(score(DEFAULT, [signal("visit", n) for n in (7.1, 3, 0)], NOW))


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/tarifs", "pricing"), ("/nos-tarifs/", "pricing"), ("/Pricing", "pricing"), ("/fr/prix-pompe-a-chaleur", "pricing"), ("/price_list", "pricing"),
        ("/carri%C3%A8res", "careers"), ("/recrutement/offre-12", "careers"), ("/jobs", "careers"), ("/en/careers", "careers"),
        ("/offres-d-emploi", "careers"), ("/mode-d-emploi", ""), ("/blog/surprix", ""), ("/photoshop", ""), ("/", ""), ("/contact", ""),
    ],
)  # fmt: skip
def test_pages_are_told_by_the_words_of_their_path(path: str, rule: str) -> None:
    assert list(points(score(DEFAULT, [signal("page", 0, path)], NOW))) == ([rule] if rule else [])


def test_a_reason_names_its_newest_rows_and_the_first_time() -> None:
    told = [signal("page", day, "/pricing") for day in range(9)]
    (reason,) = score(DEFAULT, told, NOW).reasons
    assert (reason.times, reason.first_at) == (9, NOW - 8 * DAY)
    assert reason.evidence == tuple(one.evidence for one in told[:5])


def test_a_rule_that_is_off_says_nothing() -> None:
    off = structs.replace(DEFAULT.rules[0], on=False)
    assert score(only(off), [signal("form")], NOW) == Score(0)


def test_what_happens_after_the_time_of_the_score_is_fresh() -> None:
    assert points(score(DEFAULT, [signal("form", -3), signal("download", -3)], NOW)) == {"contact": 40, "download": 10}


# What others publish ------------------------------------------------------------------------------------------------


def test_the_published_score_of_pulsegate_is_four_of_our_rules() -> None:
    """1 point for each 10 s up to 35, for each 3.33 % of scrolling up to 30, for a click up to 20, 5 for a return up to 15."""
    rules = only(
        Rule("duration", "engagement", "visible", 1, 35, per=10),
        Rule("scroll", "engagement", "scroll", 1, 30, per=100 / 30),
        Rule("clicks", "engagement", "click", 1, 20),
        Rule("returns", "engagement", "return", 5, 3),
    )

    def told(seconds: float, scroll: float, clicks: int, visits: int) -> int:
        signals = [signal("visible", amount=seconds), signal("scroll", amount=scroll)]
        signals += [signal("click", number=n) for n in range(clicks)] + [signal("visit", n) for n in range(visits)]
        return score(rules, signals, NOW).points

    assert told(120, 50, 3, 2) == 100 * (12 + 15 + 3 + 5)
    assert told(350, 100, 20, 4) == 10_000
    assert told(10_000, 100, 500, 90) == 10_000
    assert told(0, 0, 0, 1) == 0


def test_leadfeeders_visits_are_one_to_five_of_ten_views() -> None:
    rule = Rule("views", "engagement", "page", 0.5, 10)
    for views, expected in ((2, 1.0), (9, 4.5), (10, 5.0), (80, 5.0)):
        assert worth(rule, [signal("page", 0, "/", number=n) for n in range(views)], NOW) == expected


def test_mautics_points_are_once_or_each_time() -> None:
    told = [signal("download", number=n) for n in range(4)]
    assert worth(Rule("once", "engagement", "download", 5), told, NOW) == 5
    assert worth(Rule("repeatable", "engagement", "download", 5, cap=1_000), told, NOW) == 20


# What always holds --------------------------------------------------------------------------------------------------

_SIGNALS = st.lists(
    st.builds(
        signal, st.sampled_from([*SIGNALS, "visit"]), st.floats(-2, 400), st.sampled_from(["", "/pricing", "/jobs", "fr"]), st.floats(0.1, 900), st.integers(0, 99)
    ),
    max_size=20,
)  # fmt: skip
_RULES = st.builds(
    Rule, st.just("r"), st.sampled_from(scoring.KINDS), st.sampled_from(SIGNALS), st.floats(0, 100), st.floats(0, 50), st.floats(0, 60), st.floats(0, 60),
    st.floats(0.5, 40),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rules=st.lists(_RULES, max_size=5), signals=_SIGNALS, days=st.integers(0, 800))
def test_a_score_has_its_bounds_and_is_the_sum_of_its_reasons(rules: list[Rule], signals: list[Signal], days: int) -> None:
    made = score(only(*rules), signals, NOW + days * DAY)
    assert 0 <= made.points <= 10_000
    assert made.points == max(0, min(10_000, sum(one.points for one in made.reasons)))
    for rule, one in zip([rule for rule in rules if scoring.applied(rule, sorted(signals))], made.reasons, strict=True):
        assert abs(one.points) <= round(100 * rule.points * rule.cap) + 1
        assert (one.points <= 0) if rule.kind == "negative" else (one.points >= 0)


@settings(max_examples=150, deadline=None)
@given(rule=_RULES, signals=_SIGNALS, more=st.floats(0, 20), later=st.floats(0, 500))
def test_a_larger_cap_gives_no_less_and_time_takes_away_only(rule: Rule, signals: list[Signal], more: float, later: float) -> None:
    told = sorted(signals)
    now = worth(rule, told, NOW)
    assert 0 <= now <= rule.points * rule.cap * (1 + 1e-12)
    assert worth(structs.replace(rule, cap=rule.cap + more), told, NOW) >= now
    after = worth(rule, told, NOW + round(later * DAY))
    assert after <= now + 1e-9
    if not rule.half_life:
        assert after == now


@settings(max_examples=100, deadline=None)
@given(signals=_SIGNALS, extra=_SIGNALS)
def test_more_of_it_never_makes_a_rule_worth_less_and_order_is_nothing(signals: list[Signal], extra: list[Signal]) -> None:
    for rule in DEFAULT.rules:
        assert worth(rule, sorted([*signals, *extra]), NOW) >= worth(rule, sorted(signals), NOW) - 1e-9
    assert score(DEFAULT, signals, NOW) == score(DEFAULT, reversed(signals), NOW)


@given(half_life=st.floats(0.1, 400), hold=st.floats(0, 90), n=st.integers(0, 6))
def test_after_the_hold_each_half_life_leaves_half(half_life: float, hold: float, n: int) -> None:
    rule = Rule("r", "engagement", "form", 1, half_life=half_life, hold=hold)
    assert scoring.remains(rule, round((hold + n * half_life) * DAY)) == pytest.approx(2.0**-n, rel=1e-6)
    assert scoring.remains(rule, int(hold * DAY)) == 1


# Who is not scored ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("a@example.com", "staff"), ("a@mail.example.com", "staff"), ("a@notexample.com", ""), ("a@team.example", "staff"),
        ("a@client.example", "customers"), ("a@fr.client.example", "customers"), ("a@rival.example", "competitors"), ("a@orange.fr", ""), ("", ""),
    ],
)  # fmt: skip
def test_staff_customers_and_competitors_are_not_scored(email: str, why: str) -> None:
    rules = Rules(staff=("team.example",), customers=("client.example",), competitors=("rival.example", "client.example"))
    assert scoring.excluded(rules, email, {"www.example.com"}) == why


@pytest.mark.parametrize(
    ("email", "country", "rules", "kinds"),
    [
        ("a@acme.example", "FR", Rules(), ["business", "country"]),
        ("a@orange.fr", "", Rules(), ["freemail"]),
        ("a@box.example", "", Rules(freemail=("box.example",)), ["freemail"]),
        ("", "BE", Rules(), ["country"]),
        ("", "", Rules(), []),
    ],
)
def test_what_an_address_and_a_country_say(email: str, country: str, rules: Rules, kinds: list[str]) -> None:
    assert [one.kind for one in scoring.fit(rules, email, country, NOW, b"s" * 16)] == kinds


@pytest.mark.parametrize(
    ("form", "url", "told", "kind"),
    [
        ("newsletter", "/contact", True, "signup"), ("infolettre", "/", False, "signup"), ("contact", "/", False, "form"), ("f1a2b3c", "/demo", False, "form"),
        ("f1a2b3c", "/blog", False, "signup"), ("f1a2b3c", "/blog", True, "form"), ("", "/", False, "signup"),
    ],
)  # fmt: skip
def test_who_asks_is_told_from_who_takes_a_letter(form: str, url: str, told: bool, kind: str) -> None:
    assert scoring.form_kind(form, url, told) == kind


# Changing them -----------------------------------------------------------------------------------------------------


def test_a_rule_is_changed_added_and_taken_out() -> None:
    more = scoring.put(DEFAULT, structs.replace(DEFAULT.rules[1], points=12, words=("Tarífs ", "tarifs", "")))
    changed = scoring.find(more, "pricing")
    assert changed is not None
    assert (changed.points, changed.words) == (12, ("tarifs",))
    added = scoring.put(more, Rule("webinar", "engagement", "page", 5, words=("webinaire",)), new=True)
    assert points(score(added, [signal("page", 0, "/webinaire-1")], NOW)) == {"webinar": 5}
    assert scoring.without(added, "webinar") == more


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "A b"}, "name"), ({"kind": "x"}, "kind"), ({"signal": "x"}, "signal"), ({"points": -1.0}, "number"), ({"points": float("nan")}, "number"),
        ({"cap": float("inf")}, "number"), ({"per": 0.0}, "number"), ({"half_life": 1e9}, "number"), ({"words": ("x" * 61,)}, "words"),
        ({"words": tuple(f"w{n}" for n in range(51))}, "words"), ({"signal": "download", "words": ("a",)}, "words"), ({"name": "nobody"}, "unknown"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(BadRule, match=why):
        scoring.put(DEFAULT, structs.replace(DEFAULT.rules[1], **change))
    with pytest.raises(BadRule, match="taken"):
        scoring.put(DEFAULT, DEFAULT.rules[0], new=True)
    with pytest.raises(BadRule, match="unknown"):
        scoring.without(DEFAULT, "nobody")


def test_rules_are_a_hundred_at_most() -> None:
    rules = DEFAULT
    for number in range(MOST_RULES - len(DEFAULT.rules)):
        rules = scoring.put(rules, structs.replace(DEFAULT.rules[0], name=f"r{number}"), new=True)
    with pytest.raises(BadRule, match="many"):
        scoring.put(rules, structs.replace(DEFAULT.rules[0], name="more"), new=True)
    assert len(rules.rules) == MOST_RULES
