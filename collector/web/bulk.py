"""Changes of many leads at once: begun from the list, watched, and taken back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import bulk as acts
from ..domain import listing
from ..present import people as who
from ..store import bulk
from ..store import listing as rows
from . import auth, house, render
from .leads import words_of
from .listing import Here, known
from .people import MAY, lead_id

LISTED = 20  # of the last changes, each with its undo
AT_ONCE = 0.8  # seconds that the answer waits for a change to be done; the clock goes on with what is left
STEP = 8  # leads in one transaction meanwhile


async def begin(request: Request) -> Response:
    """One change of the leads that were chosen, or of all that the list holds now."""
    user, made = auth.required(request, *MAY), house.of(request)
    sent = await auth.pairs(request)
    told = dict(sent)
    here, now = Here(user, listing.read_query(told.get("asked", ""))), made.clock()
    picked = list(dict.fromkeys(lead_id(value) for name, value in sent if name == "lead"))
    kind, _, value = told.get("act", "").partition("=")
    if kind == "merge":
        return _merge(picked) if len(picked) == 2 else _back(here, fault="two")
    try:
        chosen = await _all(request, here) if told.get("all") == "1" else b"".join(picked)
        value = told.get("tag", "") if kind in ("tag", "untag") else value
        id = made.ids(now)
        await made.writer.run(acts.start, kind, value, chosen, actor=user.id.hex(), now=now, id=id, account=user.account_id)
    except acts.BadBulk as wrong:
        return _back(here, fault=wrong.args[0])
    await _go_on(made, user.account_id, id)
    return RedirectResponse(here.url(changed=UUID(bytes=id)), 303)


async def _all(request: Request, here: Here) -> bytes:
    made = house.of(request)
    async with made.database.reader() as conn:
        zone = (await known(conn, here)).zone
        return await rows.ids(conn, here.user.account_id, here.filters(made.clock(), zone))


async def _go_on(made: house.House, account: int, id: bytes) -> None:
    """The first steps, so that a change of a few leads is done when its answer comes."""
    until = time.monotonic() + AT_ONCE
    more = True
    while more and time.monotonic() < until:
        more = await made.writer.run(acts.step, account, id, STEP, secret=made.secret, now=made.clock(), ids=made.ids)


async def listed(request: Request) -> Response:
    """The last changes, with what each said and how many leads it changed."""
    user, here = auth.required(request), Here.of(request)
    async with house.of(request).database.reader() as conn:
        of = await known(conn, here)
        found = await bulk.newest(conn, user.account_id, LISTED)
    language = render.language_of(request)
    return render.page(
        request,
        "changes.html",
        changes=found,
        known=of,
        actor_name=lambda key: who.actor(key, of.users, language),
        fault=request.query_params.get("fault", ""),
        **words_of(request, here, of),
    )


async def one(request: Request) -> Response:
    """How far a change is: for htmx its line, else the page of all of them."""
    user, here = auth.required(request), Here.of(request)
    async with house.of(request).database.reader() as conn:
        of = await known(conn, here)
        row = await bulk.one(conn, user.account_id, lead_id(request.path_params["id"]))
    if row is None:
        raise HTTPException(404)
    if not render.wants_fragment(request):
        return RedirectResponse("/leads/changes", 303)
    return render.page(request, "_changed.html", changed=row, **words_of(request, here, of))


async def undo(request: Request) -> Response:
    """Takes a change back, exactly: what others said of the same leads since stands."""
    user, made = auth.required(request, *MAY), house.of(request)
    sent, id = await auth.form(request), lead_id(request.path_params["id"])
    here = Here(user, listing.read_query(sent.get("asked", "")))
    try:
        await made.writer.run(acts.undo, id, account=user.account_id)
    except acts.BadBulk as wrong:
        return RedirectResponse(f"/leads/changes?fault={wrong.args[0]}", 303)
    await _go_on(made, user.account_id, id)
    return RedirectResponse(here.url(changed=UUID(bytes=id)) if "asked" in sent else "/leads/changes", 303)


def _merge(picked: Sequence[bytes]) -> Response:
    return RedirectResponse(f"/leads/{UUID(bytes=picked[0])}/merge?with={UUID(bytes=picked[1])}", 303)


def _back(here: Here, fault: str) -> Response:
    return RedirectResponse(here.url(fault=fault), 303)
