"""Every published or own number of leads.md 2.5, what must hold of any paths, and Shapley's value by its definition."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from math import inf

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from collector.domain.attribution import MODELS, MOST_NAMES, Report, Terms, attribute, split, weights
from collector.domain.paths import NO_TOUCH, Path, Transform

SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of each model: a dozen models make hundreds
EXACT = {"rel": 1e-9, "abs": 1e-9}
PLAIN = [model for model in MODELS if model != "markov"]


def path(touches: str, conversions: float = 1, value: float = 0, nulls: float = 0, **more: tuple[float | None, ...]) -> Path:
    """A path of names parted by blanks, touch i of n lying n - i days before its end."""
    names = tuple(touches.split())
    return Path(
        names, more.pop("days", tuple(float(len(names) - place - 1) for place in range(len(names)))), conversions, value, nulls, **more
    )  # type: ignore[arg-type]


def asked(model: str, *paths: Path, **terms: object) -> Report:
    """A model's report, without a floor unless one is told."""
    return attribute(paths, Terms(model, **{"floor": 0, **terms}))  # type: ignore[arg-type]


def conversions(report: Report) -> dict[str, float]:
    """Each name's conversions."""
    return {share.name: share.conversions for share in report.shares}


def values(report: Report) -> dict[str, float]:
    """Each name's value."""
    return {share.name: share.value for share in report.shares}


# Oracles ------------------------------------------------------------------------------------------------------------

DOD = path("Direct Organic Direct", value=140)


@pytest.mark.parametrize(
    ("model", "shares"),
    [
        ("first", [140, 0, 0]),
        ("last", [0, 0, 140]),
        ("linear", [140 / 3] * 3),
        ("position", [56, 28, 56]),
        ("last-non-direct", [0, 140, 0]),
        ("shapley", [70, 70, 0]),
    ],
)
def test_three_touches_of_140(model: str, shares: list[float]) -> None:
    assert [140 * weight for weight in weights(DOD, model)] == pytest.approx(shares, **EXACT)


def test_position_of_two_of_one_and_of_four() -> None:
    assert values(asked("position", path("Display Organic", value=66.5))) == pytest.approx({"Display": 33.25, "Organic": 33.25}, **EXACT)
    assert values(asked("position", path("Organic", value=50))) == {"Organic": 50}
    assert weights(path("A B C D"), "position") == pytest.approx([0.4, 0.1, 0.1, 0.4], **EXACT)


def test_a_roll_up_counts_conversions_and_is_not_weighed_by_value() -> None:
    two = (path("Direct Organic Direct", value=140), path("Direct Organic", value=24))
    linear = asked("linear", *two)
    assert values(linear)["Direct"] == pytest.approx(140 * 2 / 3 + 12, **EXACT)
    assert conversions(linear)["Direct"] == pytest.approx(2 / 3 + 1 / 2, **EXACT)
    three = (path("Direct Organic Direct", value=140), path("Direct", value=24))
    linear, position = asked("linear", *three), asked("position", *three)
    assert values(linear)["Direct"] == pytest.approx(117.333333333334, rel=1e-9)
    assert conversions(linear)["Direct"] == pytest.approx(1.6666666666666667, **EXACT)
    assert values(position)["Direct"] == pytest.approx(136, **EXACT)
    mixed = asked("position", path("Direct Organic Direct", value=140), path("Display Organic", value=66.5), path("Direct", value=24))
    assert values(mixed) == pytest.approx({"Direct": 136, "Organic": 61.25, "Display": 33.25}, **EXACT)
    assert values(mixed)["Direct"] / 100_000 == pytest.approx(0.00136, **EXACT), "return: revenue by spend"


@pytest.mark.parametrize(
    ("days", "value", "shares"),
    [
        ((38, 33, 26, 8, 0), 12_000, (175.1952, 287.4376, 574.8752, 3417.0450, 7545.4471)),
        ((14, 7, 0), 1, (0.1429, 0.2857, 0.5714)),
        ((28, 14, 7, 0), 1, (0.0345, 0.1379, 0.2759, 0.5517)),
    ],
)
def test_time_decay_halves_every_seven_days(days: tuple[float, ...], value: float, shares: tuple[float, ...]) -> None:
    told = path("A B C D E"[: 2 * len(days)], value=value, days=days)
    made = [value * weight for weight in weights(told, "decay")]
    assert made == pytest.approx(shares, abs=6e-5)
    parts = [2 ** (-age / 7) for age in days]
    assert made == pytest.approx([value * part / sum(parts) for part in parts], **EXACT)


def test_the_markov_sample_and_one_with_loops() -> None:
    sample = (path("c1 c2 c3", 1, 10), path("c1", 0, 0, 1), path("c2 c3", 0, 0, 1))
    assert conversions(asked("markov", *sample)) == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4}, **EXACT)
    assert values(asked("markov", *sample)) == pytest.approx({"c1": 2, "c2": 4, "c3": 4}, **EXACT)
    loops = asked("markov", path("A B"), path("B A B", 1, 0, 1), path("A", 0, 0, 2), path("C A"))
    effects = {"A": 11 / 15, "B": 7 / 9, "C": 11 / 72}
    assert loops.removal == pytest.approx(effects, **EXACT)
    assert conversions(loops) == pytest.approx({name: 3 * effect / sum(effects.values()) for name, effect in effects.items()}, **EXACT)
    assert conversions(loops) == pytest.approx({"A": 1.322204, "B": 1.402337, "C": 0.275459}, abs=5e-7)


def test_shapley_of_two_players_and_of_three() -> None:
    two = asked("shapley", path("A", 2), path("B", 1.5), path("A B", 0.5))
    assert conversions(two) == pytest.approx({"A": 2.25, "B": 1.75}, **EXACT)
    three = [path("A", 10), path("A B", 6), path("B C", 4), path("A B C", 9), path("A C", 2)]
    assert conversions(asked("shapley", *three)) == pytest.approx({"A": 17, "B": 8, "C": 6}, **EXACT)
    assert _shapley(three) == pytest.approx({"A": 17, "B": 8, "C": 6}, **EXACT)


def test_the_order_of_joining_by_which_shapley_is_checked() -> None:
    worth = {"A": 5.0, "AB": 9.0, "ABC": 11.0}
    assert _joined(("A", "B", "C"), lambda names: worth.get("".join(sorted(names)), 0.0)) == {"A": 5, "B": 4, "C": 2}


def _joined(order: tuple[str, ...], worth: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """What each adds by joining in an order."""
    return {name: worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place])) for place, name in enumerate(order)}


def _shapley(paths: list[Path]) -> dict[str, float]:
    """By the definition: the mean over all orders, where a set is worth the conversions of the paths within it."""

    def worth(names: frozenset[str]) -> float:
        return sum(one.conversions for one in paths if one.touches and names >= set(one.touches))

    names = sorted({name for one in paths for name in one.touches})
    orders = list(permutations(names))
    joined = [_joined(order, worth) for order in orders]
    return {name: sum(one[name] for one in joined) / len(orders) for name in names}


# Milestones ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "days", "milestones", "shares"),
    [
        ("u", (9, 6, 3, 0), (3,), (0.4, 0.1, 0.4, 0.1)),
        ("w", (9, 6, 3, 2, 0), (6, 2), (0.3, 0.3, 0.05, 0.3, 0.05)),
        ("full-path", (9, 6, 3, 2, 0), (6, 3, 0), (0.225, 0.225, 0.225, 0.1, 0.225)),
        ("u", (9, 6, 0), (7,), (0.8, 0.1, 0.1)),  # the lead came of the first touch: the last one at or before it
        ("u", (9, 0), (0,), (0.5, 0.5)),  # nobody else: 0.2 in proportion
        ("w", (9, 6, 0), (6, 0), (1 / 3, 1 / 3, 1 / 3)),
        ("w", (9, 6), (5, 5), (1 / 3, 2 / 3)),  # one touch with two has their sum, and its part of what is left
        ("w", (9, 6, 0), (6, None), (3 / 7, 3 / 7, 1 / 7)),  # not reached yet: the rest is made whole again
        ("w", (9, 6, 0), (), (0.75, 0.125, 0.125)),
        ("u", (9, 6), (10,), (2 / 3, 1 / 3)),  # a lead before any touch of the look-back
        ("full-path", (0,), (None, None, None), (1,)),
        ("u", (5, 5, 0), (5,), (0.4, 0.4, 0.2)),  # of equal times the later touch
    ],
)
def test_milestones_and_their_collisions(
    model: str, days: tuple[float, ...], milestones: tuple[float | None, ...], shares: tuple[float, ...]
) -> None:
    told = path(" ".join("ABCDE"[: len(days)]), days=days, milestones=milestones)
    assert weights(told, model) == pytest.approx(shares, **EXACT)


# What a report says -------------------------------------------------------------------------------------------------


def test_a_report_says_what_made_it_and_its_n() -> None:
    terms = Terms("linear", lookback=2, transforms=(Transform("exposure"),))
    report = attribute([path("A A B", 2, 5, 3), path("C", 1, 1, days=(3,))], terms)
    assert (report.terms, report.used, report.why) == (terms, "linear", "")
    assert (report.conversions, report.value, report.nulls) == (3, 6, 3)
    assert conversions(report) == {"A": 1, "B": 1, NO_TOUCH: 1}


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        ([path("A B", 299, 0, 9)], "few-conversions"),
        ([path("A B", 300, 0, 0)], "no-nulls"),
        ([path("A B", 300, 0, 1)], ""),
        ([path("", 300, 0, 1), path("A", 0, 0, 1)], "no-conversions"),
        ([path(" ".join(f"n{i}" for i in range(MOST_NAMES + 1)), 300, 0, 1)], "too-many-names"),
        ([], "few-conversions"),
    ],
)
def test_a_chain_that_would_tell_of_chance_is_not_asked(paths: list[Path], why: str) -> None:
    report = attribute(paths, Terms("markov"))
    linear = attribute(paths, Terms("linear"))
    assert (report.used, report.why) == ("linear" if why else "markov", why)
    assert bool(report.removal) == (not why)
    if why:
        assert report.shares == linear.shares


def test_without_a_floor_a_chain_is_asked_always_but_of_nothing() -> None:
    assert asked("markov", path("A B", 1)).used == "markov"
    assert asked("markov", path("A B", 0, 0, 5)).why == "no-conversions"
    assert conversions(asked("markov", path("A B", 0, 0, 5))) == {"A": 0, "B": 0}
    assert asked("markov").shares == ()
    assert asked("markov", path("A B", 1e-300, 0, 1e15)).why in ("", "no-conversions"), "nothing that a float may hold makes it raise"


@pytest.mark.parametrize("model", MODELS)
def test_names_come_in_the_order_of_the_paths_whatever_they_get(model: str) -> None:
    told = [path("C", 0, 0, 1), path("B A", 1, 5), path(""), path("D", 0)]
    assert list(conversions(asked(model, *told))) == ["C", "B", "A", NO_TOUCH, "D"]


# What holds of any paths --------------------------------------------------------------------------------------------

NAMES = ("A", "B", "C", "D", "Direct")


def _path(names: list[str], ages: list[int], milestones: tuple[float | None, ...], counts: tuple[int, int, int]) -> Path:
    days = tuple(sorted((ages[place] / 3 for place in range(len(names))), reverse=True))
    return Path(tuple(names), days, *map(float, counts), milestones)


AGES = st.integers(0, 1200)  # thirds of days
PATHS = st.lists(
    st.builds(
        _path,
        st.lists(st.sampled_from(NAMES), max_size=5),
        st.lists(AGES, min_size=5, max_size=5),
        st.tuples(*[st.none() | AGES.map(lambda thirds: thirds / 3)] * 3),
        st.tuples(st.integers(0, 9), st.integers(0, 10_000), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=5,
)
TERMS = {"lookback": st.none() | st.integers(1, 395), "transforms": st.sampled_from([(), (Transform("exposure"),), (Transform("first"),)])}


@pytest.mark.parametrize("model", MODELS)
@SOME
@given(paths=PATHS, lookback=TERMS["lookback"], transforms=TERMS["transforms"], currency=st.sampled_from(["", "EUR"]))
def test_nothing_is_lost_or_made(
    model: str, paths: list[Path], lookback: int | None, transforms: tuple[Transform, ...], currency: str
) -> None:
    report = asked(model, *paths, lookback=lookback, transforms=transforms, currency=currency)
    assert sum(conversions(report).values()) == pytest.approx(sum(one.conversions for one in paths), **EXACT)
    total = sum(values(report).values())
    if currency:
        assert all(isinstance(share.value, int) for share in report.shares)
        assert total == sum(one.value for one in paths) == report.value
    else:
        assert total == pytest.approx(sum(one.value for one in paths), **EXACT)
    assert all(share.conversions >= 0 and share.value >= 0 for share in report.shares)


@pytest.mark.parametrize("model", MODELS)
@SOME
@given(paths=PATHS)
def test_a_single_touch_has_all(model: str, paths: list[Path]) -> None:
    report = asked(model, *(one._replace(touches=("A",), days=(3.0,)) for one in paths))
    assert conversions(report) == pytest.approx({"A": sum(one.conversions for one in paths)}, **EXACT)


@pytest.mark.parametrize("model", MODELS)
@SOME
@given(paths=PATHS, order=st.permutations(NAMES[:-1]))
def test_other_names_get_the_same(model: str, paths: list[Path], order: list[str]) -> None:
    other = dict(zip(NAMES, [*order, "Direct"], strict=True))
    renamed = [one._replace(touches=tuple(other[name] for name in one.touches)) for one in paths]
    expected = {other.get(name, name): share for name, share in conversions(asked(model, *paths)).items()}
    assert conversions(asked(model, *renamed)) == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("model", MODELS)
@SOME
@given(paths=PATHS)
def test_a_name_without_a_journey_changes_nothing(model: str, paths: list[Path]) -> None:
    plain, more = asked(model, *paths), asked(model, *paths, path("Z", 0), path("A Z B", 0))
    assert {name: share for name, share in conversions(more).items() if share} == pytest.approx(
        {name: share for name, share in conversions(plain).items() if share}, **EXACT
    )
    assert conversions(more)["Z"] == 0


@pytest.mark.parametrize("model", PLAIN)
@SOME
@given(paths=PATHS, data=st.data())
def test_the_order_of_paths_changes_no_bit_and_a_path_gone_takes_its_credit(model: str, paths: list[Path], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(paths))
    assert conversions(asked(model, *shuffled)) == conversions(asked(model, *paths))
    assert asked(model, *paths) == asked(model, *paths), "two runs are the same"
    whole, gone, rest = (conversions(asked(model, *some)) for some in (paths, paths[:1], paths[1:]))
    assert whole == pytest.approx({name: gone.get(name, 0) + rest.get(name, 0) for name in whole}, **EXACT)


@SOME
@given(paths=PATHS, data=st.data())
def test_the_order_of_paths_changes_no_chain(paths: list[Path], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(paths))
    assert conversions(asked("markov", *shuffled)) == pytest.approx(conversions(asked("markov", *paths)), **EXACT)


@SOME
@given(paths=PATHS, age=st.floats(0, 400))
def test_time_decay_of_equal_ages_or_without_end_is_linear(paths: list[Path], age: float) -> None:
    equal = [one._replace(days=(age,) * len(one.touches)) for one in paths]
    assert conversions(asked("decay", *equal)) == pytest.approx(conversions(asked("linear", *paths)), **EXACT)
    assert conversions(asked("decay", *paths, half_life=inf)) == pytest.approx(conversions(asked("linear", *paths)), **EXACT)


def test_time_decay_bears_any_age() -> None:
    assert weights(path("A B C", days=(1e9, 1e6, 1e6)), "decay") == [0, 0.5, 0.5]


@SOME
@given(PATHS)
def test_shapley_is_its_definition(paths: list[Path]) -> None:
    found = conversions(asked("shapley", *paths))
    found.pop(NO_TOUCH, None)
    assert found == pytest.approx(_shapley(paths), **EXACT)


@SOME
@given(PATHS)
def test_shapley_looks_at_sets_only(paths: list[Path]) -> None:
    sets = [one._replace(touches=tuple(sorted(set(one.touches))), days=(0.0,) * len(set(one.touches))) for one in paths]
    assert conversions(asked("shapley", *sets)) == pytest.approx(conversions(asked("shapley", *paths)), **EXACT)


@SOME
@given(PATHS)
def test_shapley_gives_equals_the_same(paths: list[Path]) -> None:
    swap = {"A": "B", "B": "A"}
    twins = [*paths, *(one._replace(touches=tuple(swap.get(name, name) for name in one.touches)) for one in paths)]
    found = conversions(asked("shapley", *twins))
    assert found.get("A", 0) == pytest.approx(found.get("B", 0), **EXACT)


@pytest.mark.parametrize("half_life", [7.0, 30.0])
@SOME
@given(paths=PATHS)
def test_shares_of_a_path_sum_to_one(half_life: float, paths: list[Path]) -> None:
    assume(any(one.touches for one in paths))
    for one in paths:
        for model in PLAIN if one.touches else []:
            assert sum(weights(one, model, half_life)) == pytest.approx(1, **EXACT)
            assert len(weights(one, model, half_life)) == len(one.touches)


@SOME
@given(st.integers(0, 10**14), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_a_split_loses_no_unit(value: int, parts: list[float]) -> None:
    assume(sum(parts) > 0)
    shares = [part / sum(parts) for part in parts]
    made = split(value, shares)
    assert sum(made) == value
    assert all(abs(unit - value * share) <= 1 + value * 1e-15 for unit, share in zip(made, shares, strict=True))


def test_what_rounding_leaves_goes_to_the_largest_remainders_the_earlier_first() -> None:
    assert split(100, [1 / 3] * 3) == [34, 33, 33]
    assert split(140, [0.4, 0.2, 0.4]) == [56, 28, 56]
    assert split(10, [0.25, 0.5, 0.25]) == [3, 5, 2]
    assert split(1, [0.1, 0.9]) == [0, 1]
    assert split(0, [0.5, 0.5]) == [0, 0]
