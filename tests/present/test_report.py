"""A report of thousands of lines on a screen: the largest by name, one line that sums the others, the totals of all."""

from __future__ import annotations

from collector.domain.attribution import Report, Terms
from collector.domain.reports import Figures, Line, Question
from collector.present import report

ASKED = Question("linear", 20_000, 20_100, by="campaign", currency="EUR")


def _figures(count: int) -> Figures:
    lines = tuple(Line(f"c{place}", count - place, 100, 50) for place in range(count))
    whole = float(sum(line.conversions for line in lines))
    return Figures(Report(Terms("linear"), "linear", "", whole, 100.0 * count, 0, (), {}), lines, 50 * count)


def test_the_largest_stand_by_name_and_one_line_sums_the_others() -> None:
    many = _figures(1_205)
    rows = report.rows(many, ASKED, "en", 5)
    assert [row.name for row in rows] == ["c0", "c1", "c2", "c3", "1,201 others"]
    assert (rows[-1].conversions, rows[-1].value, rows[-1].cost) == ("721,801", "€1,201.00", "€600.50")
    assert report.rows(many, ASKED, "fr", 5)[-1].name == "1\u202f201 autres"
    assert report.total(many, ASKED, "en")[:5] == ("Total", "726,615", "100.0", "€1,205.00", "€602.50")


def test_commands_and_json_tell_every_line() -> None:
    assert len(report.rows(_figures(500), ASKED, "en")) == len(report.answer(_figures(500), ASKED)["lines"]) == 500
    assert [row.name for row in report.rows(_figures(2), ASKED, "en", 2)] == ["c0", "c1"]


def test_of_kept_figures_what_moved_most_comes_first() -> None:
    then = _figures(400).lines
    now = (*then[:300], then[300]._replace(conversions=900), *then[301:])
    told = report.differences(then, now, ASKED, "en", 3)
    assert [line[0] for line in told] == ["c300", "c0", "398 others"]
    assert (told[0][1:], told[2][1:]) == (("100", "900", "+800"), ("79,700", "79,700", ""))
    assert len(report.differences(then, now, ASKED, "en")) == 400
