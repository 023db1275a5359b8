"""How long things are kept, in words."""

from __future__ import annotations

from ..domain.retention import BOUNDS, Limit
from .language import N_, catalogue
from .words import say

KINDS = {
    "leads": N_("Leads and messages, after the last contact"),
    "strays": N_("Forms that made no lead"),
    "history": N_("Visits with consent"),
    "audience": N_("Visits without consent"),
    "refused": N_("Refused events"),
}
FAULTS = {
    "kind": N_("There is no such kind."),
    "amount": N_("Leads are kept 1 to 60 months, visits 1 to 25 months, refused events 1 to 90 days."),
    "site": N_("There is no such site."),
}


def kind(code: str, language: str) -> str:
    """What a kind is."""
    return say(KINDS, code, language)


def unit(code: str, language: str) -> str:
    """In what the limit of a kind is counted: `months`, `days`."""
    _ = catalogue(language).gettext
    return _("months") if BOUNDS[code].unit == "months" else _("days")


def span(limit: Limit, language: str) -> str:
    """`13 months`, `30 days`."""
    words, (months, days) = catalogue(language), limit
    if months and not days:
        return words.ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    total = days + 30 * months
    return words.ngettext("%(n)s day", "%(n)s days", total) % {"n": total}
