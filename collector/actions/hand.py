"""A lead that somebody types in: a raw submission like any other, without a visit, a visitor or a form of a page.

It goes through the one fold: a person who is known by the address or number gains a submission, whoever is not is a new lead,
and so is one that was erased before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from ..domain import hand, leads
from ..domain.events import HAND
from ..domain.hand import Typed
from ..domain.identity import identifier_id
from ..domain.sessions import digest
from ..store import conversions, identities, submissions
from .evidence import consent_row, field_rows, mint
from .refold import context, refold, standing_leads

Ids = Callable[[int], bytes]


class BadLead(ValueError):
    """One that cannot be added: `site`, or what `domain.hand.fault` says."""


def add(
    conn: Connection,
    site: int,
    typed: Typed,
    *,
    labels: Mapping[str, str],
    actor: str,
    secret: bytes,
    now: int,
    ids: Ids,
    account: int = 1,
) -> dict[str, Any]:
    """Keeps what was typed and folds it. `actor` is a user's id in hex, empty for the command line.

    Answers the lead, its submission, and whether the lead was `known` before. Raises BadLead.
    """
    given = context(conn, account, secret)
    where = given.sites.get(site)
    if where is None or where.get("archived_at") is not None:
        raise BadLead("site")
    country = str(where["country"])
    if wrong := hand.fault(typed, country):
        raise BadLead(wrong)
    told = hand.fields(typed, labels)
    contact = hand.read(told, country)
    named = leads.identifier(contact, country)
    assert named is not None  # there is an address or a number
    key, submission = identifier_id(secret, account, *named), ids(now)
    before = standing_leads(conn, account, [key])
    known = bool(conversions.rows_of(conn, account, before.values()))
    minted = mint(conn, account, [(key, *named, now, now)], ids)
    submissions.add(conn, [_row(account, submission, site, actor, now)], field_rows(account, submission, told, True))
    if contact.marketing:
        said = {"purpose": "marketing", "state": "granted", "how": typed.given, "text": contact.marketing_text}
        made = consent_row(account, digest("marketing", submission), site, now) | said
        identities.add_consents(conn, [made | {"lead_id": minted[key], "submission_id": submission}])
    refold(conn, given, sent=[submission])
    return {"lead": standing_leads(conn, account, [key])[key], "submission": submission, "known": known}


def _row(account: int, submission: bytes, site: int, actor: str, now: int) -> dict[str, Any]:
    """`action` says who typed it."""
    return {
        "account_id": account,
        "id": submission,
        "site_id": site,
        "token": str(UUID(bytes=submission)),
        "at": now,
        "visitor": None,
        "form": "",
        "how": hand.HOW,
        "action": actor,
        "url": "",
        "marks": HAND,
        "received_at": now,
    }
