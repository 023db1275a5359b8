"""Goals in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import report, words
from .language import N_, catalogue

KINDS = {
    "page": N_("A page is viewed"),
    "event": N_("An event is sent"),
    "click": N_("A contact or a link is clicked"),
    "form": N_("A form is sent"),
}
FAULTS = {
    "name": N_("A goal has a name of at most 200 characters, without invisible ones."),
    "kind": N_("Choose what reaches it."),
    "pattern": N_("Say which page, event, form or click."),
    "path": N_("A page’s path begins with / or *: /merci*"),
    "click": N_("A click is one of: phone, email, message, download, outbound, share, map, calendar."),
    "value": N_("A value is digits, decimals after a point or a comma."),
    "currency": N_("A currency is three letters, as EUR."),
    "site": N_("There is no such site."),
    "taken": N_("A goal of another kind has that name."),
}


def said(one: Mapping[str, Any], language: str) -> str:
    """What reaches a goal: `A page is viewed: /merci*`."""
    _ = catalogue(language).gettext
    return _("%(kind)s: %(pattern)s") % {"kind": words.say(KINDS, one["kind"], language), "pattern": one["pattern"]}


def worth(one: Mapping[str, Any], language: str) -> str:
    """What one conversion is worth; empty where the goal does not say."""
    return report.amount(one["value"], one["currency"], language) if one.get("value") else ""
