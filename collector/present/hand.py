"""A lead that somebody types in: the labels of its fields, how permission was given, and what was wrong, in words."""

from __future__ import annotations

from ..domain.hand import LIMITS
from . import words
from .language import N_, catalogue

LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "organization": N_("Company"),
    "message": N_("Note"),
    "source": N_("How they heard of you, in their words"),
    "permission": N_("Permission to write"),
}
FAULTS = {
    "site": N_("Choose a site."),
    "contact": N_("Type an e-mail address or a phone number: without either nobody can answer."),
    "email": N_("This is not an e-mail address."),
    "phone": N_("This is not a phone number: it needs at least six digits."),
    "given": N_("Say how the permission was given."),
    "permission": N_("Say what they agreed to, or choose no way in which they said it."),
}
_LONG = N_("This is too long: at most %(limit)s characters.")
_FIELDS = {"contact": "email"}  # beside which field a fault is shown, where it is not the one that it is named for


def labels(language: str) -> dict[str, str]:
    """The labels by field, as they are kept with what was typed."""
    return {name: words.say(LABELS, name, language) for name in LABELS}


def fault(code: str, language: str) -> tuple[str, str]:
    """(field, what was wrong with it); twice empty for nothing."""
    if not code:
        return "", ""
    kind, _, name = code.partition(":")
    if kind == "long":
        return name, catalogue(language).gettext(_LONG) % {"limit": LIMITS.get(name, 0)}
    return _FIELDS.get(code, code), words.say(FAULTS, code, language)
