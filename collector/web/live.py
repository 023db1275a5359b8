"""What goes on now, by itself: told by server-sent events, asked for every few seconds where they do not come, or loaded again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..domain import live
from ..present import live as words
from ..store import live as rows
from ..store import sites, users
from . import auth, house, render, zones
from .hub import Reading

_HEADERS = {"X-Accel-Buffering": "no"}  # nginx would keep the lines back


async def shown(request: Request) -> Response:
    """The screen, or for htmx the part of it that changes."""
    template = "_live.html" if render.wants_fragment(request) else "live.html"
    return render.page(request, template, **await _view(request))


async def events(request: Request) -> Response:
    """The part that changes, again and again, while somebody listens."""
    user, hub = auth.required(request), house.of(request).live
    if hub.is_full(user.account_id, user.session):
        return Response(status_code=503, headers={"Retry-After": "30"})  # the page asks by itself then
    return StreamingResponse(_told(request, user), media_type="text/event-stream", headers=_HEADERS)


async def _told(request: Request, user: auth.User) -> AsyncIterator[str]:
    hub = house.of(request).live
    with hub.listening(user.account_id, user.session):
        last = ""
        while True:
            view = await _view(request)
            if not hub.goes_on(user.session):
                yield "event: end\ndata:\n\n"
                return
            told = render.part(request, "_live.html", **view)
            # What is the same again is a comment, which keeps proxies from closing the line.
            yield ":\n\n" if told == last else "".join(f"data: {line}\n" for line in told.splitlines()) + "\n"
            last = told
            if not await hub.rest():
                return


async def _view(request: Request) -> dict[str, Any]:
    user, made = auth.required(request), house.of(request)
    language = render.language_of(request)

    async def read(listening: Collection[bytes]) -> tuple[Reading, set[bytes]]:
        now = made.clock()
        async with made.database.reader() as conn:
            known = list(filter(sites.is_current, await sites.all(conn, user.account_id)))
            found = await rows.recent(conn, user.account_id, now, {row["id"]: row["domain"] for row in known})
            return Reading(known, found), await users.living(conn, listening, now)

    known, recent = await made.live.reading(user.account_id, read)
    named = {row["id"]: row for row in known}
    text = request.query_params.get("site", "")
    site = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 and int(text) in named else None
    own = frozenset(host for row in known for host in (row["domain"], *row["hosts"]))
    return {
        "told": live.now(recent, own, site),
        "site": site,
        "sites": known,
        "names": {id: row["name"] or row["domain"] for id, row in named.items()},
        "at": recent.now,
        "zone": zones.listed(request, known, site),
        "words": words,
        "language": language,
    }
