"""Somebody leaves: their leads go to a colleague or to nobody, some at a time, and then they are forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection

from ..store import users
from . import edit
from .users import BadUser, keep_an_owner, known_user, remove

STEP = 10  # leads that change hands in one transaction: each is folded anew
Run = Callable[..., Awaitable[Any]]  # the writer's


def hand_over(
    conn: Connection, account: int, user_id: bytes, to: str, after: bytes, *, actor: str, secret: bytes, now: int, ids: edit.Ids
) -> bytes | None:
    """The next leads of a user become another's (`to`: an id in hex, or empty for nobody's). Answers the last of them, None at the end."""
    mine = users.leads_of(conn, account, user_id, after, STEP)
    for lead in mine:
        edit.edit(conn, lead, [("owner", "", to)], actor=actor, secret=secret, now=now, ids=ids, account=account)
    return mine[-1] if len(mine) == STEP else None


async def leave(
    run: Run, account: int, user_id: bytes, to: str, *, actor: str, secret: bytes, clock: Callable[[], int], ids: edit.Ids
) -> str:
    """Hands over every lead of a user, then forgets the user. Answers their address. Raises BadUser before anything is changed."""
    await run(_look, account, user_id, to)
    after: bytes | None = b""
    while after is not None:
        after = await run(hand_over, account, user_id, to, after, actor=actor, secret=secret, now=clock(), ids=ids)
    return str(await run(remove, account, user_id))


def _look(conn: Connection, account: int, user_id: bytes, to: str) -> None:
    """Raises BadUser where somebody cannot leave, or their leads cannot go there."""
    if to and (to == user_id.hex() or not users.is_of(conn, account, to)):
        raise BadUser("unknown")
    keep_an_owner(conn, known_user(conn, account, user_id))
