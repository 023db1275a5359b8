"""Reports of forms: each with its funnel, and one to the field. What is in quarantine stands apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..domain import funnel
from ..domain.counts import Counts
from ..domain.funnel import Funnel
from ..domain.periods import Period
from ..domain.rollups import REST
from ..present import charts, sheets, tables
from ..present.tables import Form
from ..store import counted
from ..store import shares as credited
from . import auth, house, render
from .asked import Asked, asked
from .reports import csv, fit, frame

Forms = dict[tuple[int, str], Funnel]  # (site, key)


async def forms(request: Request) -> Response:
    """Every form: how often it was seen, begun and sent, what became of that, and the leads it won."""
    user, language = auth.required(request), render.language_of(request)
    async with house.of(request).database.snapshot() as conn:
        wanted = await asked(request, conn, user.account_id)
        told, earlier = await _days(conn, user.account_id, wanted)
        now = await _funnels(conn, user.account_id, wanted.zones, wanted.period)
        before = await _funnels(conn, user.account_id, wanted.zones, wanted.before) if wanted.has_before else {}
    lines = [
        Form(key, site, now.get((site, key), Funnel()), before.get((site, key), Funnel())) for site, key in dict.fromkeys([*now, *before])
    ]
    sheet = fit(earlier)(tables.forms(lines, wanted.names, language))
    sort = sheets.chosen(sheet, wanted.get("sort"), "-views")
    if request.query_params.get("csv"):
        return csv(sheets.csv(sheet, sort, language), "forms", wanted)
    table = sheets.table(sheet, sort, language)
    return render.page(request, "reports_forms.html", table=table, rest=REST, **frame(request, wanted, told, earlier))


async def one(request: Request) -> Response:
    """One form: its funnel, and the fields at which it is left or refused."""
    user, language = auth.required(request), render.language_of(request)
    async with house.of(request).database.snapshot() as conn:
        wanted = await asked(request, conn, user.account_id)
        form, key = wanted.get("form"), funnel.key_of(wanted.get("form"))
        if not form:
            raise HTTPException(404)
        told, earlier = await _days(conn, user.account_id, wanted)
        now = _one(await _funnels(conn, user.account_id, wanted.zones, wanted.period), form)
        before = _one(await _funnels(conn, user.account_id, wanted.zones, wanted.before), form) if wanted.has_before else Funnel()
        rows = await counted.by_key(conn, user.account_id, wanted.zones, "form-field", wanted.period)
    fields = tables.fields(funnel.fields_of(_views(rows), key), language)
    steps = fit(earlier)(tables.steps(now, before, language))
    sort = sheets.chosen(fields, wanted.get("sort"), "-abandon")
    if (file := request.query_params.get("csv")) in ("steps", "fields"):
        return csv(sheets.csv(steps, "", language) if file == "steps" else sheets.csv(fields, sort, language), f"form-{file}", wanted)
    return render.page(
        request,
        "reports_form.html",
        form=form,
        name=tables.form_name(form, language),
        funnel=now,
        before=before,
        steps=sheets.table(steps, "", language),
        bars=[charts.width(line.of[1], now.reached) for line in sheets.table(steps, "", language).lines],
        fields=sheets.table(fields, sort, language),
        **frame(request, wanted, told, earlier),
    )


async def _days(conn: AsyncConnection, account_id: int, wanted: Asked) -> tuple[list[Counts], list[Counts]]:
    now = await counted.by_day(conn, account_id, wanted.zones, wanted.period)
    return now, await counted.by_day(conn, account_id, wanted.zones, wanted.before) if wanted.has_before else []


async def _funnels(conn: AsyncConnection, account_id: int, zones: Mapping[int, str], period: Period) -> Forms:
    """Every form's funnel in a period."""
    whole = await counted.by_key(conn, account_id, zones, "form", period)
    told = await counted.by_key(conn, account_id, zones, "form-step", period)
    apart = await credited.apart(conn, account_id, zones, period)
    steps: dict[tuple[int, str], dict[str, int]] = {}
    for site in zones:
        mine = {key: counts.views for (of, key), counts in told.items() if of == site}
        steps |= {(site, form): found for form, found in funnel.steps_of(mine).items()}
    made: Forms = {}
    for site, key in dict.fromkeys([*whole, *steps, *apart]):
        counts = whole.get((site, key), Counts())
        found: dict[str, Any] = {"views": counts.views, "leads": counts.leads, "conversions": counts.conversions}
        made[site, key] = Funnel(**found, apart=apart.get((site, key), 0), **steps.get((site, key), {}))
    return made


def _one(found: Forms, form: str) -> Funnel:
    """A form's funnel, on all chosen sites."""
    return funnel.whole(one for (_site, key), one in found.items() if key == form)


def _views(rows: Mapping[tuple[int, str], Counts]) -> dict[str, int]:
    made: dict[str, int] = {}
    for (_site, key), counts in rows.items():
        made[key] = made.get(key, 0) + counts.views
    return made
