"""Users: made, set up, let in and out. Passwords come in as hashes; a hash costs 20 ms and is made before the writer is asked."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from ..domain import passwords
from ..store import mail, users

ROLES = ("owner", "marketer", "viewer")
LOGIN_FOR = 30 * 86_400_000  # milliseconds

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class BadUser(ValueError):
    """A user that cannot be so; args[0] is `email`, `role`, `unknown`, `last` (nobody else owns the account) or one of
    `domain.passwords.fault`."""


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


def hashed(password: str, email: str = "") -> str:
    """The argon2id hash of a password for somebody of that address; slow by intent, 19 MiB. Raises BadUser (`domain.passwords`)."""
    if wrong := passwords.fault(password, email):
        raise BadUser(wrong)
    return _hasher.hash(password.encode("utf-8", "replace"))


@cache
def _nobody() -> str:
    """What an unknown address is measured against, so that its answer takes as long as a known one's."""
    return _hasher.hash("nobody has this password")


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; where there is none (an unknown user, one who never chose one) it takes as long."""
    if len(password) > passwords.LONGEST:
        return False
    is_hash = kept is not None and kept.startswith("$")
    try:
        return _hasher.verify(kept if kept is not None and is_hash else _nobody(), password.encode("utf-8", "replace")) and is_hash
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
    open_with(conn, found["id"], password)
    return True


def open_with(conn: Connection, user_id: bytes, password: str) -> None:
    """From now on another password opens, and nothing else: no login session and no link goes on."""
    users.change(conn, user_id, password=password)
    users.close_sessions(conn, user_id)
    users.drop_links_of(conn, user_id)


def change_password(conn: Connection, user_id: bytes, password: str, session: str, *, now: int, agent: str = "") -> None:
    """Another hash of somebody's own: every login session ends but for a new one, `session`, of the browser that asked."""
    open_with(conn, user_id, password)
    log_in(conn, user_id, session, now=now, agent=agent)


def set_language(conn: Connection, user_id: bytes, language: str) -> None:
    """Keeps the language that a user chose."""
    users.change(conn, user_id, language=language)


def set_profile(conn: Connection, user_id: bytes, *, language: str, zone: str) -> None:
    """Keeps language and time zone; an empty zone is each site's own."""
    users.change(conn, user_id, language=language, zone=zone)


def set_role(conn: Connection, account_id: int, user_id: bytes, role: str) -> bool:
    """Another role. Every login session of theirs ends: what they may do has changed. False where it was theirs. Raises BadUser."""
    found = known_user(conn, account_id, user_id)
    if role not in ROLES:
        raise BadUser("role")
    if role == found["role"]:
        return False
    keep_an_owner(conn, found)
    users.change(conn, user_id, role=role)
    users.close_sessions(conn, user_id)
    return True


def remove(conn: Connection, account_id: int, user_id: bytes) -> str:
    """Forgets somebody, with login sessions and links: what they did keeps its place under a name that nobody has. Answers their address.

    Hand their leads over first (`actions.leaving`). Raises BadUser.
    """
    found = known_user(conn, account_id, user_id)
    keep_an_owner(conn, found)
    users.drop(conn, user_id)
    mail.drop_to(conn, account_id, found["email"])
    return str(found["email"])


def sign_out(conn: Connection, account_id: int, user_id: bytes) -> None:
    """Ends every login session of somebody. Raises BadUser."""
    known_user(conn, account_id, user_id)
    users.close_sessions(conn, user_id)


def end_sessions(conn: Connection, user_id: bytes, this: bytes, *, only: bytes | None = None) -> None:
    """Ends every login session of a user but `this` one, or `only` one of theirs (digests)."""
    users.close_sessions(conn, user_id, only=only, but=this)


def known_user(conn: Connection, account_id: int, user_id: bytes) -> dict[str, Any]:
    """A user of an account, with the password's hash. Raises BadUser."""
    found = users.one(conn, account_id, user_id)
    if found is None:
        raise BadUser("unknown")
    return found


def keep_an_owner(conn: Connection, found: dict[str, Any]) -> None:
    """Raises BadUser where an account would have no owner without that user."""
    invited = found["password"] == users.INVITED
    if found["role"] == "owner" and not invited and not users.has_other_owner(conn, found["account_id"], found["id"]):
        raise BadUser("last")


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
    conn: Connection, link: str, email: str, password: str, *, now: int, id: bytes, session: str, language: str = "", agent: str = ""
) -> dict[str, Any]:
    """The owner of an account that has none, by its set-up link, which dies; logs the owner in with `session`.

    `password` is a hash. Raises Dead, BadUser and Taken.
    """
    found = users.find_link(conn, digest(link), "setup", now)
    if found is None or users.owned(conn, found["account_id"]):
        raise Dead
    made = add(conn, found["account_id"], email, password, "owner", now=now, id=id, language=language)
    users.drop_links(conn, found["account_id"], "setup", now)
    log_in(conn, id, session, now=now, agent=agent)
    return made


def log_in(conn: Connection, user_id: bytes, session: str, *, now: int, old: bytes | None = None, agent: str = "") -> None:
    """A login session for 30 days; `session` is the random token that the browser will hold, `old` the digest of the one it held.

    `agent`: browser and system in words (`domain.agents`).
    """
    if old is not None:
        users.close_session(conn, old)
    users.open_session(conn, digest(session), user_id, now, now + LOGIN_FOR, agent)


def seen(conn: Connection, session: bytes, *, now: int) -> None:
    """The login session with that digest is in use."""
    users.see_session(conn, session, now)


def log_out(conn: Connection, session: bytes) -> None:
    """Ends the login session with that digest."""
    users.close_session(conn, session)
