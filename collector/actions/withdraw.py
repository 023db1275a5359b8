"""A visitor takes consent back: said once, and from then on nothing of that visitor is taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..domain.sessions import digest
from ..store import identities
from .refold import context, refold


def withdraw(
    conn: Connection, visitor: str, *, secret: bytes, now: int, account: int = 1, site: int = 0, how: str = "owner"
) -> dict[str, Any]:
    """Appends the denial and folds the visitor anew. What was collected with consent stays until it is erased."""
    row = {
        "account_id": account,
        "id": digest("withdraw", visitor, now),
        "purpose": "tracking",
        "visitor": visitor,
        "lead_id": None,
        "submission_id": None,
        "site_id": site,
        "state": "denied",
        "text": "",
        "text_version": "",
        "language": "",
        "how": how,
        "proof": "",
        "at": now,
    }
    identities.add_consents(conn, [row])
    refold(conn, context(conn, account, secret), anew=[visitor])
    return {"visitor": visitor, "withdrawn_at": now}
