"""Set-up, login, logout, the login link, and the language."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import joining
from ..actions import users as acts
from ..present import users as words
from ..present.language import LANGUAGES
from ..store import users
from . import auth, house, render


async def setup(request: Request) -> Response:
    """The first run: makes the owner. The link is dead once there is one."""
    link = request.query_params.get("token", "")
    if not await _is_alive(request, link):
        return render.page(request, "setup_dead.html", 404)
    if request.method != "POST":
        return render.page(request, "setup.html", link=link, email="", fault="", words=words)
    sent = await auth.form(request)
    email, made = sent.get("email", ""), house.of(request)
    session, now = auth.new_token(), made.clock()
    try:
        acts.address(email)
        async with made.hashing:
            password = await asyncio.to_thread(acts.hashed, sent.get("password", ""), email)
        more = {"session": session, "language": render.language_of(request), "agent": auth.agent_of(request)}
        await made.writer.run(acts.set_up, link, email, password, now=now, id=made.ids(now), **more)
    except acts.BadUser as wrong:
        return render.page(request, "setup.html", 422, link=link, email=email, fault=wrong.args[0], words=words)
    except acts.Taken:
        return render.page(request, "setup.html", 422, link=link, email=email, fault="taken", words=words)
    except acts.Dead:
        return render.page(request, "setup_dead.html", 404)
    answer = RedirectResponse("/sites/new", 303)
    auth.keep_login(request, answer, session)
    return answer


async def _is_alive(request: Request, link: str) -> bool:
    made = house.of(request)
    async with made.database.reader() as conn:
        found = await users.link_of(conn, acts.digest(link), "setup", made.clock())
        return found is not None and not await users.has_owner(conn, found["account_id"])


async def login(request: Request) -> Response:
    """The login form, and what it sends."""
    wanted = auth.local_path(request.query_params.get("next", "/"))
    if request.method == "POST":
        return await _try_login(request, wanted)
    if auth.user_of(request):
        return RedirectResponse(wanted, 303)
    return await _login_page(request, wanted)


async def _login_page(request: Request, wanted: str, status: int = 200, email: str = "", fault: str = "", seconds: int = 0) -> Response:
    async with house.of(request).database.reader() as conn:
        ready = await users.has_owner(conn)
    headers = {"Retry-After": str(seconds)} if seconds else None
    return render.page(request, "login.html", status, headers, wanted=wanted, email=email, fault=fault, seconds=seconds, ready=ready)


async def _try_login(request: Request, wanted: str) -> Response:
    sent, made = await auth.form(request), house.of(request)
    email, now = sent.get("email", "").strip().lower(), made.clock()
    # The address of the network is a key in memory only, and not readable there.
    key = sha256(f"{email}\n{request.client.host if request.client else ''}".encode("utf-8", "replace")).digest()
    if delay := made.throttle.wait(key, now):
        return await _login_page(request, wanted, 429, email, "wait", -(-delay // 1000))
    async with made.database.reader() as conn:
        found = await users.by_email(conn, email)
    async with made.hashing:
        right = await asyncio.to_thread(acts.matches, found["password"] if found else None, sent.get("password", ""))
    if found is None or not right:
        made.throttle.failed(key, now)
        return await _login_page(request, wanted, 422, email, "wrong")
    made.throttle.succeeded(key)
    return await _logged_in(request, found["id"], wanted)


async def _logged_in(request: Request, user_id: bytes, wanted: str) -> Response:
    """A new token at each login: one that was planted before it is worth nothing."""
    session, user = auth.new_token(), auth.user_of(request)
    made = house.of(request)
    more = {"old": user.session if user else None, "agent": auth.agent_of(request)}
    await made.writer.run(acts.log_in, user_id, session, now=made.clock(), **more)
    answer = RedirectResponse(wanted, 303)
    auth.keep_login(request, answer, session)
    return answer


async def login_link(request: Request) -> Response:
    """Logs in whoever holds the link, until it expires; the demo prints one."""
    made = house.of(request)
    async with made.database.reader() as conn:
        found = await users.link_of(conn, acts.digest(request.query_params.get("token", "")), "login", made.clock())
    if found is None or found["user_id"] is None:
        return render.page(request, "link_dead.html", 404)
    return await _logged_in(request, found["user_id"], "/")


async def join(request: Request) -> Response:
    """Who was invited, or has forgotten their password, chooses one by the link that they hold; it works once."""
    token, made = request.query_params.get("token", ""), house.of(request)
    async with made.database.reader() as conn:
        purpose, who = await _holder(conn, token, made.clock())
    if who is None:
        return render.page(request, "join_dead.html", 404)
    if request.method != "POST":
        return render.page(request, "join.html", link=token, email=who["email"], purpose=purpose, fault="", words=words)
    sent, session = await auth.form(request), auth.new_token()
    try:
        async with made.hashing:
            password = await asyncio.to_thread(acts.hashed, sent.get("password", ""), who["email"])
        await made.writer.run(joining.join, token, password, session, now=made.clock(), agent=auth.agent_of(request))
    except acts.BadUser as wrong:
        return render.page(request, "join.html", 422, link=token, email=who["email"], purpose=purpose, fault=wrong.args[0], words=words)
    except acts.Dead:
        return render.page(request, "join_dead.html", 404)
    answer = RedirectResponse("/", 303)
    auth.keep_login(request, answer, session)
    return answer


async def _holder(conn: AsyncConnection, token: str, now: int) -> tuple[str, dict[str, Any] | None]:
    """What a link is for and who holds it."""
    for purpose in joining.LASTS:
        found = await users.link_of(conn, acts.digest(token), purpose, now)
        if found is not None and found["user_id"] is not None:
            return purpose, await users.by_id(conn, found["user_id"])
    return "", None


async def logout(request: Request) -> Response:
    """Ends this login session."""
    await auth.form(request)
    await house.of(request).writer.run(acts.log_out, auth.required(request).session)
    answer = RedirectResponse("/login", 303)
    auth.drop_login(request, answer)
    return answer


async def language(request: Request) -> Response:
    """Keeps a language: with the user, else in a cookie."""
    sent = await auth.form(request)
    chosen, user = sent.get("language", ""), auth.user_of(request)
    if chosen not in LANGUAGES:
        raise HTTPException(400)
    if user is not None:
        await house.of(request).writer.run(acts.set_language, user.id, chosen)
    answer = RedirectResponse(auth.local_path(sent.get("next", "/")), 303)
    auth.keep_language(request, answer, chosen)
    return answer
