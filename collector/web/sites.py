"""Sites: the list, a new one, and one with its tag to paste and the line that turns green."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import sites as acts
from ..domain.hosts import BadHost, normalise
from ..domain.rollups import day_of
from ..present import texts as wordings
from ..present.language import LANGUAGES
from ..present.tag import banner, tag
from ..store import rollups, sites
from ..store.erasure import retention_of
from . import auth, house, render, zones

LINT_DAYS = 30  # how far back the look at links of one's own goes


async def listed(request: Request) -> Response:
    """All sites of the account, and when each was last heard."""
    user = auth.required(request)
    async with house.of(request).database.reader() as conn:
        rows = await sites.all(conn, user.account_id)
        heard = {row["id"]: await sites.last_event(conn, user.account_id, row["id"]) for row in rows}
        quiet = {row["id"] for row in rows if await sites.quiet_since(conn, row, house.of(request).clock())}
    return render.page(request, "sites.html", sites=rows, heard=heard, quiet=quiet)


async def new(request: Request) -> Response:
    """A new site: its domain is all that is asked."""
    user, made = auth.required(request, "owner"), house.of(request)
    async with made.database.reader() as conn:
        alone = not await sites.all(conn, user.account_id)
    if request.method != "POST":
        return render.page(request, "site_new.html", domain="", fault="", taken=False, alone=alone)
    sent = await auth.form(request)
    domain = sent.get("domain", "").strip()[:500]
    if await _is_here(request, user.account_id, domain):
        return render.page(request, "site_new.html", 422, domain=domain, fault="", taken=True, alone=alone)
    try:
        added = await made.writer.run(acts.add, user.account_id, domain, now=made.clock(), consent=made.settings.consent)
    except BadHost as wrong:
        return render.page(request, "site_new.html", 422, domain=domain, fault=wrong.args[0], taken=False, alone=alone)
    return RedirectResponse(f"/sites/{added['id']}", 303)


async def _is_here(request: Request, account_id: int, domain: str) -> bool:
    """Whether the account has a site of that domain; a second one is a slip on this screen (the command line adds it)."""
    try:
        host = normalise(domain)
    except BadHost:
        return False
    async with house.of(request).database.reader() as conn:
        return any(row["domain"] == host for row in await sites.all(conn, account_id))


async def one(request: Request) -> Response:
    """One site with its tag."""
    found, last, quiet, alone = await _find(request)
    made = house.of(request)
    # The page says how the tag starts only where that differs from how /js starts by itself.
    mode = found["consent"] if found["consent"] != made.settings.consent else ""
    text = tag(house.base(request), found["id"], mode)
    zone = zones.of(request, found)
    async with made.database.reader() as conn:
        tagged = await rollups.own_links(conn, found["account_id"], found["id"], day_of(made.clock(), found["zone"]) - LINT_DAYS)
    return render.page(request, "site.html", site=found, last=last, quiet=quiet, alone=alone, tag=text, zone=zone, tagged=tagged)


async def texts(request: Request) -> Response:
    """The consent text and the privacy paragraph that the site's settings make."""
    found, made = (await _find(request))[0], house.of(request)
    language = request.query_params.get("text", "")
    language = language if language in LANGUAGES else render.language_of(request)
    dnt = request.query_params.get("dnt") != "ignored"
    async with made.database.reader() as conn:
        names = {one["id"]: one["name"] for one in await conn.run_sync(sites.accounts)}
        limits = await conn.run_sync(retention_of, found["account_id"], found["id"])
    companies, letters_by = bool(made.settings.networks), wordings.host_of(made.settings.smtp)
    known = wordings.facts(
        found, names[found["account_id"]], limits, house.base(request), companies=companies, letters_by=letters_by, dnt=dnt
    )
    said = wordings.write(known, language)
    line = banner(house.base(request), said.consent, said.version)
    return render.page(request, "texts.html", site=found, made=said, privacy=wordings.privacy_text(said), banner=line, dnt=dnt)


async def heard(request: Request) -> Response:
    """The live line of one site, by itself."""
    found, last, quiet, _ = await _find(request)
    return render.page(request, "_heard.html", site=found, last=last, quiet=quiet, zone=zones.of(request, found))


async def _find(request: Request) -> tuple[dict[str, Any], int | None, bool, bool]:
    """The site that the address names, when it was last heard, whether that is unusually long ago, and whether it is the only one."""
    user, wanted = auth.required(request), request.path_params["id"]
    async with house.of(request).database.reader() as conn:
        known = await sites.all(conn, user.account_id)
        for row in known:
            if row["id"] == wanted:
                quiet = await sites.quiet_since(conn, row, house.of(request).clock()) is not None
                return row, await sites.last_event(conn, user.account_id, wanted), quiet, len(known) == 1
    raise HTTPException(404)
