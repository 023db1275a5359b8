"""What is known of a lead, value by value, and where each comes from: typed, said by the site, read out of another value, or corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..domain.edits import Edit
from ..domain.leads import fold_text
from . import dates, people, words
from .language import N_, catalogue

Row = Mapping[str, Any]


class Fact(NamedTuple):
    """One value, what it is, where it comes from in a sentence, and the submission that says so (None where none does)."""

    name: str
    title: str
    value: str
    source: str
    evidence: bytes | None = None


# What is said of one field of a form. `typed` covers what was chosen in a list: the person did it either way.
OF_FIELD = {
    "typed": N_("typed"),
    "chosen": N_("chosen"),
    "ticked": N_("ticked by hand"),
    "preset": N_("filled in by the page"),
    "program": N_("told by the site’s program"),
    "hand": N_("typed in by hand"),
    "none": "",
}


def facts(
    row: Row, sent: Sequence[Row], said: Sequence[Any], edits: Sequence[Edit], users: Mapping[str, str], zone: str, language: str
) -> list[Fact]:
    """Every field of the lead that has a value, or that somebody emptied. `sent` are its submissions with their fields."""
    _ = catalogue(language).gettext
    found = []
    for name, title in people.FIELDS.items():
        value = words.phone(row[name]) if name == "phone" else row[name]
        corrected = next((one for one in reversed(edits) if one.kind == "field" and one.name == name), None)
        if not value and corrected is None:
            continue
        if corrected is not None:
            source, evidence = _corrected(corrected, name, sent, users, zone, language), None
        else:
            source, evidence = _source(name, row, sent, said, users, zone, language)
        found.append(Fact(name, _(title), value or _("none"), source, evidence))
    return found


def _corrected(edit: Edit, name: str, sent: Sequence[Row], users: Mapping[str, str], zone: str, language: str) -> str:
    _ = catalogue(language).gettext
    told = {"who": people.actor(edit.actor, users, language), "when": dates.moment(edit.at, zone, language)}
    typed = next((one[name] for one in reversed(sent) if one["counted"] and one[name] and one[name] != edit.value), "")
    if typed:
        return _("corrected by %(who)s on %(when)s; the form said “%(typed)s”") % {**told, "typed": typed}
    return _("corrected by %(who)s on %(when)s") % told


def _source(
    name: str, row: Row, sent: Sequence[Row], said: Sequence[Any], users: Mapping[str, str], zone: str, language: str
) -> tuple[str, bytes | None]:
    _ = catalogue(language).gettext
    value = row[name]
    for one in reversed(sent):
        if one["counted"] and one[name] == value:
            told = {"form": words.form(one["form"]), "when": dates.moment(one["at"], zone, language)}
            if _is_by_hand(one):
                by = people.actor(one["action"], users, language)
                return _("typed in by %(who)s on %(when)s") % {**told, "who": by}, one["id"]
            if name in ("given_name", "family_name", "name") and not _stands(value, one["fields"]):
                return _("read out of the name in the form of %(when)s") % told, one["id"]
            if told["form"]:
                return _("typed in the form “%(form)s” on %(when)s") % told, one["id"]
            return _("typed in a form on %(when)s") % told, one["id"]
    for told_by in said:
        if getattr(told_by, name) == value:
            return (_("said by the site, signed") if told_by.signed else _("said by the page, unsigned")), None
    parts = {"name": ("given_name", "family_name"), "given_name": ("name",), "family_name": ("name",)}.get(name, ())
    if any(row[part] for part in parts):
        return _("put together from the other names"), None
    return _("where it was said is not kept any more"), None


def _stands(value: str, fields: Sequence[Row]) -> bool:
    return any(fold_text(field["text"] or field["value"] or "") == fold_text(value) for field in fields)


def _is_by_hand(sent: Row) -> bool:
    """Whether somebody here typed a submission in; its `action` says who."""
    return "hand" in sent["marks"]


def field(row: Row, sent: Row, language: str) -> str:
    """Where one field of a submission comes from: `typed`, `filled in by the page`; empty for what was left empty or withheld."""
    code = _code(row, sent)
    return catalogue(language).gettext(OF_FIELD[code]) if code != "none" else ""


def _code(row: Row, sent: Row) -> str:
    if row["withheld"]:
        return "none"
    if _is_by_hand(sent):
        return "hand" if row["checked"] or row["text"] or row["value"] else "none"
    if row["checked"] is not None:
        return "none" if not row["checked"] else "preset" if row["preset"] else "ticked"
    if not (row["text"] or row["value"]):
        return "none"
    if row["preset"]:
        return "preset"
    if sent["how"] == "api":
        return "program"
    return "chosen" if row["type"].startswith("select") or row["type"] == "radio" else "typed"
