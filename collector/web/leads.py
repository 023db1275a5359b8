"""Leads: the list, its export, and one lead with the way that led to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from ..present import dates, why
from ..present.export import Csv
from ..present.timeline import entries, shown
from ..store import companies, leads, sites
from . import auth, house, people, render, scoring, zones

ROWS = 50
KINDS = {"leads": "lead", "messages": "message", "all": ""}
_PIECE = 64 * 1024  # bytes of an export sent at once


async def start(request: Request) -> Response:
    """The screens begin at the leads."""
    return RedirectResponse("/leads", 303)


async def listed(request: Request) -> Response:
    """The list; all its state is in the address."""
    user, asked, fragment = auth.required(request), _Asked(request), render.wants_fragment(request)
    async with house.of(request).database.reader() as conn:
        found = await leads.page(conn, user.account_id, asked.filters, asked.cursor, ROWS)
        if not found.rows and asked.cursor is not None:
            return RedirectResponse(asked.url(), 303)
        points = await scoring.points(conn, user.account_id, [row["id"] for row in found.rows])
        counts = await leads.counts(conn, user.account_id, asked.filters, found)
        channels, sources = ([], []) if fragment else await leads.origins(conn, user.account_id)
        known = await sites.all(conn, user.account_id)
        blind = leads.is_blind(conn)
        heard = None if found.rows else await _last_heard(conn, user.account_id, known)
    zone = zones.listed(request, known, asked.filters.site)
    return render.page(
        request,
        "_list.html" if fragment else "leads.html",
        page=found,
        points=points,
        asked=asked,
        count=counts[asked.filters.kind],
        messages=counts["message"],
        blind=blind,
        channels=channels,
        sources=sources,
        sites=known,
        site_by_id={row["id"]: row for row in known},
        heard=heard,
        zone=zone,
        who=_who(request),
    )


async def export(request: Request) -> Response:
    """Exactly the rows of the list, all of them, as a CSV that spreadsheets open."""
    user, asked, made = auth.required(request), _Asked(request), house.of(request)
    async with made.database.reader() as conn:
        zone = zones.listed(request, await sites.all(conn, user.account_id), asked.filters.site)
    file = Csv(header="words", bom=True, zone=zone, language=render.language_of(request))

    async def pieces() -> AsyncIterator[bytes]:
        waiting = [file.head()]
        size = 0
        async with made.database.reader() as conn:
            async for row in leads.export(conn, user.account_id, asked.filters):
                waiting.append(file.line(row))
                size += len(waiting[-1])
                if size >= _PIECE:
                    yield b"".join(waiting)
                    waiting, size = [], 0
        yield b"".join(waiting)

    name = dates.local(made.clock(), zone).strftime("leads-%Y-%m-%d.csv")
    return StreamingResponse(
        pieces(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


async def one(request: Request) -> Response:
    """One lead: who, why, and the whole way."""
    user, lead_id = auth.required(request), people.lead_id(request.path_params["id"])
    language = render.language_of(request)
    async with house.of(request).database.reader() as conn:
        lead = await leads.one(conn, user.account_id, lead_id)
        if lead is None:
            if (stands := await people.standing(conn, user.account_id, lead_id)) is not None:
                return RedirectResponse(f"/leads/{UUID(bytes=stands)}", 303)
            raise HTTPException(404)
        way = await leads.timeline(conn, user.account_id, lead_id)
        known = {row["id"]: row for row in await sites.all(conn, user.account_id)}
        panel = await people.panel(request, conn, lead_id, way, lead)
        judged = await scoring.panel(conn, user.account_id, lead_id, language)
        company = await companies.of_lead(conn, user.account_id, lead_id)
    site = known.get(lead["site_id"])
    zone = zones.of(request, site)
    told = entries(way.sessions, way.touches, way.events, way.submissions)
    return render.page(
        request,
        "lead.html",
        lead=lead,
        site=site,
        site_by_id=known,
        zone=zone,
        who=_who(request),
        way=way,
        entries=told,
        why=why.sentences(lead, way.submissions, way.spans, way.sessions, zone, language, way.touches, way.events),
        shown=shown(told),
        judged=judged,
        company=company,
        landing={end: _landing(way.touches, lead[f"{end}_at"]) for end in ("first", "last")},
        permissions=[row for row in way.submissions if row["counted"] and row["marketing"]],
        **panel,
    )


class _Asked:
    """What the address asks for; what cannot be read asks for nothing."""

    def __init__(self, request: Request) -> None:
        given = request.query_params
        self.query = _clean(given.get("q", ""))
        self.source = _clean(given.get("source", ""))
        site = given.get("site", "")
        self.site = int(site) if site.isascii() and site.isdigit() and len(site) <= 18 else None
        self.kind = given.get("kind", "") if given.get("kind", "") in KINDS else "leads"
        self.filters = leads.Filters(self.query, self.site, self.source, KINDS[self.kind])
        before, after = given.get("before", ""), given.get("after", "")
        self.cursor = leads.Cursor.parse(before, newer=True) or leads.Cursor.parse(after)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the kind is asked for."""
        return bool(self.query or self.source or self.site is not None)

    def url(self, path: str = "/leads", **changes: Any) -> str:
        """The address of this list with changes; `before` and `after` name a cursor."""
        state = {"q": self.query, "site": self.site, "source": self.source, "kind": self.kind if self.kind != "leads" else ""} | changes
        kept = {name: str(value) for name, value in state.items() if value not in ("", None)}
        return f"{path}?{urlencode(kept)}" if kept else path


def _clean(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:200].strip()


def _who(request: Request) -> Any:
    return lambda row: why.who(row, render.language_of(request))


def _landing(touches: list[dict[str, Any]], at: int | None) -> str:
    return next((touch["landing"] for touch in touches if touch["at"] == at), "")


async def _last_heard(conn: Any, account_id: int, known: list[dict[str, Any]]) -> int | None:
    times = [await sites.last_event(conn, account_id, row["id"]) for row in known]
    return max((at for at in times if at is not None), default=None)
