"""Requests of persons about their own data: what waits for an answer, and until when; one with what was done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import erasing, invitations
from ..actions import requests as acts
from ..domain import requests as rules
from ..domain.tickets import LASTS
from ..present import people, why
from ..present import requests as words
from ..store import leads, mine, requests, sites, users
from . import auth, house, render, zones
from .people import MAY

OPEN, ANSWERED, MOST_TIED = 500, 100, 10  # shown at most
DAYS = LASTS // 86_400_000
EMPTY = {"address": "", "kind": "access", "said": ""}


async def listed(request: Request) -> Response:
    """Those that wait, by when they are due; then those that had an answer, the newest first."""
    user, now = auth.required(request), house.of(request).clock()
    async with house.of(request).database.reader() as conn:
        waiting = await requests.listed(conn, user.account_id, open=True, most=OPEN)
        answered = await requests.listed(conn, user.account_id, open=False, most=ANSWERED)
        zone = zones.listed(request, await sites.all(conn, user.account_id))
    for row in (*waiting, *answered):
        row["state"] = acts.state(row)
    waiting.sort(key=lambda row: (row["state"].due_at, row["id"]))
    return render.page(
        request, "requests.html", waiting=waiting, answered=answered, zone=zone, may=user.role in MAY, **_words(request, now)
    )


async def new(request: Request) -> Response:
    """One that came by letter or by phone."""
    user, made = auth.required(request, *MAY), house.of(request)
    if request.method != "POST":
        return render.page(request, "request_new.html", sent=EMPTY, fault="", **_words(request, made.clock()))
    sent = EMPTY | {name: value for name, value in (await auth.form(request)).items() if name in EMPTY}
    now = made.clock()
    more = {"said": sent["said"], "secret": made.secret, "id": (id := made.ids(now)), "now": now, "account": user.account_id}
    try:
        await made.writer.run(acts.file_for, sent["address"][:254], sent["kind"], **more)
    except acts.BadRequest as wrong:
        return render.page(request, "request_new.html", 422, sent=sent, fault=wrong.args[0], **_words(request, now))
    return RedirectResponse(f"/requests/{UUID(bytes=id)}", 303)


async def one(request: Request) -> Response:
    """One with its steps, and what can be done about it."""
    return await _page(request)


async def answer(request: Request) -> Response:
    """Somebody says that it is done, refused or takes longer."""

    async def act(user: auth.User, made: house.House, id: bytes, sent: dict[str, str]) -> dict[str, Any]:
        more = {"actor": user.id.hex(), "id": made.ids(made.clock()), "now": made.clock(), "account": user.account_id}
        await made.writer.run(acts.answer, id, sent.get("kind", ""), note=sent.get("note", ""), **more)
        return {}

    return await _act(request, act)


async def link(request: Request) -> Response:
    """Makes a link for them: shown here to copy, it stands nowhere else."""

    async def act(user: auth.User, made: house.House, id: bytes, sent: dict[str, str]) -> dict[str, Any]:
        more = {"secret": made.secret, "now": made.clock(), "ids": made.ids, "account": user.account_id}
        return {"link": f"{house.base(request)}/me/link?token={await made.writer.run(invitations.invite, id, **more)}"}

    return await _act(request, act)


async def send(request: Request) -> Response:
    """Sends them a link."""

    async def act(user: auth.User, made: house.House, id: bytes, sent: dict[str, str]) -> dict[str, Any]:
        if not house.sends_mail(request):
            raise acts.BadRequest("no-mail")
        more = {"secret": made.secret, "now": made.clock(), "ids": made.ids, "account": user.account_id, "base": house.base(request)}
        await made.writer.run(invitations.invite, id, **more)
        return {"written": True}

    return await _act(request, act)


async def erase(request: Request) -> Response:
    """Erases whoever it is about, now; the counts are its proof."""

    async def act(user: auth.User, made: house.House, id: bytes, sent: dict[str, str]) -> dict[str, Any]:
        if sent.get("sure") != "1":
            raise acts.BadRequest("sure")
        now, account = made.clock(), user.account_id
        async with made.database.reader() as conn:
            row = await requests.one(conn, account, id)
            if row is None:
                raise HTTPException(404)
            address = await conn.run_sync(acts.address_of, account, row)
        seen = await erasing.looked(made.writer.run, made.database.reader, address, secret=made.secret, now=now, account=account)
        more = {"actor": user.id.hex(), "secret": made.secret, "id": made.ids(now), "now": now, "account": account, "looked": seen}
        await made.writer.run(acts.erase_now, id, **more)
        return {}

    return await _act(request, act)


async def carry_out(request: Request) -> Response:
    """Does what an objection or a withdrawal asks for."""

    async def act(user: auth.User, made: house.House, id: bytes, sent: dict[str, str]) -> dict[str, Any]:
        now = made.clock()
        more = {"actor": user.id.hex(), "secret": made.secret, "id": made.ids(now), "now": now, "account": user.account_id}
        await made.writer.run(acts.carry_out, id, **more)
        return {}

    return await _act(request, act)


_Act = Callable[[auth.User, house.House, bytes, dict[str, str]], Awaitable[dict[str, Any]]]


async def _act(request: Request, act: _Act) -> Response:
    """Does something about a request: back to its page, or the page with what there is to show or what was wrong."""
    user, id = auth.required(request, *MAY), request_id(request)
    sent = await auth.form(request)
    try:
        shown = await act(user, house.of(request), id, sent)
    except acts.BadRequest as wrong:
        return await _page(request, fault=wrong.args[0], note=sent.get("note", ""))
    return await _page(request, **shown) if shown else RedirectResponse(f"/requests/{UUID(bytes=id)}", 303)


async def _page(request: Request, *, fault: str = "", note: str = "", link: str = "", written: bool = False) -> Response:
    user, made = auth.required(request), house.of(request)
    now = made.clock()
    async with made.database.reader() as conn:
        row = await requests.one(conn, user.account_id, request_id(request))
        known = {one["id"].hex(): one["email"] for one in await users.all(conn, user.account_id)}
        zone = zones.listed(request, await sites.all(conn, user.account_id))
        tied = await _tied(conn, user.account_id, row)
    if row is None:
        raise HTTPException(404)
    stands, language = acts.state(row), render.language_of(request)
    return render.page(
        request,
        "request.html",
        422 if fault else 200,
        asked=row,
        tied=tied,
        who_is=lambda lead: why.who(lead, language),
        state=stands,
        may=user.role in MAY and not stands.end,
        may_extend=rules.may_extend(row["at"], now, stands),
        by_mail=house.sends_mail(request),
        actor=lambda key: _actor(key, known, language),
        zone=zone,
        fault=fault,
        note=note,
        link=link,
        written=written,
        days=DAYS,
        **_words(request, now),
    )


def request_id(request: Request) -> bytes:
    """The id in the address. Raises 404."""
    try:
        return UUID(request.path_params["id"]).bytes
    except ValueError:
        raise HTTPException(404) from None


def _actor(key: str, known: dict[str, str], language: str) -> str:
    return words.themselves(language) if key == "visitor" else people.actor(key, known, language)


def _words(request: Request, now: int) -> dict[str, Any]:
    language = render.language_of(request)
    return {
        "words": words,
        "language": language,
        "left": lambda state: words.left(state, now, language),
        "is_late": lambda state: now > state.due_at,
        "name_of": lambda row: why.who(row["who"], language) if row["who"] else words.asker(row, language),
    }


async def _tied(conn: AsyncConnection, account: int, row: requests.Row | None) -> list[requests.Row]:
    """The leads whose visits those of a request's browser count as: who carries it out must know whom to ask."""
    if row is None or row["lead_id"] or not row["visitor"]:
        return []
    ids = dict.fromkeys(bytes(one["lead_id"]) for one in await mine.links(conn, account, row["visitor"]))
    found = [await leads.one(conn, account, id) for id in list(ids)[:MOST_TIED]]
    return [one for one in found if one is not None]
