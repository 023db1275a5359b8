"""What people say of a lead, and whether two leads are one person: forms on the lead's page, and the list of suggestions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import edit as edits
from ..actions import merge as merging
from ..domain.edits import FIELDS
from ..domain.listing import Asked
from ..domain.spam import PERSON
from ..present import people, quarantine, why
from ..store import dossier, leads, listing, merges, sites, users
from ..store.filters import Filters, is_blind
from . import auth, house, render, zones

MAY = ("owner", "marketer")
FOUND = 20


async def edit(request: Request) -> Response:
    """What somebody says of a lead; only what they changed is said: another may have said something since the page was shown."""
    user, lead = auth.required(request, *MAY), lead_id(request.path_params["id"])
    sent, made = await auth.form(request), house.of(request)
    async with made.database.reader() as conn:
        lead = await standing(conn, user.account_id, lead) or lead  # what somebody typed is not lost to a merge meanwhile
        row = await leads.one(conn, user.account_id, lead)
    if row is None:
        raise HTTPException(404)
    changes = _changes(sent, row)
    try:
        if changes:
            await made.writer.run(edits.edit, lead, changes, **_by(request, ids=made.ids))
    except edits.BadEdit as wrong:
        return _back(lead, wrong.args[0])
    return RedirectResponse(auth.local_path(sent["back"]), 303) if sent.get("back") else _back(lead)


def _changes(sent: dict[str, str], row: dict[str, Any]) -> list[edits.Change]:
    def differs(name: str) -> bool:
        return name in sent and sent[name].strip() not in (sent.get(f"was_{name}", row[name]), row[name])

    changes: list[edits.Change] = [(kind, "", sent[kind]) for kind in ("status", "owner") if differs(kind)]
    changes += [(kind, "", sent[kind]) for kind in ("tag", "untag", "note") if sent.get(kind, "").strip()]
    asked, stands = sent.get("spam"), row["quarantine"]
    if (asked == "no" and stands) or (asked == "yes" and stands != PERSON):
        changes.append(("spam", "", asked))
    return changes + [("field", name, sent[name]) for name in FIELDS if differs(name)]


async def undo(request: Request) -> Response:
    """Takes an edit back."""
    auth.required(request, *MAY)
    lead, sent, made = lead_id(request.path_params["id"]), await auth.form(request), house.of(request)
    try:
        await made.writer.run(edits.undo, lead_id(sent.get("edit", "")), **_by(request, id=made.ids(made.clock())))
    except edits.BadEdit as wrong:
        return _back(lead, wrong.args[0])
    return _back(lead)


async def merge(request: Request) -> Response:
    """Looks for the other lead, shows both, and merges them: somebody chooses which stays."""
    user, lead = auth.required(request, *MAY), lead_id(request.path_params["id"])
    made, fault = house.of(request), ""
    if request.method == "POST":
        sent = await auth.form(request)
        both = [lead, lead_id(sent.get("other", ""))]
        keep = lead_id(sent.get("keep", ""))
        if keep not in both:
            raise HTTPException(400)
        both.remove(keep)
        try:
            more = _by(request, id=made.ids(made.clock()), reason=sent.get("reason", ""))
            await made.writer.run(merging.merge, keep, both[0], **more)
            return _back(keep)
        except merging.BadMerge as wrong:
            fault = wrong.args[0]
    if (stands := await _standing(request, user.account_id, lead)) is not None:
        return _back(stands, fault)  # somebody merged it meanwhile, or this form was sent twice
    return await _merge_page(request, user.account_id, lead, fault)


async def _merge_page(request: Request, account: int, lead: bytes, fault: str) -> Response:
    query, named = request.query_params.get("q", "")[:200].strip(), request.query_params.get("with", "")
    async with house.of(request).database.reader() as conn:
        row = await leads.one(conn, account, lead)
        other = await leads.one(conn, account, lead_id(named)) if named else None
        found = await listing.page(conn, account, Filters(Asked(q=query)), None, FOUND) if query else None
        known = {one["id"]: one for one in await sites.all(conn, account)}
        blind = is_blind(conn)
    if row is None or row["kind"] != "lead":
        raise HTTPException(404)
    both = sorted([row, other], key=lambda one: (one["created_at"], one["id"])) if other and other["id"] != lead else []
    return render.page(
        request,
        "merge.html",
        422 if fault else 200,
        lead=row,
        other=other if both else None,
        both=both,
        query=query,
        blind=blind,
        found=[one for one in found.rows if one["id"] != lead] if found else [],
        fault=fault,
        faults=people.FAULTS,
        zone=zones.of(request, known.get(row["site_id"])),
        who=lambda one: why.who(one, render.language_of(request)),
    )


async def unmerge(request: Request) -> Response:
    """Takes a merge back: both leads are as they were."""
    auth.required(request, *MAY)
    lead, sent, made = lead_id(request.path_params["id"]), await auth.form(request), house.of(request)
    try:
        await made.writer.run(merging.unmerge, lead_id(sent.get("merge", "")), **_by(request, id=made.ids(made.clock())))
    except merging.BadMerge as wrong:
        return _back(lead, wrong.args[0])
    return _back(lead)


async def apart(request: Request) -> Response:
    """Somebody says that two leads are two people."""
    user, lead = auth.required(request, *MAY), lead_id(request.path_params["id"])
    sent, made = await auth.form(request), house.of(request)
    now = made.clock()
    try:
        more = {"actor": user.id.hex(), "now": now, "id": made.ids(now), "account": user.account_id}
        await made.writer.run(merging.keep_apart, lead, lead_id(sent.get("other", "")), **more)
    except merging.BadMerge as wrong:
        return _back(lead, wrong.args[0])
    return RedirectResponse("/leads/suggestions", 303)


async def suggested(request: Request) -> Response:
    """Leads that may be one person, with reasons; and those that too many browsers name."""
    user = auth.required(request)
    async with house.of(request).database.reader() as conn:
        found, persons = await conn.run_sync(dossier.suggestions, user.account_id)
        crowded = await conn.run_sync(dossier.crowded, user.account_id)
    return render.page(request, "suggestions.html", found=found, persons=persons, crowded=crowded, **words_of(request))


async def panel(request: Request, conn: Any, lead: bytes, way: Any, row: dict[str, Any]) -> dict[str, Any]:
    """What the lead's page shows of what people said."""
    user, language = auth.required(request), render.language_of(request)
    told = await conn.run_sync(dossier.of_lead, user.account_id, lead)
    known = {one["id"].hex(): one["email"] for one in await users.all(conn, user.account_id)}
    return {
        "told": told,
        "users": known,
        "may": user.role in MAY,
        "sources": people.sources(row, told.said, way.submissions, told.standing.fields, language),
        "edit_said": lambda one: people.edit(one, known, language),
        "actor_name": lambda key: people.actor(key, known, language),
        "apart": quarantine.sentences(row["quarantine"], language),
        "fault": request.query_params.get("fault", ""),
        **words_of(request),
    }


def words_of(request: Request) -> dict[str, Any]:
    """How these screens name people and reasons."""
    language = render.language_of(request)
    return {
        "person_name": lambda one: one.name or one.email or one.phone,
        "reasons": lambda told: people.reasons(told, language),
        "fields": people.FIELDS,
        "faults": people.FAULTS,
        "statuses": people.STATUSES,
    }


async def _standing(request: Request, account: int, lead: bytes) -> bytes | None:
    async with house.of(request).database.reader() as conn:
        return await standing(conn, account, lead)


async def standing(conn: Any, account: int, lead: bytes) -> bytes | None:
    """The lead that one stands for now, where it was merged into another."""
    found: bytes | None = (await conn.run_sync(merges.resolve, account, [lead])).get(lead)
    return found


def lead_id(text: str) -> bytes:
    """The id in an address or a form. Raises 404."""
    try:
        return UUID(text).bytes
    except ValueError:
        raise HTTPException(404) from None


def _by(request: Request, **more: Any) -> dict[str, Any]:
    """Who acts, when, with the collector's secret."""
    user, made = auth.required(request), house.of(request)
    return {"actor": user.id.hex(), "secret": made.secret, "now": made.clock(), "account": user.account_id, **more}


def _back(lead: bytes, fault: str = "") -> Response:
    asked = f"?fault={fault}" if fault in people.FAULTS else ""
    return RedirectResponse(f"/leads/{UUID(bytes=lead)}{asked}#people", 303)
