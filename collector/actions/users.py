"""Users: made, set up, let in and out. Passwords come in as hashes; a hash costs 20 ms and is made before the writer is asked."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from ..store import users

ROLES = ("owner", "marketer", "viewer")
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1_000  # characters: argon2 reads them all
LOGIN_FOR = 30 * 86_400_000  # milliseconds

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class BadUser(ValueError):
    """A user that cannot be made; args[0] is `email`, `short`, `long` or `role`."""


class Taken(ValueError):
    """Another user has that address."""


class Dead(Exception):
    """A link that was used, has expired, or never was."""


def address(email: str) -> str:
    """An address as it is kept: trimmed, in lower case. It only has to be one by its form. Raises BadUser."""
    kept = email.strip().lower()
    name, _, host = kept.rpartition("@")
    if not name or not host or len(kept) > 254 or not kept.isprintable() or " " in kept:
        raise BadUser("email")
    return kept


def hashed(password: str) -> str:
    """The argon2id hash of a password; slow by intent, 19 MiB. Raises BadUser when it is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadUser("short")
    if len(password) > LONGEST_PASSWORD:
        raise BadUser("long")
    return _hasher.hash(password.encode("utf-8", "replace"))


@cache
def _nobody() -> str:
    """What an unknown address is measured against, so that its answer takes as long as a known one's."""
    return _hasher.hash("nobody has this password")


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; None, for an unknown user, takes as long and is never right."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _hasher.verify(kept or _nobody(), password.encode("utf-8", "replace")) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def digest(token: str) -> bytes:
    """The stored form of a token that a browser or a link holds."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def add(
    conn: Connection, account_id: int, email: str, password: str, role: str, *, now: int, id: bytes, language: str = ""
) -> dict[str, Any]:
    """A new user; `password` is a hash. Answers {id, account_id, email, role, language}. Raises BadUser and Taken."""
    kept = address(email)
    if role not in ROLES:
        raise BadUser("role")
    if users.load(conn, kept) is not None:
        raise Taken(kept)
    row = {"id": id, "account_id": account_id, "email": kept, "role": role, "language": language}
    users.add(conn, row | {"password": password, "created_at": now})
    return row


def set_password(conn: Connection, account_id: int, email: str, password: str) -> bool:
    """Changes a password to another hash and ends every login session; False where nobody has that address."""
    found = users.load(conn, address(email))
    if found is None or found["account_id"] != account_id:
        return False
    users.change(conn, found["id"], password=password)
    users.close_sessions(conn, found["id"])
    return True


def set_language(conn: Connection, user_id: bytes, language: str) -> None:
    """Keeps the language that a user chose."""
    users.change(conn, user_id, language=language)


def make_link(
    conn: Connection, account_id: int, purpose: str, token: str, *, now: int, expires_at: int, user_id: bytes | None = None
) -> None:
    """A link for `setup` (the account's older ones die) or `login` (may be used until it expires); `token` is random."""
    if purpose == "setup":
        users.drop_links(conn, account_id, purpose, now)
    users.add_link(
        conn, {"token": digest(token), "account_id": account_id, "purpose": purpose, "user_id": user_id, "expires_at": expires_at}
    )


def set_up(
    conn: Connection, link: str, email: str, password: str, *, now: int, id: bytes, session: str, language: str = ""
) -> dict[str, Any]:
    """The owner of an account that has none, by its set-up link, which dies; logs the owner in with `session`.

    `password` is a hash. Raises Dead, BadUser and Taken.
    """
    found = users.find_link(conn, digest(link), "setup", now)
    if found is None or users.owned(conn, found["account_id"]):
        raise Dead
    made = add(conn, found["account_id"], email, password, "owner", now=now, id=id, language=language)
    users.drop_links(conn, found["account_id"], "setup", now)
    log_in(conn, id, session, now=now)
    return made


def log_in(conn: Connection, user_id: bytes, session: str, *, now: int, old: bytes | None = None) -> None:
    """A login session for 30 days; `session` is the random token that the browser will hold, `old` the digest of the one it held."""
    if old is not None:
        users.close_session(conn, old)
    users.open_session(conn, digest(session), user_id, now, now + LOGIN_FOR)


def log_out(conn: Connection, session: bytes) -> None:
    """Ends the login session with that digest."""
    users.close_session(conn, session)
