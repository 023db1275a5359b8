"""What a visitor sees of themselves, read once for their own page and for the marketer's view of it: the same rows, the same masks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..actions import judge
from ..actions.refold import context
from ..domain.scoring import Score
from ..present import dates, people, why
from ..present import mine as words
from ..present.timeline import entries
from ..present.timeline import shown as places
from ..store import conversions, dossier, leads, mine, scores
from ..store.identities import OBJECTION
from ..store.leads import Timeline
from ..store.mine import Holder
from . import auth, house, render
from .people import lead_id

Row = dict[str, Any]


async def of_browser(request: Request, conn: AsyncConnection, account: int, visitor: str, site: int = 0) -> dict[str, Any]:
    """What whoever has shown a browser's secret sees: that browser alone, with every value masked."""
    language, way = render.language_of(request), await mine.browser(conn, account, visitor)
    ids = [row["id"] for row in way.submissions]
    where = site or next((row["site_id"] for row in (*way.sessions, *way.submissions)), 0)
    holder = await mine.holder(conn, account, where)
    zone = _zone(holder, where)
    told = await conn.run_sync(conversions.of_ids, account, ids)
    given = await conn.run_sync(context, account, house.of(request).secret)
    score = await conn.run_sync(judge.of_browser, given, visitor, told)
    links = await mine.links(conn, account, visitor)
    known = await scores.points_of(conn, account, [link["lead_id"] for link in links])
    given_or_not = await mine.consents(conn, account, [visitor], ids, [])
    # Anybody may type another's address: that its owner objected, or stands on a list, is told to no browser that came later.
    own = any(row["how"] == OBJECTION for row in given_or_not)
    if own and any(one["excluded"] == judge.OBJECTED for one in known.values()):
        score = Score(excluded=judge.OBJECTED)
    elif score and score.excluded:
        score = Score(excluded="unconfirmed")
    masked = way._replace(
        submissions=[words.masked_submission(row) for row in way.submissions], events=[words.masked_event(row) for row in way.events]
    )
    last = max([row["ended_at"] for row in way.sessions] + [row["at"] for row in way.submissions], default=0)
    reasons = [{"rule": one.rule, "points": one.points, "times": one.times} for one in score.reasons] if score else []
    return _view(language, holder, masked, where, zone) | {
        "confirmed": False,
        "values": words.values((words.masked_submission(row) for row in way.submissions), language),
        "story": words.ties(links, zone, language),
        "score": words.scored(score.points, reasons, score.excluded, language) if score else None,
        "consents": _consents(given_or_not, language),
        "until": words.until(last, holder.keeps.get("leads" if ids else "history")),
        "last": last,
        "notes": [],
    }


async def of_lead(request: Request, conn: AsyncConnection, account: int, lead: bytes) -> dict[str, Any] | None:
    """What a person sees whose address a link has confirmed: everything of the lead, as it is kept. None where it is gone."""
    language, row = render.language_of(request), await leads.one(conn, account, lead)
    if row is None:
        return None
    holder, way = await mine.holder(conn, account, row["site_id"]), await leads.timeline(conn, account, lead)
    zone = _zone(holder, row["site_id"])
    told = await conn.run_sync(dossier.of_lead, account, lead)
    browsers = sorted({span["visitor"] for span in way.spans})
    members = list(dict.fromkeys([lead, *(one["lead_id"] for one in told.identifiers)]))
    found = await scores.of_lead(conn, account, lead)
    consents = await mine.consents(conn, account, browsers, [one["id"] for one in way.submissions], members)
    values = words.values(
        [row, *({"name": "", "email": "", "phone": "", "organization": ""} | _known(one) for one in told.identifiers)], language
    )
    return _view(language, holder, way, row["site_id"], zone) | {
        "confirmed": True,
        "values": values,
        "story": words.story(row, way.submissions, len(browsers), zone, language),
        "score": words.scored(found["points"], found["reasons"], found["excluded"], language) if found else None,
        "consents": _consents(consents, language),
        "until": words.until(row["last_seen_at"], holder.keeps.get("leads")),
        "last": row["last_seen_at"],
        "notes": [(one.at, people.edit(one, {}, language)) for one in told.edits if one.kind not in ("owner", "apart")],
        "row": row,
    }


def _known(identifier: Row) -> dict[str, str]:
    return {str(identifier["type"]): str(identifier["value"])}


def _view(language: str, holder: Holder, way: Timeline, site: int, zone: str) -> dict[str, Any]:
    told = entries(way.sessions, way.touches, way.events, way.submissions)
    place = holder.sites.get(site)
    domain = str(place["name"] or place["domain"]) if place else ""
    return {
        "way": way,
        "entries": told,
        "shown": places(told),
        "zone": zone,
        "lead": {"site_id": site},
        "site_by_id": holder.sites,
        "site_name": domain,
        "holder": holder.name if holder.name not in ("", "main") else domain,
        "readers": words.roles(holder.roles, language),
        "keeps": words.keeps(holder.keeps, language),
        "visits": len(way.sessions),  # also those that began before consent, which are counted as audience
        "first": min([one["started_at"] for one in way.sessions] + [one["at"] for one in way.submissions], default=0),
    }


def _consents(rows: list[Row], language: str) -> list[Row]:
    return [row | {"said": words.consent(row, language)} for row in rows]


def _zone(holder: Holder, site: int) -> str:
    known = holder.sites.get(site)
    return dates.zone_of(known["zone"] if known else None).key


async def shown(request: Request) -> Response:
    """What the visitor sees, for whoever sees the lead: `?browser=N` as it is before they confirm their address, else after."""
    user, lead = auth.required(request), lead_id(request.path_params["id"])
    asked = request.query_params.get("browser", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    async with house.of(request).database.reader() as conn:
        row = await leads.one(conn, user.account_id, lead)
        if row is None:
            raise HTTPException(404)
        browsers = await mine.browsers(conn, user.account_id, lead)
        if 0 < number <= len(browsers):
            view = await of_browser(request, conn, user.account_id, browsers[number - 1])
        else:
            number, found = 0, await of_lead(request, conn, user.account_id, lead)
            view = found or {}
    who = why.who(row, render.language_of(request))
    return render.page(
        request, "seen.html", row=row, who=who, browsers=len(browsers), number=number, **{k: view[k] for k in view if k != "row"}
    )
