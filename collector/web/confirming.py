"""Who has an address: a visitor asks for a link, and confirms by it. Open to everybody, and the same to everybody."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import invitations as acts
from ..domain.fields import email
from ..domain.tickets import LASTS
from ..present import requests as words
from ..store.work import Busy
from . import auth, house, mine, quota, render

log = structlog.get_logger()

AN_ADDRESS, A_NETWORK = 3, 20  # times an hour
DAYS = LASTS // 86_400_000
_TRIES = 5


async def link(request: Request) -> Response:
    """A signed link: shown, it changes nothing (programs that look through mail follow it); its button opens what is known."""
    made = house.of(request)
    if request.method != "POST":
        token = request.query_params.get("token", "")
        try:
            async with made.database.reader() as conn:
                await conn.run_sync(acts.looked_up, token, secret=made.secret, now=made.clock())
        except acts.Dead as dead:
            return _dead(request, dead.args[0])
        return render.page(request, "me_link.html", link=token)
    sent = await auth.form(request)
    session, now = auth.new_token(), made.clock()
    more = {"secret": made.secret, "now": now, "ids": made.ids, "language": render.language_of(request)}
    try:
        account = await made.writer.run(acts.confirm, sent.get("link", ""), mine.digest(session), **more)
    except acts.Dead as dead:
        return _dead(request, dead.args[0])
    answer = RedirectResponse("/me", 303)
    mine.keep(request, answer, account, session)
    return answer


def _dead(request: Request, why: str) -> Response:
    return render.page(request, "me_link_dead.html", 410, why=words.DEAD[why])


async def address(request: Request) -> Response:
    """Asks for a link. Whether the address is known is in no answer and in no waiting time: the looking comes after the answer."""
    site = request.query_params.get("site", "")
    site = site if site.isascii() and site.isdigit() and len(site) <= 18 else ""
    made = house.of(request)
    shown: dict[str, Any] = {"site": site, "by_mail": house.sends_mail(request), "days": DAYS, "typed": "", "fault": "", "seconds": 0}
    if request.method != "POST":
        return render.page(request, "me_address.html", **shown)
    sent = await auth.form(request)
    typed = sent.get("email", "").strip()[:254]
    normal = email(typed)
    if normal is None:
        return render.page(request, "me_address.html", 422, **shown | {"typed": typed, "fault": "address"})
    host = quota.network(request.client.host if request.client else "")
    if delay := made.asked.wait(made.clock(), address=(normal, AN_ADDRESS), network=(host, A_NETWORK)):
        seconds = -(-delay // 1000)
        slow = shown | {"typed": typed, "fault": "wait", "seconds": seconds}
        return render.page(request, "me_address.html", 429, {"Retry-After": str(seconds)}, **slow)
    answer = render.page(request, "me_asked.html", by_mail=shown["by_mail"], days=DAYS)
    more = {"language": render.language_of(request), "base": house.base(request), "by_mail": shown["by_mail"], "site": int(site or 0)}
    answer.background = BackgroundTask(_ask, made, normal, more)
    return answer


async def _ask(made: house.House, typed: str, more: dict[str, Any]) -> None:
    for tried in range(_TRIES):
        try:
            await made.writer.run(acts.ask, typed, secret=made.secret, ids=made.ids, now=made.clock(), **more)
            return
        except Busy:
            await asyncio.sleep(2**tried)
        except Exception as wrong:  # the answer has gone already: nobody is there to be told
            log.error("request not filed", error=type(wrong).__name__)
            return
    log.error("request not filed", error="Busy")
