"""What a lead's row needs beside its submissions and visits: the part of the one fold that reads what was said of leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import structs
from sqlalchemy import Connection

from ..domain import edits, likeness
from ..domain.identity import identifier_id
from ..domain.leads import Known, Lead, Said
from ..store import identities, merges, people
from ..store.conversions import Row, rows_of

if TYPE_CHECKING:
    from .refold import Context


def load(conn: Connection, given: Context, leads: Iterable[bytes]) -> dict[bytes, Known]:
    """What is known of leads; nothing of one that was merged into another."""
    account, asked = given.account, set(leads)
    kept = asked - merges.resolve(conn, account, asked).keys()
    merged = merges.members(conn, account, kept)
    owner = {lead: lead for lead in kept} | {member: lead for lead, members in merged.items() for member in members}
    said: dict[bytes, list[Said]] = {}
    for one in people.said(conn, account, owner):
        said.setdefault(owner[one.lead_id], []).append(structs.replace(one, lead_id=owner[one.lead_id]))
    told: dict[bytes, list[edits.Edit]] = {}
    for edit in people.edits(conn, account, owner):
        told.setdefault(owner[edit.lead_id], []).append(edit)
    denied: dict[bytes, tuple[int | None, int | None]] = {}
    for member, (at, objected) in identities.denials(conn, account, owner).items():
        before = denied.get(owner[member], (None, None))
        denied[owner[member]] = max(at, before[0] or 0), max(objected or 0, before[1] or 0) or None
    return {
        lead: Known(
            said.get(lead, ()),
            edits.fold(told.get(lead, ()), lead),
            max(merged[lead].values()) if lead in merged else None,
            *denied.get(lead, (None, None)),
        )
        for lead in kept
        if lead in said or lead in told or lead in merged or lead in denied
    }


def keep_likeness(conn: Connection, given: Context, before: Mapping[bytes, Row], made: Sequence[Lead], gone: Sequence[bytes]) -> None:
    """Says anew what leads have that others may have too, where it changed."""
    changed = {
        lead.id: _keys(given, lead)
        for lead in made
        if lead.id not in before or before[lead.id][:5] != (lead.name, lead.email, lead.phone, lead.kind, lead.apart)
    }
    changed |= {lead: {} for lead in gone if lead in before}
    if changed:
        people.keep_likeness(conn, given.account, changed)


def fold_likeness(conn: Connection, given: Context, leads: Iterable[bytes]) -> None:
    """The same of stored leads, whether it changed or not."""
    people.keep_likeness(conn, given.account, {lead: _keys(given, row) for lead, row in rows_of(conn, given.account, leads).items()})


def _keys(given: Context, lead: Lead | Row) -> dict[str, bytes]:
    if lead.kind != "lead" or lead.apart:
        return {}
    told = likeness.keys(lead.name, lead.email, lead.phone)
    return {kind: identifier_id(given.secret, given.account, f"like {kind}", value) for kind, value in told.items()}
