"""Costs: files of what visits cost, imported and taken out again."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import costs as acts
from ..domain import costs, money
from ..present import costs as words
from ..present import report
from ..store import costs as kept
from ..store import sites
from . import auth, house, render, zones
from .attribution import WRITERS


async def listed(request: Request) -> Response:
    """The imported files, and a form for another one."""
    user = auth.required(request, *(WRITERS if request.method == "POST" else ()))
    if request.method != "POST":
        return await _page(request, user)
    sent, name, file = await auth.upload(request, "file", costs.LARGEST)
    code = money.currency(sent.get("currency", ""))
    if code is None or not file:
        return await _page(request, user, fault="not-a-currency" if code is None else "no-file")
    made = house.of(request)
    async with made.database.reader() as conn:
        given: dict[str, Any] = {"name": name, "currency": code, "actor": user.email, "now": made.clock()}
        done = await acts.take(made.writer.run, conn, user.account_id, file, **given)
    return await _page(request, user, done)


async def remove(request: Request) -> Response:
    """Takes an import out."""
    user = auth.required(request, *WRITERS)
    await auth.form(request)
    try:
        await acts.remove(house.of(request).writer.run, user.account_id, bytes.fromhex(request.path_params["id"]))
    except (acts.Unknown, ValueError):
        raise HTTPException(404) from None
    return RedirectResponse("/costs", 303)


async def _page(request: Request, user: auth.User, done: dict[str, Any] | None = None, fault: str = "") -> Response:
    async with house.of(request).database.reader() as conn:
        imports = await kept.imports(conn, user.account_id)
        known = await sites.all(conn, user.account_id)
    bad = fault or (done and not done["id"])
    return render.page(
        request,
        "costs.html",
        422 if bad else 200,
        imports=imports,
        done=done,
        fault=fault,
        words=words,
        report=report,
        largest=costs.LARGEST // 1024**2,
        most=costs.MOST,
        zone=zones.listed(request, known),
        may_write=user.role in WRITERS,
    )
