"""Files of costs: every good row is read, every bad one named by its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain import costs
from collector.domain.costs import Cost, Sum, by_name, read
from collector.domain.paths import BadRow

HEAD = "day,source,campaign,amount\n"


def told(text: str | bytes) -> list[Cost | BadRow]:
    """What is read of a file."""
    return list(read(text.encode() if isinstance(text, str) else text, "EUR"))


def test_columns_stand_in_any_order_and_others_are_passed_over() -> None:
    (one,) = told("Note;AMOUNT;Source;day;currency;Medium;Campaign\nx;12,50;Google;2026-03-31;chf;CPC;Été\n")
    assert one == Cost(2, 20_543, "google", "cpc", "Été", 1_250, "CHF")
    assert told("date\tsource\tcost\n31/03/2026\tgoogle\t7\n") == [Cost(2, 20_543, "google", "", "", 700, "EUR")]


def test_a_file_of_a_french_spreadsheet_is_read() -> None:
    assert told("\ufeffday;source;campaign;amount\r\n1/4/2026;lettre;Été;3\r\n")[0] == Cost(2, 20_544, "lettre", "", "Été", 300, "EUR")
    assert told("day;source;campaign;amount\n1/4/2026;lettre;Été;3\n".encode("cp1252"))[0] == Cost(
        2, 20_544, "lettre", "", "Été", 300, "EUR"
    )


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_of_google_ads_is_read(code: str) -> None:
    text = "Day\tSource\tCampaign\tCost\r\n2026-03-31\tgoogle\tÉté 👩‍👩‍👧\t12,50\r\n"
    file = text.encode(code) if code == "utf-16" else ("\ufeff" + text).encode(code)
    assert told(file) == [Cost(2, 20_543, "google", "", "Été 👩‍👩‍👧", 1_250, "EUR")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_ends_of_lines_part_rows(end: str) -> None:
    names = ["a\u2028b", "a\u0085b", "a\x0bb", "a\x1cb"]
    found = told(end.join(["day,source,campaign,amount", *(f"2026-03-31,s,{name},1" for name in names), ""]))
    assert [(one.line, one.campaign) for one in found if isinstance(one, Cost)] == list(enumerate(names, 2))


def test_a_file_with_too_many_rows_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "MOST", 2)
    row = "2026-03-31,s,c,1\n"
    assert [isinstance(one, Cost) for one in told(HEAD + row + "\n" + row + ",,,\n" * 9)] == [True, True]
    last = told(HEAD + row * 2 + "x\n")[-1]
    assert last == BadRow(4, "too-many")
    assert costs.refuses(last)
    assert not costs.refuses(told(HEAD + "x\n")[0])


def test_bad_rows_are_named_and_good_ones_kept() -> None:
    text = (
        HEAD
        + '2026-02-30,a,,1\n,a,,1\n2026-03-01,,,1\n\n2026-03-01,a,,x\n2026-03-01,"a,,1\n2026-03-01,a\n2026-03-01,a,,1\n,,,\n2026-03-01,a\0,,1\n2026-03-01,a,,1000000001\n'
    )
    found = told(text)
    assert [(one.row, one.reason, one.column) for one in found if isinstance(one, BadRow)] == [
        (2, "not-a-day", "day"),
        (3, "not-a-day", "day"),
        (4, "no-source", "source"),
        (6, "not-an-amount", "amount"),
        (7, "not-csv", ""),
        (8, "not-an-amount", "amount"),
        (11, "not-csv", ""),
        (12, "not-an-amount", "amount"),
    ]
    assert [one.line for one in found if isinstance(one, Cost)] == [9]


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("", "no-head", ""),
        ("day,source\n2026-03-01,a\n", "missing-column", "amount"),
        ("day,date,source,amount\n", "double-column", "day"),
        ("2026-03-01,a,1\n", "missing-column", "day"),
    ],
)
def test_a_bad_head_ends_it(text: str, reason: str, column: str) -> None:
    assert [(one.row, one.reason, one.column) for one in told(text) if isinstance(one, BadRow)] == [(1, reason, column)]


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(file: bytes) -> None:
    told(file)
    told(HEAD.encode() + file)


def test_what_names_cost() -> None:
    sums = [
        Sum("google", "cpc", "ete", "EUR", 10),
        Sum("google", "", "", "EUR", 5),
        Sum("lettre", "email", "rentree", "EUR", 3),
        Sum("google", "cpc", "ete", "USD", 99),
    ]
    assert by_name(sums, "channel", "EUR") == {"Paid Search": 15, "Email": 3}
    assert by_name(sums, "source", "EUR") == {"google (paid)": 15, "lettre": 3}
    assert by_name(sums, "campaign", "EUR") == {"ete": 10, "(no campaign)": 5, "rentree": 3}
    assert by_name(sums, "channel", "USD") == {"Paid Search": 99}
    assert by_name(sums, "channel", "") == {}
