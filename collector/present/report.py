"""A report of attribution over what is stored, in words: figures, what made them, and what has moved since one was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import fsum
from typing import Any, NamedTuple

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from ..domain.attribution import Report, Terms
from ..domain.journeys import ADS, NO_CAMPAIGN
from ..domain.money import digits
from ..domain.paths import DIRECT, NO_TOUCH, transform_of
from ..domain.reports import Figures, Line, Question, cut
from ..domain.rollups import REST
from . import attribution, dates, words
from .language import N_, catalogue, locale

OF = {
    "leads": N_("Leads, each once"),
    "conversions": N_("Every form of a lead"),
    "opportunities": N_("Qualified leads"),
    "won": N_("Won leads"),
    "goals": N_("All goals"),
}
BY = {"channel": N_("Channel"), "source": N_("Source"), "campaign": N_("Campaign")}
NAMES = {
    NO_TOUCH: N_("Unassigned (no touch)"),
    NO_CAMPAIGN: N_("(no campaign)"),
    REST: N_("(erased)"),
}
TRANSFORMS = ("unique", "exposure", "first", "remove_if_last_and_not_all(Direct)", "remove_if_not_all(Direct)")
FAULTS = {
    "look-back": N_("A look-back is 1 to 395 days."),
    "period": N_("The period ends before it begins."),
    "long": N_("A period is 100 years at most."),
}
_EPOCH = date(1970, 1, 1)
MOST = 200  # lines of a report on a screen; commands and JSON tell every one
FEW = 30  # conversions below which a share of them is hardly more than an anecdote


class Row(NamedTuple):
    """A line as it is shown; empty where there is nothing to say."""

    name: str
    conversions: str
    part: str
    value: str
    cost: str
    each: str  # cost of one conversion
    back: str  # value for one unit of cost


def date_of(days: int) -> date:
    """The date of a day since 1970."""
    return _EPOCH + timedelta(days=days)


def day(days: int, language: str) -> str:
    """`1 Mar 2026`, `1 mars 2026`."""
    return format_date(date_of(days), "d MMM y", locale(language))


def iso(days: int) -> str:
    """`2026-03-01`."""
    return date_of(days).isoformat()


def amount(units: float, currency: str, language: str) -> str:
    """Smallest units as money: `1,234.50 €`. Without a currency there is nothing to show."""
    if not currency:
        return ""
    return str(format_currency(units / 10 ** digits(currency), currency, locale=locale(language)))


def name(text: str, by: str, language: str) -> str:
    """A line's name in words."""
    if text in NAMES:
        return words.say(NAMES, text, language)
    if by == "channel" or text == DIRECT:
        return words.channel(text, language)
    if by == "source" and text.endswith(ADS):
        return catalogue(language).gettext("%(source)s (paid)") % {"source": text.removesuffix(ADS)}
    return text


def heads(asked: Question, language: str) -> Row:
    """The heads of the columns of `rows`."""
    _ = catalogue(language).gettext
    of = _("Leads") if asked.of == "leads" else _("Conversions")
    each = _("Cost per lead") if asked.of == "leads" else _("Cost per conversion")
    return Row(words.say(BY, asked.by, language), of, _("Part of all, %"), _("Value"), _("Cost"), each, _("Return"))


def heads_then(asked: Question, language: str) -> tuple[str, str, str, str]:
    """The heads of the columns of `differences`."""
    _ = catalogue(language).gettext
    return words.say(BY, asked.by, language), _("Then"), _("Now"), _("Moved")


def rows(figures: Figures, asked: Question, language: str, most: int | None = None) -> list[Row]:
    """Every line, or the first and one more that sums the others: `most` in all."""
    told = cut(figures.lines, most or len(figures.lines))
    whole, code = figures.report.conversions, asked.currency
    made = [_row(line, name(line.name, asked.by, language), whole, code, language) for line in told.lines]
    return [*made, _row(told.others, others(told.left, language), whole, code, language)] if told.others else made


def others(count: int, language: str) -> str:
    """What the line is called that sums those that are not shown by name."""
    return catalogue(language).ngettext("%(count)s other", "%(count)s others", count) % {"count": dates.number(count, language)}


def total(figures: Figures, asked: Question, language: str) -> Row:
    """The sums."""
    report = figures.report
    line = Line("", report.conversions, report.value, figures.cost)
    return _row(line, catalogue(language).gettext("Total"), report.conversions, asked.currency, language)


def _row(line: Line, said: str, whole: float, currency: str, language: str) -> Row:
    part = 100 * line.conversions / whole if whole else 0.0
    return Row(
        said,
        attribution.number(line.conversions, language),
        str(format_decimal(part, "0.0", locale=locale(language))),
        amount(line.value, currency, language) if line.value else "",
        "" if line.cost is None else amount(line.cost, currency, language),
        "" if not line.cost or not line.conversions else amount(line.cost / line.conversions, currency, language),
        "" if not line.cost or not line.value else str(format_decimal(line.value / line.cost, "0.00", locale=locale(language))),
    )


def transform(text: str, language: str) -> str:
    """What a transform does, by its text."""
    made = transform_of(text)
    return attribution.transform(made, language) if made else text


def counted(asked: Question, goals: Mapping[str, str], language: str) -> str:
    """What the report counts: leads, forms, all goals or one by its name."""
    return goals.get(asked.goal, asked.goal) if asked.goal else words.say(OF, asked.of, language)


def terms(figures: Figures, asked: Question, goals: Mapping[str, str], language: str) -> str:
    """What stands beside every figure: what is counted, the period, the model, the look-back, the transform, and n."""
    period = f"{day(asked.first, language)} – {day(asked.last, language)}"
    return " · ".join(
        (counted(asked, goals, language), period, attribution.terms(figures.report, language, nulls=figures.report.terms.model == "markov"))
    )


def notes(figures: Figures, language: str) -> list[str]:
    """What one must know to read the figures rightly."""
    ngettext = catalogue(language).ngettext
    said = [attribution.why(figures.report, language)] if attribution.why(figures.report, language) else []
    if 0 < figures.report.conversions < FEW and not figures.report.why:
        said.append(catalogue(language).gettext("So few tell of chance rather than of channels: one more would move these shares."))
    if figures.left_out:
        left = ngettext(
            "The value of %(count)d conversion is in another currency and left out.",
            "The values of %(count)d conversions are in another currency and left out.",
            figures.left_out,
        )
        said.append(left % {"count": figures.left_out})
    return said


def answer(figures: Figures, asked: Question) -> dict[str, Any]:
    """The JSON value of a report."""
    report = figures.report
    told: dict[str, Any] = {"model": report.terms.model, "of": asked.of, "by": asked.by, "from": iso(asked.first), "to": iso(asked.last)}
    if asked.goal:
        told["goal"] = asked.goal
    if report.why:
        told |= {"fallback": report.used, "why": report.why}
    told |= {"look_back": asked.look_back, "transform": [str(one) for one in asked.transforms] or ["unique"]}
    if report.used == "decay":
        told["half_life"] = asked.half_life
    told |= {"conversions": report.conversions, "nulls": report.nulls, "currency": asked.currency or None}
    told |= {"value": report.value, "cost": figures.cost, "left_out": figures.left_out}
    return told | {"lines": [_told(line) for line in figures.lines]}


def _told(line: Line) -> dict[str, Any]:
    each = line.cost / line.conversions if line.cost and line.conversions else None
    back = line.value / line.cost if line.cost and line.value else None
    return {"name": line.name, "conversions": line.conversions, "value": line.value, "cost": line.cost, "cost_per": each, "return": back}


# Kept figures ---------------------------------------------------------------------------------------------------------


def kept(told: Mapping[str, Any], asked: Question) -> Figures:
    """The figures of `answer`, read back."""
    lines = tuple(Line(one["name"], one["conversions"], one["value"], one["cost"]) for one in told["lines"])
    terms = Terms(told["model"], asked.look_back, asked.transforms, asked.half_life, asked.floor, asked.currency)
    report = Report(
        terms, told.get("fallback", told["model"]), told.get("why", ""), told["conversions"], told["value"], told["nulls"], (), {}
    )
    return Figures(report, lines, told["cost"], told["left_out"])


def moved(title: str, then: float, now: float, late: int, language: str) -> str:
    """What became of a kept number: `March moved from 41 to 43: 2 were identified late.`"""
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    gone = max(0, round(then + late - now))
    why = []
    if late:
        why.append(ngettext("%(count)s was identified late", "%(count)s were identified late", late) % {"count": late})
    if gone:
        why.append(
            ngettext(
                "%(count)s is gone (erased, failed or joined to another)", "%(count)s are gone (erased, failed or joined to another)", gone
            )
            % {"count": gone}
        )
    told = {"name": title, "then": attribution.number(then, language), "now": attribution.number(now, language), "why": ", ".join(why)}
    if not why and then == now:
        return _("%(name)s stands: %(now)s, as then.") % told
    return (_("%(name)s moved from %(then)s to %(now)s: %(why)s.") if why else _("%(name)s moved from %(then)s to %(now)s.")) % told


def differences(
    then: Sequence[Line], now: Sequence[Line], asked: Question, language: str, most: int | None = None
) -> list[tuple[str, str, str, str]]:
    """Of every name: conversions then, now, and the difference where there is one. With `most` what moved most comes first, and
    one line sums the others."""
    before = {line.name: line.conversions for line in then}
    after = {line.name: line.conversions for line in now}
    told = [(key, before.get(key, 0.0), after.get(key, 0.0)) for key in dict.fromkeys((*before, *after))]
    if most is None or len(told) <= most:
        return [_moved(name(key, asked.by, language), old, new, language) for key, old, new in told]
    told.sort(key=lambda one: (-abs(one[2] - one[1]), -one[1]))
    shown, rest = told[: most - 1], told[most - 1 :]
    made = [_moved(name(key, asked.by, language), old, new, language) for key, old, new in shown]
    return [*made, _moved(others(len(rest), language), fsum(one[1] for one in rest), fsum(one[2] for one in rest), language)]


def _moved(said: str, old: float, new: float, language: str) -> tuple[str, str, str, str]:
    less = abs(new - old) < 1e-9
    difference = "" if less else str(format_decimal(new - old, "+#,##0.##;-#,##0.##", locale=locale(language)))
    return said, attribution.number(old, language), attribution.number(new, language), difference
