"""Somebody comes to see what is known of them: a session of ten minutes."""

from __future__ import annotations

from sqlalchemy import Connection

from ..store import visiting

LASTS = 600_000  # milliseconds


def open_confirmed(
    conn: Connection,
    token: bytes,
    *,
    lead: bytes,
    now: int,
    account: int = 1,
    request: bytes | None = None,
    site: int = 0,
    language: str = "",
) -> None:
    """For whoever followed a link to a lead's address. `token` is the SHA-256 of what the browser will hold."""
    row = {"account_id": account, "token": token, "site_id": site, "visitor": None, "lead_id": lead, "request_id": request}
    visiting.add(conn, row | {"language": language, "created_at": now, "expires_at": now + LASTS})
