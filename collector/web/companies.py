"""Companies: the list, and one with its leads."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..present import scores, why
from ..store import companies, sites
from . import auth, house, render, zones

ROWS = 50
MOST_LEADS = 500  # of one company


async def listed(request: Request) -> Response:
    """Those with the most leads first; the search and the page stand in the address."""
    user, given = auth.required(request), request.query_params
    query = "".join(char for char in given.get("q", "") if char.isprintable())[:100].strip()
    page = int(given["page"]) if given.get("page", "").isascii() and given.get("page", "").isdigit() and len(given["page"]) <= 6 else 1
    async with house.of(request).database.reader() as conn:
        rows = await companies.page(conn, user.account_id, query, max(0, page - 1) * ROWS, ROWS)
        count = await companies.count(conn, user.account_id, query)
        zone = zones.listed(request, await sites.all(conn, user.account_id))
    return render.page(
        request,
        "companies.html",
        rows=rows,
        count=count,
        query=query,
        number=max(1, page),
        more=page * ROWS < count,
        zone=zone,
        whole=scores.whole,
    )


async def one(request: Request) -> Response:
    """One company with its leads, the newest first."""
    user, name = auth.required(request), request.path_params["name"]
    language = render.language_of(request)
    async with house.of(request).database.reader() as conn:
        rows = await companies.leads_of(conn, user.account_id, name, MOST_LEADS)
        known = await sites.all(conn, user.account_id)
    if not rows:
        raise HTTPException(404)
    named = next((row["organization"] for row in rows if row["organization"]), "")
    return render.page(
        request,
        "company.html",
        company=name,
        named=named,
        rows=rows,
        zone=zones.listed(request, known),
        site_by_id={row["id"]: row for row in known},
        who=lambda row: why.who(row, language),
        whole=scores.whole,
    )
