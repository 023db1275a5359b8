"""Erasure: everything personal of a person, in every table; a key stays that stops imports, and counts without the person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from ..domain.fields import email as normal_email
from ..domain.fields import phone as normal_phone
from ..domain.identity import identifier_id
from ..domain.rollups import Tally
from ..store import erasure, identities, rollups
from .refold import Context, context, refold


class Unknown(ValueError):
    """Nobody of this address is known."""


def erase(conn: Connection, address: str, *, secret: bytes, now: int, account: int = 1) -> dict[str, Any]:
    """Erases the lead of an e-mail address or phone number. Answers counts. Raises Unknown."""
    given = context(conn, account, secret)
    keys = [identifier_id(secret, account, kind, value) for kind, value in _readings(address)]
    leads = set(identities.leads_of(conn, account, keys).values())
    visitors = {span.visitor for span in identities.spans_of_leads(conn, account, leads)}
    refused = erasure.drop_refused(conn, account, {address.strip(), *(value for _kind, value in _readings(address)), *visitors})
    if not leads:
        if refused:
            return {"leads": 0, "submissions": 0, "visitors": 0, "refused": refused}
        raise Unknown(address)
    tally = given.tally()
    counts, found = forget(conn, given, leads, tally)
    rollups.keep(conn, account, tally, of_one=True)
    erasure.suppress(conn, account, found, "erased", now)
    return counts | {"refused": refused}


def _readings(address: str) -> list[tuple[str, str]]:
    readings = [("email", normal_email(address)), ("phone", normal_phone(address, "FR")), ("phone", address.strip())]
    return [(kind, value) for kind, value in readings if value]


def forget(conn: Connection, given: Context, leads: Collection[bytes], tally: Tally) -> tuple[dict[str, int], list[bytes]]:
    """Deletes leads with their submissions and the visits that were theirs. Answers counts and their identifiers' keys."""
    account = given.account
    spans = identities.spans_of_leads(conn, account, leads)
    submissions = erasure.submissions_of(conn, account, leads)
    visitors = {span.visitor for span in spans} | erasure.visitors_of(conn, account, submissions)
    erasure.drop_within(conn, account, spans, tally)
    erasure.drop_submissions(conn, account, submissions, tally)
    keys = erasure.drop_leads(conn, account, leads, tally)
    refold(conn, given, anew=visitors, tally=tally)
    return {"leads": len(leads), "submissions": len(submissions), "visitors": len(visitors)}, keys
