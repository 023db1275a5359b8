"""Lead rows as files: CSV, XLSX and JSON Lines (DESIGN 4.5). Rows are dicts keyed by COLUMNS, times in UTC milliseconds or None."""

from __future__ import annotations

import csv as _csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import msgspec

from . import dates
from .language import N_, catalogue

# Only ever appended: people's spreadsheets and programs count on the order.
_HEADS = {
    "lead_id": N_("Lead id"),
    "created_at": N_("Created"),
    "last_seen_at": N_("Last seen"),
    "kind": N_("Kind"),
    "name": N_("Name"),
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "organization": N_("Company"),
    "site_id": N_("Site id"),
    "site": N_("Site"),
    "form": N_("Form"),
    "page": N_("Page"),
    "submissions": N_("Submissions"),
    "visits": N_("Visits"),
    "first_channel": N_("First channel"),
    "first_source": N_("First source"),
    "first_medium": N_("First medium"),
    "first_campaign": N_("First campaign"),
    "first_at": N_("First arrival"),
    "last_channel": N_("Last channel"),
    "last_source": N_("Last source"),
    "last_medium": N_("Last medium"),
    "last_campaign": N_("Last campaign"),
    "last_at": N_("Last arrival"),
    "marketing_consent": N_("Permission to write"),
    "mark": N_("Mark"),
    "score": N_("Score"),
    "status": N_("Status"),
    "owner": N_("Owner"),
    "tags": N_("Tags"),
    "quarantine": N_("Quarantine"),
}
COLUMNS = tuple(_HEADS)
SHEET = N_("Leads")
NUMBERS = frozenset({"site_id", "submissions", "visits", "score"})
TIMES = frozenset({"created_at", "last_seen_at", "first_at", "last_at"})

Row = Mapping[str, Any]

# A spreadsheet runs a cell that begins like this (OWASP, "CSV Injection"); a phone number is none.
# Marks without a width and spaces before it do not make it harmless in every program.
_LONGEST = 32_767  # characters that a cell of a workbook holds
_FORMULA = re.compile(r"[\t\r\n\x00]|[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]")
# Where the list separator is a semicolon, as in French, a comma ends no cell and a semicolon within one does, quoted or not.
_WITHIN = re.compile(r"([;\t\r\n])(?=[\s\"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠])")
_PHONE = re.compile(r"\+\d{6,15}", re.ASCII)


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.fullmatch(text) else text


def guarded_within(text: str) -> str:
    """A text of a CSV file: `guarded`, and so is what a spreadsheet with another separator takes for a cell of its own."""
    return _WITHIN.sub(r"\1'", guarded(text))


class Heads:
    """The first line of a file: keys, or words in a language; with a zone, the heads of times in words name it."""

    def __init__(self, columns: Sequence[str], header: str, zone: str | None, language: str) -> None:
        gettext = catalogue(language).gettext
        self.names = list(columns)
        if header == "words":
            self.names = [f"{gettext(_HEADS[one])} ({zone})" if zone and one in TIMES else gettext(_HEADS[one]) for one in columns]


class Csv:
    """A CSV file, piece by piece: `head()`, then `line(row)` for each row."""

    def __init__(
        self, *, header: str = "keys", bom: bool = False, zone: str | None = None, language: str = "en", columns: Sequence[str] = COLUMNS
    ) -> None:
        self._columns = columns
        self._heads = Heads(columns, header, zone, language)
        self._bom = bom
        self._zone = zone
        self._buffer = io.StringIO(newline="")
        self._writer = _csv.writer(self._buffer)

    def head(self) -> bytes:
        """The first line."""
        return (b"\xef\xbb\xbf" if self._bom else b"") + self._line(self._heads.names)

    def line(self, row: Row) -> bytes:
        """One row."""
        return self._line([self._cell(name, row[name]) for name in self._columns])

    def _cell(self, name: str, value: Any) -> str | int:
        if value is None:
            return ""
        if name in TIMES:
            return dates.local(value, self._zone).strftime("%Y-%m-%d %H:%M:%S") if self._zone else dates.iso(value)
        return value if isinstance(value, int) else guarded_within(str(value))

    def _line(self, cells: list[Any]) -> bytes:
        self._writer.writerow(cells)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode("utf-8", "replace")


class Xlsx:
    """A workbook of one sheet, row by row: `add(rows)`, then `close()`. What it holds of it in memory is one row.

    Texts are written as texts, never as formulas or links, and times as times on the clocks of `zone`.
    """

    def __init__(self, out: BinaryIO, *, zone: str, language: str = "en", columns: Sequence[str] = COLUMNS) -> None:
        from xlsxwriter import Workbook

        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss", **safe})
        self._sheet = self._book.add_worksheet(catalogue(language).gettext(SHEET)[:31])
        self._columns = columns
        self._zone = zone
        self._at = 0
        bold = self._book.add_format({"bold": True})
        for place, name in enumerate(Heads(columns, "words", zone, language).names):
            self._sheet.set_column(place, place, 20 if columns[place] in TIMES or len(name) > 12 else 14)
            self._sheet.write_string(0, place, name, bold)
        self._sheet.freeze_panes(1, 0)

    @property
    def rows(self) -> int:
        """How many rows were added."""
        return self._at

    def add(self, rows: Iterable[Row]) -> None:
        """Some rows."""
        for row in rows:
            self._at += 1
            for place, name in enumerate(self._columns):
                value = row[name]
                if value is None or value == "":
                    continue
                if name in TIMES:
                    self._sheet.write_datetime(self._at, place, dates.local(value, self._zone).replace(tzinfo=None))
                elif name in NUMBERS:
                    self._sheet.write_number(self._at, place, value)
                else:
                    self._sheet.write_string(self._at, place, guarded(str(value))[:_LONGEST])

    def close(self) -> None:
        """Finishes the file."""
        self._book.close()


class Jsonl:
    """A JSON Lines file, piece by piece: `head()` is empty, `line(row)` is one object; absent times are null."""

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def line(self, row: Row) -> bytes:
        """One object on a line, its keys in the order of COLUMNS."""
        made = {name: dates.iso(row[name]) if name in TIMES and row[name] is not None else row[name] for name in COLUMNS}
        return msgspec.json.encode(made) + b"\n"


def csv(rows: Iterable[Row], *, header: str = "keys", bom: bool = False, zone: str | None = None, language: str = "en") -> Iterator[bytes]:
    """The pieces of a CSV file (RFC 4180, UTF-8). Times are ISO 8601 in UTC, or on the clocks of `zone`."""
    return _pieces(rows, Csv(header=header, bom=bom, zone=zone, language=language))


def jsonl(rows: Iterable[Row]) -> Iterator[bytes]:
    """The pieces of a JSON Lines file."""
    return _pieces(rows, Jsonl())


def sheet(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A table of a report as a CSV file that spreadsheets open: UTF-8 with a byte order mark, numbers plain, nothing for None."""
    buffer = io.StringIO(newline="")
    writer = _csv.writer(buffer)
    writer.writerow([guarded_within(head) for head in heads])
    for row in rows:
        writer.writerow(["" if cell is None else guarded_within(cell) if isinstance(cell, str) else cell for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def _pieces(rows: Iterable[Row], file: Csv | Jsonl) -> Iterator[bytes]:
    yield file.head()
    line: Callable[[Row], bytes] = file.line
    for row in rows:
        yield line(row)
