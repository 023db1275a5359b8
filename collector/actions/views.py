"""Saved views of the list: made, renamed, shared and deleted; and the one that a user's list opens with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..domain import listing
from ..store import views

NAME_LIMIT = 60
MOST = 100  # of one user


class BadView(ValueError):
    """A view that will not do: `name`, `many`, `gone`."""


def add(
    conn: Connection, user_id: bytes, name: str, query: str, *, shared: bool, opens: bool, now: int, id: bytes, account: int = 1
) -> bytes:
    """Keeps what a query string asks for under a name. Answers its id. Raises BadView."""
    if views.count(conn, account, user_id) >= MOST:
        raise BadView("many")
    asked = listing.query(listing.read_query(query))
    row = {"account_id": account, "id": id, "user_id": user_id, "name": _name(name), "asked": asked, "shared": int(shared), "at": now}
    views.add(conn, row)
    if opens:
        views.open_with(conn, user_id, id)
    return id


def change(
    conn: Connection, id: bytes, *, user_id: bytes, owner: bool, name: str, shared: bool, query: str | None = None, account: int = 1
) -> None:
    """Renames a view, shares it or no longer, and where a query string is given says anew what it shows. Raises BadView."""
    may_change(conn, account, id, user_id, owner)
    more = {} if query is None else {"asked": listing.query(listing.read_query(query))}
    views.save(conn, account, id, name=_name(name), shared=int(shared), **more)


def drop(conn: Connection, id: bytes, *, user_id: bytes, owner: bool, account: int = 1) -> None:
    """Deletes a view. Raises BadView."""
    may_change(conn, account, id, user_id, owner)
    views.drop(conn, account, id)


def open_with(conn: Connection, id: bytes | None, *, user_id: bytes, account: int = 1) -> None:
    """From now on a user's list opens with a view, or with all leads. Raises BadView."""
    if id is not None and not _is_seen(views.find(conn, account, id), user_id):
        raise BadView("gone")
    views.open_with(conn, user_id, id)


def may_change(conn: Connection, account: int, id: bytes, user_id: bytes, owner: bool) -> None:
    """Whoever made a view changes it; one that is shared an owner too. Raises BadView."""
    row = views.find(conn, account, id)
    if row is None or not (row["user_id"] == user_id or (owner and row["shared"])):
        raise BadView("gone")


def _is_seen(row: dict[str, Any] | None, user_id: bytes) -> bool:
    return row is not None and (row["user_id"] == user_id or bool(row["shared"]))


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_LIMIT:
        raise BadView("name")
    return name
