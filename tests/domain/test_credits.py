"""What each touch of one way has: every column is one conversion, whatever is shown of it."""

from __future__ import annotations

from math import isclose

import pytest

from collector.domain.credits import OF_ONE, table
from collector.domain.journeys import PART
from collector.domain.paths import DAY

NOW = 1_795_429_920_000
ADS = PART.join(("Paid Search", "google", "autumn"))
LETTER = PART.join(("Email", "letter", ""))
DIRECT = PART.join(("Direct", "(direct)", ""))
NONE = (None, None, None)


def _column(found: object, model: str) -> list[float]:
    place = OF_ONE.index(model)
    return [line.shares[place] if line.shares else -1.0 for line in found.lines]  # type: ignore[attr-defined]


def test_each_model_shares_one_conversion_among_its_touches() -> None:
    found = table(NOW, [NOW - 20 * DAY, NOW - 7 * DAY, NOW - 1], [ADS, LETTER, DIRECT], (NOW, None, None), 90)
    assert [(line.channel, line.source, line.campaign) for line in found.lines] == [
        ("Paid Search", "google", "autumn"),
        ("Email", "letter", ""),
        ("Direct", "(direct)", ""),
    ]
    assert _column(found, "first") == [1, 0, 0]
    assert _column(found, "last") == [0, 0, 1]
    assert _column(found, "last-non-direct") == [0, 1, 0]
    assert _column(found, "position") == pytest.approx([0.4, 0.2, 0.4])
    assert _column(found, "linear") == pytest.approx([1 / 3] * 3)
    assert "markov" not in OF_ONE
    for model in OF_ONE:
        assert isclose(sum(_column(found, model)), 1)


def test_a_touch_before_the_look_back_is_shown_and_has_nothing() -> None:
    found = table(NOW, [NOW - 91 * DAY, NOW - DAY], [ADS, LETTER], NONE, 90)
    assert found.lines[0].shares == ()
    assert _column(found, "first") == [-1, 1]
    assert table(NOW, [NOW - 91 * DAY], [ADS], NONE, 90).lines[0].shares == ()
    assert table(NOW, [], [], NONE, 90).lines == []


def test_of_a_long_way_the_middle_stands_in_one_line_and_nothing_is_lost() -> None:
    times = [NOW - (300 - place) * 1000 for place in range(300)]
    found = table(NOW, times, [ADS, LETTER, DIRECT] * 100, (NOW, None, None), 90, most=40)
    assert (len(found.lines), found.hidden) == (40, 260)
    assert found.lines[0].at == times[0]
    assert [line.at for line in found.lines[1:]] == times[-39:]
    for place in range(len(OF_ONE)):
        assert isclose(sum(line.shares[place] for line in found.lines) + found.rest[place], 1)
