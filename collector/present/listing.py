"""The list of leads in words: its columns, its orders, and what it is narrowed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..domain import listing
from ..domain.listing import FILTERS, Asked
from . import dates, people, words
from .language import N_, catalogue

COLUMNS = {
    "who": N_("Who"),
    "from": N_("Came from"),
    "form": N_("Form"),
    "activity": N_("Activity"),
    "score": N_("Score"),
    "when": N_("When"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "company": N_("Company"),
    "status": N_("Status"),
    "owner": N_("Owner"),
    "tags": N_("Tags"),
    "page": N_("Page"),
    "first": N_("First touch"),
    "last": N_("Last touch"),
    "seen": N_("Last seen"),
    "site": N_("Site"),
    "consent": N_("Permission to write"),
    "marks": N_("Marks"),
}
SORTS = {
    "newest": N_("Newest first"),
    "oldest": N_("Oldest first"),
    "seen": N_("Last seen"),
    "score": N_("Highest score"),
    "name": N_("Name"),
}
KINDS = {"leads": N_("Leads"), "messages": N_("Messages"), "quarantine": N_("Quarantine"), "all": N_("All")}
SORTED_BY = {"who": "name", "score": "score", "when": "newest", "seen": "seen"}  # which column's head orders the list
PERIODS = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "7d": N_("Last 7 days"),
    "30d": N_("Last 30 days"),
    "90d": N_("Last 90 days"),
    "365d": N_("Last 365 days"),
}
NAMES = {
    "q": N_("Search"),
    "site": N_("Site"),
    "period": N_("Came"),
    "channel": N_("Channel"),
    "source": N_("Source"),
    "campaign": N_("Campaign"),
    "form": N_("Form"),
    "status": N_("Status"),
    "owner": N_("Owner"),
    "tag": N_("Tags"),
    "company": N_("Company"),
    "mark": N_("Mark"),
    "page": N_("Page"),
    "score": N_("Score at least"),
    "score_max": N_("Score at most"),
    "consent": N_("Permission to write"),
}
CONSENTS = {"yes": N_("given"), "no": N_("not given")}
NO_STATUS, NO_MARK, MINE, NOBODYS = N_("no status"), N_("no mark"), N_("me"), N_("nobody")
CHANGES = {
    "status": N_("Status: %(value)s"),
    "owner": N_("Owner: %(value)s"),
    "tag": N_("Tag “%(value)s” added"),
    "untag": N_("Tag “%(value)s” taken off"),
}
ERASED = "~"  # stands where a tag was that somebody bore who was erased
FAULTS = {
    "none": N_("No lead was chosen."),
    "many": N_("These are too many leads at once: narrow the list."),
    "kind": N_("Choose what is to be changed."),
    "spam": N_("Choose what is to be changed."),
    "status": N_("This status is not known."),
    "owner": N_("This person has no account here."),
    "tag": N_("A tag has 1 to 40 characters."),
    "gone": N_("That is not here any more, or was undone before."),
    "two": N_("Choose exactly two leads to merge them."),
    "name": N_("A name has 1 to 60 characters."),
    "views": N_("You have a hundred views already: delete one first."),
}
_EXPORTED = {
    "who": ("name",),
    "from": tuple(f"{end}_{name}" for end in ("first", "last") for name in ("channel", "source", "medium", "campaign")),
    "form": ("form", "site"),
    "activity": ("submissions", "visits"),
    "score": ("score",),
    "when": ("created_at",),
    "email": ("email",),
    "phone": ("phone",),
    "company": ("organization",),
    "status": ("status",),
    "owner": ("owner",),
    "tags": ("tags",),
    "page": ("page",),
    "first": ("first_channel", "first_source", "first_medium", "first_campaign", "first_at"),
    "last": ("last_channel", "last_source", "last_medium", "last_campaign", "last_at"),
    "seen": ("last_seen_at",),
    "site": ("site",),
    "consent": ("marketing_consent",),
    "marks": ("mark",),
}


class Chip(NamedTuple):
    """One thing that a list is narrowed to: in words, and as `domain.listing.without` takes it."""

    label: str
    said: str
    name: str
    value: Any


class Names(NamedTuple):
    """What codes in an address stand for: sites by id, users by id in hex."""

    sites: Mapping[int, str]
    users: Mapping[str, str]


def exported(shown: Sequence[str]) -> list[str]:
    """The columns of a file (`present.export.COLUMNS`) that the columns of a list hold, in their order, with the id before them."""
    return list(dict.fromkeys(["lead_id", *(name for column in shown for name in _EXPORTED[column])]))


def chips(asked: Asked, names: Names, language: str) -> list[Chip]:
    """All that a list is narrowed to."""
    gettext = catalogue(language).gettext
    found: list[Chip] = []
    for name in FILTERS:
        had = getattr(asked, name)
        for value in had if isinstance(had, tuple) else [had]:
            if value not in ("", None):
                said = _period(asked, language) if name == "period" else said_of(name, value, names, language)
                found.append(Chip(gettext(NAMES[name]), said, name, value if isinstance(had, tuple) else None))
    return found


def said_of(name: str, value: Any, names: Names, language: str) -> str:
    """A value of a filter in words."""
    gettext = catalogue(language).gettext
    if name == "site":
        return names.sites.get(value, str(value))
    if name == "channel":
        return words.channel(value, language)
    if name == "form":
        return words.form(value) or gettext("form without a name")
    if name == "status":
        return gettext(NO_STATUS) if value == listing.NONE else words.say(people.STATUSES, value, language)
    if name == "owner":
        fixed = {listing.ME: MINE, listing.NOBODY: NOBODYS}
        return gettext(fixed[value]) if value in fixed else names.users.get(value, gettext("somebody who is not here any more"))
    if name == "mark":
        return gettext(NO_MARK) if value == listing.NONE else words.say(words.MARKS, value, language)
    return gettext(CONSENTS[value]) if name == "consent" else str(value)


def _period(asked: Asked, language: str) -> str:
    gettext = catalogue(language).gettext
    if asked.period != "custom":
        return gettext(PERIODS[asked.period])
    told = {"since": dates.date(asked.since, language), "until": dates.date(asked.until, language)}
    if not asked.until:
        return gettext("since %(since)s") % told
    return (gettext("from %(since)s to %(until)s") if asked.since else gettext("until %(until)s")) % told


def changed(row: Mapping[str, Any], users: Mapping[str, str], language: str) -> str:
    """What a change of many leads says: `Status: Won`."""
    gettext = catalogue(language).gettext
    if row["kind"] == "spam":
        return gettext("Spam") if row["value"] == "yes" else gettext("Not spam")
    if row["kind"] == "owner" and not row["value"]:
        return gettext("No owner any more")
    value = row["value"]
    if row["kind"] == "status":
        value = words.say(people.STATUSES, value, language)
    elif row["kind"] == "owner":
        value = users.get(value, gettext("somebody who is not here any more"))
    said = CHANGES[row["kind"]]
    return gettext(said) % {"value": value or ERASED}
