"""Why the list says what it says: plain sentences about one lead. Names and pages in them are a stranger's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from . import dates, origin, people, words
from .language import catalogue

Row = Mapping[str, Any]


class Said(NamedTuple):
    """A sentence, and the rows that bear it out: their ids, as far as the page shows them."""

    text: str
    evidence: tuple[bytes, ...] = ()


def sentences(
    lead: Row,
    submissions: Sequence[Row],
    spans: Sequence[Row],
    sessions: Sequence[Row],
    zone: str,
    language: str,
    touches: Sequence[Row] = (),
    events: Sequence[Row] = (),
    users: Mapping[str, str] | None = None,
) -> list[Said]:
    """Why it is here, why it is a lead, why these visits are its own, why this source, and what was left out of the count.

    `users` are the addresses of those who may have typed it in, by id.
    """
    counted = [one for one in submissions if one["counted"]]
    named = counted[:1] or [one for one in events if one["type"] == "identify"][:1]
    said = [Said(_sent(lead, counted[0], zone, language, users or {}) if counted else _named(lead, zone, language), _ids(named))]
    said += _again(counted, zone, language)
    said.append(Said(_kind(lead, language), _ids(named)))
    if counted and not spans and all(map(_is_typed, counted)):
        said.append(Said(_unseen(language)))
    else:
        said += _visits(spans, sessions, language) if lead["kind"] == "lead" or spans else [Said(_no_history(language))]
    said += _shared(spans, sessions, language)
    said += _origins(lead, touches, language)
    said += _uncounted(submissions, language)
    return said + _marked(lead["marks"], language)


def _ids(rows: Iterable[Row], most: int = 5) -> tuple[bytes, ...]:
    return tuple(row["id"] for row in rows if row.get("id"))[-most:]


def _origins(lead: Row, touches: Sequence[Row], language: str) -> list[Said]:
    """Why the first and the last touch are what they are; one sentence where they are one."""
    first = next((touch for touch in touches if touch["at"] == lead.get("first_at")), None)
    last = next((touch for touch in reversed(touches) if touch["at"] == lead.get("last_at")), None)
    if first is None or last is None:
        return []
    if first is last:
        return [Said(origin.sentence(first, "only", language), (first["id"], first["session_id"]))]
    return [
        Said(origin.sentence(touch, which, language), (touch["id"], touch["session_id"]))
        for touch, which in ((first, "first"), (last, "last"))
    ]


def who(lead: Row, language: str) -> str:
    """The name of a lead, else its address, else its number, else that there is none."""
    return lead["name"] or lead["email"] or words.phone(lead["phone"]) or catalogue(language).gettext("Someone without a name")


def _is_typed(submission: Row) -> bool:
    return "hand" in (submission.get("marks") or ())


def _sent(lead: Row, first: Row, zone: str, language: str, users: Mapping[str, str]) -> str:
    _ = catalogue(language).gettext
    if _is_typed(first):
        by = people.actor(first.get("action") or "", users, language)
        typed = {"who": who(lead, language), "by": by, "when": dates.moment(first["at"], zone, language)}
        return _("%(who)s was typed in by %(by)s on %(when)s; no form was sent.") % typed
    form, where = words.form(first["form"]), words.on_page(first["url"], language)
    told = {"who": who(lead, language), "form": form, "where": where, "when": dates.moment(first["at"], zone, language)}
    if not form:
        return _("%(who)s sent a form %(where)s on %(when)s.") % told if where else _("%(who)s sent a form on %(when)s.") % told
    if not where:
        return _("%(who)s sent the form “%(form)s” on %(when)s.") % told
    return _("%(who)s sent the form “%(form)s” %(where)s on %(when)s.") % told


def _named(lead: Row, zone: str, language: str) -> str:
    _ = catalogue(language).gettext
    told = {"who": who(lead, language), "when": dates.moment(lead["created_at"], zone, language)}
    return _("The site said on %(when)s that %(who)s was signed in; no form was sent.") % told


def _shared(spans: Sequence[Row], sessions: Sequence[Row], language: str) -> list[Said]:
    _ = catalogue(language).gettext
    shared = [span for span in spans if span["shared"]]
    if not shared:
        return []
    seen = _ids(session for session in sessions if any(_holds(span, session) for span in shared))
    return [Said(_("It was seen on a shared device: only the visits in which it named itself are its own."), seen)]


def _again(counted: Sequence[Row], zone: str, language: str) -> list[Said]:
    more = len(counted) - 1
    if more < 1:
        return []
    said = catalogue(language).ngettext(
        "%(count)d more submission came from the same person, on %(when)s.",
        "%(count)d more submissions came from the same person, the last one on %(when)s.",
        more,
    )
    return [Said(said % {"count": more, "when": dates.moment(counted[-1]["at"], zone, language)}, _ids(counted[1:]))]


def _kind(lead: Row, language: str) -> str:
    _ = catalogue(language).gettext
    if lead["kind"] == "message":
        return _("It is a message and not a lead, because neither an e-mail address nor a phone number was left.")
    if lead["email"]:
        return _("It is a lead because an e-mail address was left.")
    return _("It is a lead because a phone number was left.")


def _visits(spans: Sequence[Row], sessions: Sequence[Row], language: str) -> list[Said]:
    """One sentence for each kind of evidence that ties visits to the lead."""
    if not sessions:
        return [Said(_no_visits(language) if spans else _no_history(language))]
    ngettext = catalogue(language).ngettext
    by_evidence = Counter(_evidence(session, spans) for session in sessions)
    said = []
    for evidence, count in by_evidence.items():
        if evidence == "form":
            sentence = ngettext(
                "This visit belongs to it because the same browser sent the form, and the visitor had accepted tracking.",
                "These %(count)d visits belong to it because the same browser sent the form, and the visitor had accepted tracking.",
                count,
            )
        elif evidence in ("login", "identify"):
            sentence = ngettext(
                "This visit belongs to it because the site said who was signed in, and the visitor had accepted tracking.",
                "These %(count)d visits belong to it because the site said who was signed in, and the visitor had accepted tracking.",
                count,
            )
        elif evidence == "email_link":
            sentence = ngettext(
                "This visit is probably its own: it began with a link that was sent to it by e-mail.",
                "These %(count)d visits are probably its own: they began with links that were sent to it by e-mail.",
                count,
            )
        else:
            sentence = ngettext(
                "This visit was tied to it by hand or by a link.", "%(count)d visits were tied to it by hand or by a link.", count
            )
        said.append(Said(sentence % {"count": count}, _ids(one for one in sessions if _evidence(one, spans) == evidence)))
    return said


def _evidence(session: Row, spans: Sequence[Row]) -> str:
    for span in spans:
        if _holds(span, session):
            return span["kind"] or ""
    return ""


def _holds(span: Row, session: Row) -> bool:
    return bool(span["visitor"] == session["visitor"] and session["started_at"] < span["to_at"] and session["ended_at"] >= span["from_at"])


def _no_visits(language: str) -> str:
    _ = catalogue(language).gettext
    return _("No visit of its browser is stored: visits are deleted after a time, and what was said of it stays.")


def _no_history(language: str) -> str:
    _ = catalogue(language).gettext
    return _("It has no history: the form was sent without consent to tracking, so nothing ties it to any visit.")


def _unseen(language: str) -> str:
    _ = catalogue(language).gettext
    return _("No visit is tied to it: it came by no form of a page.")


def _uncounted(submissions: Sequence[Row], language: str) -> list[Said]:
    ngettext = catalogue(language).ngettext
    wrong = [one for one in submissions if one["result"] == "failed"]
    doubles = [one for one in submissions if not one["counted"] and one["result"] != "failed"]
    failed, again = len(wrong), len(doubles)
    said = []
    if again:
        sentence = ngettext(
            "%(count)d sending was the same again within a minute and does not count twice.",
            "%(count)d sendings were the same again within a minute and do not count twice.",
            again,
        )
        said.append(Said(sentence % {"count": again}, _ids(doubles)))
    if failed:
        sentence = ngettext("%(count)d sending failed and does not count.", "%(count)d sendings failed and do not count.", failed)
        said.append(Said(sentence % {"count": failed}, _ids(wrong)))
    return said


def _marked(marks: Sequence[str], language: str) -> list[Said]:
    _ = catalogue(language).gettext
    hints = [mark for mark in marks if mark != "hand"]
    if not hints:
        return []
    named = ", ".join(words.say(words.MARKS, mark, language) for mark in hints)
    return [Said(_("It is marked “%(marks)s”. A mark is a hint: it counts all the same.") % {"marks": named})]
