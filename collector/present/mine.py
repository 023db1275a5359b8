"""What a visitor is shown of themselves: rows in, a page's words out. What is masked is masked here, before any template sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..domain.masks import mask, mask_field
from ..domain.requests import due
from . import dates, quarantine, scores, words
from .language import N_, catalogue
from .why import Said

Row = Mapping[str, Any]

CONTACT = ("name", "given_name", "family_name", "email", "phone", "organization", "subject", "message")
VALUES = {
    "name": N_("Name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "organization": N_("Company"),
}
RULES = {
    "contact": N_("You asked something by a form"),
    "pricing": N_("You looked at prices"),
    "often": N_("You came often within a week"),
    "download": N_("You downloaded something"),
    "attention": N_("You read for some time"),
    "return": N_("You came back"),
    "paid": N_("You came by an ad"),
    "business": N_("You write from a company"),
    "country": N_("You are in a country that is served"),
    "careers": N_("You look for a job"),
    "freemail": N_("You write from a mail provider"),
}
UNSCORED = {
    "staff": N_("You have no score: your address is one of the site’s own people."),
    "customers": N_("You have no score: your address is a customer’s."),
    "competitors": N_("You have no score: your address is a competitor’s."),
    "objected": N_("You have no score: you objected."),
    "unconfirmed": N_("You have no score. Why is told once you have confirmed your address."),
}
KEEPS = {
    "leads": N_("What you sent by forms, from the day you were last heard of"),
    "history": N_("Each visit that you agreed to"),
    "audience": N_("Each page that was counted without knowing you"),
    "refused": N_("What could not be understood"),
}
STATES = {
    ("tracking", "granted"): N_("You agreed that your visits are remembered"),
    ("tracking", "denied"): N_("You refused that your visits are remembered"),
    ("marketing", "granted"): N_("You agreed that they write to you"),
    ("marketing", "denied"): N_("You refused that they write to you"),
}
DONE = {
    "withdraw": N_(
        "Your consent is taken back: from now on nothing that you do is taken."
        " The id that your browser holds goes when you refuse on the site itself."
    ),
    "object": N_("Your objection is sent. The site’s people answer within a month."),
    "objected": N_("Your objection is carried out: no score, no letters, no further visits."),
    "correct": N_("It is corrected."),
    "same": N_("Nothing was changed."),
}
FAULTS = {
    "email": N_("This is not an e-mail address."),
    "phone": N_("This is not a phone number: it needs at least four digits."),
    "field": N_("A value has at most 200 characters."),
    "often": N_("That was sent too often. Try again in an hour."),
}
_FACTS = frozenset({"business", "country", "freemail"})
_DAY = 86_400_000


class Scored(NamedTuple):
    """A score as it is told: whole points, why in sentences, or why there is none."""

    points: int
    reasons: list[Said]
    excluded: str = ""


# Masks -------------------------------------------------------------------------------------------------------------------


def masked_submission(row: Row) -> dict[str, Any]:
    """A submission of which the labels can be read, and the values cannot."""
    return {**row, **{name: mask(row[name]) for name in CONTACT}, "fields": [mask_field(field) for field in row["fields"]]}


def masked_event(row: Row) -> dict[str, Any]:
    """An event; what a site said of somebody, and what it told of an event of its own, may be anybody's."""
    data = row["data"]
    if row["type"] == "identify":
        return {**row, "data": {}}
    if row["type"] == "custom":
        return {**row, "data": {"name": data.get("name", "")}}
    return dict(row)


# What is known -----------------------------------------------------------------------------------------------------------


def values(rows: Iterable[Row], language: str) -> list[tuple[str, list[str]]]:
    """(what it is, its different values) of what somebody gave, as the rows have it: masked or not."""
    told: dict[str, list[str]] = {name: [] for name in VALUES}
    for row in rows:
        for name, found in told.items():
            value = words.phone(row[name]) if name == "phone" else row[name]
            if value and value not in found:
                found.append(value)
    return [(words.say(VALUES, name, language), found) for name, found in told.items() if found]


def ties(links: Sequence[Row], zone: str, language: str) -> list[str]:
    """Why a browser's visits count as somebody's, in sentences."""
    _ = catalogue(language).gettext
    if not links:
        return [_("The visits of this browser are tied to nobody: no address and no phone number was given in it.")]
    said: list[str] = []
    for link in links:
        when = dates.moment(link["edge_at"] or link["from_at"], zone, language)
        text = _(_TIES.get(link["kind"] or "", _TIES[""])) % {"when": when}
        if text not in said:
            said.append(text)
    if any(link["shared"] for link in links):
        said.append(_("Several people named themselves in this browser: only the visits in which they did count as theirs."))
    return said


_TIES = {
    "form": N_("An address or a phone number was given in a form of this browser on %(when)s: its visits count as that person’s."),
    "identify": N_("The site said on %(when)s who was signed in in this browser: its visits count as that person’s."),
    "login": N_("The site said on %(when)s who was signed in in this browser: its visits count as that person’s."),
    "email_link": N_("A visit began on %(when)s with a link that was sent to somebody by e-mail: it counts as theirs."),
    "": N_("Somebody tied the visits of this browser to a person by hand."),
}


def story(lead: Row, submissions: Sequence[Row], browsers: int, zone: str, language: str) -> list[str]:
    """How somebody whose address is confirmed came to be known, in sentences."""
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    typed = sum("hand" in (one.get("marks") or ()) for one in submissions)
    sent = len(submissions) - typed
    said = [_("You are known since %(when)s.") % {"when": dates.moment(lead["created_at"], zone, language)}]
    if sent:
        said.append(ngettext("You sent %(count)d form.", "You sent %(count)d forms.", sent) % {"count": sent})
    if typed:
        wrote = ngettext(
            "The site’s people wrote down %(count)d thing of you.", "The site’s people wrote down %(count)d things of you.", typed
        )
        said.append(wrote % {"count": typed})
    said += quarantine.story(str(lead.get("quarantine", "")), language)
    if browsers:
        tied = ngettext(
            "Visits of %(count)d browser count as yours, because you gave your address in it or the site said that you were there.",
            "Visits of %(count)d browsers count as yours, because you gave your address in them or the site said that you were there.",
            browsers,
        )
        said.append(tied % {"count": browsers})
    else:
        said.append(_("No visit is tied to you: you sent what you sent without agreeing that visits are remembered."))
    for end, text in (("first", _("You came first by: %(origin)s.")), ("last", _("You came last by: %(origin)s."))):
        channel, source, medium, campaign = (str(lead[f"{end}_{name}"]) for name in ("channel", "source", "medium", "campaign"))
        if origin := words.came_from(channel, source, medium, campaign, language):
            said.append(text % {"origin": origin})
    return said


def scored(points: int, reasons: Iterable[Row], excluded: str, language: str) -> Scored:
    """A score and why it is so; `points` in hundredths, reasons as rows of the table."""
    told = sorted(reasons, key=lambda row: (-abs(row["points"]), row["rule"]))
    return Scored(scores.whole(points), [Said(_reason(row, language)) for row in told], words.say(UNSCORED, excluded, language))


def _reason(row: Row, language: str) -> str:
    gettext, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    known = RULES.get(row["rule"])
    name = gettext(known) if known else row["rule"]
    told = {"rule": name, "points": scores.points(row["points"], language), "count": row["times"]}
    line = gettext("%(points)s: %(rule)s") % told
    if row["rule"] not in _FACTS and row["times"] > 1:
        line += ", " + ngettext("%(count)d time", "%(count)d times", row["times"]) % told
    return gettext("%(line)s.") % {"line": line}


# Consents, who has it, until when ----------------------------------------------------------------------------------------


def consent(row: Row, language: str) -> str:
    """What a row of consent says."""
    text = STATES.get((row["purpose"], row["state"]))
    return catalogue(language).gettext(text) if text else f"{row['purpose']}: {row['state']}"


def roles(counts: Mapping[str, int], language: str) -> str:
    """Who may read it: `1 owner, 2 people of marketing`."""
    ngettext = catalogue(language).ngettext
    owners, marketers, viewers = (counts.get(role, 0) for role in ("owner", "marketer", "viewer"))
    told = (
        (owners, ngettext("%(count)d owner", "%(count)d owners", owners)),
        (marketers, ngettext("%(count)d person of marketing", "%(count)d people of marketing", marketers)),
        (viewers, ngettext("%(count)d person who only reads", "%(count)d people who only read", viewers)),
    )
    return ", ".join(text % {"count": count} for count, text in told if count)


def keeps(kept: Mapping[str, tuple[int, int]], language: str) -> list[tuple[str, str]]:
    """(what, how long) of all that is kept for some time."""
    return [(words.say(KEEPS, kind, language), lasting(*kept[kind], language)) for kind in KEEPS if kind in kept]


def lasting(months: int, days: int, language: str) -> str:
    """`13 months`, `30 days`, `1 month and 3 days`."""
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    parts = []
    if months:
        parts.append(ngettext("%(count)d month", "%(count)d months", months) % {"count": months})
    if days or not months:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    return _(" and ").join(parts)


def until(last: int, kept: tuple[int, int] | None) -> int:
    """Until when what is kept so long is kept, counted from its last day, UTC milliseconds; 0 where no time is set."""
    return due(last, kept[0]) + kept[1] * _DAY if kept and last else 0
