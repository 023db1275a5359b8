"""Sites: what is added."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import Connection

from ..domain import hosts
from ..store import sites

CONSENTS = ("required", "granted", "off")
_MOST = 2**53


class Taken(ValueError):
    """A site of this id is there already."""


class BadSite(ValueError):
    """An id or a consent mode that no site can have; args[0] says which."""


def add(
    conn: Connection,
    account_id: int,
    domain: str,
    *,
    now: int,
    id: int | None = None,
    name: str = "",
    consent: str = "required",
    reason: str = "",
    country: str = "FR",
    zone: str = "Europe/Paris",
) -> dict[str, Any]:
    """Adds a site and answers {id, domain, name, consent}. Raises hosts.BadHost, Taken, BadSite.

    An id that is not given is found among nine digits, as the tag of old had them.
    """
    host = hosts.normalise(domain)
    if consent not in CONSENTS:
        raise BadSite("consent")
    if id is not None and not 0 < id < _MOST:
        raise BadSite("id")
    if id is not None and sites.find(conn, id) is not None:
        raise Taken(str(id))
    row = {
        "id": _free(conn) if id is None else id,
        "account_id": account_id,
        "domain": host,
        "name": name.strip()[:200] or host,
        "consent": consent,
        "reason": reason.strip()[:500],
        "hosts": [],
        "kept": [],
        "country": country,
        "zone": zone,
        "created_at": now,
    }
    sites.add(conn, row)
    return {key: row[key] for key in ("id", "domain", "name", "consent")}


def _free(conn: Connection) -> int:
    """Site ids are public names, not secrets: ordinary dice will do."""
    while True:
        number = random.randint(100_000_000, 999_999_999)  # noqa: S311
        if sites.find(conn, number) is None:
            return number
