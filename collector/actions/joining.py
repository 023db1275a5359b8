"""Links by which somebody chooses a password: who was invited, and who has forgotten theirs. Each works once and is kept hashed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..present import letters
from ..store import mail as waiting
from ..store import users
from . import mail
from .users import ROLES, BadUser, Dead, Taken, address, digest, known_user, log_in, open_with

DAY = 86_400_000
LASTS = {"invite": 7 * DAY, "reset": DAY}  # milliseconds


def invite(
    conn: Connection,
    account_id: int,
    email: str,
    role: str,
    token: str,
    *,
    now: int,
    id: bytes,
    language: str = "",
    by: str = "",
    base: str = "",
) -> bytes:
    """Somebody who may join by the link of a random `token`, within seven days. Answers their id.

    With `base`, the public address, a letter is written that names `by`, who invites. Raises BadUser and Taken.
    """
    kept = address(email)
    if role not in ROLES:
        raise BadUser("role")
    if users.load(conn, kept) is not None:
        raise Taken(kept)
    row = {"id": id, "account_id": account_id, "email": kept, "role": role, "language": language}
    users.add(conn, row | {"password": users.INVITED, "created_at": now})
    _write(conn, row, "invite", token, now=now, id=id, by=by, base=base)
    return id


def renew(
    conn: Connection, account_id: int, user_id: bytes, token: str, *, now: int, id: bytes, by: str = "", base: str = ""
) -> dict[str, Any]:
    """A new link for somebody, in the place of every older one: to join where they were invited, else for another password.

    Answers {email, purpose, expires_at}. Raises BadUser.
    """
    found = known_user(conn, account_id, user_id)
    purpose = "invite" if found["password"] == users.INVITED else "reset"
    users.drop_links_of(conn, user_id)
    waiting.drop_to(conn, account_id, found["email"])  # a letter with a dead link
    until = _write(conn, found, purpose, token, now=now, id=id, by=by, base=base)
    return {"email": found["email"], "purpose": purpose, "expires_at": until}


def _write(conn: Connection, row: dict[str, Any], purpose: str, token: str, *, now: int, id: bytes, by: str, base: str) -> int:
    until = now + LASTS[purpose]
    users.add_link(
        conn, {"token": digest(token), "account_id": row["account_id"], "purpose": purpose, "user_id": row["id"], "expires_at": until}
    )
    if base:
        language = letters.language_of(row["language"])
        days = LASTS[purpose] // DAY
        told = letters.invitation if purpose == "invite" else letters.reset
        written = told(f"{base}/join?token={token}", language, by=by, days=days)
        mail.post(conn, recipient=row["email"], **written._asdict(), purpose="user", id=id, now=now, account=row["account_id"])
    return until


def join(conn: Connection, token: str, password: str, session: str, *, now: int, agent: str = "") -> bytes:
    """Whoever holds the link has a password from now on (a hash), and is logged in with `session`; the link is dead. Raises Dead."""
    found = [users.find_link(conn, digest(token), purpose, now) for purpose in LASTS]
    one = next((row for row in found if row is not None and row["user_id"] is not None), None)
    if one is None:
        raise Dead
    user_id = bytes(one["user_id"])
    open_with(conn, user_id, password)
    log_in(conn, user_id, session, now=now, agent=agent)
    return user_id
