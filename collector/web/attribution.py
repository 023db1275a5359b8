"""Attribution: the report of any two models side by side, and reports that were kept beside what is known now."""

from __future__ import annotations

import asyncio
import json
from importlib.metadata import version
from typing import Any, NamedTuple

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import runs
from ..domain import attribution as models
from ..domain import costs, journeys, paths
from ..domain.goals import Version
from ..domain.reports import DAYS, LOOK_BACK, Figures, Question
from ..domain.rollups import day_of
from ..present import attribution as words
from ..present import dates, report
from ..store import goals, reports, sites
from ..store import journeys as rows
from . import auth, house, render, zones

WRITERS = ("owner", "marketer")
HALF_LIVES = (7.0, 14.0, 30.0)  # days that are offered; the longer ones for long decisions
_LONGEST = 250  # of a transform's text
_MOST_DAYS = 36_525  # of a period: what is longer is a slip


class Known(NamedTuple):
    """What a report may be asked of: the account's sites and its goals, removed ones too."""

    sites: list[dict[str, Any]]
    goals: dict[str, str]  # id in hex → name


async def shown(request: Request) -> Response:
    """The report; all that is asked stands in the address."""
    user = auth.required(request)
    known = await _known(request, user.account_id)
    asked, fault = _asked(request.query_params, known, house.of(request).clock())
    beside = request.query_params.get("beside", "")
    chosen = [asked.model, *([beside] if beside in models.MODELS and beside != asked.model else [])]
    found: list[Figures] = []
    if not fault:
        asked, found = await _figures(request, user.account_id, asked, chosen)
    return render.page(
        request,
        "attribution.html",
        422 if fault else 200,
        asked=asked,
        fault=fault,
        found=found,
        beside=beside,
        known=known,
        report=report,
        words=words,
        models=models.MODELS,
        longest=journeys.LONGEST,
        half_lives=HALF_LIVES,
        may_write=user.role in WRITERS,
    )


async def keep(request: Request) -> Response:
    """Keeps the report that the form asks for, under a name."""
    user, made = auth.required(request, *WRITERS), house.of(request)
    sent = await auth.form(request)
    known = await _known(request, user.account_id)
    asked, fault = _asked(sent, known, made.clock())
    name = sent.get("name", "").strip()
    if fault or not name:
        raise HTTPException(400)
    asked, (found,) = await _figures(request, user.account_id, asked, [asked.model])
    now = made.clock()
    figures = json.dumps(report.answer(found, asked))
    more = {"asked": reports.asked_text(asked), "figures": figures, "code": version("webleads-tracker")}
    await made.writer.run(runs.keep, user.account_id, id=made.ids(now), name=name, actor=user.email, now=now, **more)
    return RedirectResponse("/attribution/kept", 303)


async def kept(request: Request) -> Response:
    """The reports that were kept."""
    user = auth.required(request)
    async with house.of(request).database.reader() as conn:
        told = [row | {"asked": reports.asked_back(row["asked"])} for row in await reports.kept(conn, user.account_id)]
        zone = zones.listed(request, await sites.all(conn, user.account_id))
    known = await _known(request, user.account_id)
    found = [row | {"then": report.kept(json.loads(row["figures"]), row["asked"])} for row in told]
    return render.page(request, "kept.html", kept=found, known=known, report=report, zone=zone)


async def then(request: Request) -> Response:
    """One that was kept, and what the same question answers now."""
    user, text = auth.required(request), request.path_params["id"]
    async with house.of(request).database.reader() as conn:
        row = await reports.one(conn, user.account_id, _id(text))
        if row is None:
            raise HTTPException(404)
        asked = reports.asked_back(row["asked"])
        late = await rows.late(conn, user.account_id, reports.asked_of(asked), row["at"])
    known = await _known(request, user.account_id)
    asked, (now,) = await _figures(request, user.account_id, asked, [asked.model])
    before, language = report.kept(json.loads(row["figures"]), asked), render.language_of(request)
    return render.page(
        request,
        "then.html",
        row=row,
        said=report.moved(row["name"], before.report.conversions, now.report.conversions, late, language),
        lines=report.differences(before.lines, now.lines, asked, language, report.MOST),
        then=before,
        asked=asked,
        known=known,
        report=report,
        zone=zones.listed(request, known.sites, asked.site),
    )


async def _figures(request: Request, account_id: int, asked: Question, chosen: list[str]) -> tuple[Question, list[Figures]]:
    """One report after the other: each takes its time on a core."""
    made = house.of(request)
    async with made.reporting:
        async with made.database.snapshot() as conn:
            read = await reports.load(conn, account_id, asked, chosen)
        return await asyncio.to_thread(reports.answer, read, asked, chosen)


async def _known(request: Request, account_id: int) -> Known:
    async with house.of(request).database.reader() as conn:
        told: list[Version] = await goals.versions(conn, account_id)
        found = [row | {"zone": zones.shown(request, row["zone"])} for row in await sites.all(conn, account_id)]
    return Known(found, {one.id.hex(): one.name for one in told})


def _asked(given: QueryParams | dict[str, str], known: Known, now: int) -> tuple[Question, str]:
    """What is asked for, and what of it cannot be; what cannot be read asks for nothing."""
    site = _number(given.get("site", ""))
    site = site if site in {row["id"] for row in known.sites} else 0
    zone = _zone(known.sites, site)
    last = costs.day_of(given.get("to", ""))
    last = day_of(now, zone) if last is None else last
    first = costs.day_of(given.get("from", ""))
    of, by, model = given.get("of", ""), given.get("by", ""), given.get("model", "")
    transform = paths.transform_of(given.get("transform", "")[:_LONGEST])
    asked = Question(
        model if model in models.MODELS else "linear",
        last - DAYS + 1 if first is None else first,
        last,
        zone,
        of if of in journeys.OF else "goals" if of in known.goals else "leads",
        by if by in journeys.BY else "channel",
        of if of in known.goals else "",
        site,
        _number(given.get("look_back", "")) if given.get("look_back") else LOOK_BACK,
        (transform,) if transform and transform.name != "unique" else (),
        half if (half := float(_number(given.get("half_life", "")))) in HALF_LIVES else models.HALF_LIFE,
    )
    return asked, "long" if asked.last - asked.first > _MOST_DAYS else asked.fault()


def _zone(known: list[dict[str, Any]], site: int) -> str:
    named = [row["zone"] for row in known if site in (0, row["id"])]
    return dates.zone_of(named[0] if named else None).key


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise HTTPException(404) from None
