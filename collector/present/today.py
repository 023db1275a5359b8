"""The morning in words: what was read, how a score moved, which form stopped, what else needs somebody, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..domain.stopped import Stopped
from ..domain.surges import Surge
from . import dates, scores, words
from .language import catalogue

Row = Mapping[str, Any]

PAGES = 3  # that are named


def read(pages: Sequence[Row], language: str) -> tuple[list[str], str]:
    """Which pages somebody read, the newest last, each once by its title or else its path; and how many more: `and 3 pages more`, or ""."""
    named = list(dict.fromkeys(row["title"] or words.page(row["url"], language) for row in pages))
    named = [name for name in named if name]
    more = max(0, len(named) - PAGES)
    said = catalogue(language).ngettext("and %(count)s page more", "and %(count)s pages more", more) if more else ""
    return [_short(name) for name in named[-PAGES:]], said and said % {"count": dates.number(more, language)}


def _short(name: str, most: int = 60) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def moved(row: Row, language: str) -> str:
    """How a score changed: `from 20 to 45`."""
    _ = catalogue(language).gettext
    return _("from %(before)s to %(after)s") % {"before": scores.whole(row["before"]), "after": scores.whole(row["after"])}


def quiet(site: str, ago: str, language: str) -> str:
    """That a site has gone quiet."""
    said = catalogue(language).gettext("%(site)s has gone quiet: it was last heard %(ago)s, and on these days it usually has visitors.")
    return said % {"site": site, "ago": ago}


def form(key: str, language: str) -> str:
    """A form by its name; one without is named so."""
    return words.form(key) or catalogue(language).gettext("form without a name")


def stopped(key: str, one: Stopped, today: int, language: str) -> str:
    """That a form stopped, and against what it was held."""
    gettext, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    days = today - one.last
    said = ngettext(
        "The form “%(form)s” was last sent %(days)s day ago; the same days usually bring %(usual)s.",
        "The form “%(form)s” was last sent %(days)s days ago; the same days usually bring %(usual)s.",
        days,
    ) % {"form": form(key, language), "days": dates.number(days, language), "usual": dates.number(one.usual, language)}
    if one.seen:
        return said + " " + gettext("It is still seen, so its sending may be broken.")
    return said + " " + gettext("It is seen no more, so it may have left its page.")


def surge(one: Surge, language: str) -> str:
    """That much is refused."""
    said = catalogue(language).gettext("%(n)s events were refused in a day, where %(usual)s are usual.")
    return said % {"n": dates.number(one.n, language), "usual": dates.number(one.usual, language)}


def deadline(due: int, waiting: int, days: int, language: str) -> str:
    """How many requests about people's own data wait, and how long there is for the first of them; `due` of them are late."""
    told = catalogue(language)
    said = told.ngettext(
        "%(count)s person waits for an answer about their own data.", "%(count)s people wait for an answer about their own data.", waiting
    )
    said = said % {"count": dates.number(waiting, language)}
    if due:
        late = told.ngettext("%(count)s answer is overdue.", "%(count)s answers are overdue.", due) % {"count": dates.number(due, language)}
        return f"{said} {late}"
    left = told.ngettext("%(days)s day is left for the first.", "%(days)s days are left for the first.", days)
    return f"{said} {left % {'days': dates.number(days, language)}}"
