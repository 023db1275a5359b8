"""What people said of a lead, and why two leads may be one person, in words. Names and notes in them are somebody's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..domain.edits import Edit
from . import words
from .language import N_, catalogue

STATUSES = {
    "new": N_("New"),
    "contacted": N_("Contacted"),
    "qualified": N_("Qualified"),
    "won": N_("Won"),
    "lost": N_("Lost"),
}
FIELDS = {
    "name": N_("Name"),
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "organization": N_("Company"),
}
REASONS = {
    "address": N_("the same address but for dots or what follows a +"),
    "phone": N_("the same phone number"),
    "name": N_("the same name"),
    "visitor": N_("the same browser"),
    "domains": N_("one private and one work address"),
    "names": N_("but two different names"),
}
FAULTS = {
    "unknown": N_("This lead is not here any more."),
    "status": N_("This status is not known."),
    "owner": N_("This person has no account here."),
    "tag": N_("A tag has at most 40 characters."),
    "tags": N_("A lead has at most 20 tags."),
    "note": N_("A note has at most 4,000 characters."),
    "field": N_("A value has at most 200 characters."),
    "email": N_("This is not an e-mail address."),
    "phone": N_("This is not a phone number: it needs at least four digits."),
    "spam": N_("Say yes or no."),
    "undone": N_("This was undone before."),
    "same": N_("These two are one lead already."),
    "message": N_("A message has neither an address nor a number, so it cannot be merged."),
    "addresses": N_("One person with more than five addresses is more likely several."),
}


def edit(one: Edit, users: Mapping[str, str], language: str) -> str:
    """What an edit said: `Status: Won`."""
    _ = catalogue(language).gettext
    if one.kind == "status":
        return _("Status: %(value)s") % {"value": words.say(STATUSES, one.value, language)}
    if one.kind == "owner":
        return _("Owner: %(value)s") % {"value": users.get(one.value, one.value)} if one.value else _("No owner any more")
    if one.kind == "spam":
        return _("This is spam") if one.value == "yes" else _("Not spam: released")
    if one.kind == "tag":
        return _("Tag “%(value)s” added") % {"value": one.value}
    if one.kind == "untag":
        return _("Tag “%(value)s” taken off") % {"value": one.value}
    if one.kind == "field":
        named = words.say(FIELDS, one.name, language)
        if not one.value:
            return _("%(field)s: there is none") % {"field": named}
        return _("%(field)s corrected to “%(value)s”") % {"field": named, "value": one.value}
    return _("Not the same person as another lead") if one.kind == "apart" else one.value


def actor(key: str, users: Mapping[str, str], language: str) -> str:
    """Who did something: an address, the command line, or the person themselves on their own page."""
    _ = catalogue(language).gettext
    if key == "visitor":
        return _("the person themselves")
    return users.get(key, _("somebody who is not here any more")) if key else _("the command line")


def reasons(told: Sequence[str], language: str) -> str:
    """Why two leads may be one person: `the same phone number, the same name`."""
    return ", ".join(words.say(REASONS, one, language) for one in told)


def sources(
    row: Mapping[str, Any], said: Sequence[Any], sent: Sequence[Mapping[str, Any]], corrected: Mapping[str, str], language: str
) -> dict[str, str]:
    """Where each value of a lead comes from: a person, the site, a form; by field."""
    _ = catalogue(language).gettext
    found = {}
    for name in FIELDS:
        value = row[name]
        if name in corrected:
            found[name] = _("corrected")
        elif value and (of := [one for one in sent if one["counted"] and one[name] == value]):
            found[name] = _("typed in by hand") if all("hand" in (one.get("marks") or ()) for one in of) else _("from a form")
        elif told := [one for one in said if value and getattr(one, name) == value]:
            found[name] = _("said by the site") if any(one.signed for one in told) else _("said by the page, unsigned")
    parts = [name for name in ("given_name", "family_name") if name in found]
    if row["name"] and "name" not in found and parts:  # it is made of them
        found["name"] = found[parts[-1]]
    return found
