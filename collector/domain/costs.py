"""What visits cost: files of days, sources, campaigns and amounts, and what each name of a report cost.

A file is CSV, one row a line, so that one bad line spoils no other. Columns, in any order and case: `day` (or `date`), `source`,
`amount` (or `cost`); `campaign`, `medium` and `currency` where there are any; others are passed over. Days are written
2026-03-31 or 31/03/2026. A file has at most MOST rows: more are refused as a whole.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from . import channels, money
from .journeys import name_of
from .paths import BadRow

COLUMNS = {"day": ("day", "date"), "source": ("source",), "amount": ("amount", "cost")}
OPTIONAL = {"campaign": ("campaign",), "medium": ("medium",), "currency": ("currency",)}
LARGEST = 8 * 1024 * 1024  # bytes of a file
MOST = 100_000  # rows of a file: they are held at once
PAID = "cpc"  # the medium of what names none: it cost something
_EPOCH = date(1970, 1, 1).toordinal()
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_LOCAL = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII)
_YEARS = range(1990, 2101)
_LONGEST = 200
_SHOWN = 40


class Cost(NamedTuple):
    """What a day of a campaign cost: `line` in the file, days since 1970, amount in the currency's smallest unit."""

    line: int
    day: int
    source: str
    medium: str
    campaign: str
    amount: int
    currency: str


class Sum(NamedTuple):
    """What a campaign cost in some days."""

    source: str
    medium: str
    campaign: str
    currency: str
    amount: int


def key_of(file: bytes) -> bytes:
    """The same for the same file."""
    return sha256(file).digest()[:16]


def read(file: bytes, currency: str) -> Iterator[Cost | BadRow]:
    """Every row of a file, or what is wrong with it; a bad head (row 1) ends it, and so do too many rows. `currency` is of rows
    that name none.

    UTF-8, UTF-16 that says so (Google Ads), else as Windows writes it; parted by semicolons, tabs or commas, whichever the head
    has most of.
    """
    lines = io.StringIO(_text(file), newline=None)  # other signs that part lines may stand in a name
    head = next(lines, "").rstrip("\n")
    delimiter = max((";", "\t", ","), key=head.count)
    places = _places(_cells(head, delimiter) or [])
    if isinstance(places, BadRow):
        yield places
        return
    rows = 0
    for number, line in enumerate(lines, 2):
        line = line.rstrip("\n")
        if line.strip(f"{delimiter} \t\x1a"):
            rows += 1
            if rows > MOST:
                yield BadRow(number, "too-many")
                return
            cells = _cells(line, delimiter)
            yield BadRow(number, "not-csv", text=line[:_SHOWN]) if cells is None else _row(number, cells, places, currency)


def _text(file: bytes) -> str:
    if file.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return file.decode("utf-16", "replace")
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.decode("cp1252", "replace")


def refuses(row: BadRow) -> bool:
    """Whether a fault is the whole file's."""
    return row.row == 1 or row.reason == "too-many"


def _cells(line: str, delimiter: str) -> list[str] | None:
    if "\0" in line:  # PostgreSQL holds none
        return None
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error:
        return None


def _places(head: list[str]) -> dict[str, int] | BadRow:
    names = [cell.lower() for cell in head]
    if not any(names):
        return BadRow(1, "no-head")
    places: dict[str, int] = {}
    for name, known in (COLUMNS | OPTIONAL).items():
        found = [place for place, cell in enumerate(names) if cell in known]
        if len(found) > 1:
            return BadRow(1, "double-column", name)
        if found:
            places[name] = found[0]
        elif name in COLUMNS:
            return BadRow(1, "missing-column", name)
    return places


def _row(number: int, cells: list[str], places: dict[str, int], currency: str) -> Cost | BadRow:
    told = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
    for name in ("source", "campaign", "medium"):
        if len(told.get(name, "")) > _LONGEST:
            return BadRow(number, "too-long", name, told[name][:_SHOWN])
    day = day_of(told["day"])
    if day is None:
        return BadRow(number, "not-a-day", "day", told["day"][:_SHOWN])
    if not told["source"]:
        return BadRow(number, "no-source", "source")
    code = money.currency(told["currency"]) if told.get("currency") else currency
    if code is None:
        return BadRow(number, "not-a-currency", "currency", told["currency"][:_SHOWN])
    amount = money.amount(told["amount"], code)
    if amount is None:
        return BadRow(number, "not-an-amount", "amount", told["amount"][:_SHOWN])
    return Cost(number, day, told["source"].lower(), told.get("medium", "").lower(), told.get("campaign", ""), amount, code)


def day_of(text: str) -> int | None:
    if found := _ISO.fullmatch(text):  # days since 1970; None for what is none
        year, month, day = (int(part) for part in found.groups())
    elif found := _LOCAL.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day).toordinal() - _EPOCH if year in _YEARS else None
    except ValueError:
        return None


def by_name(sums: Iterable[Sum], by: str, currency: str) -> dict[str, int]:
    """What each name of a report cost, in one currency; where no medium is named, the visits were paid for."""
    found: dict[str, int] = {}
    for one in sums:
        if one.currency == currency:
            channel = channels.channel(one.source, one.medium or PAID, one.campaign)
            name = name_of(by, channel, one.source, one.campaign)
            found[name] = found.get(name, 0) + one.amount
    return found
