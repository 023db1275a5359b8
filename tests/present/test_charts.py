"""The geometry of small charts."""

from __future__ import annotations

from collector.present import charts


def test_an_axis_ends_at_a_round_number_that_holds_everything() -> None:
    assert [charts.nice(most) for most in (0, 1, 2, 3, 9, 10, 11, 99, 4_999, 5_001)] == [1, 1, 2, 3, 10, 10, 20, 100, 5_000, 6_000]


def test_a_trend_runs_from_edge_to_edge_and_the_period_before_has_the_same_axis() -> None:
    drawn = charts.trend([0, 5, 10], [20, 0])
    assert drawn.top == 20
    assert drawn.line == "0,200 500,150 1000,100"
    assert drawn.area == "0,200 0,200 500,150 1000,100 1000,200"
    assert drawn.before == "0,0 1000,200"
    assert charts.trend([1, 1]).before == ""


def test_nothing_has_no_line_and_a_bar_has_an_end() -> None:
    assert charts.spark([0, 0]) == charts.spark([3]) == charts.spark([]) == ""
    assert charts.spark([0, 2]) == "0,23 100,1"
    assert [charts.width(*pair) for pair in ((1, 2), (3, 2), (1, 0))] == [50, 100, 0]
