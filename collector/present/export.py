"""Lead rows as files: CSV and JSON Lines (DESIGN 4.5). Rows are dicts keyed by COLUMNS, times in UTC milliseconds or None."""

from __future__ import annotations

import csv as _csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

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
}
COLUMNS = tuple(_HEADS)
TIMES = frozenset({"created_at", "last_seen_at", "first_at", "last_at"})

Row = Mapping[str, Any]

# A spreadsheet runs a cell that begins like this (OWASP, "CSV Injection"); a phone number is none.
# Marks without a width and spaces before it do not make it harmless in every program.
_FORMULA = re.compile(r"[\t\r\n\x00]|[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]")
_PHONE = re.compile(r"\+\d{6,15}", re.ASCII)


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.fullmatch(text) else text


class Csv:
    """A CSV file, piece by piece: `head()`, then `line(row)` for each row."""

    def __init__(self, *, header: str = "keys", bom: bool = False, zone: str | None = None, language: str = "en") -> None:
        self._words = header == "words"
        self._bom = bom
        self._zone = zone
        self._language = language
        self._buffer = io.StringIO(newline="")
        self._writer = _csv.writer(self._buffer)

    def head(self) -> bytes:
        """The first line; with a zone, the heads of times in words name it."""
        names = [self._head(name) for name in COLUMNS] if self._words else list(COLUMNS)
        return (b"\xef\xbb\xbf" if self._bom else b"") + self._line(names)

    def line(self, row: Row) -> bytes:
        """One row."""
        return self._line([self._cell(name, row[name]) for name in COLUMNS])

    def _head(self, name: str) -> str:
        words = catalogue(self._language).gettext(_HEADS[name])
        return f"{words} ({self._zone})" if self._zone and name in TIMES else words

    def _cell(self, name: str, value: Any) -> str | int:
        if value is None:
            return ""
        if name in TIMES:
            return dates.local(value, self._zone).strftime("%Y-%m-%d %H:%M:%S") if self._zone else dates.iso(value)
        return value if isinstance(value, int) else guarded(str(value))

    def _line(self, cells: list[Any]) -> bytes:
        self._writer.writerow(cells)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode("utf-8", "replace")


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
    writer.writerow([guarded(head) for head in heads])
    for row in rows:
        writer.writerow(["" if cell is None else guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def _pieces(rows: Iterable[Row], file: Csv | Jsonl) -> Iterator[bytes]:
    yield file.head()
    line: Callable[[Row], bytes] = file.line
    for row in rows:
        yield line(row)
