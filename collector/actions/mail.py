"""Letters: written into the database with what they are about, sent from there, and emptied as soon as they were."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from ..domain.mail import again
from ..store import mail

UNSEEN = 600_000  # milliseconds after which a letter that somebody was about to send is tried again
KEPT = 400 * 86_400_000  # milliseconds: that a letter was sent, to which lead and when


def post(
    conn: Connection,
    *,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    id: bytes,
    now: int,
    purpose: str = "link",
    lead: bytes | None = None,
    account: int = 1,
) -> None:
    """A letter that is to be sent; `outbound.outbox` does."""
    mail.drop_old(conn, account, now - KEPT)
    content = json.dumps({"subject": subject, "text": text, "html": html}, ensure_ascii=False, separators=(",", ":"))
    row = {"account_id": account, "id": id, "purpose": purpose, "lead_id": lead, "recipient": recipient, "content": content}
    mail.add(conn, row | {"at": now, "next_at": now, "tries": 0, "state": "waiting", "fault": ""})


def claim(conn: Connection, account: int, id: bytes, *, now: int) -> bool:
    """A collector is about to send a letter. False where another has it, or it is gone."""
    return mail.claim(conn, account, id, now, now + UNSEEN)


def sent(conn: Connection, account: int, id: bytes, *, now: int) -> None:
    """A letter was taken by the mail server: neither its address nor its words are kept."""
    mail.change(conn, account, id, state="sent", fault="", next_at=now, **mail.EMPTY)


def failed(conn: Connection, account: int, id: bytes, fault: str, *, at: int, tries: int, now: int, final: bool = False) -> bool:
    """A letter of a time was not taken, for the `tries`th time; `final`: it never will be. Answers whether it is given up (and emptied)."""
    next_at = None if final else again(at, tries, now)
    if next_at is None:
        mail.change(conn, account, id, state="failed", fault=fault, tries=tries, next_at=now, **mail.EMPTY)
    else:
        mail.change(conn, account, id, fault=fault, tries=tries, next_at=next_at)
    return next_at is None
