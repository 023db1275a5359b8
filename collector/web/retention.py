"""How long things are kept: the limits of the account and of each site. A shorter one is counted out before it holds."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import retain
from ..actions import retention as acts
from ..domain import retention as rules
from ..present import retention as words
from ..store import retention as kept
from ..store import sites
from . import auth, house, render


async def shown(request: Request) -> Response:
    """The limits, and a form to change one of them."""
    user = auth.required(request, *(("owner",) if request.method == "POST" else ()))
    if request.method != "POST":
        return await _page(request, user)
    sent = await auth.form(request)
    site = _digits(sent.get("site", "")) or 0
    kind, sure = sent.get("kind", ""), sent.get("sure") == "1"
    amount = None if sent.get("amount", "").strip() == "" and site else _digits(sent.get("amount", "").strip()) or 0
    made = house.of(request)
    try:
        if not sure:
            async with made.database.reader() as conn:
                now = await conn.run_sync(retain.believed, made.clock())
                goes = await conn.run_sync(retain.goes, user.account_id, now, kind, amount, site)
            if goes:
                asked = {"kind": kind, "site": site, "amount": "" if amount is None else amount}
                return await _page(request, user, goes=goes, asked=asked)
        await made.writer.run(acts.put, user.account_id, kind, amount, site=site)
    except rules.BadLimit as wrong:
        return await _page(request, user, fault=str(wrong.args[0]))
    return RedirectResponse("/settings/retention", 303)


def _digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None


async def _page(request: Request, user: auth.User, *, fault: str = "", **asked: Any) -> Response:
    made = house.of(request)
    async with made.database.reader() as conn:
        limits = await conn.run_sync(kept.limits, user.account_id)
        known = await sites.all(conn, user.account_id)
        now = await conn.run_sync(retain.believed, made.clock())
        due = await conn.run_sync(retain.due, user.account_id, now)
    amounts = {site: {kind: rules.amount(kind, one) for kind, one in of.items()} for site, of in limits.items()}
    return render.page(
        request,
        "retention.html",
        422 if fault else 200,
        amounts=amounts,
        sites=known,
        names={row["id"]: row["name"] or row["domain"] for row in known},
        kinds=rules.KINDS,
        bounds=rules.BOUNDS,
        due=due,
        counted=kept.COUNTED,
        fault=fault,
        words=words,
        may_write=user.role == "owner",
        goes=asked.get("goes", []),
        asked=asked.get("asked", {}),
    )
