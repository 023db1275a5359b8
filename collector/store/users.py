"""Users, their login sessions, and the links that let them in. Tokens are kept as SHA-256 of what the browser holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import link, login_session, user

Row = dict[str, Any]

_user = (user.c.id, user.c.account_id, user.c.email, user.c.role, user.c.language, user.c.zone, user.c.opens)


# Reads ------------------------------------------------------------------------------------------------------------


async def by_email(conn: AsyncConnection, email: str) -> Row | None:
    """The user with that address (as `actions.users.address` writes it), with the password's hash."""
    found = (await conn.execute(select(*_user, user.c.password).where(user.c.email == email))).first()
    return None if found is None else dict(found._mapping)


async def by_session(conn: AsyncConnection, token: bytes, now: int) -> Row | None:
    """Who holds a login session that has not expired."""
    joined = login_session.join(user, user.c.id == login_session.c.user_id)
    asked = select(*_user).select_from(joined).where(login_session.c.token == token, login_session.c.expires_at > now)
    found = (await conn.execute(asked)).first()
    return None if found is None else dict(found._mapping)


async def all(conn: AsyncConnection, account_id: int) -> list[Row]:
    """The users of an account, in the order of their addresses."""
    found = await conn.execute(select(*_user).where(user.c.account_id == account_id).order_by(user.c.email))
    return [dict(row._mapping) for row in found]


async def has_owner(conn: AsyncConnection, account_id: int | None = None) -> bool:
    """Whether an account, or any account, has an owner who can sign in."""
    return bool((await conn.execute(_owner_exists(account_id))).scalar_one())


async def link_of(conn: AsyncConnection, token: bytes, purpose: str, now: int) -> Row | None:
    """A link that has not expired."""
    found = (await conn.execute(_link(token, purpose, now))).first()
    return None if found is None else dict(found._mapping)


# What actions read and write --------------------------------------------------------------------------------------


def load(conn: Connection, email: str) -> Row | None:
    """The user with that address."""
    found = conn.execute(select(*_user).where(user.c.email == email)).first()
    return None if found is None else dict(found._mapping)


def owned(conn: Connection, account_id: int) -> bool:
    """Whether an account has an owner who can sign in."""
    return bool(conn.execute(_owner_exists(account_id)).scalar_one())


def find_link(conn: Connection, token: bytes, purpose: str, now: int) -> Row | None:
    """A link that has not expired."""
    found = conn.execute(_link(token, purpose, now)).first()
    return None if found is None else dict(found._mapping)


def add(conn: Connection, row: Row) -> None:
    """A new user."""
    conn.execute(user.insert().values(**row))


def change(conn: Connection, user_id: bytes, **values: Any) -> None:
    """Changes columns of a user."""
    conn.execute(update(user).where(user.c.id == user_id).values(**values))


def open_session(conn: Connection, token: bytes, user_id: bytes, now: int, expires_at: int) -> None:
    """A new login session; the user's expired ones go."""
    conn.execute(delete(login_session).where(login_session.c.user_id == user_id, login_session.c.expires_at <= now))
    conn.execute(login_session.insert().values(token=token, user_id=user_id, created_at=now, expires_at=expires_at))


def close_session(conn: Connection, token: bytes) -> None:
    """Ends one login session."""
    conn.execute(delete(login_session).where(login_session.c.token == token))


def close_sessions(conn: Connection, user_id: bytes) -> None:
    """Ends every login session of a user."""
    conn.execute(delete(login_session).where(login_session.c.user_id == user_id))


def add_link(conn: Connection, row: Row) -> None:
    """A new link."""
    conn.execute(link.insert().values(**row))


def drop_links(conn: Connection, account_id: int, purpose: str, now: int) -> None:
    """Every link of an account for a purpose goes, and everything that has expired."""
    conn.execute(delete(link).where(or_((link.c.account_id == account_id) & (link.c.purpose == purpose), link.c.expires_at <= now)))


def _link(token: bytes, purpose: str, now: int) -> Any:
    return select(link).where(link.c.token == token, link.c.purpose == purpose, link.c.expires_at > now)


def _owner_exists(account_id: int | None) -> Any:
    # The demo's user has the role and no password: whoever starts the collector after it must still be let in by a set-up link.
    wanted = (user.c.role == "owner") & user.c.password.startswith("$")
    if account_id is not None:
        wanted &= user.c.account_id == account_id
    return select(exists(select(user.c.id).where(wanted)))


def drop(conn: Connection, user_id: bytes) -> None:
    """Forgets a user with sessions and links."""
    close_sessions(conn, user_id)
    conn.execute(delete(link).where(link.c.user_id == user_id))
    conn.execute(delete(user).where(user.c.id == user_id))


def is_of(conn: Connection, account_id: int, user_id: str) -> bool:
    """Whether that is the id, in hex, of a user of an account."""
    try:
        key = bytes.fromhex(user_id)
    except ValueError:
        return False
    return conn.execute(select(user.c.id).where(user.c.id == key, user.c.account_id == account_id)).first() is not None
