"""Merges of leads and what undoes them: raw, appended. A lead that was merged is an alias of the one that stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select

from .hot import HotIn, insert
from .schema import merge, unmerge

_add = insert(merge, conflict=["account_id", "id"])
_undo = insert(unmerge, conflict=["account_id", "id"])


def _standing(column: str) -> HotIn:
    undone = (unmerge.c.account_id == merge.c.account_id) & (unmerge.c.merge_id == merge.c.id)
    asked = select(merge.c.from_lead, merge.c.into_lead, merge.c.at, merge.c.id).outerjoin(unmerge, undone).where(unmerge.c.id.is_(None))
    return HotIn(lambda binds: asked.where(merge.c.account_id == bindparam("account_id"), merge.c[column].in_(binds)))


_from = _standing("from_lead")
_into = _standing("into_lead")


def add(conn: Connection, row: dict[str, Any]) -> None:
    """Appends a merge."""
    _add.many(conn, [row])


def undo(conn: Connection, row: dict[str, Any]) -> None:
    """Appends what undoes a merge."""
    _undo.many(conn, [row])


def resolve(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, bytes]:
    """Lead → the lead that it stands for now, of those that were merged into another."""
    found: dict[bytes, bytes] = {}
    asked = set(leads)
    while asked:
        steps = {bytes(row[0]): bytes(row[1]) for row in _from.rows(conn, asked, account_id=account_id)}
        found |= steps
        asked = set(steps.values()) - found.keys()
    return {lead: _end(found, lead) for lead in found}


def _end(steps: dict[bytes, bytes], lead: bytes) -> bytes:
    seen = {lead}
    while (there := steps.get(lead)) is not None and there not in seen:
        seen.add(lead := there)
    return lead


def members(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, dict[bytes, int]]:
    """Lead → the leads that were merged into it or into one of those, each with the time of its merge."""
    into: dict[bytes, list[tuple[bytes, int]]] = {}
    wanted = set(leads)
    asked = set(wanted)
    while asked:
        rows = [(bytes(row[0]), bytes(row[1]), int(row[2])) for row in _into.rows(conn, asked, account_id=account_id)]
        for lead, kept, at in rows:
            into.setdefault(kept, []).append((lead, at))
        asked = {lead for lead, _kept, _at in rows} - into.keys() - wanted
    return {lead: found for lead in wanted if (found := _below(into, lead))}


def _below(into: dict[bytes, list[tuple[bytes, int]]], lead: bytes) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    waiting = [lead]
    while waiting:
        for one, at in into.get(waiting.pop(), ()):
            if one not in found:
                found[one] = at
                waiting.append(one)
    return found


def owners(conn: Connection, account_id: int, leads: Collection[bytes]) -> dict[bytes, bytes]:
    """Leads, and those that were merged into them → the one of `leads` that stands for them, by the merges among these."""
    told = members(conn, account_id, leads)
    below = {one for of in told.values() for one in of}
    return {lead: lead for lead in leads} | {one: lead for lead, of in told.items() if lead not in below for one in of}


def standing_of(conn: Connection, account_id: int, leads: Collection[bytes]) -> list[dict[str, Any]]:
    """The merges that stand among leads (those that were merged, or into which), the oldest first."""
    undone = select(unmerge.c.merge_id).where(unmerge.c.account_id == account_id)
    mine = (merge.c.account_id == account_id) & or_(merge.c.from_lead.in_(list(leads)), merge.c.into_lead.in_(list(leads)))
    asked = select(merge).where(mine, merge.c.id.not_in(undone)).order_by(merge.c.at, merge.c.id)
    return [dict(row._mapping) for row in conn.execute(asked)]


def find(conn: Connection, account_id: int, merge_id: bytes) -> dict[str, Any] | None:
    """A merge that stands, or None."""
    undone = select(unmerge.c.merge_id).where(unmerge.c.account_id == account_id, unmerge.c.merge_id == merge_id)
    asked = select(merge).where(merge.c.account_id == account_id, merge.c.id == merge_id, merge.c.id.not_in(undone))
    found = conn.execute(asked).first()
    return None if found is None else dict(found._mapping)


def drop(conn: Connection, account_id: int, leads: Collection[bytes]) -> None:
    """Forgets every merge of leads, undone or not: they were erased."""
    chosen = list(leads)
    for start in range(0, len(chosen), 400):
        part = chosen[start : start + 400]
        mine = (merge.c.account_id == account_id) & or_(merge.c.from_lead.in_(part), merge.c.into_lead.in_(part))
        conn.execute(delete(unmerge).where(unmerge.c.account_id == account_id, unmerge.c.merge_id.in_(select(merge.c.id).where(mine))))
        conn.execute(delete(merge).where(mine))
