"""Saved views of the list: kept, renamed, shared, deleted; and the one that a user's list opens with."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import views as acts
from ..domain import listing
from ..store import views
from . import auth, house, render
from .leads import words_of
from .listing import Here, known
from .people import MAY, lead_id


async def listed(request: Request) -> Response:
    """All views that a user sees, each with what can be done about it; and here a list is kept as a new one."""
    return await _page(request)


async def add(request: Request) -> Response:
    """Keeps a list under a name."""
    user, made, sent = auth.required(request, *MAY), house.of(request), await auth.form(request)
    now = made.clock()
    told = {"shared": sent.get("shared") == "1", "opens": sent.get("opens") == "1"}
    query = listing.query(listing.read_query(sent.get("asked", "")))
    try:
        more: dict[str, Any] = {"now": now, "id": made.ids(now), "account": user.account_id, **told}
        await made.writer.run(acts.add, user.id, sent.get("name", ""), query, **more)
    except acts.BadView as wrong:
        return await _page(request, fault=wrong.args[0], query=query)
    return RedirectResponse(f"/leads?{query or 'all=1'}", 303)


async def change(request: Request) -> Response:
    """Renames a view, or shares it."""
    user, made, sent = auth.required(request, *MAY), house.of(request), await auth.form(request)
    told = {"name": sent.get("name", ""), "shared": sent.get("shared") == "1"}
    try:
        await made.writer.run(acts.change, lead_id(request.path_params["id"]), **_by(user), **told)
    except acts.BadView as wrong:
        return await _page(request, fault=wrong.args[0])
    return RedirectResponse("/leads/views", 303)


async def drop(request: Request) -> Response:
    """Deletes a view."""
    user, made = auth.required(request, *MAY), house.of(request)
    await auth.form(request)
    try:
        await made.writer.run(acts.drop, lead_id(request.path_params["id"]), **_by(user))
    except acts.BadView as wrong:
        return await _page(request, fault=wrong.args[0])
    return RedirectResponse("/leads/views", 303)


async def opens(request: Request) -> Response:
    """The view that one's own list opens with; none for all leads."""
    user, made, sent = auth.required(request, *MAY), house.of(request), await auth.form(request)
    chosen = lead_id(sent["view"]) if sent.get("view") else None
    try:
        await made.writer.run(acts.open_with, chosen, user_id=user.id, account=user.account_id)
    except acts.BadView as wrong:
        return await _page(request, fault=wrong.args[0])
    return RedirectResponse("/leads/views", 303)


def _by(user: auth.User) -> dict[str, Any]:
    return {"user_id": user.id, "owner": user.role == "owner", "account": user.account_id}


async def _page(request: Request, *, fault: str = "", query: str = "") -> Response:
    user, here = auth.required(request), Here.of(request)
    async with house.of(request).database.reader() as conn:
        of = await known(conn, here)
        found = await views.of_user(conn, user.account_id, user.id)
    return render.page(
        request,
        "views.html",
        422 if fault else 200,
        views=found,
        known=of,
        fault={"many": "views"}.get(fault, fault),
        query=query,
        mine=lambda row: row["user_id"] == user.id,
        may_change=lambda row: user.role in MAY and (row["user_id"] == user.id or (user.role == "owner" and row["shared"])),
        **words_of(request, here, of),
    )
