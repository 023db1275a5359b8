"""What people say of a lead: appended, folded into its row, and undone by appending that too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from ..domain import edits, fields
from ..domain.edits import Edit
from ..store import erasure, leads, merges, people, users
from .refold import Context, context, refold

Ids = Callable[[int], bytes]
Change = tuple[str, str, str]  # kind, name, value
_FEWEST_DIGITS = 4  # of a number that somebody corrects: an extension is one too


class BadEdit(ValueError):
    """An edit that will not do: `unknown`, `status`, `owner`, `tag`, `tags`, `note`, `field`, `email`, `phone`, `spam`,
    `undone`."""


def edit(
    conn: Connection, lead: bytes, changes: Sequence[Change], *, actor: str, secret: bytes, now: int, ids: Ids, account: int = 1
) -> dict[str, Any]:
    """Appends changes of one lead. Answers it and the edits' ids. Raises BadEdit, and appends none of them then."""
    lead = merges.resolve(conn, account, [lead]).get(lead, lead)
    if not leads.kinds(conn, account, [lead]):
        raise BadEdit("unknown")
    members = erasure.with_members(conn, account, [lead])
    told = people.edits(conn, account, members)
    begin = max([now, *(one.at + 1 for one in told)])  # after all that was said, whatever the clock does
    given = context(conn, account, secret)
    made: list[Edit] = []
    for change in changes:
        kind, name, value = checked(conn, account, change, _country(conn, given, lead))
        bearers = edits.bearers([*told, *made], value) if kind == "untag" else [lead]
        at = begin + len(made)  # a millisecond apart, so that their order stands
        made += [Edit(at, ids(now), one, kind, name, value, actor) for one in bearers]
    if any(one.kind == "tag" for one in made) and len(edits.fold([*told, *made], lead).tags) > edits.TAGS_MOST:
        raise BadEdit("tags")
    people.add_edits(conn, account, made)
    refold(conn, given, touched=[lead])
    return {"lead": lead, "edits": [one.id for one in made]}


def _country(conn: Connection, given: Context, lead: bytes) -> str:
    """Where a lead's national number is one: its site's country."""
    site = leads.site_of(conn, given.account, lead)
    return str(given.sites.get(site, {}).get("country", "FR"))


def checked(conn: Connection, account: int, change: Change, country: str) -> Change:
    """A change as it is kept; `country` reads national phone numbers. Raises BadEdit."""
    kind, name, value = change
    value = value.strip() if kind == "note" else " ".join(value.split())
    if kind == "status" and value in edits.STATUSES:
        return kind, "", value
    if kind == "owner" and (not value or users.is_of(conn, account, value)):
        return kind, "", value
    if kind in ("tag", "untag") and 0 < len(value) <= edits.TAG_LIMIT:
        return kind, "", value
    if kind == "spam" and value in ("yes", "no"):
        return kind, "", value
    if kind == "note" and 0 < len(value) <= edits.NOTE_LIMIT:
        return kind, "", value
    if kind == "field" and name in edits.FIELDS and len(value) <= edits.FIELD_LIMIT:
        return kind, name, _corrected(name, value, country)
    raise BadEdit(kind if kind in ("status", "owner", "note") else "tag" if kind == "untag" else kind if kind in edits.KINDS else "field")


def _corrected(name: str, value: str, country: str) -> str:
    """A correction in the form in which values are kept; an empty one says that there is none."""
    if name == "email" and value:
        found = fields.email(value)
        if found is None:
            raise BadEdit("email")
        return found
    if name == "phone" and value and sum(map(str.isdigit, value)) < _FEWEST_DIGITS:
        raise BadEdit("phone")
    return (fields.phone(value, country) or value) if name == "phone" else value


def undo(conn: Connection, edit_id: bytes, *, actor: str, secret: bytes, now: int, id: bytes, account: int = 1) -> dict[str, Any]:
    """Takes an edit back: the one before it stands again. Raises BadEdit."""
    found = people.find_edit(conn, account, edit_id)
    if found is None or found.kind == "undo" or found not in edits.standing(people.edits(conn, account, [found.lead_id])):
        raise BadEdit("undone")
    people.add_edits(conn, account, [Edit(now, id, found.lead_id, "undo", edit_id.hex(), "", actor)])
    lead = merges.resolve(conn, account, [found.lead_id]).get(found.lead_id, found.lead_id)
    refold(conn, context(conn, account, secret), touched=[lead])
    return {"lead": lead, "edit": edit_id}
