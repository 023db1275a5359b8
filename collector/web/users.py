"""Who works here: invited, given another role, let in again, removed. Owners only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import handing, joining
from ..actions import users as acts
from ..present import users as words
from ..present.language import LANGUAGES
from ..store import sites, users
from . import auth, house, render, zones

EMPTY = {"email": "", "role": "marketer", "language": ""}
_Act = Callable[[Request, bytes, dict[str, str]], Awaitable[Response]]


async def listed(request: Request) -> Response:
    """Everybody of the account; a sent form invites somebody."""
    user, made = auth.required(request, "owner"), house.of(request)
    if request.method != "POST":
        return await _page(request)
    given = await auth.form(request)
    sent = EMPTY | {name: given[name][:254] for name in EMPTY if name in given}
    sent["language"] = sent["language"] if sent["language"] in LANGUAGES else render.language_of(request)
    token, now = auth.new_token(), made.clock()
    by_mail = house.sends_mail(request) and given.get("by") != "hand"
    more = {"now": now, "id": made.ids(now), "language": sent["language"], "by": user.email}
    try:
        await made.writer.run(
            joining.invite,
            user.account_id,
            sent["email"],
            sent["role"],
            token,
            base=house.base(request) if by_mail else "",
            **more,
        )
    except (acts.BadUser, acts.Taken) as wrong:
        return await _page(request, sent=sent, fault="taken" if isinstance(wrong, acts.Taken) else wrong.args[0])
    return await _page(request, link={"email": acts.address(sent["email"]), "purpose": "invite", **_told(request, token, by_mail)})


async def role(request: Request) -> Response:
    """Another role; whoever gives themselves one goes on with a new token."""

    async def act(request: Request, id: bytes, sent: dict[str, str]) -> Response:
        user, made = auth.required(request), house.of(request)
        changed = await made.writer.run(acts.set_role, user.account_id, id, sent.get("role", ""))
        answer = RedirectResponse("/settings/people" if id != user.id else "/settings", 303)
        if changed and id == user.id:
            session = auth.new_token()
            await made.writer.run(acts.log_in, user.id, session, now=made.clock(), agent=auth.agent_of(request))
            auth.keep_login(request, answer, session)
        return answer

    return await _do(request, act)


async def link(request: Request) -> Response:
    """A new link for somebody: to join, where they were invited, else for another password. Every older one is dead."""

    async def act(request: Request, id: bytes, sent: dict[str, str]) -> Response:
        user, made = auth.required(request), house.of(request)
        token, now = auth.new_token(), made.clock()
        by_mail = sent.get("by") == "mail" and house.sends_mail(request)
        more = {"now": now, "id": made.ids(now), "by": user.email, "base": house.base(request) if by_mail else ""}
        told = await made.writer.run(joining.renew, user.account_id, id, token, **more)
        return await _page(request, link=told | _told(request, token, by_mail))

    return await _do(request, act)


async def sign_out(request: Request) -> Response:
    """Ends every login session of somebody."""

    async def act(request: Request, id: bytes, sent: dict[str, str]) -> Response:
        user, made = auth.required(request), house.of(request)
        await made.writer.run(acts.sign_out, user.account_id, id)
        return RedirectResponse("/settings/people", 303)

    return await _do(request, act)


async def remove(request: Request) -> Response:
    """Asks what becomes of their leads, then removes somebody; an invitation is taken back at once."""

    async def act(request: Request, id: bytes, sent: dict[str, str]) -> Response:
        user, made = auth.required(request), house.of(request)
        if sent.get("sure") != "1":
            return await _page(request, leaving=id)
        more: dict[str, Any] = {"actor": user.id.hex(), "secret": made.secret, "clock": made.clock, "ids": made.ids}
        await handing.leave(made.writer.run, user.account_id, id, sent.get("to", ""), **more)
        return RedirectResponse("/settings/people", 303)

    return await _do(request, act)


def _told(request: Request, token: str, by_mail: bool) -> dict[str, Any]:
    """What is shown once: the link, unless a letter carries it."""
    return {"written": by_mail, "url": "" if by_mail else f"{house.base(request)}/join?token={token}"}


async def _do(request: Request, act: _Act) -> Response:
    auth.required(request, "owner")
    sent = await auth.form(request)
    try:
        id = UUID(request.path_params["id"]).bytes
    except ValueError:
        raise HTTPException(404) from None
    try:
        return await act(request, id, sent)
    except acts.BadUser as wrong:
        if wrong.args[0] == "unknown":
            raise HTTPException(404) from None
        return await _page(request, fault_of=id, fault=wrong.args[0])


async def _page(
    request: Request,
    *,
    sent: dict[str, str] = EMPTY,
    fault: str = "",
    fault_of: bytes | None = None,
    link: dict[str, Any] | None = None,
    leaving: bytes | None = None,
) -> Response:
    user, made = auth.required(request, "owner"), house.of(request)
    async with made.database.reader() as conn:
        found = await users.people(conn, user.account_id, made.clock())
        known = await sites.all(conn, user.account_id)
        lead_count = await users.owns(conn, user.account_id, leaving) if leaving else 0
    gone = next((row for row in found if row["id"] == leaving), None)
    if leaving and gone is None:
        raise HTTPException(404)
    return render.page(
        request,
        "people.html",
        422 if fault else 200,
        people=[row for row in found if not row["pending"]],
        pending=[row for row in found if row["pending"]],
        sent=sent,
        fault=fault,
        fault_of=fault_of,
        link=link,
        leaving=gone,
        owns=lead_count,
        by_mail=house.sends_mail(request),
        zone=zones.listed(request, known),
        words=words,
        days=joining.LASTS["invite"] // joining.DAY,
    )
