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


def open_browser(conn: Connection, token: bytes, *, visitor: str, site: int, now: int, account: int = 1, language: str = "") -> None:
    """For whoever has shown the secret of a browser's id (`store.visiting.proof_of`): they read what this browser did, masked."""
    row = {"account_id": account, "token": token, "site_id": site, "visitor": visitor, "lead_id": None, "request_id": None}
    visiting.add(conn, row | {"language": language, "created_at": now, "expires_at": now + LASTS})


def close(conn: Connection, token: bytes, *, account: int = 1) -> None:
    """They have read enough."""
    visiting.drop(conn, account, token)
