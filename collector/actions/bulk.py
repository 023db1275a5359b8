"""One change of many leads: which they are is fixed when it begins; it is made, and taken back, a few leads a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from ..domain import edits
from ..domain.edits import Edit
from ..store import bulk, leads, merges, people
from .edit import BadEdit, checked
from .refold import context, refold

Ids = Callable[[int], bytes]
KINDS = ("status", "owner", "tag", "untag", "spam")
MOST = 1_000_000  # leads


class BadBulk(ValueError):
    """A change that cannot be made or taken back: `none`, `many`, `kind`, `gone`, or as an edit cannot."""


def start(conn: Connection, kind: str, value: str, chosen: bytes, *, actor: str, now: int, id: bytes, account: int = 1) -> dict[str, Any]:
    """Fixes a change (kind and value of its edits) of leads, given as their ids, 16 bytes each. Raises BadBulk."""
    if kind not in KINDS:
        raise BadBulk("kind")
    try:
        _, _, value = checked(conn, account, (kind, "", value), "")
    except BadEdit as wrong:
        raise BadBulk(wrong.args[0]) from wrong
    if not chosen:
        raise BadBulk("none")
    if len(chosen) > 16 * MOST:
        raise BadBulk("many")
    row = {"account_id": account, "id": id, "kind": kind, "value": value, "actor": actor, "at": now, "leads": chosen}
    bulk.add(conn, row | {"asked": len(chosen) // 16, "done": 0, "n": 0, "state": "running"})
    return {"id": id, "asked": len(chosen) // 16}


def undo(conn: Connection, id: bytes, *, account: int = 1) -> None:
    """Begins to take a change back, wherever it is. Raises BadBulk."""
    row = bulk.held(conn, account, id)
    if row is None or row["state"] not in ("running", "done"):
        raise BadBulk("gone")
    bulk.save(conn, account, id, state="undoing", done=0, leads=b"")


def step(conn: Connection, account: int, id: bytes, most: int, *, secret: bytes, now: int, ids: Ids) -> bool:
    """Goes on with a change, or with taking it back, by at most so many leads. Answers whether there is more to do."""
    row = bulk.held(conn, account, id)  # of several collectors one goes on with it at a time
    if row is None or row["state"] not in bulk.UNDER_WAY:
        return False
    act = _change if row["state"] == "running" else _take_back
    return act(conn, account, row, most, secret=secret, now=now, ids=ids)


def _change(conn: Connection, account: int, row: dict[str, Any], most: int, *, secret: bytes, now: int, ids: Ids) -> bool:
    chosen = bulk.next_leads(conn, account, row["id"], row["done"], most)
    stand = merges.resolve(conn, account, chosen)  # somebody may have merged one meanwhile
    kept = list(dict.fromkeys(stand.get(one, one) for one in chosen))
    listed = leads.kinds(conn, account, kept)
    members = merges.members(conn, account, list(listed))
    owner = {lead: lead for lead in listed} | {member: lead for lead, of in members.items() for member in of}
    told: dict[bytes, list[Edit]] = {lead: [] for lead in listed}
    for one in people.edits(conn, account, owner):
        told[owner[one.lead_id]].append(one)
    apart = leads.apart(conn, account, listed) if row["kind"] == "spam" else set()
    made: list[Edit] = []
    for lead, said in told.items():
        made += _edits(lead, said, row, lead in apart, now, ids)
    people.add_edits(conn, account, made)
    changed = {owner[one.lead_id] for one in made}
    if changed:
        refold(conn, context(conn, account, secret), touched=changed)
    done = row["done"] + len(chosen)
    ends = not chosen or done >= row["asked"]
    bulk.save(conn, account, row["id"], done=done, n=row["n"] + len(changed), **({"state": "done", "leads": b""} if ends else {}))
    return not ends


def _edits(lead: bytes, said: Sequence[Edit], row: dict[str, Any], apart: bool, now: int, ids: Ids) -> list[Edit]:
    """What is to be said of a lead; nothing where it is so already, or would bear too many tags."""
    kind, value, stands = row["kind"], row["value"], edits.fold(said, lead)
    bearers = [lead]
    if kind in ("status", "owner"):
        if getattr(stands, kind) == value:
            return []
    elif kind == "tag":
        if value in stands.tags or len(stands.tags) >= edits.TAGS_MOST:
            return []
    elif kind == "untag":
        bearers = edits.bearers(said, value)
    elif stands.spam == value or (value == "no" and not apart):
        return []
    at = max([now, *(one.at + 1 for one in said)])  # after all that was said, whatever the clock does
    return [Edit(at, ids(now), one, kind, "", value, row["actor"], row["id"]) for one in bearers]


def _take_back(conn: Connection, account: int, row: dict[str, Any], most: int, *, secret: bytes, now: int, ids: Ids) -> bool:
    found = bulk.next_edits(conn, account, row["id"], most)
    stand = {one.id for one in edits.standing(people.edits(conn, account, {one.lead_id for one in found}))}
    back = [Edit(now, ids(now), one.lead_id, "undo", one.id.hex(), "", row["actor"], row["id"]) for one in found if one.id in stand]
    people.add_edits(conn, account, back)
    if back:
        named = {one.lead_id for one in back}
        now_are = merges.resolve(conn, account, named)
        refold(conn, context(conn, account, secret), touched={now_are.get(one, one) for one in named})
    ends = len(found) < most
    end = {"state": "undone", "leads": b""} if ends else {"leads": found[-1].id}
    bulk.save(conn, account, row["id"], done=row["done"] + len(found), **end)
    return not ends
