"""Files of leads: their columns, their times, and what a spreadsheet must not run."""

import csv
import io
import json
import re
import zipfile
from typing import Any

import pytest

from collector.present import export

ROW: dict[str, Any] = {
    "lead_id": "019a0000-0000-7000-8000-000000000000",
    "created_at": 1_795_429_920_123,
    "last_seen_at": 1_795_429_920_999,
    "kind": "lead",
    "name": "Hélène Müller",
    "given_name": "Hélène",
    "family_name": "Müller",
    "email": "h@example.com",
    "phone": "+33612345678",
    "organization": "Müller, Fils",
    "site_id": 42,
    "site": "example.com",
    "form": "contact",
    "page": "https://example.com/",
    "submissions": 2,
    "visits": 3,
    "first_channel": "Email",
    "first_source": "lettre",
    "first_medium": "email",
    "first_campaign": "rentree",
    "first_at": 1_795_429_920_000,
    "last_channel": "",
    "last_source": "",
    "last_medium": "",
    "last_campaign": "",
    "last_at": None,
    "marketing_consent": "none",
    "mark": "automated,headless",
    "score": 42,
    "status": "won",
    "owner": "owner@example.com",
    "tags": "salon, rappeler",
    "quarantine": "",
}
CONTRACT = (
    "lead_id, created_at, last_seen_at, kind, name, given_name, family_name, email, phone, organization, site_id, site, form, page, "
    "submissions, visits, "
    "first_channel, first_source, first_medium, first_campaign, first_at, last_channel, last_source, last_medium, last_campaign, last_at, "
    "marketing_consent, mark, "
    "score, status, owner, tags, quarantine"
)


def _csv(**options: Any) -> list[list[str]]:
    text = b"".join(export.csv([ROW], **options)).decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_columns_are_those_of_the_contract_in_its_order() -> None:
    assert ", ".join(export.COLUMNS) == CONTRACT
    assert _csv()[0] == list(export.COLUMNS)


def test_a_command_writes_utc_times_without_a_mark_of_byte_order() -> None:
    row = dict(zip(*_csv(), strict=True))
    assert row["created_at"] == "2026-11-23T10:32:00.123Z"
    assert row["last_at"] == ""
    assert row["organization"] == "Müller, Fils"
    assert not b"".join(export.csv([ROW])).startswith(b"\xef\xbb\xbf")


def test_a_screen_writes_the_viewers_clock_and_names_it_in_the_heads() -> None:
    heads, row = _csv(header="words", bom=True, zone="Europe/Paris", language="fr")
    assert heads[0] == "\ufeffIdentifiant du lead"
    assert heads[1] == "Créé le (Europe/Paris)"
    assert row[1] == "2026-11-23 11:32:00"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\x00=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "+33612345678=1",
        "+12345",
        " =1",
        "\ufeff=1",
        "\u202e\u200b@x",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert export.guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["+33612345678", "+123456", "a=1", "12-3", "", "'=1"])
def test_other_cells_and_phone_numbers_are_left_alone(text: str) -> None:
    assert export.guarded(text) == text


@pytest.mark.parametrize("evil", ["x;=1+1;y", "x\t@SUM(A1)", 'x";" =1+1', "x\n+1", "a;;-1"])
def test_no_cell_is_run_where_another_separator_ends_it(evil: str) -> None:
    (line,) = list(export.csv([ROW | {"name": evil}]))[1:]
    report = export.sheet([evil], [[evil, 1]]).decode()
    cells = [cell.strip(' "') for text in (line.decode(), report) for cell in re.split(r"[;\t\r\n]", text)]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))]


def test_a_semicolon_that_ends_no_formula_is_left_alone() -> None:
    assert export.guarded_within("Dupont ; Fils; 3-4") == "Dupont ; Fils; 3-4"


def test_the_guard_covers_every_text_column() -> None:
    evil = ROW | dict.fromkeys(set(export.COLUMNS) - export.TIMES - {"site_id", "submissions", "visits"}, "=1")
    (line,) = list(export.csv([evil]))[1:]
    cells = next(csv.reader([line.decode()]))
    assert not [cell for cell in cells if cell.startswith("=")]


def test_json_lines_keep_numbers_numbers_and_say_null_for_absent_times() -> None:
    made = json.loads(b"".join(export.jsonl([ROW])))
    assert tuple(made) == export.COLUMNS
    assert (made["submissions"], made["site_id"], made["last_at"], made["name"]) == (2, 42, None, "Hélène Müller")
    assert made["first_at"] == "2026-11-23T10:32:00.000Z"


def test_a_line_break_in_a_cell_does_not_break_the_line() -> None:
    text = b"".join(export.csv([ROW | {"name": 'a\r\n"b"'}])).decode()
    assert list(csv.reader(io.StringIO(text, newline="")))[1][4] == 'a\r\n"b"'


def test_a_workbook_holds_texts_as_texts_and_times_as_times() -> None:
    evil = {"name": "=1+1", "given_name": "@SUM(A1)", "family_name": "+33612345678", "organization": "https://example.com/", "form": "42"}
    evil |= {"page": "\x01\x1f\tx", "email": "x" * 40_000, "tags": "<b>&amp;"}
    out = io.BytesIO()
    book = export.Xlsx(out, zone="Europe/Paris", language="fr")
    book.add([ROW | evil, ROW])
    book.close()
    assert book.rows == 2
    with zipfile.ZipFile(out) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in file.namelist() if "rels" in name and "sheet1" in name]  # no links
    assert "<f>" not in sheet
    for text in ("'=1+1", "'@SUM(A1)", "+33612345678", "https://example.com/", "42", "x" * 32_767, "&lt;b&gt;&amp;amp;"):
        assert re.search(rf'<c r="[A-Z]+2" t="inlineStr"><is><t[^>]*>{re.escape(text)}</t>', sheet), text
    assert "Créé le (Europe/Paris)" in sheet
    at = re.search(r'<c r="B2" s="\d+"><v>([\d.]+)</v>', sheet)
    assert at
    assert round((float(at[1]) % 1) * 86_400) == 11 * 3600 + 32 * 60  # 10:32 UTC on the clocks of Paris
    assert len(re.findall(r"<row ", sheet)) == 3
