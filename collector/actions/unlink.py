"""A browser erases its own visits and is nobody's any more: what was sent by its forms stays with whom it names."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from ..domain.identity import FOREVER, Span, identifier_id
from ..domain.rollups import Tally
from ..store import erased, erasure, events, identities, requests, rollups, unlink, visiting
from ..store.erased import Erasure, Window
from .refold import Context, context, refold
from .withdraw import withdraw

STEP = 500
Looked = tuple[list[bytes], bytes]
NOT_YET: Looked = ([], b"")


def hidden(given: Context, visitor: str) -> bytes:
    """The key by which an erased visitor is known again, which names nobody."""
    return identifier_id(given.secret, given.account, "visitor", visitor)


def erase_browser(
    conn: Connection, visitor: str, *, secret: bytes, now: int, account: int = 1, site: int = 0, looked: Looked = NOT_YET
) -> dict[str, Any]:
    """Erases all visits of a browser, whoever it was taken for. Answers counts.

    It takes consent back too: what it sends from now on is refused. No lead goes: others may have named it, and whoever sits at a
    browser is not known to be whom it names. Known outside of the database too, for the day when an older copy is put back.
    """
    given = context(conn, account, secret)
    tally, key = given.tally(), hidden(given, visitor)
    counts = forget_browser(conn, given, visitor, tally, now)
    rollups.keep(conn, account, tally, of_one=True)
    refused = drop_refused(conn, account, [visitor], *looked)
    visiting.drop_of(conn, account, [], [visitor])
    erased.append(conn, Erasure(now, account, [key.hex()], [Window(key.hex(), 0, now + 1)]))
    erasure.suppress(conn, account, [key], "erased", now)
    withdraw(conn, visitor, secret=secret, now=now, account=account, site=site, how="visitor")
    return counts | {"refused": refused}


def drop_refused(conn: Connection, account: int, values: Iterable[str], found: list[bytes], after: bytes | None) -> int:
    """Deletes the refused events that a reader `found` to hold one of these values, and those that came `after` it looked."""
    gone, sought = set(found), list(values)
    while after is not None:
        more, after = erasure.refused_with(conn, account, sought, after, STEP)
        gone |= set(more)
    events.drop_refused(conn, account, sorted(gone))
    return len(gone)


def forget_browser(conn: Connection, given: Context, visitor: str, tally: Tally, at: int) -> dict[str, int]:
    """Deletes what a browser did until a time, and its grants; its submissions and what the site said stay without it."""
    account = given.account
    before = {span.lead_id for span in identities.spans(conn, account, [visitor])}
    whole = [Span(visitor, 0, min(at + 1, FOREVER), b"", b"")]
    dropped = erasure.drop_within(conn, account, whole, tally)
    requests.forget(conn, account, [], whole)  # that it asked, and what was done, stays
    sent = unlink.submissions(conn, account, visitor, at + 1)
    ties = unlink.evidence(conn, account, visitor, at + 1, lambda edge: _nobody(given, edge))
    refold(conn, given, anew=[visitor], sent=sent, touched=before, tally=tally)
    return {"events": dropped, "submissions": len(sent), "ties": ties}


def _nobody(given: Context, edge: bytes) -> str:
    """An id for a browser that is not known any more: another for each evidence, so that two of them cannot be laid together."""
    return urlsafe_b64encode(identifier_id(given.secret, given.account, "nobody", edge.hex())).decode().rstrip("=")
