"""Imports of costs in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.costs import MOST
from ..domain.paths import BadRow
from . import dates, report, words
from .language import N_, catalogue

FAULTS = {
    "no-head": N_("the file is empty: its first row names the columns"),
    "missing-column": N_("this column is missing"),
    "double-column": N_("this column is there twice"),
    "not-csv": N_("it is not CSV"),
    "too-long": N_("this is too long"),
    "not-a-day": N_("this is not a day: write 2026-03-31 or 31/03/2026"),
    "no-source": N_("no source is named"),
    "not-a-currency": N_("this is not a currency: write three letters, as EUR"),
    "not-an-amount": N_("this is not an amount: digits, decimals after a point or a comma"),
    "too-many": N_("a file has at most %(most)s rows: part it, by months for instance"),
}


def wrong(row: BadRow, language: str) -> str:
    """What is wrong with a line: `Line 3, amount: this is not an amount: … “1,234,5”`."""
    _ = catalogue(language).gettext
    place = _("Line %(line)d, %(column)s") if row.column else _("Line %(line)d")
    said = _("%(place)s: %(fault)s") % {
        "place": place % {"line": row.row, "column": row.column},
        "fault": words.say(FAULTS, row.reason, language) % {"most": dates.number(MOST, language)},
    }
    return f"{said} “{row.text}”" if row.text else said


def done(told: Mapping[str, Any], language: str) -> list[str]:
    """What an import did, a sentence each."""
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    if not told["id"]:
        return [_("Nothing was imported.")]
    said = [ngettext("%(count)d row read.", "%(count)d rows read.", told["rows"]) % {"count": told["rows"]}]
    if told["known"]:
        said.append(_("This very file was imported before: it counts once."))
    if told["bad"]:
        said.append(ngettext("%(count)d row left out.", "%(count)d rows left out.", told["bad"]) % {"count": told["bad"]})
    if told["overlap"] and not told["known"]:
        said.append(
            ngettext(
                "%(count)d row speaks of a day and a campaign that another import speaks of too: both count.",
                "%(count)d rows speak of a day and a campaign that another import speaks of too: both count.",
                told["overlap"],
            )
            % {"count": told["overlap"]}
        )
    return said


def sums(told: Mapping[str, int], language: str) -> str:
    """The amounts of an import, by currency."""
    return ", ".join(report.amount(amount, currency, language) for currency, amount in sorted(told.items()))


def answer(row: Mapping[str, Any]) -> dict[str, Any]:
    """An import as commands show it."""
    days = {"from": report.iso(row["first"]), "to": report.iso(row["last"])} if row["rows"] else {"from": None, "to": None}
    told = {"id": row["id"].hex(), "name": row["name"], "at": dates.iso(row["at"]), "rows": row["rows"], "bad": row["bad"]}
    return told | days | {"sums": row["sums"]}
