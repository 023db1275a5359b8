"""Figures of attribution in words: what made them, and why they are another model's than was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from babel.numbers import format_decimal

from ..domain.attribution import Report
from ..domain.paths import BadRow, Transform
from . import dates, words
from .language import N_, catalogue, locale

MODELS = {
    "first": N_("First touch"),
    "last": N_("Last touch"),
    "last-non-direct": N_("Last touch that is not direct"),
    "linear": N_("Linear"),
    "position": N_("Position 40/20/40"),
    "decay": N_("Time decay"),
    "u": N_("U: first touch and lead"),
    "w": N_("W: first touch, lead and opportunity"),
    "full-path": N_("Full path"),
    "markov": N_("Markov chain"),
    "shapley": N_("Shapley value"),
}
TRANSFORMS = {
    "unique": N_("paths as they are"),
    "exposure": N_("repeats in a row count once"),
    "first": N_("each name counts once, where it first was"),
    "remove_if_last_and_not_all": N_("%(touch)s left out at the end of a path, unless it is all of it"),
    "remove_if_not_all": N_("%(touch)s left out, unless it is all of the path"),
}
# What a model does not look at.
LIMITS = {
    "markov": N_("A chain of order 1: it looks at the last step only, and at journeys without a conversion too."),
    "shapley": N_("It looks neither at the order of touches, nor at repeats, nor at journeys without a conversion."),
}
WHY = {
    "few-conversions": N_("There are fewer than %(floor)s conversions, too few for this model: these figures are linear."),
    "no-nulls": N_("No journey without a conversion is known, and a Markov chain needs them: these figures are linear."),
    "no-conversions": N_("Nothing was converted, so a Markov chain tells nothing: these figures are linear."),
    "too-many-names": N_("There are too many channels for a Markov chain: these figures are linear."),
}
BAD_ROWS = {
    "no-head": "the file is empty: its first row names the columns",
    "missing-column": "this column is missing",
    "double-column": "this column is there twice",
    "cells": "it has more or fewer cells than the first row",
    "not-utf-8": "it is not UTF-8",
    "not-csv": "it is not CSV",
    "bad-path": "channels are joined by “ > ”, with a blank on each side, and none is empty",
    "not-a-number": "this is not a number; decimals follow a point",
    "below-zero": "this is below 0",
    "too-large": "this is too large",
}


def answer(report: Report) -> dict[str, Any]:
    """The JSON value of a report: the model that was asked for, and each name's share; a fallback is told where there is one."""
    told: dict[str, Any] = {"model": report.terms.model}
    if report.why:
        told |= {"fallback": report.used, "why": report.why}
    shares = ({"channel": share.name, "conversions": share.conversions, "value": share.value} for share in report.shares)
    return told | {"channels": list(shares)}


def terms(report: Report, language: str, *, nulls: bool = True) -> str:
    """What stands beside every figure: `Time decay, half-life 7 days · look-back 90 days · paths as they are · conversions: 41, …`.

    Without `nulls` journeys without a conversion are not spoken of: nobody looked for them.
    """
    _ = catalogue(language).gettext
    ngettext = catalogue(language).ngettext
    asked = report.terms
    model = words.say(MODELS, report.used, language)
    if report.used == "decay":
        model = _("%(model)s, half-life %(days)s days") % {"model": model, "days": format_decimal(asked.half_life, locale=locale(language))}
    back = asked.lookback
    limit = ngettext("look-back %(count)d day", "look-back %(count)d days", back or 0)
    shortened = [transform(one, language) for one in asked.transforms]
    counted = (_("conversions: %(conversions)s, journeys without: %(nulls)s") if nulls else _("conversions: %(conversions)s")) % {
        "conversions": number(report.conversions, language),
        "nulls": number(report.nulls, language),
    }
    reach = _("no look-back limit") if back is None else limit % {"count": back}
    return " · ".join([model, reach, *(shortened or [words.say(TRANSFORMS, "unique", language)]), counted])


def transform(one: Transform, language: str) -> str:
    """What a transform does to paths."""
    said = words.say(TRANSFORMS, one.name, language)
    return said % {"touch": one.touch} if one.touch else said


def why(report: Report, language: str) -> str:
    """Why another model was used than asked for, else what the model leaves out; often nothing."""
    if report.why:
        return words.say(WHY, report.why, language) % {"floor": dates.number(report.terms.floor, language)}
    return words.say(LIMITS, report.used, language) if report.used in LIMITS else ""


def fallen(model: str, code: str, floor: int, language: str) -> str:
    """That another model had to be used: `Markov chain: there are too few …`."""
    told = words.say(WHY, code, language) % {"floor": dates.number(floor, language)}
    return catalogue(language).gettext("%(model)s: %(why)s") % {"model": words.say(MODELS, model, language), "why": told}


def heads(language: str) -> list[str]:
    """The heads of the columns of `rows`."""
    _ = catalogue(language).gettext
    return [_("Channel"), _("Conversions"), _("Part of all, %"), _("Value")]


def rows(report: Report, language: str) -> Iterator[tuple[str, str, str, str]]:
    """Each share, named as the paths name it: conversions, what part they are of all, value."""
    for share in report.shares:
        part = share.conversions / report.conversions if report.conversions else 0.0
        percent = format_decimal(100 * part, "0.0", locale=locale(language))
        yield share.name, number(share.conversions, language), percent, number(share.value, language)


def number(value: float, language: str) -> str:
    """A count or an amount with at most two decimals."""
    return format_decimal(value, "#,##0.##", locale=locale(language))


def wrong(row: BadRow) -> str:
    """What is wrong in a file, for the terminal: `row 3, value: this is not a number; decimals follow a point: '1,5'`."""
    place = f"row {row.row}, {row.column}" if row.column else f"row {row.row}"
    return f"{place}: {BAD_ROWS[row.reason]}" + (f": {row.text!r}" if row.text else "")
