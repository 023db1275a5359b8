"""What is done with all of one person: taken away as a file, or erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import erasing
from ..actions import requests as acts
from ..actions.erase_lead import erase_lead, erase_message
from ..present import access as words
from ..present import dates, why
from ..present import requests as request_words
from ..store import access, leads, ways
from . import auth, house, people, render, seen
from .lead import MAY_EXPORT

_TYPES = {"json": "application/json", "html": "text/html"}


async def file(request: Request) -> Response:
    """All that is kept of a person, every row of it: `?as=json` or `html`. What they would take away themselves on their own page."""
    user, lead_id = auth.required(request, *MAY_EXPORT), people.lead_id(request.path_params["id"])
    made, kind = house.of(request), request.query_params.get("as", "html")
    if kind not in _TYPES:
        raise HTTPException(404)
    async with made.database.snapshot() as conn:
        view = await seen.of_lead(request, conn, user.account_id, lead_id)
        if view is None:
            raise HTTPException(404)
        rows = await conn.run_sync(access.of_lead, user.account_id, lead_id)
    now = made.clock()
    name = f"person-{dates.local(now, view['zone']):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "json":
        keeps = [f"{what}: {time}" for what, time in view["keeps"]]
        body = words.as_json(rows, now=now, holder=view["holder"], confirmed=True, keeps=keeps)
        return Response(body, headers=headers, media_type=_TYPES[kind])
    return render.page(request, "me_file.html", 200, headers, rows=rows, words=words, **view)


async def erase(request: Request) -> Response:
    """Says what goes and what stays; then erases, and shows the proof."""
    user, lead_id = auth.required(request, "owner"), people.lead_id(request.path_params["id"])
    async with house.of(request).database.reader() as conn:
        lead_id = await people.standing(conn, user.account_id, lead_id) or lead_id
        row = await leads.one(conn, user.account_id, lead_id)
        if row is None:
            raise HTTPException(404)
        goes = await conn.run_sync(ways.goes, user.account_id, lead_id)
    fault = ""
    if request.method == "POST":
        sent = await auth.form(request)
        fault = "" if sent.get("sure") == "1" else "sure"
        if not fault:
            try:
                return RedirectResponse(f"/requests/{UUID(bytes=await _erase(request, user, row))}", 303)
            except acts.BadRequest as wrong:
                fault = wrong.args[0]
    who = why.who(row, render.language_of(request))
    status = 422 if fault else 200
    return render.page(request, "lead_erase.html", status, lead=row, who=who, goes=goes, fault=fault, faults=request_words.FAULTS)


async def _erase(request: Request, user: auth.User, row: dict[str, Any]) -> bytes:
    """Answers the request that keeps the proof."""
    made = house.of(request)
    now, account = made.clock(), user.account_id
    more = {"actor": user.id.hex(), "secret": made.secret, "now": now, "ids": made.ids, "account": account}
    if row["kind"] == "message":
        done: bytes = await made.writer.run(erase_message, row["id"], **more)
        return done
    async with made.database.reader() as conn:
        known = await conn.run_sync(acts.identifier_of, account, row["id"])
    if known is None:
        raise acts.BadRequest("unknown")
    run, reader = made.writer.run, made.database.reader
    seen_before = await erasing.looked(run, reader, known["value"], secret=made.secret, now=now, account=account)
    done = await run(erase_lead, row["id"], looked=seen_before, **more)
    return done
