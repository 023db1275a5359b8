"""One's own settings: language, time zone, password, and the browsers that are signed in."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import users as acts
from ..present import users as words
from ..present import zones as places
from ..present.language import LANGUAGES
from ..store import sites, users
from . import auth, house, render, zones

HERE = "/settings/profile"


async def shown(request: Request) -> Response:
    """Everything about oneself; a sent form keeps language and time zone."""
    user, made = auth.required(request), house.of(request)
    if request.method != "POST":
        return await _page(request)
    sent = await auth.form(request)
    zone, language = sent.get("zone", ""), sent.get("language", "")
    kept = places.canonical(zone) if zone else ""
    if kept is None:
        return await _page(request, fault="zone")
    if language not in LANGUAGES:
        language = user.language
    await made.writer.run(acts.set_profile, user.id, language=language, zone=kept)
    answer = RedirectResponse(HERE, 303)
    if language:
        auth.keep_language(request, answer, language)
    return answer


async def password(request: Request) -> Response:
    """Another password: the current one is asked for, every other browser is signed out, this one goes on with a new token."""
    user, made = auth.required(request), house.of(request)
    sent, now = await auth.form(request), made.clock()
    key = sha256(f"{user.id.hex()}\npassword".encode()).digest()
    if made.throttle.wait(key, now):
        return await _page(request, fault="wait", status=429)
    async with made.database.reader() as conn:
        found = await users.by_id(conn, user.id)
    async with made.hashing:
        right = await asyncio.to_thread(acts.matches, found["password"] if found else None, sent.get("current", ""))
    if not right:
        made.throttle.failed(key, now)
        return await _page(request, fault="current")
    made.throttle.succeeded(key)
    try:
        async with made.hashing:
            fresh = await asyncio.to_thread(acts.hashed, sent.get("password", ""), user.email)
    except acts.BadUser as wrong:
        return await _page(request, fault=wrong.args[0])
    session = auth.new_token()
    await made.writer.run(acts.change_password, user.id, fresh, session, now=now, agent=auth.agent_of(request))
    answer = RedirectResponse(f"{HERE}?done=password", 303)
    auth.keep_login(request, answer, session)
    return answer


async def sessions(request: Request) -> Response:
    """Signs out one of one's browsers, or all the others."""
    user, made = auth.required(request), house.of(request)
    sent = await auth.form(request)
    only = None if sent.get("end") == "others" else _digest(sent.get("session", ""))
    if only == user.session:  # this one: as by the button below every page
        await made.writer.run(acts.log_out, user.session)
        answer = RedirectResponse("/login", 303)
        auth.drop_login(request, answer)
        return answer
    await made.writer.run(acts.end_sessions, user.id, user.session, only=only)
    return RedirectResponse(f"{HERE}#browsers", 303)


def _digest(text: str) -> bytes:
    """The digest that a form names; what is none names no login session."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


async def _page(request: Request, *, fault: str = "", status: int = 422) -> Response:
    user, made = auth.required(request), house.of(request)
    now = made.clock()
    async with made.database.reader() as conn:
        found = await users.sessions_of(conn, user.id, now)
        known = await sites.all(conn, user.account_id)
        mine: dict[str, Any] = await users.by_id(conn, user.id) or {}
    return render.page(
        request,
        "profile.html",
        status if fault else 200,
        fault=fault,
        done=request.query_params.get("done", "") if request.method == "GET" else "",
        sessions=sorted(found, key=lambda row: row["token"] != user.session),
        chosen=places.canonical(user.zone) or "",
        groups=places.groups(now, render.language_of(request)),
        has_password=str(mine.get("password", "")).startswith("$"),
        zone=zones.listed(request, known),
        words=words,
    )
