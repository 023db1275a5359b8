"""What an owner changes of a site: its settings; whether it is laid aside, or deleted."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import sites as acts
from ..domain.hosts import BadHost
from ..present import countries
from ..present import sites as words
from ..store import leaving, sites
from . import auth, house, render
from .sites import find

FIELDS = ("name", "hosts", "consent", "reason", "kept", "country", "zone")
_SPLIT = re.compile(r"[\s,;]+")


async def shown(request: Request) -> Response:
    """The settings of a site. `?host=` proposes another host name; nothing is kept before the form is sent."""
    auth.required(request, "owner")
    site = (await find(request)).site
    if request.method != "POST":
        said = {name: _text(site[name]) for name in FIELDS}
        if host := request.query_params.get("host", "")[:253]:
            said["hosts"] = "\n".join(dict.fromkeys([*site["hosts"], host]))
        return _page(request, site, said, "")
    sent = await auth.form(request)
    said = {name: sent.get(name, "")[:4_000] for name in FIELDS}
    try:
        done = await house.of(request).writer.run(
            acts.change, site["account_id"], site["id"], now=house.of(request).clock(), **_given(site, said)
        )
    except BadHost as wrong:
        return _page(request, site, said, str(wrong.args[0]))
    except acts.BadSite as wrong:
        return _page(request, site, said, str(wrong.args[0]))
    return RedirectResponse(f"/sites/{site['id']}/settings?done={'anew' if done['rebuild'] else '1'}", 303)


def _text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _given(site: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    lists = {name: [one for one in _SPLIT.split(said[name]) if one] for name in ("hosts", "kept")}
    return {**said, **lists, "name": said["name"].strip() or site["domain"]}


def _page(request: Request, site: dict[str, Any], said: dict[str, str], fault: str) -> Response:
    language = render.language_of(request)
    known = countries.named(language)
    return render.page(
        request,
        "site_settings.html",
        422 if fault else 200,
        site=site,
        said=said,
        fault=fault,
        place=words.PLACES.get(fault, fault),
        done=request.query_params.get("done", "") if request.method != "POST" else "",
        words=words,
        countries=known if said["country"] in dict(known) else [(said["country"], said["country"]), *known],
        zones=sorted(available_timezones()),
    )


async def archive(request: Request) -> Response:
    """Lays a site aside."""
    return await _act(request, acts.archive, now=house.of(request).clock())


async def restore(request: Request) -> Response:
    """Takes a site up again."""
    return await _act(request, acts.restore)


async def _act(request: Request, action: Any, **more: Any) -> Response:
    auth.required(request, "owner")
    await auth.form(request)
    site = (await find(request)).site
    with suppress(acts.BadSite):  # it is being deleted: its page says so
        await house.of(request).writer.run(action, site["account_id"], site["id"], **more)
    return RedirectResponse(f"/sites/{site['id']}", 303)


async def delete(request: Request) -> Response:
    """Says what goes with a site, and lets it go once its domain was typed."""
    user, made = auth.required(request, "owner"), house.of(request)
    found = await find(request)
    site, fault = found.site, ""
    if request.method == "POST":
        sent = await auth.form(request)
        try:
            await made.writer.run(acts.leave, user.account_id, site["id"], sure=sent.get("sure", "")[:500], now=made.clock())
        except acts.BadSite as wrong:
            fault = str(wrong.args[0])
        else:
            return RedirectResponse(f"/sites/{site['id']}", 303)
    async with made.database.reader() as conn:
        left = await conn.run_sync(leaving.left, user.account_id, site["id"])
        visits = await conn.run_sync(leaving.visits, user.account_id, site["id"])
    return render.page(request, "site_delete.html", 422 if fault else 200, site=site, left=left, visits=visits, fault=fault, words=words)


async def going(request: Request) -> Response:
    """How far the deletion of a site is, by itself; when it is done the list of sites."""
    user, made, wanted = auth.required(request), house.of(request), request.path_params["id"]
    async with made.database.reader() as conn:
        site = next((row for row in await sites.all(conn, user.account_id) if row["id"] == wanted), None)
        left = await conn.run_sync(leaving.left, user.account_id, wanted) if site else None
    if site is None or not sites.is_leaving(site):
        return Response(status_code=204, headers={"HX-Redirect": "/sites"})
    return render.page(request, "_going.html", site=site, left=left)
