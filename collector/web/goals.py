"""Goals: what else than a lead counts as a conversion."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import goals as acts
from ..domain import goals, money
from ..domain.reports import DAYS
from ..present import goals as words
from ..store import goals as kept
from ..store import rollups, sites
from . import auth, house, render
from .attribution import WRITERS

EMPTY = {"name": "", "kind": "page", "pattern": "", "value": "", "currency": "EUR", "site": ""}


async def listed(request: Request) -> Response:
    """The goals that count now, and a form for another one."""
    user = auth.required(request, *(WRITERS if request.method == "POST" else ()))
    if request.method != "POST":
        return await _page(request, user, EMPTY, "")
    sent = EMPTY | {name: value for name, value in (await auth.form(request)).items() if name in EMPTY}
    fault = await _add(request, user, sent)
    return await _page(request, user, sent, fault) if fault else RedirectResponse("/goals", 303)


async def _add(request: Request, user: auth.User, sent: dict[str, str]) -> str:
    """Adds a goal. Answers what is wrong with it (a code), or ""."""
    made = house.of(request)
    code = money.currency(sent["currency"])
    if sent["value"].strip() and code is None:
        return "currency"
    worth = money.amount(sent["value"], code or "EUR") if sent["value"].strip() else 0
    if worth is None:
        return "value"
    site = int(sent["site"]) if sent["site"].isascii() and sent["site"].isdigit() and len(sent["site"]) < 18 else 0
    now = made.clock()
    given: dict[str, Any] = {"name": sent["name"], "kind": sent["kind"], "pattern": sent["pattern"], "site": site}
    more = {"value": worth, "currency": code or "", "actor": user.email, "now": now, "id": made.ids(now)}
    try:
        await made.writer.run(acts.add, user.account_id, **given, **more)
    except acts.BadGoal as wrong:
        return str(wrong.args[0])
    except acts.Taken:
        return "taken"
    return ""


async def remove(request: Request) -> Response:
    """Counts a goal no more."""
    user, made = auth.required(request, *WRITERS), house.of(request)
    await auth.form(request)
    try:
        await made.writer.run(acts.remove, user.account_id, bytes.fromhex(request.path_params["id"]), actor=user.email, now=made.clock())
    except (acts.Unknown, ValueError):
        raise HTTPException(404) from None
    return RedirectResponse("/goals", 303)


async def _page(request: Request, user: auth.User, sent: dict[str, str], fault: str) -> Response:
    async with house.of(request).database.reader() as conn:
        told = [acts.answer(one) for one in goals.current(await kept.versions(conn, user.account_id))]
        known = await sites.all(conn, user.account_id)
        today = house.of(request).clock() // 86_400_000
        reached = await rollups.goals_on(conn, user.account_id, range(today - DAYS + 1, today + 2))  # a zone may be a day ahead
    return render.page(
        request,
        "goals.html",
        422 if fault else 200,
        goals=told,
        reached=reached,
        days=DAYS,
        sites=known,
        names={row["id"]: row["name"] or row["domain"] for row in known},
        sent=sent,
        fault=fault,
        words=words,
        clicks=goals.CLICKS,
        may_write=user.role in WRITERS,
    )
