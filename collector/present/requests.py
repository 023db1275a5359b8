"""Requests of persons in words: what they ask, how long there is, what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..domain.requests import State, days_left
from .language import N_, catalogue

KINDS = {
    "access": N_("Access"),
    "correction": N_("Correction"),
    "erasure": N_("Erasure"),
    "objection": N_("Objection"),
    "withdrawal": N_("Withdrawal of consent"),
}
ARTICLES = {"access": "15, 20", "correction": "16", "erasure": "17", "objection": "21", "withdrawal": "7(3)"}  # of the GDPR
BY = {
    "visitor": N_("by a browser that showed its secret"),
    "confirmed": N_("by a link to their address"),
    "address": N_("by somebody who typed their address: who it was is not known"),
    "person": N_("written down by somebody here"),
}
STEPS = {
    "confirmed": N_("Address confirmed"),
    "extended": N_("Two more months taken"),
    "done": N_("Done"),
    "refused": N_("Refused"),
}
PROOFS = {
    "leads": N_("leads erased"),
    "submissions": N_("submissions erased"),
    "visitors": N_("browsers unlinked"),
    "refused": N_("refused events erased"),
    "events": N_("events erased"),
    "untied": N_("forms tied to this browser no more"),
    "ties": N_("ties to persons ended"),
    "tables": N_("tables"),
    "rows": N_("rows"),
    "fields": N_("fields corrected"),
    "opened": N_("page opened"),
    "browsers": N_("browsers no longer followed"),
    "permissions": N_("permissions to write ended"),
    "identifiers": N_("addresses and numbers blocked for imports"),
}
FAULTS = {
    "note": N_("Say why in a few words: the person must be told (GDPR 12)."),
    "ended": N_("This request has had its answer already."),
    "extended": N_("Two more months can be taken once, within the first month."),
    "kind": N_("Choose what they ask for."),
    "address": N_("Write the e-mail address or phone number, or their words."),
    "unknown": N_("Nobody of this request is known any more."),
    "no-address": N_("No e-mail address of theirs is known, so no link can be made."),
    "sure": N_("Tick the box first: an erasure cannot be taken back."),
    "no-mail": N_("No mail server is set: copy the link instead."),
}
DEAD = {
    "expired": N_("This link has expired: it lasted seven days."),
    "used": N_("This link was used before, and it works once."),
    "wrong": N_("This link is not complete. Copy it whole from the message."),
    "gone": N_("Nothing is kept about this address any more."),
}


def themselves(language: str) -> str:
    """Who did what the person did."""
    return catalogue(language).gettext("themselves")


def asker(row: Mapping[str, Any], language: str) -> str:
    """Who asks, of whom no lead stands in the list."""
    _ = catalogue(language).gettext
    if row["lead_id"]:
        return _("somebody who stands in no list")
    if row["visitor"]:
        return _("a browser")
    return _("not known here") if row["said"] else _("erased")


def left(state: State, now: int, language: str) -> str:
    """How long there is for an answer: `5 days left`, `Overdue by 2 days`."""
    told, days = catalogue(language), days_left(state.due_at, now)
    if days > 0:
        return told.ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    if days == 0:
        return told.gettext("Due today")
    return told.ngettext("Overdue by %(days)s day", "Overdue by %(days)s days", -days) % {"days": -days}


def proof(text: str, language: str) -> str:
    """What a step did, in counts that name nobody: `leads erased: 1 · submissions erased: 3`."""
    told: Mapping[str, object] = json.loads(text or "{}")
    _ = catalogue(language).gettext
    pair = _("%(what)s: %(count)s")
    return " · ".join(pair % {"what": _(PROOFS[name]) if name in PROOFS else name, "count": value} for name, value in told.items())
