"""The visitor's page: the way in, what is known of them, and the way out. What they may do there is in `me_acts`."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import visiting as acts
from ..domain import proofs
from ..present.mine import DONE, FAULTS
from ..present.people import FIELDS
from ..store import sites, visiting
from . import auth, house, mine, people, quota, render, seen

_SITE = re.compile(r"\d{1,18}", re.ASCII)
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")
_KEY = "key"  # site, visitor and secret, with commas


async def shown(request: Request) -> Response:
    """What is known of whoever holds a session; without one, what this page is and how it is opened."""
    session = await mine.find(request)
    if session is None:
        return await _explained(request)
    view = await view_of(request, session)
    if view is None:
        return await ended(request, session)
    asked = request.query_params
    view |= {"done": asked.get("done", ""), "fault": asked.get("fault", ""), "dones": DONE, "faults": FAULTS, "fields": FIELDS}
    return render.page(request, "me.html", **view)


async def view_of(request: Request, session: visiting.Row) -> dict[str, Any] | None:
    """All that the page of a session shows; None where nothing of them is left."""
    async with house.of(request).database.snapshot() as conn:
        if session["lead_id"] is not None:
            return await seen.of_lead(request, conn, session["account_id"], await standing(conn, session))
        return await seen.of_browser(request, conn, session["account_id"], session["visitor"], session["site_id"])


async def standing(conn: AsyncConnection, session: visiting.Row) -> bytes:
    """The lead of a session, or the one that it was merged into since."""
    lead = bytes(session["lead_id"])
    return await people.standing(conn, session["account_id"], lead) or lead


async def _explained(request: Request) -> Response:
    """What this page is; `?site=N` names the site whose link led here."""
    asked = request.query_params.get("site", "")
    async with house.of(request).database.reader() as conn:
        site = await conn.run_sync(sites.find, int(asked)) if _SITE.fullmatch(asked) else None
    name, closed = (site["name"] or site["domain"]) if site else "", "closed" in request.query_params
    return render.page(request, "me_open.html", site_name=name, site=site["id"] if site else 0, closed=closed)


async def opened(request: Request) -> Response:
    """The tag sends a browser's id with its secret, from another site's page: that secret is the token. Neither is ever logged."""
    made = house.of(request)
    key, now = _network(request), made.clock()
    if delay := made.throttle.wait(key, now):
        return _closed(request, 429, {"Retry-After": str(-(-delay // 1000))}, wait=True)
    async with request.form(max_files=0, max_fields=1, max_part_size=auth.LARGEST_FORM) as sent:
        site, visitor, secret, *_ = f"{sent.get(_KEY) or ''},,".split(",")
    if _SITE.fullmatch(site) and not secret:  # a browser that has none: nothing is kept of it, or nothing that it could show
        return RedirectResponse(f"/me?site={site}", 303)
    account = await _account(request, site, visitor, secret)
    if account is None:
        made.throttle.failed(key, now)
        return _closed(request, 403)
    token, language = auth.new_token(), render.language_of(request)
    more = {"visitor": visitor, "site": int(site), "now": now, "account": account, "language": language}
    await made.writer.run(acts.open_browser, mine.digest(token), **more)
    answer = RedirectResponse("/me", 303)
    mine.keep(request, answer, account, token)
    return answer


async def _account(request: Request, site: str, visitor: str, secret: str) -> int | None:
    """Whose visitor that is, where the secret opens; every way of being wrong is the same."""
    if not (_SITE.fullmatch(site) and _VISITOR.fullmatch(visitor) and _SECRET.fullmatch(secret)):
        return None
    async with house.of(request).database.reader() as conn:
        found = await conn.run_sync(sites.find, int(site))
        account = int(found["account_id"]) if found else 0
        proof = await visiting.proof_of(conn, account, visitor)
    return account if proofs.opens(secret, proof) and account else None


def _network(request: Request) -> bytes:
    """Where somebody asks from, as a key in memory only."""
    return sha256(f"me\n{quota.network(request.client.host if request.client else '')}".encode("utf-8", "replace")).digest()


def _closed(request: Request, status: int, headers: dict[str, str] | None = None, *, wait: bool = False) -> Response:
    return render.page(request, "me_closed.html", status, headers, wait=wait, gone=False)


async def ended(request: Request, session: visiting.Row) -> Response:
    """The session is over, because nothing is left to show."""
    await house.of(request).writer.run(acts.close, session["token"], account=session["account_id"])
    answer = render.page(request, "me_closed.html", 404, wait=False, gone=True)
    mine.forget(request, answer)
    return answer


async def closed(request: Request) -> Response:
    """Whoever has read enough closes the page: on a shared computer the next one sees nothing."""
    await auth.form(request)
    session = await mine.find(request)
    if session is not None:
        await house.of(request).writer.run(acts.close, session["token"], account=session["account_id"])
    answer = RedirectResponse("/me?closed=1", 303)
    mine.forget(request, answer)
    return answer
