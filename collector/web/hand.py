"""A lead that did not come by a form: somebody who called, or was met, typed in by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import structs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import hand as adding
from ..domain.hand import GIVEN, LIMITS, Typed
from ..present import hand as words
from ..present.words import GIVEN as SAID
from ..store import sites
from . import auth, house, render
from .people import MAY


async def new(request: Request) -> Response:
    """The form, and what it sends: a new lead, or something more of one that is known."""
    user, made = auth.required(request, *MAY), house.of(request)
    async with made.database.reader() as conn:
        known = [row for row in await sites.all(conn, user.account_id) if row["archived_at"] is None]
    if request.method != "POST":
        return _page(request, known, Typed(), request.query_params.get("site", ""))
    sent = await auth.form(request)
    typed, site = _typed(sent), sent.get("site", "")
    more = {"labels": words.labels(render.language_of(request)), "actor": user.id.hex(), "secret": made.secret}
    try:
        done = await made.writer.run(adding.add, _number(site), typed, **more, now=made.clock(), ids=made.ids, account=user.account_id)
    except adding.BadLead as wrong:
        return _page(request, known, typed, site, wrong.args[0])
    return RedirectResponse(f"/leads/{UUID(bytes=done['lead'])}", 303)


def _typed(sent: dict[str, str]) -> Typed:
    texts = {name: sent.get(name, "").strip() for name in structs.asdict(Typed())}
    one_line = {name: " ".join(text.split()) if name not in ("message", "permission") else text for name, text in texts.items()}
    return Typed(**one_line)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _page(request: Request, known: list[dict[str, Any]], typed: Typed, site: str, fault: str = "") -> Response:
    field, says = words.fault(fault, render.language_of(request))
    return render.page(
        request,
        "lead_new.html",
        422 if fault else 200,
        sites=known,
        site=site or (str(known[0]["id"]) if len(known) == 1 else ""),
        typed=typed,
        wrong=field,
        says=says,
        labels=words.LABELS,
        given={code: SAID[code] for code in GIVEN},
        limits=LIMITS,
    )
