"""Links to what is known of somebody: made for a request, sent to an address that names them, confirmed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from ..domain import tickets
from ..domain.fields import email as normal_email
from ..domain.identity import DAY, identifier_id
from ..store import mail, requests, sites
from . import mail as posting
from . import visiting
from .erase import Unknown
from .refold import standing_leads
from .requests import BadRequest, file, identifier_of, lead_of, state, step

LETTERS_MOST = 5  # a lead and day, however often somebody types its address


class Dead(Exception):
    """A link that opens nothing; args[0] is a key of `present.requests.DEAD`."""


def invite(
    conn: Connection,
    request_id: bytes,
    *,
    secret: bytes,
    now: int,
    ids: Callable[[int], bytes],
    account: int = 1,
    base: str = "",
) -> str:
    """The token of a link for whoever a request is about; with `base`, the collector's address, it is sent to them too.

    Raises BadRequest.
    """
    row = requests.find(conn, account, request_id)
    if row is None:
        raise BadRequest("unknown")
    if state(row).end:
        raise BadRequest("ended")
    lead = lead_of(conn, account, row["lead_id"]) if row["lead_id"] else b""
    found = identifier_of(conn, account, lead) if lead else None
    if found is None or found["type"] != "email":
        raise BadRequest("no-address")
    token = tickets.make(secret, account, bytes(found["id"]), request_id, now=now)
    if base:
        _send(conn, row, found["value"], token, base, row["language"], id=ids(now), now=now, by_person=True)
    return token


def invite_address(
    conn: Connection, address: str, *, secret: bytes, now: int, ids: Callable[[int], bytes], account: int = 1
) -> dict[str, Any]:
    """The token of a link for an e-mail address that is known: of its request for access that waits, else of a new one. Raises Unknown."""
    normal = normal_email(address)
    key = identifier_id(secret, account, "email", normal or "")
    lead = standing_leads(conn, account, [key]).get(key)
    if lead is None:
        raise Unknown(address)
    request = _access(conn, account, lead, "person", language="", site=0, now=now, id=ids(now))
    return {"token": tickets.make(secret, account, key, request, now=now), "request": request, "expires_at": now + tickets.LASTS}


def ask(
    conn: Connection,
    address: str,
    *,
    secret: bytes,
    now: int,
    ids: Callable[[int], bytes],
    language: str,
    base: str,
    by_mail: bool,
    site: int = 0,
) -> int:
    """Somebody typed an e-mail address to see what is known of it. Where it is: a request, and with `by_mail` a letter with a link.

    Of every account, or of the one that has `site`. Answers how many letters were written; the page must not tell.
    """
    normal = normal_email(address)
    if normal is None:
        return 0
    named = sites.find(conn, site) if site else None
    accounts = [one["id"] for one in sites.accounts(conn) if named is None or one["id"] == named["account_id"]]
    n = 0
    for account in accounts:
        key = identifier_id(secret, account, "email", normal)
        lead = standing_leads(conn, account, [key]).get(key)
        if lead is None:
            continue
        request = _access(conn, account, lead, "address", language=language, site=site, now=now, id=ids(now))
        if by_mail and mail.written(conn, account, lead, "link", now - DAY) < LETTERS_MOST:
            token = tickets.make(secret, account, key, request, now=now)
            if row := requests.find(conn, account, request):
                _send(conn, row, normal, token, base, language, id=ids(now), now=now)
                n += 1
    return n


def confirm(conn: Connection, token: str, session: bytes, *, secret: bytes, now: int, ids: Callable[[int], bytes], language: str) -> int:
    """Whoever holds a link has pressed its button: their session begins (`session` is its digest). Answers the account. Raises Dead."""
    ticket, row, lead = looked_up(conn, token, secret=secret, now=now)
    step(conn, ticket.request, "confirmed", actor="visitor", id=ids(now), now=now, account=ticket.account)
    if row["kind"] == "access":  # what was asked for is what they see next
        step(conn, ticket.request, "done", actor="visitor", id=ids(now), now=now + 1, account=ticket.account, proof={"opened": 1})
    more = {"account": ticket.account, "request": ticket.request, "site": row["site_id"], "language": language}
    visiting.open_confirmed(conn, session, lead=lead, now=now, **more)
    return ticket.account


def looked_up(conn: Connection, token: str, *, secret: bytes, now: int) -> tuple[tickets.Ticket, requests.Row, bytes]:
    """What a link is for, while it still opens something: its ticket, its request, the lead. Raises Dead."""
    try:
        ticket = tickets.read(secret, token, now=now)
    except tickets.BadTicket as wrong:
        raise Dead(wrong.args[0]) from None
    row = requests.find(conn, ticket.account, ticket.request)
    lead = standing_leads(conn, ticket.account, [ticket.identifier]).get(ticket.identifier)
    if row is None or lead is None:
        raise Dead("gone")
    stands = state(row)
    if stands.end or (stands.confirmed_at is not None and stands.confirmed_at >= ticket.made_at):
        raise Dead("used")
    return ticket, row, lead


def _access(conn: Connection, account: int, lead: bytes, by: str, *, language: str, site: int, now: int, id: bytes) -> bytes:
    """The lead's request for access that waits and was not confirmed, else a new one."""
    waiting = [row for row in requests.waiting_of(conn, account, lead, "access") if state(row).confirmed_at is None]
    if waiting:
        return bytes(waiting[0]["id"])
    return file(conn, "access", by=by, id=id, now=now, account=account, lead=lead, site=site, language=language)


def _send(
    conn: Connection, row: requests.Row, address: str, token: str, base: str, language: str, *, id: bytes, now: int, by_person: bool = False
) -> None:
    """Writes the letter of a request: in the name of the site that won the lead, in the language that its person speaks."""
    from ..present import letters  # commands that write none need not wait for it

    account, who = row["account_id"], row["who"]
    site = sites.find(conn, who["site_id"]) if who else None
    name = str(site["name"] or site["domain"]) if site else base.partition("://")[2]
    spoken = letters.language_of(language, who["language"] if who else "")
    lead = lead_of(conn, account, row["lead_id"])
    letter = letters.link(f"{base}/me/link?token={token}", name, spoken, days=tickets.LASTS // DAY, by_person=by_person)
    posting.post(conn, recipient=address, **letter._asdict(), id=id, now=now, lead=lead, account=account)
