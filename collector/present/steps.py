"""The next step about a lead in one sentence, and why its score is what it is in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..domain.steps import Step
from . import scores, words
from .language import N_, catalogue

Row = Mapping[str, Any]

TOP = 2  # reasons that are named
_STEPS = {
    "release": N_("It stands apart as spam: release it if it is none."),
    "objected": N_("This person objected: answer what was asked, and write nothing else."),
    "excluded": N_("Nothing to do: its address is on one of your lists."),
    "message": N_("Nobody can be answered: neither an address nor a number was left."),
    "won": N_("It is won: nothing to do here."),
    "lost": N_("It is lost: nothing to do unless it comes back."),
    "lost-back": N_("It was lost and has come back since: ask once more."),
    "qualified": N_("It is qualified: make the offer, then say whether it was won or lost."),
    "back": N_("It came back after you had contacted it: get in touch again."),
    "wait": N_("It was contacted: wait for an answer."),
}


def sentence(step: Step, row: Row, language: str, *, named: bool = True) -> str:
    """What to do next: `Call +33 6 12 34 56 78: nobody has yet.`; not `named` where number and address stand beside it."""
    gettext, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    if step.code in ("call", "write") and not named:
        return gettext("Call: nobody has yet.") if step.code == "call" else gettext("Write: nobody has yet.")
    if step.code == "call":
        return gettext("Call %(phone)s: nobody has yet.") % {"phone": words.phone(row["phone"])}
    if step.code == "write":
        return gettext("Write to %(email)s: nobody has yet.") % {"email": row["email"]}
    if step.code == "chase":
        said = ngettext(
            "Contacted %(days)s day ago and silent since: ask once more, or say that it is lost.",
            "Contacted %(days)s days ago and silent since: ask once more, or say that it is lost.",
            step.days,
        )
        return said % {"days": step.days}
    if step.code == "answer-request":
        said = ngettext(
            "This person asked about their own data: answer that first, %(days)s day is left.",
            "This person asked about their own data: answer that first, %(days)s days are left.",
            step.days,
        )
        return said % {"days": step.days}
    return gettext(_STEPS[step.code])


def reasons(rows: Iterable[Row], language: str) -> str:
    """The weightiest reasons for a score, without their points: `Asked something, Looked at prices`; or nothing."""
    best = sorted((row for row in rows if row["points"] > 0), key=lambda row: (-row["points"], row["rule"]))[:TOP]
    return ", ".join(scores.name(row["rule"], language) for row in best)
