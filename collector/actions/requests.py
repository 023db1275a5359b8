"""Requests of persons about their own data: filed, and each thing that is done about them kept as proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ..domain import requests as rules
from ..domain.sessions import digest
from ..store import erasure, identities, merges, requests
from .erase import Unknown, erase, find
from .refold import context, refold

MOST_SAID = 2_000  # characters


class BadRequest(ValueError):
    """Something that cannot be asked for or done; args[0] is a key of `present.requests.FAULTS`."""


def file(
    conn: Connection,
    kind: str,
    *,
    by: str,
    id: bytes,
    now: int,
    account: int = 1,
    lead: bytes | None = None,
    visitor: str | None = None,
    site: int = 0,
    said: str = "",
    language: str = "",
) -> bytes:
    """A new request of `rules.KINDS`, by one of `rules.BY`. Answers its id."""
    row = {"account_id": account, "id": id, "kind": kind, "lead_id": lead, "visitor": visitor, "site_id": site, "by": by}
    requests.add(conn, row | {"said": said[:MOST_SAID], "language": language, "at": now, "due_at": rules.due(now)})
    return id


def step(
    conn: Connection,
    request_id: bytes,
    kind: str,
    *,
    actor: str,
    id: bytes,
    now: int,
    account: int = 1,
    note: str = "",
    proof: Mapping[str, object] | None = None,
) -> None:
    """Something of `rules.STEPS` is done about a request; `proof` are counts that name nobody."""
    told = json.dumps(dict(proof or {}), separators=(",", ":"))
    row = {"account_id": account, "id": id, "request_id": request_id, "kind": kind, "actor": actor}
    requests.add_step(conn, row | {"note": note[:MOST_SAID], "proof": told, "at": now})


def file_for(
    conn: Connection, address: str, kind: str, *, said: str, secret: bytes, id: bytes, now: int, account: int = 1, language: str = ""
) -> bytes:
    """A request that came by letter or by phone, of whoever has an address or number. Raises BadRequest.

    Who is not known stands in the request's own words, so that an erasure of that address finds it.
    """
    if kind not in rules.KINDS:
        raise BadRequest("kind")
    if not address.strip() and not said.strip():
        raise BadRequest("address")
    leads = find(conn, address, secret=secret, account=account).leads if address.strip() else set()
    lead = next(iter(leads)) if len(leads) == 1 else None
    told = said.strip() if lead else "\n".join(filter(None, (address.strip(), said.strip())))
    return file(conn, kind, by="person", id=id, now=now, account=account, lead=lead, said=told, language=language)


def answer(conn: Connection, request_id: bytes, kind: str, *, actor: str, id: bytes, now: int, account: int = 1, note: str = "") -> None:
    """Somebody with a role says that a request is done, refused (with a reason) or takes longer (with a reason). Raises BadRequest."""
    row = requests.find(conn, account, request_id)
    if row is None:
        raise BadRequest("unknown")
    stands = state(row)
    if kind not in ("done", "refused", "extended"):
        raise BadRequest("kind")
    if stands.end:
        raise BadRequest("ended")
    if kind == "extended" and not rules.may_extend(row["at"], now, stands):
        raise BadRequest("extended")
    if kind != "done" and not note.strip():
        raise BadRequest("note")
    step(conn, request_id, kind, actor=actor, id=id, now=now, account=account, note=note.strip())


def state(row: Mapping[str, Any]) -> rules.State:
    """How far a request is that `store.requests` told."""
    return rules.state(row["at"], ((one["kind"], one["at"]) for one in row["steps"]))


def erase_now(
    conn: Connection,
    request_id: bytes,
    *,
    actor: str,
    secret: bytes,
    id: bytes,
    now: int,
    account: int = 1,
    looked: tuple[list[bytes], bytes] | None = None,
) -> dict[str, Any]:
    """Erases whoever a request is about, by all that names them, and keeps how much went as its proof. Raises BadRequest."""
    row = _waiting(conn, account, request_id)
    try:
        more = {"looked": looked} if looked is not None else {}
        done = erase(conn, address_of(conn, account, row), secret=secret, now=now, account=account, **more)
    except Unknown:
        raise BadRequest("unknown") from None
    step(conn, request_id, "done", actor=actor, id=id, now=now, account=account, proof=done)
    return done


def carry_out(conn: Connection, request_id: bytes, *, actor: str, secret: bytes, id: bytes, now: int, account: int = 1) -> dict[str, int]:
    """Does what an objection or a withdrawal asks for, and keeps counts as its proof. Of a browser that is what it may decide:
    it is no longer followed. Raises BadRequest."""
    row = _waiting(conn, account, request_id)
    lead = lead_of(conn, account, row["lead_id"]) if row["lead_id"] else None
    if row["kind"] == "objection" and lead is not None:
        done = object_(conn, lead, secret=secret, now=now, account=account)
    elif row["kind"] in ("objection", "withdrawal") and (lead is not None or row["visitor"]):
        visitors = {span.visitor for span in identities.spans_of_leads(conn, account, [lead])} if lead is not None else {row["visitor"]}
        identities.add_consents(conn, [_denial(account, now, visitor=one, how="request") for one in sorted(visitors)])
        refold(conn, context(conn, account, secret), anew=visitors)
        done = {"browsers": len(visitors)}
    else:
        raise BadRequest("unknown" if row["kind"] in ("objection", "withdrawal") else "kind")
    step(conn, request_id, "done", actor=actor, id=id, now=now, account=account, proof=done)
    return done


def _waiting(conn: Connection, account: int, request_id: bytes) -> requests.Row:
    row = requests.find(conn, account, request_id)
    if row is None:
        raise BadRequest("unknown")
    if state(row).end:
        raise BadRequest("ended")
    return row


def address_of(conn: Connection, account: int, row: Mapping[str, Any]) -> str:
    """What the lead of a request is known by, an e-mail address first. Raises BadRequest."""
    found = identifier_of(conn, account, lead_of(conn, account, row["lead_id"])) if row["lead_id"] else None
    if found is None:
        raise BadRequest("unknown")
    return str(found["value"])


def lead_of(conn: Connection, account: int, lead: bytes) -> bytes:
    """The lead that one stands for now."""
    return merges.resolve(conn, account, [bytes(lead)]).get(bytes(lead), bytes(lead))


def identifier_of(conn: Connection, account: int, lead: bytes) -> dict[str, Any] | None:
    """What names a lead: an e-mail address rather than a number, the first one."""
    known = identities.values(conn, account, erasure.with_members(conn, account, [lead]))
    return min(known, key=lambda one: (one["type"] != "email", one["created_at"], one["id"]), default=None)


# Objection --------------------------------------------------------------------------------------------------------


def object_(conn: Connection, lead: bytes, *, secret: bytes, now: int, account: int = 1) -> dict[str, int]:
    """Somebody objects (GDPR 21): no longer scored, no permission to write, their browsers no longer followed, no import brings more.

    What was kept until then stays until it is erased. A permission that they give anew, later, counts again. Answers counts.
    """
    leads = erasure.with_members(conn, account, [lead := lead_of(conn, account, lead)])
    visitors = sorted({span.visitor for span in identities.spans_of_leads(conn, account, [lead])})
    denials = [_denial(account, now, lead=one) for one in leads] + [_denial(account, now, visitor=one) for one in visitors]
    identities.add_consents(conn, denials)
    known = [bytes(one["id"]) for one in identities.values(conn, account, leads)]
    before = erasure.suppressed_at(conn, account, known)  # what was erased stays so: its time bounds every look back
    erasure.suppress(conn, account, [key for key in known if key not in before], "objected", now)
    refold(conn, context(conn, account, secret), anew=visitors, touched=[lead])
    return {"permissions": 1, "browsers": len(visitors), "identifiers": len(known)}


def _denial(
    account: int, now: int, *, lead: bytes | None = None, visitor: str | None = None, how: str = identities.OBJECTION
) -> dict[str, Any]:
    """A consent that is taken back: to be written to (of a lead), or to be followed (of a visitor)."""
    told = {"account_id": account, "visitor": visitor, "lead_id": lead, "submission_id": None, "site_id": 0, "state": "denied"}
    if visitor is None:
        told |= {"id": digest(how, lead or b"", now), "purpose": "marketing"}
    else:
        told |= {"id": digest("withdraw", visitor, now), "purpose": "tracking"}
    return told | dict.fromkeys(("text", "text_version", "language", "proof"), "") | {"how": how, "at": now}
