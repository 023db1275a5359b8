"""Who is asking, and whether a form is ours: login sessions and form tokens."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any, NamedTuple

from itsdangerous import BadSignature
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..actions.users import LOGIN_FOR, digest, seen
from ..domain import agents
from ..present.language import choose
from ..store import users
from . import house

_MOST_FIELDS = 20
SEEN_EVERY = 3_600_000  # milliseconds between two notes that a login session is in use
LARGEST_FORM = 64 * 1024  # bytes


class User(NamedTuple):
    """Who is logged in; `session` is the stored form of the login session's token.

    `zone` is empty where times are shown in each site's own; `opens` is the view that the list of leads opens with.
    """

    id: bytes
    account_id: int
    email: str
    role: str
    language: str
    session: bytes
    zone: str = ""
    opens: bytes | None = None


def user_of(request: Request) -> User | None:
    """Who is logged in, or None."""
    return getattr(request.state, "user", None)


def required(request: Request, *roles: str) -> User:
    """Who is logged in; behind the guard there is somebody. Raises 403 where one of `roles` is asked and is not theirs."""
    user = user_of(request)
    if user is None or (roles and user.role not in roles):
        raise HTTPException(403)
    return user


def local_path(text: str) -> str:
    """A path of our own to go to next; anything else is the start."""
    return text if re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", text) else "/"


# Login sessions ---------------------------------------------------------------------------------------------------


def new_token() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(32)


def keep_login(request: Request, response: Response, token: str) -> None:
    """Hands the browser its login session."""
    _set(request, response, "session", token, LOGIN_FOR // 1000)


def drop_login(request: Request, response: Response) -> None:
    """Takes the login session back."""
    response.delete_cookie(_name(request, "session"), path="/", secure=house.is_secure(request), httponly=True, samesite="lax")


def keep_language(request: Request, response: Response, language: str) -> None:
    """Remembers a language for those who are not logged in."""
    keep(request, response, "language", language, 365 * 86_400)


def keep(request: Request, response: Response, what: str, value: str, seconds: int) -> None:
    """Remembers a choice that says nothing of who somebody is."""
    _set(request, response, what, value, seconds)


def kept(request: Request, what: str) -> str:
    """A choice that the browser remembers, or empty; anybody can write anything there."""
    return request.cookies.get(_name(request, what), "")


async def find_user(request: Request) -> User | None:
    """Whose login session the browser holds, or None."""
    token = request.cookies.get(_name(request, "session"))
    if not token or request.url.path.startswith("/static/"):
        return None
    stored = digest(token)
    async with house.of(request).database.reader() as conn:
        row = await users.by_session(conn, stored, house.of(request).clock())
    if row is None:
        return None
    if house.of(request).clock() - row.pop("seen_at") >= SEEN_EVERY:
        _note(request, stored)
    return User(**row, session=stored)


def _note(request: Request, session: bytes) -> None:
    """Keeps that a login session is in use. No page waits for it, and none fails where nothing can be written."""
    made = house.of(request)
    if session in made.noting:
        return
    task = asyncio.ensure_future(made.writer.run(seen, session, now=made.clock()))
    made.noting[session] = task

    def end(done: asyncio.Future[Any]) -> None:
        made.noting.pop(session, None)
        if not done.cancelled():
            done.exception()  # looked at: whatever it was, the next request asks again

    task.add_done_callback(end)


def agent_of(request: Request) -> str:
    """Browser and system of who asks, in words: `Firefox 145 · Linux · desktop`."""
    return agents.read(request.headers.get("user-agent", "")).label


def find_language(request: Request) -> str:
    """The language to answer in."""
    user = user_of(request)
    cookie = kept(request, "language")
    default = house.of(request).settings.language
    return choose(user.language if user else "", cookie, request.headers.get("accept-language", ""), default)


def _name(request: Request, what: str) -> str:
    """`__Host-` binds a cookie to this very host and to https; plain http has no such binding."""
    return f"__Host-webleads-{what}" if house.is_secure(request) else f"webleads-{what}"


def _set(request: Request, response: Response, what: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        _name(request, what), value, max_age=seconds, path="/", secure=house.is_secure(request), httponly=True, samesite="lax"
    )


# Forms ------------------------------------------------------------------------------------------------------------


def read_form_cookie(request: Request) -> None:
    """Finds the secret that the browser's forms are bound to."""
    request.state.form_secret = request.cookies.get(_name(request, "form")) or ""


def form_token(request: Request) -> str:
    """What a form of this browser and this login must carry: a signed double submit."""
    if not request.state.form_secret:
        request.state.form_secret = secrets.token_urlsafe(16)
        request.state.form_new = True
    return house.of(request).signer.dumps(_bound(request))


def keep_form_cookie(request: Request, response: Response) -> None:
    """Hands a browser the secret that its forms are bound to, once."""
    if getattr(request.state, "form_new", False):
        _set(request, response, "form", request.state.form_secret, None)


async def form(request: Request) -> dict[str, str]:
    """The texts of a sent form, after its token. Raises 403 without a good one."""
    return dict(await pairs(request, _MOST_FIELDS))


async def pairs(request: Request, most: int = 500) -> list[tuple[str, str]]:
    """The same where a name may come several times."""
    async with request.form(max_files=0, max_fields=most, max_part_size=LARGEST_FORM) as sent:
        texts = [(name, value.replace("\x00", "")) for name, value in sent.multi_items() if isinstance(value, str)]
    if not request.state.form_secret or not _is_ours(request, dict(texts).get("token", "")):
        raise HTTPException(403)
    return [pair for pair in texts if pair[0] != "token"]


async def upload(request: Request, field: str, largest: int) -> tuple[dict[str, str], str, bytes]:
    """The texts of a sent form, and name and bytes of its file (empty where none was chosen). Raises 403 and 413."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=LARGEST_FORM) as sent:
        texts = {name: value.replace("\x00", "") for name, value in sent.items() if isinstance(value, str)}
        file = sent.get(field)
        if not request.state.form_secret or not _is_ours(request, texts.pop("token", "")):
            raise HTTPException(403)
        if not isinstance(file, UploadFile):
            return texts, "", b""
        content = await file.read(largest + 1)
        if len(content) > largest:
            raise HTTPException(413)
        return texts, file.filename or "", content


def _is_ours(request: Request, token: str) -> bool:
    try:
        carried: Any = house.of(request).signer.loads(token)
    except BadSignature:
        return False
    return bool(carried == _bound(request))


def _bound(request: Request) -> list[str]:
    user = user_of(request)
    return [request.state.form_secret, user.session.hex() if user else ""]


def same_origin(request: Request) -> bool:
    """Whether the browser says that the form stands on our own page; a client that says nothing must show the token alone."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.lower() == house.base(request).lower()
