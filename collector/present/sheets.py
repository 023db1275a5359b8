"""Tables of reports: the same numbers on the screen and in a CSV file, sorted by any column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from babel.numbers import format_decimal, format_percent

from ..domain.money import digits
from . import export, report
from .language import catalogue, locale

L = TypeVar("L")
Number = float | int | None

MOST = 100  # lines on a screen; a file has every one


class Column(NamedTuple, Generic[L]):
    """A column: `kind` is count, part (of one), money (smallest units) or ratio; `before` is its number in the period before."""

    key: str
    head: str
    kind: str
    value: Callable[[L], Number]
    before: Callable[[L], Number] | None = None
    group: str = ""  # a head over several columns


class Change(NamedTuple):
    """Against the period before: a sign and a number, and the same in a sentence. `way` is up, down or even."""

    way: str
    text: str
    said: str


class Cell(NamedTuple):
    """A number as it is shown; empty where there is none."""

    column: Column[Any]
    text: str
    change: Change | None


class Line(NamedTuple, Generic[L]):
    """A line of a table: what it is of, its numbers in words, and its own name."""

    of: L
    name: str
    cells: list[Cell]


class Table(NamedTuple, Generic[L]):
    """A table: the lines that are shown, one more that sums the `left` others, and the sum of all."""

    columns: list[Column[L]]
    lines: list[Line[L]]
    others: Line[L] | None
    total: Line[L]
    left: int
    sort: str
    groups: list[tuple[str, int]]  # heads over columns, and over how many; empty without any


class Sheet(NamedTuple, Generic[L]):
    """What a table is made of. `head` is that of the first column, `name` a line's own, `plus` sums two of them."""

    head: str
    columns: list[Column[L]]
    lines: Sequence[L]
    name: Callable[[L], str]
    plus: Callable[[L, L], L]
    none: L
    currency: str = ""


def alone(sheet: Sheet[L]) -> Sheet[L]:
    """The same without the period before: nothing was counted in it."""
    return sheet._replace(columns=[column._replace(before=None) for column in sheet.columns])


def chosen(sheet: Sheet[L], asked: str, default: str) -> str:
    """The column that a table is sorted by, with `-` before it where the largest come first."""
    return asked if asked.removeprefix("-") in {"name", *(column.key for column in sheet.columns)} else default


def ordered(sheet: Sheet[L], sort: str) -> list[L]:
    """The lines in their order, or as they came where none is asked for; those without a number come last, equals by their name."""
    if not sort:
        return list(sheet.lines)
    lines = sorted(sheet.lines, key=lambda line: sheet.name(line).casefold())
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return lines[::-1] if falling else lines
    column = next(column for column in sheet.columns if column.key == key)

    def place(line: L) -> tuple[bool, float]:
        value = column.value(line)
        return value is None, (-value if falling else value) if value is not None else 0

    return sorted(lines, key=place)


def table(sheet: Sheet[L], sort: str, language: str, most: int = MOST) -> Table[L]:
    """The table as it is shown: at most `most` lines, the rest summed."""
    lines = ordered(sheet, sort)
    rest = lines[most - 1 :] if len(lines) > most else []
    shown = lines[: len(lines) - len(rest)]
    others = _line(sheet, _sum(sheet, rest), report.others(len(rest), language), language) if rest else None
    total = _line(sheet, _sum(sheet, lines), catalogue(language).gettext("Total"), language)
    made = [_line(sheet, line, sheet.name(line), language) for line in shown]
    return Table(sheet.columns, made, others, total, len(rest), sort, _groups(sheet.columns))


def csv(sheet: Sheet[L], sort: str, language: str) -> bytes:
    """The same as a file that spreadsheets open: every line, and no sum that a formula would count twice."""
    _ = catalogue(language).gettext
    heads = [sheet.head]
    for column in sheet.columns:
        head = f"{column.group}: {column.head}" if column.group else column.head
        heads.append(f"{head} ({sheet.currency})" if column.kind == "money" else f"{head}, %" if column.kind == "part" else head)
        if column.before is not None:
            heads.append(_("%(name)s, period before") % {"name": heads[-1]})
    return export.sheet(heads, (_raw(sheet, line) for line in ordered(sheet, sort)))


def _raw(sheet: Sheet[L], line: L) -> Iterator[Any]:
    yield sheet.name(line)
    for column in sheet.columns:
        yield _plain(column.value(line), column.kind, sheet.currency)
        if column.before is not None:
            yield _plain(column.before(line), column.kind, sheet.currency)


def _plain(value: Number, kind: str, currency: str) -> Number:
    if value is None:
        return None
    if kind == "money":
        return round(value / 10 ** digits(currency), digits(currency)) if currency else None
    exact = 100 * value if kind == "part" else value
    return exact if isinstance(exact, int) else int(exact) if exact == int(exact) else round(exact, 4)


def _sum(sheet: Sheet[L], lines: Sequence[L]) -> L:
    made = sheet.none
    for line in lines:
        made = sheet.plus(made, line)
    return made


def _groups(columns: Sequence[Column[L]]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for column in columns:
        if found and found[-1][0] == column.group:
            found[-1] = (column.group, found[-1][1] + 1)
        else:
            found.append((column.group, 1))
    return found if any(head for head, _count in found) else []


def _line(sheet: Sheet[L], of: L, name: str, language: str) -> Line[L]:
    cells = []
    for column in sheet.columns:
        value = column.value(of)
        change = changed(value, column.before(of), column.kind, sheet.currency, language) if column.before is not None else None
        cells.append(Cell(column, said(value, column.kind, sheet.currency, language), change))
    return Line(of, name, cells)


def said(value: Number, kind: str, currency: str, language: str) -> str:
    """A number in words; empty where there is none."""
    if value is None:
        return ""
    if kind == "part":
        return _percent(value, "0.0", language)
    if kind == "money":
        return report.amount(value, currency, language)
    return str(format_decimal(value, "#,##0.00" if kind == "ratio" else "#,##0.#", locale=locale(language)))


def changed(value: Number, before: Number, kind: str, currency: str, language: str) -> Change | None:
    """How a number has changed against the period before; None where it was not known."""
    _ = catalogue(language).gettext
    if value is None or before is None or (not value and not before):
        return None
    was = said(before, kind, currency, language)
    if value == before:
        return Change("even", "=", _("as many as in the period before"))
    more = value > before
    sentence = _("more than in the period before: %(count)s") if more else _("less than in the period before: %(count)s")
    if kind == "part":
        points = format_decimal(100 * (value - before), "+#,##0.0;−#,##0.0", locale=locale(language))
        text = _("%(points)s pt") % {"points": points}
    elif before:
        text = _percent((value - before) / before, "0", language, signed=True)
    else:
        text = _("new")
    return Change("up" if more else "down", text, sentence % {"count": was})


def _percent(value: float, places: str, language: str, *, signed: bool = False) -> str:
    """`12.3%`, `12,3 %`; with a sign `+12%`."""
    pattern = locale(language).percent_formats[None].pattern.replace("#,##0", f"#,##{places}")
    return str(format_percent(value, f"+{pattern};−{pattern}" if signed else pattern, locale=locale(language)))
