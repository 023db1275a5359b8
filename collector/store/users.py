"""Users, their login sessions, and the links that let them in. Tokens are kept as SHA-256 of what the browser holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import lead, link, login_session, user, view

Row = dict[str, Any]
INVITED = ""  # the password of somebody who has not chosen one yet: it opens nothing

_user = (user.c.id, user.c.account_id, user.c.email, user.c.role, user.c.language, user.c.zone, user.c.opens)


# Reads ------------------------------------------------------------------------------------------------------------


async def by_email(conn: AsyncConnection, email: str) -> Row | None:
    """The user with that address (as `actions.users.address` writes it), with the password's hash."""
    found = (await conn.execute(select(*_user, user.c.password).where(user.c.email == email))).first()
    return None if found is None else dict(found._mapping)


async def by_session(conn: AsyncConnection, token: bytes, now: int) -> Row | None:
    """Who holds a login session that has not expired, and when it was last `seen_at`."""
    joined = login_session.join(user, user.c.id == login_session.c.user_id)
    asked = (
        select(*_user, login_session.c.seen_at).select_from(joined).where(login_session.c.token == token, login_session.c.expires_at > now)
    )
    found = (await conn.execute(asked)).first()
    return None if found is None else dict(found._mapping)


async def all(conn: AsyncConnection, account_id: int) -> list[Row]:
    """The users of an account, in the order of their addresses."""
    found = await conn.execute(select(*_user).where(user.c.account_id == account_id).order_by(user.c.email))
    return [dict(row._mapping) for row in found]


async def people(conn: AsyncConnection, account_id: int, now: int) -> list[Row]:
    """The users of an account with `created_at`, `pending` (invited, and not here yet), how many login `sessions` each has and when the
    last was `seen_at` (0: never); of a pending one until when the invitation holds (0: it has ended)."""
    lasting = (login_session.c.user_id == user.c.id) & (login_session.c.expires_at > now)
    sessions = select(func.count()).where(lasting).correlate(user).scalar_subquery()
    seen = select(func.max(login_session.c.seen_at)).where(login_session.c.user_id == user.c.id).correlate(user).scalar_subquery()
    until = select(func.max(link.c.expires_at)).where(link.c.user_id == user.c.id, link.c.purpose == "invite", link.c.expires_at > now)
    more = (user.c.created_at, user.c.password, sessions.label("sessions"), seen.label("seen_at"))
    asked = select(*_user, *more, until.correlate(user).scalar_subquery().label("until"))
    found = [dict(row._mapping) for row in await conn.execute(asked.where(user.c.account_id == account_id).order_by(user.c.email))]
    return [
        row | {"pending": row.pop("password") == INVITED, "seen_at": int(row["seen_at"] or 0), "until": int(row["until"] or 0)}
        for row in found
    ]


async def by_id(conn: AsyncConnection, user_id: bytes) -> Row | None:
    """One user, with the password's hash."""
    found = (await conn.execute(select(*_user, user.c.password).where(user.c.id == user_id))).first()
    return None if found is None else dict(found._mapping)


async def sessions_of(conn: AsyncConnection, user_id: bytes, now: int) -> list[Row]:
    """The login sessions of a user, the one that was seen last first: token (its digest), created_at, seen_at, agent."""
    columns = [login_session.c[name] for name in ("token", "created_at", "seen_at", "agent")]
    mine = (login_session.c.user_id == user_id, login_session.c.expires_at > now)
    asked = select(*columns).where(*mine).order_by(login_session.c.seen_at.desc(), login_session.c.created_at.desc(), login_session.c.token)
    return [dict(row._mapping) | {"token": bytes(row.token)} for row in await conn.execute(asked)]


async def living(conn: AsyncConnection, tokens: Collection[bytes], now: int) -> set[bytes]:
    """Which of these login sessions have not ended."""
    asked = select(login_session.c.token).where(login_session.c.token.in_(tokens), login_session.c.expires_at > now)
    return {bytes(row[0]) for row in await conn.execute(asked)}


async def owns(conn: AsyncConnection, account_id: int, user_id: bytes) -> int:
    """How many leads a user owns."""
    asked = select(func.count()).select_from(lead).where(lead.c.account_id == account_id, lead.c.owner == user_id.hex())
    return int((await conn.execute(asked)).scalar_one())


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


def one(conn: Connection, account_id: int, user_id: bytes) -> Row | None:
    """A user of an account, with the password's hash."""
    found = conn.execute(select(*_user, user.c.password).where(user.c.id == user_id, user.c.account_id == account_id)).first()
    return None if found is None else dict(found._mapping)


def has_other_owner(conn: Connection, account_id: int, user_id: bytes) -> bool:
    """Whether an account has an owner besides one user; an invited one is none yet."""
    others = (user.c.account_id == account_id, user.c.role == "owner", user.c.password != INVITED, user.c.id != user_id)
    return conn.execute(select(user.c.id).where(*others).limit(1)).first() is not None


def leads_of(conn: Connection, account_id: int, user_id: bytes, after: bytes, most: int) -> list[bytes]:
    """The next leads that a user owns, in the order of their ids."""
    mine = (lead.c.account_id == account_id, lead.c.owner == user_id.hex(), lead.c.id > after)
    return [bytes(row[0]) for row in conn.execute(select(lead.c.id).where(*mine).order_by(lead.c.id).limit(most))]


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


def open_session(conn: Connection, token: bytes, user_id: bytes, now: int, expires_at: int, agent: str = "") -> None:
    """A new login session of a browser; the user's expired ones go."""
    conn.execute(delete(login_session).where(login_session.c.user_id == user_id, login_session.c.expires_at <= now))
    row = {"token": token, "user_id": user_id, "created_at": now, "expires_at": expires_at, "seen_at": now, "agent": agent}
    conn.execute(login_session.insert().values(**row))


def see_session(conn: Connection, token: bytes, now: int) -> None:
    """A login session was used."""
    conn.execute(update(login_session).where(login_session.c.token == token, login_session.c.seen_at < now).values(seen_at=now))


def close_session(conn: Connection, token: bytes) -> None:
    """Ends one login session."""
    conn.execute(delete(login_session).where(login_session.c.token == token))


def close_sessions(conn: Connection, user_id: bytes, *, only: bytes | None = None, but: bytes | None = None) -> None:
    """Ends every login session of a user, or `only` one, or all `but` one."""
    mine = login_session.c.user_id == user_id
    if only is not None:
        mine &= login_session.c.token == only
    if but is not None:
        mine &= login_session.c.token != but
    conn.execute(delete(login_session).where(mine))


def add_link(conn: Connection, row: Row) -> None:
    """A new link."""
    conn.execute(link.insert().values(**row))


def drop_links(conn: Connection, account_id: int, purpose: str, now: int) -> None:
    """Every link of an account for a purpose goes, and everything that has expired."""
    conn.execute(delete(link).where(or_((link.c.account_id == account_id) & (link.c.purpose == purpose), link.c.expires_at <= now)))


def drop_links_of(conn: Connection, user_id: bytes) -> None:
    """Every link that lets a user in goes."""
    conn.execute(delete(link).where(link.c.user_id == user_id))


def _link(token: bytes, purpose: str, now: int) -> Any:
    return select(link).where(link.c.token == token, link.c.purpose == purpose, link.c.expires_at > now)


def _owner_exists(account_id: int | None) -> Any:
    # The demo's user has the role and no password: whoever starts the collector after it must still be let in by a set-up link.
    wanted = (user.c.role == "owner") & user.c.password.startswith("$")
    if account_id is not None:
        wanted &= user.c.account_id == account_id
    return select(exists(select(user.c.id).where(wanted)))


def drop(conn: Connection, user_id: bytes) -> None:
    """Forgets a user with sessions, links and views; a view that is shared stays with the others."""
    close_sessions(conn, user_id)
    drop_links_of(conn, user_id)
    conn.execute(delete(view).where(view.c.user_id == user_id, view.c.shared == 0))
    conn.execute(delete(user).where(user.c.id == user_id))


def is_of(conn: Connection, account_id: int, user_id: str) -> bool:
    """Whether that is the id, in hex, of a user of an account."""
    try:
        key = bytes.fromhex(user_id)
    except ValueError:
        return False
    return conn.execute(select(user.c.id).where(user.c.id == key, user.c.account_id == account_id)).first() is not None
