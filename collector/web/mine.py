"""Which session of the visitor's page a browser holds: its cookie names the account and carries the token."""

from __future__ import annotations

import re
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from ..actions.visiting import LASTS
from ..store import visiting
from . import house

_HELD = re.compile(r"(\d{1,9})\.([A-Za-z0-9_-]{43})")


def digest(token: str) -> bytes:
    """A token as it is kept."""
    return sha256(token.encode()).digest()


def keep(request: Request, response: Response, account: int, token: str) -> None:
    """Hands the browser its session. Lax: it begins with a form that another site's page sends."""
    response.set_cookie(
        _name(request),
        f"{account}.{token}",
        max_age=LASTS // 1000,
        path="/",
        secure=house.is_secure(request),
        httponly=True,
        samesite="lax",
    )


def forget(request: Request, response: Response) -> None:
    """Takes it back."""
    response.delete_cookie(_name(request), path="/", secure=house.is_secure(request), httponly=True, samesite="lax")


async def find(request: Request) -> visiting.Row | None:
    """The session that the browser holds, while it lasts."""
    held = _HELD.fullmatch(request.cookies.get(_name(request)) or "")
    if held is None:
        return None
    async with house.of(request).database.reader() as conn:
        return await visiting.by_token(conn, int(held[1]), digest(held[2]), house.of(request).clock())


def _name(request: Request) -> str:
    return "__Host-webleads-me" if house.is_secure(request) else "webleads-me"
