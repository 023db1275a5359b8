"""A link for a letter to one lead: who follows it is probably that lead, for that visit (reference: leads 2.1, e-mail link)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..domain import letters
from ..domain.identity import token_id
from ..store import erasure, identities, merges


class NoAddress(ValueError):
    """Of a lead no identifier is known."""


def link(conn: Connection, lead: bytes, *, token: str, actor: str, secret: bytes, now: int, account: int = 1) -> dict[str, Any]:
    """Remembers a token (22 random characters of base64url) of a lead; the token itself is not kept. Raises NoAddress."""
    lead = merges.resolve(conn, account, [lead]).get(lead, lead)
    known = identities.values(conn, account, erasure.with_members(conn, account, [lead]))
    if not known:
        raise NoAddress
    first = min(known, key=lambda one: (one["type"] != "email", one["created_at"], one["id"]))
    row = {"account_id": account, "id": token_id(secret, account, token), "identifier_id": bytes(first["id"]), "actor": actor}
    identities.add_mail_link(conn, row | {"at": now, "expires_at": now + letters.LASTS})
    return {"lead": lead, "expires_at": now + letters.LASTS}
