"""What is said of one lead, read: by people, by the site; whom it was merged with and who may be the same person."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection

from ..domain import edits
from ..domain.edits import Edit
from ..domain.identity import VISITORS_MOST
from ..domain.leads import Said
from ..domain.likeness import Person, Suggestion, suggest
from . import identities, merges, people


class Dossier(NamedTuple):
    """Of one lead: its edits and merges that stand, what the site said, its identifiers, who may be the same person, an objection."""

    standing: edits.Standing
    edits: list[Edit]
    merges: list[dict[str, Any]]
    said: list[Said]
    identifiers: list[dict[str, Any]]
    suggestions: list[Suggestion]
    persons: dict[bytes, Person]
    denied_at: int | None  # when this person last said that nobody may write to them
    objected_at: int | None  # and when they objected


def of_lead(conn: Connection, account_id: int, lead_id: bytes) -> Dossier:
    """The dossier of a lead that stands."""
    members = [lead_id, *merges.members(conn, account_id, [lead_id]).get(lead_id, {})]
    told = people.edits(conn, account_id, members)
    found, persons = suggestions(conn, account_id, of=lead_id)
    said_no = identities.denials(conn, account_id, members).values()
    return Dossier(
        standing=edits.fold(told, lead_id),
        edits=edits.standing(told),
        merges=merges.standing_of(conn, account_id, members),
        said=people.said(conn, account_id, members),
        identifiers=sorted(identities.values(conn, account_id, members), key=lambda one: (one["created_at"], one["id"])),
        suggestions=found,
        persons=persons,
        denied_at=max((denied for denied, _objected in said_no), default=None),
        objected_at=max((objected for _denied, objected in said_no if objected is not None), default=None),
    )


def suggestions(conn: Connection, account_id: int, of: bytes | None = None) -> tuple[list[Suggestion], dict[bytes, Person]]:
    """Leads that may be one person, of one lead or of all, and whom they are about."""
    shared = people.alike(conn, account_id, of)
    if not shared:
        return [], {}
    persons = people.persons(conn, account_id, {lead for pair in shared for lead in pair})
    told = edits.standing(people.apart(conn, account_id))
    pairs = [(edit.lead_id, bytes.fromhex(edit.name)) for edit in told if edit.kind == "apart"]
    now = merges.resolve(conn, account_id, {lead for pair in pairs for lead in pair})
    found = suggest(shared, persons, [frozenset(now.get(lead, lead) for lead in pair) for pair in pairs])
    return found, {lead: persons[lead] for one in found for lead in (one.keep, one.other)}


def crowded(conn: Connection, account_id: int) -> list[tuple[Person, int]]:
    """Leads whose address more browsers gave than one person has, and how many: not all of their visits count as its own."""
    found = people.crowded(conn, account_id, VISITORS_MOST)
    now = merges.resolve(conn, account_id, [lead for lead, _n in found])
    persons = people.persons(conn, account_id, [now.get(lead, lead) for lead, _n in found])
    return [(persons[stands], n) for lead, n in found if (stands := now.get(lead, lead)) in persons]
