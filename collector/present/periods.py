"""Periods in words."""

from __future__ import annotations

from babel.dates import format_date

from ..domain.periods import Period
from . import report
from .language import N_, catalogue, locale

NAMES = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "7d": N_("7 days"),
    "30d": N_("30 days"),
    "90d": N_("90 days"),
    "365d": N_("365 days"),
}


def span(period: Period, language: str) -> str:
    """`1 Nov 2026 – 29 Nov 2026`, or one day."""
    first = report.day(period.first, language)
    return first if period.days == 1 else f"{first} – {report.day(period.last, language)}"


def short(day: int, language: str) -> str:
    """`1 Nov`."""
    return str(format_date(report.date_of(day), "d MMM", locale(language)))


def zones(names: set[str], language: str) -> str:
    """Whose days are counted."""
    _ = catalogue(language).gettext
    return _("days of %(zone)s") % {"zone": next(iter(names))} if len(names) == 1 else _("days of each site’s own time zone")
