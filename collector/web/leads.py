"""Leads: the list."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..domain import edits, listing
from ..present import listing as words
from ..present import quarantine, scores, why
from ..store import bulk, sites, views
from ..store import listing as rows
from ..store.filters import is_blind
from . import auth, house, people, render
from .listing import Here, Known, known

ROWS = 50


async def listed(request: Request) -> Response:
    """The list; all its state is in the address. Without any it opens with the view that its user has chosen."""
    user, made, fragment = auth.required(request), house.of(request), render.wants_fragment(request)
    if user.opens and not request.url.query and (opened := await _opened(request, user)):
        return RedirectResponse(f"/leads?{opened}", 303)
    here = Here.of(request)
    async with made.database.reader() as conn:
        of = await known(conn, here)
        filters = here.filters(made.clock(), of.zone)
        found = await rows.page(conn, user.account_id, filters, here.cursor, ROWS)
        if not found.rows and here.cursor is not None:
            return RedirectResponse(here.url(), 303)
        counts = await rows.counts(conn, user.account_id, filters, found)
        kept = await views.of_user(conn, user.account_id, user.id)
        more: dict[str, Any] = {} if fragment else {"offered": await _offered(conn, here)}
        changed = await bulk.one(conn, user.account_id, here.changed) if here.changed else None
        heard = None if found.rows else await sites.last_heard(conn, user.account_id, of.sites)
        blind = is_blind(conn)
    language = render.language_of(request)
    return render.page(
        request,
        "_list.html" if fragment else "leads.html",
        headers={"HX-Push-Url": here.url()} if fragment else None,
        page=found,
        asked=here.asked,
        counts=counts,
        count=counts[here.asked.kind],
        known=of,
        chips=words.chips(here.asked, of.names, language),
        heard=heard,
        blind=blind,
        changed=changed,
        views=kept,
        fault=request.query_params.get("fault", ""),
        **more,
        **words_of(request, here, of),
    )


def words_of(request: Request, here: Here, of: Known) -> dict[str, Any]:
    """What the list's templates say and may do."""
    language = render.language_of(request)
    return {
        "words": words,
        "columns": listing.COLUMNS,
        "sorts": list(listing.SORTS),
        "statuses": edits.STATUSES,
        "marks": listing.SAID,
        "may": here.user.role in people.MAY,
        "who": lambda row: why.who(row, language),
        "whole": scores.whole,
        "this": here,
        "sign_said": lambda sign: quarantine.short(sign, language),
        "said_of": lambda name, value: words.said_of(name, value, of.names, language),
        "change_said": lambda row: words.changed(row, of.users, language),
    }


async def _offered(conn: AsyncConnection, here: Here) -> dict[str, list[str]]:
    """What the filters offer."""
    account, asked = here.user.account_id, here.asked
    found = await rows.offer(conn, account)
    offered = dict(zip(("channel", "source", "campaign", "form", "tag"), found, strict=True))
    # What the address asks for stays there to be chosen, even where no recent lead has it.
    return {name: sorted({*values, *getattr(asked, name)}) for name, values in offered.items()}


async def _opened(request: Request, user: auth.User) -> str:
    """What the view asks for that a user's list opens with."""
    async with house.of(request).database.reader() as conn:
        row = await views.one(conn, user.account_id, user.opens or b"")
    return str(row["asked"]) if row and (row["shared"] or row["user_id"] == user.id) else ""
