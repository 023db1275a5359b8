"""One lead: who, what to do next, why, every touch with what each model gives it, and the whole way, a page at a time."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import requests as filing
from ..domain import steps
from ..domain.credits import OF_ONE, Table, table
from ..domain.edits import standing
from ..domain.journeys import LONGEST
from ..domain.reports import LOOK_BACK
from ..domain.steps import Facts
from ..present import attribution, known, story, why
from ..present import steps as step_words
from ..present.timeline import Item, shown
from ..store import companies, journeys, leads, requests, sites, ways
from ..store.today import last_contact
from . import auth, house, people, render, scoring, zones

MAY_EXPORT = ("owner", "marketer")
MOST_EVENTS = 2_000  # of one page


class Asked(NamedTuple):
    """What the address asks for; what cannot be read asks for nothing. `of` is a conversion's id, `look_back` in days."""

    story: story.Asked
    of: bytes | None
    look_back: int
    base: str

    def url(self, **changes: Any) -> str:
        """The address of this page with changes; None leaves one out."""
        told = self.story
        state = {"show": told.show, "visit": told.visit.hex() if told.visit else "", "before": told.before or ""}
        state |= {"of": self.of.hex() if self.of else "", "look_back": self.look_back if self.look_back != LOOK_BACK else ""} | changes
        kept = {name: str(value) for name, value in state.items() if value not in ("", None)}
        return f"{self.base}?{urlencode(kept)}" if kept else self.base


def asked_of(request: Request, lead_id: bytes) -> Asked:
    """Reads an address."""
    given = request.query_params
    show, back = given.get("show", ""), _number(given.get("look_back", ""))
    told = story.Asked(show if show in story.KINDS else "", _id(given.get("visit", "")), _number(given.get("before", "")) or None)
    return Asked(told, _id(given.get("of", "")), back if 1 <= back <= LONGEST else LOOK_BACK, f"/leads/{UUID(bytes=lead_id)}")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _id(text: str) -> bytes | None:
    try:
        return found if len(found := bytes.fromhex(text)) == 16 else None
    except ValueError:
        return None


async def one(request: Request) -> Response:
    """The page of a lead; of one that was merged into another, that one's."""
    user, lead_id = auth.required(request), people.lead_id(request.path_params["id"])
    asked, language = asked_of(request, lead_id), render.language_of(request)
    async with house.of(request).database.reader() as conn:
        lead = await leads.one(conn, user.account_id, lead_id)
        if lead is None:
            if (stands := await people.standing(conn, user.account_id, lead_id)) is not None:
                return RedirectResponse(f"/leads/{UUID(bytes=stands)}", 303)
            raise HTTPException(404)
        way = await ways.of_lead(conn, user.account_id, lead_id)
        places = {row["id"]: row for row in await sites.all(conn, user.account_id)}
        panel = await people.panel(request, conn, lead_id, way, lead)
        site = places.get(lead["site_id"])
        zone = zones.of(request, site)
        members = list(dict.fromkeys([lead_id, *(row["lead_id"] for row in panel["told"].identifiers)]))
        filed = await requests.of_leads(conn, user.account_id, members)
        beside = await _beside(conn, user.account_id, members, way, panel["told"], filed)
        told, seen = await _story(conn, user.account_id, asked.story, way, beside)
        judged = await scoring.panel(conn, user.account_id, lead_id, language)
        company = await companies.of_lead(conn, user.account_id, lead_id)
        credits = await _credits(conn, user.account_id, lead_id, asked)
    dossier, now = panel["told"], house.of(request).clock()
    waiting = [row for row in filed if not filing.state(row).end]
    facts = _facts(lead, dossier, judged, waiting)
    return render.page(
        request,
        "lead.html",
        lead=lead,
        site=site,
        site_by_id=places,
        zone=zone,
        who=lambda row: why.who(row, language),
        asked=asked,
        way=way,
        entries=told.entries,
        older=told.older,
        filters=story.NAMES,
        step=step_words.sentence(step := steps.next_step(facts, now), lead, language),
        step_due=step.is_due,
        waiting=waiting,
        why=why.sentences(lead, way.submissions, way.spans, way.sessions, zone, language, way.touches, seen, panel["users"]),
        shown=shown(told.entries),
        judged=judged,
        company=company,
        landing={end: _landing(way.touches, lead[f"{end}_at"]) for end in ("first", "last")},
        permissions=[row for row in way.submissions if row["counted"] and row["marketing"]],
        facts=known.facts(lead, way.submissions, dossier.said, dossier.edits, panel["users"], zone, language),
        from_where=lambda field, sent: known.field(field, sent, language),
        browsers=_browsers(way),
        credits=credits,
        models=[(model, attribution.MODELS[model]) for model in OF_ONE],
        longest=LONGEST,
        percent=lambda share: attribution.number(round(100 * share, 1), language),
        may_export=user.role in MAY_EXPORT,
        **panel,
    )


def _landing(touches: list[dict[str, Any]], at: int | None) -> str:
    return next((touch["landing"] for touch in touches if touch["at"] == at), "")


def _facts(lead: dict[str, Any], dossier: Any, judged: dict[str, Any] | None, waiting: list[dict[str, Any]]) -> Facts:
    """What the next step is decided by."""
    contacts = last_contact(standing(dossier.edits)).values()
    return Facts(
        lead["kind"],
        lead["email"],
        lead["phone"],
        lead["status"],
        lead["last_seen_at"],
        max(contacts, default=None),
        min((filing.state(row).due_at for row in waiting), default=None),
        judged["excluded"] if judged else "",
        dossier.objected_at is not None,
        lead["quarantine"],
    )


async def _story(
    conn: AsyncConnection, account: int, asked: story.Asked, way: ways.Way, beside: list[Item]
) -> tuple[story.Told, list[dict[str, Any]]]:
    """A page of the story, and the events that were read for it: only what it shows is."""
    window = story.window(way.sessions, asked)
    since = min((row["started_at"] for row in window.sessions), default=0)
    until = max((row["ended_at"] + 1 for row in window.sessions), default=0)
    seen = await leads.events_of(conn, account, way.spans, story.types_of(asked.show), since, until, MOST_EVENTS) if window.sessions else []
    names = await ways.goal_names(conn, account) if way.reached else {}
    goals = [{**row, "id": row["session_id"] + bytes(row["goal_id"]), "name": names.get(bytes(row["goal_id"]), "")} for row in way.reached]
    told = story.tell(
        window,
        asked,
        sessions=way.sessions,
        touches=way.touches,
        events=seen,
        submissions=way.submissions,
        beside=beside,
        goals=goals,
    )
    return told, seen


async def _beside(
    conn: AsyncConnection, account: int, members: list[bytes], way: ways.Way, dossier: Any, filed: list[dict[str, Any]]
) -> list[Item]:
    """What stands in no visit: edits, merges, consents, letters, requests."""
    told = [Item("note" if one.kind == "note" else "edit", one.at, {"id": one.id, "edit": one}) for one in dossier.edits]
    told += [Item("merge", one["at"], one) for one in dossier.merges]
    visitors = sorted({span["visitor"] for span in way.spans})
    told += [Item("permission", one["at"], one) for one in await ways.consents(conn, account, visitors, members)]
    told += [Item("letter", one["at"], one) for one in await ways.letters(conn, account, members)]
    return told + [Item("request", one["at"], one) for one in filed]


class Credits(NamedTuple):
    """The touches before one conversion with what each model gives them; `conversions` are those that can be chosen."""

    table: Table
    chosen: dict[str, Any]
    conversions: list[dict[str, Any]]
    goals: dict[bytes, str]


async def _credits(conn: AsyncConnection, account: int, lead_id: bytes, asked: Asked) -> Credits | None:
    """Of the conversion that was asked for, else of the one that made it a lead; None where it has none."""
    found = await journeys.of_lead(conn, account, lead_id)
    if not found:
        return None
    first = next((row for row in found if row["kind"] == "lead"), found[0])
    chosen = next((row for row in found if row["id"] == asked.of), first)
    goals = await ways.goal_names(conn, account) if any(row["goal_id"] for row in found) else {}
    return Credits(table(chosen["at"], *journeys.opened(chosen), asked.look_back), chosen, found, goals)


class Browser(NamedTuple):
    """One browser of a lead: since when and until when it was seen, in how many visits, as what, and by which evidence (`kind`, `at`)."""

    first_at: int | None
    last_at: int | None
    visits: int
    agent: str
    kind: str
    at: int | None
    shared: bool


def _browsers(way: ways.Way) -> list[Browser]:
    """The one seen last first, as `/leads/{id}/seen?browser=N` numbers them."""
    made: dict[str, Browser] = {}
    for visitor in {span["visitor"] for span in way.spans}:
        mine = [row for row in way.sessions if row["visitor"] == visitor]
        spans = [span for span in way.spans if span["visitor"] == visitor]
        first, last = (mine[0]["started_at"], max(row["ended_at"] for row in mine)) if mine else (None, None)
        agent = next((row["agent"] for row in reversed(mine) if row["agent"]), "")
        tie = spans[0]
        made[visitor] = Browser(first, last, len(mine), agent, tie["kind"] or "", tie["edge_at"], any(span["shared"] for span in spans))
    return [made[visitor] for visitor in sorted(made, key=lambda one: (-(made[one].last_at or 0), one))]
