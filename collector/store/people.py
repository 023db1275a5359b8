"""What is said of leads beside their submissions: by the site, by people; and what makes two of them alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy import Connection, bindparam, delete, func, or_, select

from ..domain.edits import Edit
from ..domain.leads import Said
from ..domain.likeness import GROUP_MOST, Person
from . import sealed
from .hot import HotIn, by, insert
from .schema import edge, edit, identifier, lead, likeness, span

_edits = by(edit, "lead_id", "at", "id", "lead_id", "kind", "name", "value", "actor", "bulk_id")
_add_edit = insert(edit, conflict=["account_id", "id"])
_add_likeness = insert(likeness, conflict=["account_id", "key", "lead_id"])
_said = HotIn(
    lambda binds: (
        select(edge.c.at, edge.c.id, identifier.c.lead_id, edge.c.site_id, edge.c.said, edge.c.kind)
        .join(identifier, (identifier.c.account_id == edge.c.account_id) & (identifier.c.id == edge.c.identifier_id))
        .where(
            identifier.c.account_id == bindparam("account_id"),
            identifier.c.lead_id.in_(binds),
            edge.c.said != "",
            edge.c.kind != "email_link",
        )
    )
)
_GROUPS = 500  # of one kind that are looked at for suggestions


def add_edits(conn: Connection, account_id: int, edits: Iterable[Edit]) -> None:
    """Appends edits."""
    _add_edit.many(conn, [{"account_id": account_id, **structs.asdict(one)} for one in edits])


def edits(conn: Connection, account_id: int, leads: Iterable[bytes]) -> list[Edit]:
    """All edits of leads."""
    return [Edit(row[0], bytes(row[1]), bytes(row[2]), *row[3:]) for row in _edits.rows(conn, leads, account_id=account_id)]


def find_edit(conn: Connection, account_id: int, edit_id: bytes) -> Edit | None:
    """One edit, or None."""
    asked = select(*(edit.c[name] for name in Edit.__struct_fields__)).where(edit.c.account_id == account_id, edit.c.id == edit_id)
    row = conn.execute(asked).first()
    return None if row is None else Edit(row[0], bytes(row[1]), bytes(row[2]), *row[3:])


def corrections(conn: Connection, account_id: int, values: Collection[str]) -> list[Edit]:
    """Every correction of a field to one of these values, taken back or not."""
    mine = (edit.c.account_id == account_id, edit.c.kind == "field", sealed.is_one_of(conn.dialect, edit.c.value, values))
    rows = conn.execute(select(*(edit.c[name] for name in Edit.__struct_fields__)).where(*mine))
    return [Edit(row[0], bytes(row[1]), bytes(row[2]), *row[3:]) for row in rows]


def drop_edits(conn: Connection, account_id: int, edits: Iterable[Edit]) -> None:
    """Deletes edits, and what took them back: for erasure only."""
    ids = [one.id for one in edits]
    gone = or_(edit.c.id.in_(ids), edit.c.name.in_([one.hex() for one in ids]))
    conn.execute(delete(edit).where(edit.c.account_id == account_id, gone))


def said(conn: Connection, account_id: int, leads: Iterable[bytes]) -> list[Said]:
    """What the site said of leads."""
    rows = _said.rows(conn, leads, account_id=account_id)
    return [Said(row[0], bytes(row[1]), bytes(row[2]), row[3], **msgspec.json.decode(row[4]), signed=row[5] == "login") for row in rows]


# Likeness -----------------------------------------------------------------------------------------------------------


def keep_likeness(conn: Connection, account_id: int, keys: Mapping[bytes, Mapping[str, bytes]]) -> None:
    """Replaces what makes leads alike others: lead → kind → key; of a lead that is gone nothing."""
    drop_likeness(conn, account_id, keys)
    rows = [
        {"account_id": account_id, "key": key, "lead_id": lead_id, "kind": kind} for lead_id, of in keys.items() for kind, key in of.items()
    ]
    _add_likeness.many(conn, rows)


def drop_likeness(conn: Connection, account_id: int, leads: Collection[bytes]) -> None:
    """Forgets it."""
    chosen = list(leads)
    for start in range(0, len(chosen), 500):
        mine = likeness.c.lead_id.in_(chosen[start : start + 500])
        conn.execute(delete(likeness).where(likeness.c.account_id == account_id, mine))


def alike(conn: Connection, account_id: int, of: bytes | None = None) -> dict[frozenset[bytes], set[str]]:
    """Pairs of leads that share something, with what: of one lead, or of all (as far as suggestions are looked for)."""
    found: dict[frozenset[bytes], set[str]] = {}
    groups = (likeness, likeness.c.key, likeness.c.lead_id), (span, span.c.visitor, span.c.lead_id)
    for table, key, who in groups:
        chosen = select(key).where(table.c.account_id == account_id).group_by(key).having(func.count(who.distinct()) > 1).limit(_GROUPS)
        if of is not None:
            chosen = select(key).where(table.c.account_id == account_id, who == of)
        kind: Any = table.c.kind if table is likeness else table.c.account_id
        asked = select(key, who, kind).where(table.c.account_id == account_id, key.in_(chosen.correlate(None))).distinct()
        members: dict[tuple[Any, str], set[bytes]] = {}
        for value, lead_id, told in conn.execute(asked):
            members.setdefault((value, told if table is likeness else "visitor"), set()).add(bytes(lead_id))
        for (_value, reason), leads in members.items():
            for pair in _pairs(leads, of):
                found.setdefault(pair, set()).add(reason)
    return found


def _pairs(leads: set[bytes], of: bytes | None) -> list[frozenset[bytes]]:
    if len(leads) > GROUP_MOST:
        return []
    ordered = sorted(leads)
    pairs = [frozenset((one, other)) for place, one in enumerate(ordered) for other in ordered[place + 1 :]]
    return [pair for pair in pairs if of is None or of in pair]


def persons(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, Person]:
    """What is compared of leads, by id; messages are nobody, nor is what stands apart as spam."""
    found: dict[bytes, Person] = {}
    chosen = list(leads)
    names = Person.__struct_fields__
    for start in range(0, len(chosen), 500):
        mine = (lead.c.account_id == account_id) & lead.c.id.in_(chosen[start : start + 500]) & (lead.c.kind == "lead")
        mine &= lead.c.quarantine == ""
        for row in conn.execute(select(*(lead.c[name] for name in names)).where(mine)):
            found[bytes(row[0])] = Person(bytes(row[0]), *row[1:])
    return found


def apart(conn: Connection, account_id: int) -> list[Edit]:
    """The edits that say of two leads that they are not one person, and those that undo one."""
    mine = (edit.c.account_id == account_id) & edit.c.kind.in_(("apart", "undo"))
    asked = select(*(edit.c[name] for name in Edit.__struct_fields__)).where(mine)
    return [Edit(row[0], bytes(row[1]), bytes(row[2]), *row[3:]) for row in conn.execute(asked)]


def crowded(conn: Connection, account_id: int, most: int, limit: int = 100) -> Sequence[tuple[bytes, int]]:
    """(lead, browsers) of identifiers that more than `most` browsers gave: some of them may be held."""
    joined = edge.join(identifier, (identifier.c.account_id == edge.c.account_id) & (identifier.c.id == edge.c.identifier_id))
    browsers = func.count(edge.c.visitor.distinct())
    asked = select(identifier.c.lead_id, browsers).select_from(joined).where(edge.c.account_id == account_id, edge.c.strength >= 2)
    found = conn.execute(asked.group_by(identifier.c.lead_id).having(browsers > most).order_by(browsers.desc()).limit(limit))
    return [(bytes(row[0]), int(row[1])) for row in found]
