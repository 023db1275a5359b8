"""Requests of persons about their own data: filed, and each thing that is done about them kept as proof."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection

from ..domain import requests as rules
from ..store import requests

MOST_SAID = 2_000  # characters


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
