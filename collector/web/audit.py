"""The audit: what the law asks, what answers it, how it stands here, and what remains to do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..present import audit as words
from ..present.audit_rows import ROWS
from ..present.texts import host_of
from ..store import retention, seal, sites
from . import auth, house, render


async def shown(request: Request) -> Response:
    """Every rule, with the state of this account."""
    user, made = auth.required(request), house.of(request)
    language = render.language_of(request)
    async with made.database.reader() as conn:
        rows = await sites.all(conn, user.account_id)
        names = {one["id"]: one["name"] for one in await conn.run_sync(sites.accounts)}
        limits = await conn.run_sync(retention.limits, user.account_id)
        sealed = await conn.run_sync(seal.is_on)
    known = words.Known(
        account=names[user.account_id],
        sites=tuple(words.Site(row["id"], row["name"] or row["domain"], row["consent"], row["reason"]) for row in rows),
        limits=limits,
        url=house.base(request),
        networks=bool(made.settings.networks),
        letters_by=host_of(made.settings.smtp) if house.sends_mail(request) else "",
        sealed=sealed,
    )
    states = {row.code: words.states(row, known, language) for row in ROWS}
    left = sum(one.level == "open" for of in states.values() for one in of)
    return render.page(request, "audit.html", rows=ROWS, states=states, left=left, words=words)
