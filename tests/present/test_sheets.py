"""Tables of reports: one set of numbers, sorted by any column, with their change in a sign and in words, and as a file."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from collector.present import sheets
from collector.present.sheets import Change, Column, Sheet, changed, chosen, ordered, table


class One(NamedTuple):
    name: str
    count: int
    was: int
    cost: int | None


def plus(one: One, other: One) -> One:
    return One("", one.count + other.count, one.was + other.was, (one.cost or 0) + (other.cost or 0))


LINES = [One("b", 5, 4, 1250), One("=a", 7, 0, None), One("c", 5, 5, 99)]
COLUMNS = [
    Column[One]("count", "Visits", "count", lambda line: line.count, lambda line: line.was),
    Column[One]("cost", "Cost", "money", lambda line: line.cost, None, "Model"),
    Column[One]("rate", "Rate", "part", lambda line: line.count / 40),
]
SHEET = Sheet("Name", COLUMNS, LINES, lambda line: line.name, plus, One("", 0, 0, None), "EUR")


def test_a_table_is_sorted_by_any_column_and_what_has_no_number_comes_last() -> None:
    assert [line.name for line in ordered(SHEET, "-count")] == ["=a", "b", "c"]
    assert [line.name for line in ordered(SHEET, "cost")] == ["c", "b", "=a"]
    assert [line.name for line in ordered(SHEET, "-cost")] == ["b", "c", "=a"]
    assert [line.name for line in ordered(SHEET, "-name")] == ["c", "b", "=a"]
    assert ordered(SHEET, "") == LINES
    assert (chosen(SHEET, "-cost", "-count"), chosen(SHEET, "-nothing", "-count")) == ("-cost", "-count")


def test_what_is_not_shown_is_summed() -> None:
    made = table(SHEET, "-count", "en", 2)
    assert [line.name for line in made.lines] == ["=a"]
    assert made.others is not None
    assert (made.others.name, made.others.of.count, made.left) == ("2 others", 10, 2)
    assert made.total.of.count == 17
    assert made.groups == [("", 1), ("Model", 1), ("", 1)]
    assert [cell.text for cell in table(SHEET, "cost", "fr").lines[1].cells] == ["5", "12,50\xa0€", "12,5\xa0%"]


def test_a_change_has_a_sign_and_a_sentence() -> None:
    assert changed(5, 4, "count", "", "en") == Change("up", "+25%", "more than in the period before: 4")
    assert changed(3, 4, "count", "", "en") == Change("down", "−25%", "less than in the period before: 4")
    assert changed(0.05, 0.02, "part", "", "en") == Change("up", "+3.0 pt", "more than in the period before: 2.0%")
    assert changed(4, 4, "count", "", "en") == Change("even", "=", "as many as in the period before")
    new = changed(4, 0, "count", "", "en")
    assert new is not None
    assert new.text == "new"
    assert changed(0, 0, "count", "", "en") is changed(None, 4, "count", "", "en") is None


def test_the_file_has_the_same_numbers_plain_and_no_formula() -> None:
    file = sheets.csv(SHEET, "cost", "en")
    assert file.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(file.decode("utf-8-sig")))) == [
        ["Name", "Visits", "Visits, period before", "Model: Cost (EUR)", "Rate, %"],
        ["c", "5", "5", "0.99", "12.5"],
        ["b", "5", "4", "12.5", "12.5"],
        ["'=a", "7", "0", "", "17.5"],
    ]
