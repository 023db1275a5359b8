"""Sites: the list, a new one, and one with its tag to paste and what is heard of it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import sites as acts
from ..domain.hosts import BadHost, normalise
from ..domain.rollups import day_of
from ..present import install as words
from ..present import platforms
from ..present import sites as site_words
from ..present import texts as wordings
from ..present.language import LANGUAGES
from ..present.tag import banner, tag
from ..store import leaving, rollups, sites
from ..store.erasure import retention_of
from . import auth, house, install, render, zones

LINT_DAYS = 30  # how far back the look at links of one's own goes
WEEK = 7  # days of the list's figures
SORTS = ("name", "heard", "visits", "leads")
CHECKERS = ("owner", "marketer")


class Row(NamedTuple):
    """A site of the list: its state is good | quiet | silent | archived | leaving; visits and leads are of the last seven days."""

    site: dict[str, Any]
    state: str
    heard: int | None
    visits: int
    leads: int


async def listed(request: Request) -> Response:
    """All sites of the account: when each was last heard, and what it won in seven days. The order stands in the address."""
    user, now = auth.required(request), house.of(request).clock()
    async with house.of(request).database.reader() as conn:
        rows = []
        for row in await sites.all(conn, user.account_id):
            heard = await sites.last_event(conn, user.account_id, row["id"])
            quiet = heard is not None and await sites.quiet_since(conn, row, now) is not None
            won = await rollups.won_since(conn, user.account_id, row["id"], day_of(now, row["zone"]) - WEEK + 1)
            rows.append(Row(row, _state(row, heard, quiet), heard, *won))
    sort = request.query_params.get("sort", "")
    sort = sort if sort in SORTS else "name"
    down = request.query_params.get("order", "down" if sort != "name" else "up") == "down"
    rows.sort(key=lambda row: row.site["id"])
    rows.sort(key=lambda row: _place(row, sort), reverse=down)
    rows.sort(key=lambda row: not sites.is_current(row.site))  # what was laid aside stands last in every order
    return render.page(request, "sites.html", rows=rows, words=site_words, sort=sort, down=down, several=len(rows) > 1)


def _state(row: dict[str, Any], heard: int | None, quiet: bool) -> str:
    if not sites.is_current(row):
        return "leaving" if sites.is_leaving(row) else "archived"
    return "silent" if heard is None else "quiet" if quiet else "good"


def _place(row: Row, sort: str) -> Any:
    name = str(row.site["name"] or row.site["domain"]).casefold()
    return {"name": name, "heard": row.heard or 0, "visits": row.visits, "leads": row.leads}[sort]


async def new(request: Request) -> Response:
    """A new site: its domain is all that is asked."""
    user, made = auth.required(request, "owner"), house.of(request)
    async with made.database.reader() as conn:
        alone = not await sites.all(conn, user.account_id)
    if request.method != "POST":
        return render.page(request, "site_new.html", domain="", fault="", taken=None, alone=alone)
    sent = await auth.form(request)
    domain = sent.get("domain", "").strip()[:500]
    if taken := await _same(request, user.account_id, domain):
        return render.page(request, "site_new.html", 422, domain=domain, fault="", taken=taken, alone=alone)
    try:
        added = await made.writer.run(acts.add, user.account_id, domain, now=made.clock(), consent=made.settings.consent)
    except BadHost as wrong:
        return render.page(request, "site_new.html", 422, domain=domain, fault=wrong.args[0], taken=None, alone=alone)
    if normalise(domain) != domain.lower():  # a whole address was typed: with a port or a path it is the one to look at
        made.looks.keep(added["id"], None, domain)
    return RedirectResponse(f"/sites/{added['id']}", 303)


async def _same(request: Request, account_id: int, domain: str) -> dict[str, Any] | None:
    """The account's site of that domain; a second one is a slip on this screen (the command line adds it)."""
    try:
        host = normalise(domain)
    except BadHost:
        return None
    async with house.of(request).database.reader() as conn:
        return next((row for row in await sites.all(conn, account_id) if row["domain"] == host), None)


async def one(request: Request) -> Response:
    """One site with its tag."""
    return await _page(request)


async def check(request: Request) -> Response:
    """Looks for the tag in a page of the site, and shows what it found."""
    auth.required(request, *CHECKERS)
    sent, found = await auth.form(request), await find(request)
    address = sent.get("page", "")[:2_000]
    fault = await install.look_at(request, found.site, address) if sites.is_current(found.site) else ""
    if fault:
        return await _page(request, address, fault)
    return RedirectResponse(f"/sites/{found.site['id']}#heard", 303)


async def _page(request: Request, address: str = "", fault: str = "") -> Response:
    found, made = await find(request), house.of(request)
    site, user = found.site, auth.required(request)
    if sites.is_leaving(site):
        async with made.database.reader() as conn:
            left = await conn.run_sync(leaving.left, user.account_id, site["id"])
        return render.page(request, "site_going.html", site=site, left=left)
    # The page says how the tag starts only where that differs from how /js starts by itself.
    mode = site["consent"] if site["consent"] != made.settings.consent else ""
    base = house.base(request)
    async with made.database.reader() as conn:
        tagged = await rollups.own_links(conn, user.account_id, site["id"], day_of(made.clock(), site["zone"]) - LINT_DAYS)
    seen = await install.seen(request, site, found.last)
    return render.page(
        request,
        "site.html",
        422 if fault else 200,
        site=site,
        last=found.last,
        quiet=found.quiet,
        alone=found.alone,
        won=found.won,
        tag=tag(base, site["id"], mode),
        platforms=platforms.platforms(base, site["id"], mode),
        zone=zones.shown(request, site["zone"]),
        tagged=tagged,
        seen=seen,
        was=_mark(found, seen),
        said=words.said(seen.verdict, render.language_of(request)),
        words=words,
        address=address or seen.address,
        fault=fault,
        may_check=user.role in CHECKERS and made.fetch is not None,
        front=install.opened(request, site),
    )


async def texts(request: Request) -> Response:
    """The consent text and the privacy paragraph that the site's settings make."""
    found, made = (await find(request)).site, house.of(request)
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
    found = await find(request)
    seen = await install.seen(request, found.site, found.last)
    was = _mark(found, seen)
    if request.query_params.get("was") == was:
        return Response(status_code=204)  # nothing is said twice to who listens to the page
    return render.page(
        request,
        "_heard.html",
        was=was,
        site=found.site,
        last=found.last,
        quiet=found.quiet,
        won=found.won,
        zone=zones.shown(request, found.site["zone"]),
        seen=seen,
        said=words.said(seen.verdict, render.language_of(request)),
        words=words,
    )


def _mark(found: Found, seen: install.Seen) -> str:
    """What the live line says, as a short name."""
    at = seen.look.at if seen.look else 0
    said = (found.last, found.quiet, found.won, found.site["archived_at"], seen.verdict.cause, seen.verdict.heard, at, seen.foreign)
    return blake2b(repr(said).encode(), digest_size=6).hexdigest()


class Found(NamedTuple):
    """The site that an address names: when it was last heard, whether that is unusually long ago, whether it is the account's only
    one, and how many leads it won in seven days."""

    site: dict[str, Any]
    last: int | None
    quiet: bool
    alone: bool
    won: int


async def find(request: Request) -> Found:
    """The site that the address names. Raises 404 where the account has none of that id."""
    user, wanted, now = auth.required(request), request.path_params["id"], house.of(request).clock()
    async with house.of(request).database.reader() as conn:
        known = await sites.all(conn, user.account_id)
        for row in known:
            if row["id"] == wanted:
                quiet = await sites.quiet_since(conn, row, now) is not None
                last = await sites.last_event(conn, user.account_id, wanted)
                _visits, won = await rollups.won_since(conn, user.account_id, wanted, day_of(now, row["zone"]) - WEEK + 1)
                return Found(row, last, quiet, len(known) == 1, won)
    raise HTTPException(404)
