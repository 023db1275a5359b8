"""The chain against its definition, solved in fractions with each name taken out in turn."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.domain.markov import Chain, Effects, inverse

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Counted = tuple[str, int, int]  # a path of one-letter names, conversions, nulls
COUNTED = st.lists(st.tuples(st.text("ABCDE", min_size=1, max_size=6), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8)


def _effects(paths: list[Counted]) -> Effects:
    chain = Chain()
    for touches, conversions, nulls in paths:
        chain.add(tuple(touches), conversions, nulls)
    return chain.effects()


def _chance(paths: list[Counted], without: str = "") -> Fraction:
    """The chance of a conversion, by the definition: counted steps, those to `without` ending in null, a system solved exactly."""
    steps: dict[str, dict[str, int]] = {}
    for touches, conversions, nulls in paths:
        way = ["^", *touches]
        for state, follower in pairwise(way):
            steps.setdefault(state, {}).setdefault(follower, 0)
            steps[state][follower] += conversions + nulls
        for end, count in (("+", conversions), ("-", nulls)):
            steps.setdefault(way[-1], {}).setdefault(end, 0)
            steps[way[-1]][end] += count
    states = [state for state in steps if sum(steps[state].values())]
    rows = []
    for state in states:
        total = sum(steps[state].values())
        chances = {follower: Fraction(count, total) for follower, count in steps[state].items() if follower != without}
        rows.append([Fraction(state == other) - chances.get(other, 0) for other in states] + [Fraction(chances.get("+", 0))])
    return _solved(rows)[states.index("^")] if "^" in states else Fraction(0)


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    for place in range(len(rows)):
        pivot = next(row for row in range(place, len(rows)) if rows[row][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(rows)):
            if other != place:
                rows[other] = [value - rows[other][place] * known for value, known in zip(rows[other], rows[place], strict=True)]
    return [row[-1] for row in rows]


@SOME
@given(COUNTED)
def test_the_chain_is_its_definition(paths: list[Counted]) -> None:
    found, chance = _effects(paths), _chance(paths)
    assert found.chance == pytest.approx(float(chance), abs=1e-12)
    names = {name for touches, conversions, nulls in paths if conversions + nulls for name in touches}
    assert set(found.removal) == names
    for name in names:
        assert found.removal[name] == pytest.approx(float(1 - _chance(paths, name) / chance) if chance else 0.0, abs=1e-12), name


def test_the_widely_used_sample() -> None:
    found = _effects([("abc", 1, 0), ("a", 0, 1), ("bc", 0, 1)])
    assert found.chance == pytest.approx(1 / 3, abs=1e-15)
    assert found.removal == pytest.approx({"a": 0.5, "b": 1.0, "c": 1.0}, abs=1e-15)


def test_a_chain_with_loops() -> None:
    found = _effects([("AB", 1, 0), ("BAB", 1, 1), ("A", 0, 2), ("CA", 1, 0)])
    assert found.chance == pytest.approx(0.5, abs=1e-15)
    assert found.removal == pytest.approx({"A": 11 / 15, "B": 7 / 9, "C": 11 / 72}, abs=1e-15)


@SOME
@given(COUNTED)
def test_effects_are_parts_and_a_step_to_itself_changes_none(paths: list[Counted]) -> None:
    found = _effects(paths)
    assert all(0 <= effect <= 1 + 1e-12 for effect in found.removal.values())
    doubled = _effects([("".join(name * 2 for name in touches), *counts) for touches, *counts in paths])
    assert doubled.removal == pytest.approx(found.removal, abs=1e-12)
    assert doubled.chance == pytest.approx(found.chance, abs=1e-12)


@SOME
@given(COUNTED)
def test_without_nulls_every_journey_converts(paths: list[Counted]) -> None:
    found = _effects([(touches, conversions + 1, 0) for touches, conversions, _nulls in paths])
    assert found.chance == pytest.approx(1.0, abs=1e-12)
    assert all(effect > 0 for effect in found.removal.values())


@SOME
@given(COUNTED)
def test_a_name_on_no_converting_path_is_missed_by_nobody(paths: list[Counted]) -> None:
    assert _effects([*paths, ("Z", 0, 3), ("ABZ", 0, 1)]).removal["Z"] == 0


@SOME
@given(COUNTED, st.integers(1, 9))
def test_journeys_without_a_touch_and_more_of_everything_change_nothing(paths: list[Counted], times: int) -> None:
    more = [("", 3, 4), *((touches, conversions * times, nulls * times) for touches, conversions, nulls in paths)]
    assert _effects(more).removal == pytest.approx(_effects(paths).removal, abs=1e-12)


def test_nothing_counted_has_no_effects() -> None:
    assert _effects([]) == (0.0, {})
    assert _effects([("AB", 0, 0)]) == (0.0, {})


def test_long_ways_that_hardly_ever_end_stay_exact() -> None:
    found = _effects([("AB" * 20_000 + "C", 1, 10**12), ("ABC", 10**6, 0)])
    chance = _chance([("AB" * 20_000 + "C", 1, 10**12), ("ABC", 10**6, 0)])
    assert found.chance == pytest.approx(float(chance), rel=1e-9)
    assert found.removal == pytest.approx({"A": 1.0, "B": 1.0, "C": 1.0}, rel=1e-9)


def test_an_inverse_is_one() -> None:
    assert inverse([[1.0, -0.5], [-0.25, 1.0]]) == [pytest.approx([8 / 7, 4 / 7]), pytest.approx([2 / 7, 8 / 7])]
    assert inverse([]) == []
