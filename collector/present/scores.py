"""Scores in words: the rules, the reasons, who is not scored, and what a rule was worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal, format_percent

from ..domain.backtest import FLOOR, Share, Tried
from ..domain.scoring import DEFAULT, Rule, Rules, find
from .language import N_, catalogue, locale

Row = Mapping[str, Any]

NAMES = {
    "contact": N_("Asked something"),
    "pricing": N_("Looked at prices"),
    "often": N_("Came often within a week"),
    "download": N_("Downloaded something"),
    "attention": N_("Read for some time"),
    "return": N_("Came back"),
    "paid": N_("Came by an ad"),
    "business": N_("Writes from a company"),
    "country": N_("Is in a country that you serve"),
    "careers": N_("Looks for a job"),
    "freemail": N_("Writes from a mail provider"),
}
KINDS = {"engagement": N_("Engagement"), "fit": N_("Fit"), "negative": N_("Against")}
SIGNALS = {
    "form": N_("a form in which somebody asks"),
    "signup": N_("a form that takes an address only"),
    "page": N_("a page, by words of its address"),
    "download": N_("a download"),
    "visible": N_("time for which pages were looked at"),
    "often": N_("several visits within seven days"),
    "return": N_("a visit after the first"),
    "paid": N_("an arrival by an ad"),
    "business": N_("an address that is no mail provider’s"),
    "country": N_("the country of the phone number or the address"),
    "freemail": N_("an address of a mail provider"),
}
EXCLUDED = {
    "staff": N_("It is not scored: its address is one of your own."),
    "customers": N_("It is not scored: its address is a customer’s."),
    "competitors": N_("It is not scored: its address is a competitor’s."),
}
OBJECTED = N_("It is not scored: this person objected.")
LISTS = {
    "staff": N_("Your own people"),
    "customers": N_("Customers"),
    "competitors": N_("Competitors"),
    "freemail": N_("More mail providers"),
}
FAULTS = {
    "name": N_("A name has small letters, digits and hyphens, at most 40."),
    "kind": N_("Choose what the rule speaks of."),
    "signal": N_("Choose what the rule speaks of."),
    "number": N_("One of the numbers is missing or out of bounds: points 0 to 100, times 0 to 1,000, days 0 to 3,650."),
    "words": N_("At most 50 words of at most 60 letters, and only for pages, forms and countries; at most 2,000 domains."),
    "domain": N_("One of these is not a domain. Type one in each line, as in example.com."),
    "taken": N_("There is a rule of that name already."),
    "many": N_("There are a hundred rules already: remove one first."),
    "unknown": N_("There is no such rule."),
}
ADVICE = {
    "more": N_("Leads with it are won more often."),
    "less": N_("Leads with it are won less often."),
    "same": N_("No difference that chance could not make."),
}


def name(rule: str, language: str) -> str:
    """The name of a rule: ours in words, others as they were typed."""
    return catalogue(language).gettext(NAMES[rule]) if rule in NAMES else rule


def unscored(why: str, language: str) -> str:
    """Why a lead has no score (of `domain.scoring.EXCLUSIONS`, or objected); empty where it has one."""
    told = EXCLUDED | {"objected": OBJECTED}
    return catalogue(language).gettext(told[why]) if why in told else ""


def points(hundredths: int, language: str) -> str:
    """`+40`, `-10`, `+7.5`, `0`."""
    return format_decimal(hundredths / 100, format="+#,##0.##;−#,##0.##", locale=locale(language)) if hundredths else "0"


def whole(hundredths: int) -> int:
    """A score as it is shown: a whole number of 0 to 100, halves up."""
    return (hundredths + 50) // 100


def said(reason: Row, rules: Rules, language: str) -> str:
    """Why one rule gave its points, in a sentence."""
    gettext, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    rule = find(rules, reason["rule"])
    told = {"rule": name(reason["rule"], language), "points": points(reason["points"], language), "count": reason["times"]}
    line = gettext("%(points)s: %(rule)s") % told
    if rule is None:
        return gettext("%(line)s.") % {"line": line}
    more = []
    if rule.signal not in ("business", "country", "freemail") and reason["times"] > 1:
        more.append(ngettext("%(count)d time", "%(count)d times", reason["times"]) % told)
    if _is_capped(reason, rule):
        more.append(gettext("that is the most it gives"))
    elif rule.half_life and abs(reason["points"]) < 100 * rule.points * min(rule.cap, reason["times"]) and rule.signal != "visible":
        more.append(gettext("some of it has faded"))
    return gettext("%(line)s.") % {"line": ", ".join([line, *more])}


def _is_capped(reason: Row, rule: Rule) -> bool:
    return bool(reason["times"] > 1 and abs(reason["points"]) >= round(100 * rule.points * rule.cap) > 0)


def rule(one: Rule, language: str) -> str:
    """What a rule does, in a sentence."""
    _ = catalogue(language).gettext
    told = {"signal": _(SIGNALS[one.signal]), "points": _number(one.points, language), "cap": _number(one.cap, language)}
    sign = "−" if one.kind == "negative" else "+"
    told |= {"sign": sign, "per": _number(one.per, language), "half": _number(one.half_life, language), "hold": _number(one.hold, language)}
    if one.signal == "visible":
        line = _("%(sign)s%(points)s for each %(per)s seconds of reading, at most %(cap)s times") % told
    elif one.signal == "often":
        line = _("%(sign)s%(points)s for %(per)s visits within seven days") % told
    else:
        line = (
            _("%(sign)s%(points)s for %(signal)s, at most %(cap)s times") % told
            if one.cap != 1
            else _("%(sign)s%(points)s for %(signal)s, once") % told
        )
    if one.half_life and one.hold:
        return _("%(line)s; after %(hold)s days it halves every %(half)s days.") % {**told, "line": line}
    if one.half_life:
        return _("%(line)s; it halves every %(half)s days.") % {**told, "line": line}
    return _("%(line)s; it does not fade.") % {"line": line}


def is_ours(one: str) -> bool:
    """Whether a rule is one of those that the product comes with."""
    return find(DEFAULT, one) is not None


def _number(value: float, language: str) -> str:
    return format_decimal(value, format="#,##0.##", locale=locale(language))


def rate(one: Share, language: str) -> str:
    """`30 of 40: 75 % (60 to 86 %)`."""
    _ = catalogue(language).gettext
    if one.rate is None:
        return _("no lead")
    told = {
        "won": one.won,
        "n": one.n,
        "rate": _percent(one.rate, language),
        "low": _percent(one.low, language),
        "high": _percent(one.high, language),
    }
    return _("%(won)s of %(n)s: %(rate)s (%(low)s to %(high)s)") % told


def _percent(value: float | None, language: str) -> str:
    return format_percent(value or 0.0, format="#,##0\u00a0%" if language == "fr" else "#,##0%", locale=locale(language))


def advice(one: Tried, language: str) -> str:
    """What the figures say; below the floor that they say nothing yet."""
    _ = catalogue(language).gettext
    if one.advice:
        return _(ADVICE[one.advice])
    return _("Fewer than %(floor)d leads with it or without it: no advice.") % {"floor": FLOOR}
