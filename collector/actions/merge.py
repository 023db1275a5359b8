"""Two leads are one person, says somebody; or they are not after all. Neither changes what was appended before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..domain.edits import Edit
from ..domain.identity import FOREVER
from ..store import conversions, erasure, identities, leads, merges, people
from .refold import Context, context, refold

ADDRESSES_MOST = 5  # of one lead in a year (reference: leads 2.1, guards)
YEAR = 365 * 86_400_000


class BadMerge(ValueError):
    """Two leads cannot be merged, or a merge not be undone: `unknown`, `same`, `message`, `addresses`, `undone`."""


def merge(
    conn: Connection, keep: bytes, other: bytes, *, actor: str, reason: str, secret: bytes, now: int, id: bytes, account: int = 1
) -> dict[str, Any]:
    """`other` becomes an alias of `keep`. Answers the merge and both leads, by the ids that stood before. Raises BadMerge."""
    now_are = merges.resolve(conn, account, (keep, other))
    into, gone = now_are.get(keep, keep), now_are.get(other, other)
    if into == gone:
        raise BadMerge("same")
    _check(conn, account, into, gone, now)
    row = {"account_id": account, "id": id, "from_lead": gone, "into_lead": into, "actor": actor, "reason": reason[:200], "at": now}
    merges.add(conn, row)
    _refold(conn, context(conn, account, secret), gone, into)
    return {"merge": id, "kept": into, "merged": gone}


def _check(conn: Connection, account: int, into: bytes, gone: bytes, now: int) -> None:
    known = leads.kinds(conn, account, (into, gone))
    if len(known) < 2:
        raise BadMerge("unknown")
    if "message" in known.values():
        raise BadMerge("message")
    values = identities.values(conn, account, erasure.with_members(conn, account, (into, gone)))
    if sum(one["type"] == "email" and now - one["created_at"] < YEAR for one in values) > ADDRESSES_MOST:
        raise BadMerge("addresses")


def unmerge(conn: Connection, merge_id: bytes, *, actor: str, secret: bytes, now: int, id: bytes, account: int = 1) -> dict[str, Any]:
    """The lead that was merged stands by itself again, and everything is as if it had never been. Raises BadMerge."""
    found = merges.find(conn, account, merge_id)
    if found is None:
        raise BadMerge("undone")
    gone = bytes(found["from_lead"])
    into = merges.resolve(conn, account, [gone])[gone]
    merges.undo(conn, {"account_id": account, "id": id, "merge_id": merge_id, "actor": actor, "at": now})
    _refold(conn, context(conn, account, secret), gone, into)
    return {"merge": merge_id, "kept": into, "apart": gone}


def known_first(conn: Connection, account: int, both: list[bytes]) -> bytes:
    """Which of two leads stays where nobody says: the one that was known first, then the smaller id (reference: leads 2.1, merge)."""
    values = identities.values(conn, account, both)
    since = {bytes(one["lead_id"]): one["created_at"] for one in sorted(values, key=lambda one: -one["created_at"])}
    return min(both, key=lambda lead: (since.get(lead, FOREVER), lead))


def merge_of(conn: Connection, account: int, named: bytes) -> bytes:
    """The merge that an id means: its own, or that of the lead that was merged. Raises BadMerge."""
    if merges.find(conn, account, named) is not None:
        return named
    found = [one for one in merges.standing_of(conn, account, [named]) if bytes(one["from_lead"]) == named]
    if not found:
        raise BadMerge("undone")
    return bytes(found[0]["id"])


def _refold(conn: Connection, given: Context, gone: bytes, into: bytes) -> None:
    """Folds both leads from their submissions on; the visits themselves do not change."""
    account = given.account
    both = (gone, into)
    sent = [one.id for one in conversions.of_leads(conn, account, both)]
    visitors = {span.visitor for span in identities.spans_of_leads(conn, account, both)}
    visitors |= erasure.visitors_who_gave(conn, account, both)
    refold(conn, given, sent=sent, touched=both, named=visitors)


def keep_apart(conn: Connection, one: bytes, other: bytes, *, actor: str, now: int, id: bytes, account: int = 1) -> None:
    """Somebody says that two leads are two people: it is not suggested again. Raises BadMerge."""
    now_are = merges.resolve(conn, account, (one, other))
    first, second = (now_are.get(lead, lead) for lead in (one, other))
    if len(leads.kinds(conn, account, (first, second))) < 2:
        raise BadMerge("unknown")
    people.add_edits(conn, account, [Edit(now, id, first, "apart", second.hex(), "", actor)])
