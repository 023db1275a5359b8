"""The screens, put together."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_network

from itsdangerous import URLSafeSerializer
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ..domain.costs import LARGEST
from ..store.database import Database
from ..store.work import Busy
from . import (
    account,
    attribution,
    audit,
    auth,
    bulk,
    companies,
    confirming,
    costs,
    errors,
    files,
    forms,
    goals,
    hand,
    lead,
    lead_acts,
    leads,
    links,
    live,
    me,
    me_acts,
    offers,
    people,
    profile,
    reports,
    requests,
    retention,
    scoring,
    seen,
    site_settings,
    sites,
    status,
    taste,
    today,
    users,
    views,
)
from .guard import Guard
from .headers import Headers
from .house import Doctor, Fetch, House, Settings, Writer, no_doctor
from .patience import Patience
from .static import Files
from .throttle import Throttle

_WITH_FILE = LARGEST + auth.LARGEST_FORM


def create(
    *,
    settings: Settings,
    database: Database,
    writer: Writer,
    secret: bytes,
    clock: Callable[[], int],
    ids: Callable[[int], bytes],
    fetch: Fetch | None = None,
    doctor: Doctor = no_doctor,
) -> Starlette:
    """The screens as an ASGI application. `clock()` is UTC milliseconds, `ids(now)` a UUIDv7.

    `secret` signs form tokens and is the key of identifiers; `fetch` gets a page for the install check, which is not there without it.
    """
    static = Files()
    signer = URLSafeSerializer(secret, salt="webleads form", signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})
    made = Starlette(
        routes=[*(route for room in _ROOMS for route in room()), Route("/static/{name}", static.answer)],
        middleware=[
            Middleware(Headers, secure=settings.url.startswith("https://")),
            Middleware(ProxyHeadersMiddleware, trusted_hosts=[str(ip_network(name, strict=False)) for name in settings.trusted_proxies]),
            Middleware(Patience),
            Middleware(RequestBodyLimitMiddleware, max_body_size=auth.LARGEST_FORM),
            Middleware(Guard),
        ],
        exception_handlers={HTTPException: errors.refused, Busy: errors.busy, Exception: errors.broken},
    )
    parts = (settings, database, writer, secret, signer, clock, ids, static, Throttle())
    made.state.house = House(*parts, fetch=fetch, doctor=doctor)
    return made


def _by_hand() -> list[Route]:
    """Before the screens: `/leads/{id}` would take its address."""
    return [Route("/leads/new", hand.new, methods=["GET", "POST"])]


def _list() -> list[Route]:
    """The list of leads, and what is done with it."""
    return [
        Route("/leads", leads.listed),
        Route("/leads/export", files.export),
        Route("/leads/bulk", bulk.begin, methods=["POST"]),
        Route("/leads/changes", bulk.listed),
        Route("/leads/changes/{id}", bulk.one),
        Route("/leads/changes/{id}/undo", bulk.undo, methods=["POST"]),
        Route("/leads/views", views.listed),
        Route("/leads/views", views.add, methods=["POST"]),
        Route("/leads/views/opens", views.opens, methods=["POST"]),
        Route("/leads/views/{id}", views.change, methods=["POST"]),
        Route("/leads/views/{id}/delete", views.drop, methods=["POST"]),
    ]


def _screens() -> list[Route]:
    """Those of people with a role, and how they sign in."""
    both = ["GET", "POST"]
    return [
        Route("/leads/suggestions", people.suggested),
        Route("/leads/{id}", lead.one),
        Route("/leads/{id}/file", lead_acts.file),
        Route("/leads/{id}/erase", lead_acts.erase, methods=both),
        Route("/leads/{id}/seen", seen.shown),
        Route("/leads/{id}/edit", people.edit, methods=["POST"]),
        Route("/leads/{id}/undo", people.undo, methods=["POST"]),
        Route("/leads/{id}/merge", people.merge, methods=both),
        Route("/leads/{id}/unmerge", people.unmerge, methods=["POST"]),
        Route("/leads/{id}/apart", people.apart, methods=["POST"]),
        Route("/companies", companies.listed),
        Route("/companies/{name:path}", companies.one),
        Route("/audit", audit.shown),
        Route("/settings/retention", retention.shown, methods=both),
        Route("/settings/scoring", scoring.listed),
        Route("/settings/scoring/new", scoring.new, methods=both),
        Route("/settings/scoring/lists", scoring.lists, methods=both),
        Route("/settings/scoring/rules/{name}", scoring.one, methods=both),
        Route("/attribution", attribution.shown),
        Route("/attribution/keep", attribution.keep, methods=["POST"]),
        Route("/attribution/kept", attribution.kept),
        Route("/attribution/kept/{id}", attribution.then),
        Route("/costs", costs.listed, methods=both, middleware=[Middleware(RequestBodyLimitMiddleware, max_body_size=_WITH_FILE)]),
        Route("/costs/{id}/remove", costs.remove, methods=["POST"]),
        Route("/goals", goals.listed, methods=both),
        Route("/goals/{id}/remove", goals.remove, methods=["POST"]),
        Route("/requests", requests.listed),
        Route("/requests/new", requests.new, methods=both),
        Route("/requests/{id}", requests.one),
        Route("/requests/{id}/answer", requests.answer, methods=["POST"]),
        Route("/requests/{id}/link", requests.link, methods=["POST"]),
        Route("/requests/{id}/send", requests.send, methods=["POST"]),
        Route("/requests/{id}/carry-out", requests.carry_out, methods=["POST"]),
        Route("/requests/{id}/erase", requests.erase, methods=["POST"]),
        Route("/setup", account.setup, methods=both),
        Route("/login", account.login, methods=both),
        Route("/login/link", account.login_link),
        Route("/logout", account.logout, methods=["POST"]),
        Route("/language", account.language, methods=["POST"]),
    ]


def _morning() -> list[Route]:
    """Where a day begins."""
    return [Route("/", today.start), Route("/today", today.shown)]


def _reports() -> list[Route]:
    """Sources, days, pages and forms."""
    return [
        Route("/reports/sources", reports.sources),
        Route("/reports/sources/days", reports.days),
        Route("/reports/pages", reports.pages),
        Route("/reports/forms", forms.forms),
        Route("/reports/forms/one", forms.one),
    ]


def _sites() -> list[Route]:
    """Sites, and links that lead to them."""
    both = ["GET", "POST"]
    return [
        Route("/sites", sites.listed),
        Route("/sites/new", sites.new, methods=both),
        Route("/sites/{id:int}", sites.one),
        Route("/sites/{id:int}/heard", sites.heard),
        Route("/sites/{id:int}/check", sites.check, methods=["POST"]),
        Route("/sites/{id:int}/texts", sites.texts),
        Route("/sites/{id:int}/settings", site_settings.shown, methods=both),
        Route("/sites/{id:int}/archive", site_settings.archive, methods=["POST"]),
        Route("/sites/{id:int}/restore", site_settings.restore, methods=["POST"]),
        Route("/sites/{id:int}/delete", site_settings.delete, methods=both),
        Route("/sites/{id:int}/going", site_settings.going),
        Route("/links", links.shown),
    ]


def _people() -> list[Route]:
    """Those who work here, their own settings, the collector's state, and what goes on now."""
    both = ["GET", "POST"]
    return [
        Route("/join", account.join, methods=both),
        Route("/live", live.shown),
        Route("/live/events", live.events),
        Route("/settings/people", users.listed, methods=both),
        Route("/settings/people/{id}/role", users.role, methods=["POST"]),
        Route("/settings/people/{id}/link", users.link, methods=["POST"]),
        Route("/settings/people/{id}/sign-out", users.sign_out, methods=["POST"]),
        Route("/settings/people/{id}/remove", users.remove, methods=["POST"]),
        Route("/settings/profile", profile.shown, methods=both),
        Route("/settings/profile/password", profile.password, methods=["POST"]),
        Route("/settings/profile/sessions", profile.sessions, methods=["POST"]),
        Route("/status", status.shown),
        Route("/status/look", status.look, methods=["POST"]),
        Route("/status/backup", status.backup, methods=["POST"]),
        Route("/status/backups/remove", status.drop, methods=["POST"]),
        Route("/status/replay", status.replay, methods=["POST"]),
    ]


def _everywhere() -> list[Route]:
    """What stands on every screen: settings, help, and how somebody likes it."""
    return [
        Route("/settings", offers.settings),
        Route("/help", offers.help),
        Route("/theme", taste.theme, methods=["POST"]),
        Route("/keys", taste.keys, methods=["POST"]),
    ]


def _visitors() -> list[Route]:
    """The visitor's own page."""
    both = ["GET", "POST"]
    return [
        Route("/me", me.shown),
        Route("/me", me.opened, methods=["POST"]),
        Route("/me/link", confirming.link, methods=both),
        Route("/me/address", confirming.address, methods=both),
        Route("/me/close", me.closed, methods=["POST"]),
        Route("/me/download", me_acts.download, methods=["POST"]),
        Route("/me/correct", me_acts.correct, methods=["POST"]),
        Route("/me/withdraw", me_acts.withdraw, methods=["POST"]),
        Route("/me/object", me_acts.object_to, methods=["POST"]),
        Route("/me/erase", me_acts.erase, methods=both),
    ]


_ROOMS = (_by_hand, _list, _screens, _morning, _reports, _sites, _people, _everywhere, _visitors)
