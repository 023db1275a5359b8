"""Reports: where visits and leads come from, by any two models side by side; days; pages. They read rollups and journeys, never events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from ..domain import attribution as models
from ..domain import shares
from ..domain.counts import Counts
from ..domain.periods import Period, iso
from ..domain.reports import LOOK_BACK
from ..domain.rollups import PART
from ..domain.shares import Credits, Source
from ..present import attribution as words
from ..present import charts, periods, report, sheets, tables
from ..present.tables import Counted
from ..store import costs, counted
from ..store import shares as credited
from . import auth, house, render
from .asked import Asked, asked

PAIR = ("first", "last-non-direct")  # the models that are shown where none is asked for
SPARKS = 30  # points of a small line


class Found(NamedTuple):
    """The lines of the report of sources: what made them, and what one must know to read them."""

    lines: list[Source]
    credits: Sequence[Credits]
    currency: str
    sparks: Mapping[str, str]
    left_out: int  # values in another currency
    spent_else: Mapping[str, int]  # costs in other currencies


async def sources(request: Request) -> Response:
    """Visits, leads, value and costs by channel, source and campaign; of all sites, a table of these first."""
    user, made = auth.required(request), house.of(request)
    language = render.language_of(request)
    async with made.database.snapshot() as conn:
        wanted = await asked(request, conn, user.account_id)
        level = wanted.get("by", shares.LEVELS, "channel")
        chosen = [wanted.get("model", models.MODELS, PAIR[0]), wanted.get("beside", models.MODELS, PAIR[1])]
        days, earlier = await _days(conn, user.account_id, wanted)
        of_sites = await _sites(conn, user.account_id, wanted)
        async with made.reporting:
            found = await _found(conn, user.account_id, wanted, level, list(dict.fromkeys(chosen)))
    within = wanted.get("channel"), wanted.get("source")
    lines = [line for line in found.lines if shares.is_under(line.key, *within)]
    fitted = fit(earlier)
    sheet = fitted(tables.sources(lines, [one.model for one in found.credits], level, within, found.currency, language))
    site_sheet = fitted(tables.sites(of_sites, wanted.names, language))
    sort = sheets.chosen(sheet, wanted.get("sort"), "-visits")
    site_sort = sheets.chosen(site_sheet, wanted.get("sites"), "-visits")
    if (file := request.query_params.get("csv")) in ("sources", "sites"):
        told = sheets.csv(sheet, sort, language) if file == "sources" else sheets.csv(site_sheet, site_sort, language)
        return csv(told, file, wanted)
    total = _sum(days)
    return render.page(
        request,
        "reports_sources.html",
        level=level,
        levels=shares.LEVELS,
        chosen=chosen,
        models=models.MODELS,
        words=words,
        report=report,
        found=found,
        spent_else=[report.amount(sum_, code, language) for code, sum_ in found.spent_else.items()],
        table=sheets.table(sheet, sort, language),
        site_table=sheets.table(site_sheet, site_sort, language) if of_sites else None,
        notes=[said for one in found.credits if (said := _note(one, language))],
        without=total.leads - round(sum(credit.leads for credit in _first(found.credits).values())) if not any(within) else 0,
        part=PART,
        **frame(request, wanted, days, earlier),
    )


async def days(request: Request) -> Response:
    """Visits and leads of each day, over a year where no other period is asked for: what a longer look needs."""
    user, language = auth.required(request), render.language_of(request)
    async with house.of(request).database.snapshot() as conn:
        wanted = await asked(request, conn, user.account_id, "365d")
        told, earlier = await _days(conn, user.account_id, wanted)
    lines = [Counted(iso(wanted.period.first + place), 0, counts) for place, counts in enumerate(told)]
    sheet = tables.days(lines, language)
    sort = sheets.chosen(sheet, wanted.get("sort"), "-name")
    if request.query_params.get("csv"):
        return csv(sheets.csv(sheet, "name", language), "days", wanted)
    begun = max((wanted.first or 0) - wanted.period.first, 0)  # days before anything was counted say nothing
    table = sheets.table(sheet._replace(lines=lines[begun:]), sort, language, len(lines) + 1)
    return render.page(request, "reports_days.html", table=table, whole=len(lines), **frame(request, wanted, told, earlier))


async def pages(request: Request) -> Response:
    """What each page is worth: views, visits that began there, leads won there, and leads that it only assisted."""
    user, language = auth.required(request), render.language_of(request)
    async with house.of(request).database.snapshot() as conn:
        wanted = await asked(request, conn, user.account_id)
        told, earlier = await _days(conn, user.account_id, wanted)
        now = await counted.by_key(conn, user.account_id, wanted.zones, "page", wanted.period)
        before = await counted.by_key(conn, user.account_id, wanted.zones, "page", wanted.before) if wanted.has_before else {}
        assisted, cut = await credited.assisted(conn, user.account_id, wanted.zones, wanted.period, LOOK_BACK) if now else ({}, False)
    none = Counts()
    lines = [
        Counted(key, site, now.get((site, key), none), before.get((site, key), none), assisted.get((site, key), 0))
        for site, key in dict.fromkeys([*now, *before, *assisted])
    ]
    sheet = fit(earlier)(tables.pages(lines, wanted.names, language))
    sort = sheets.chosen(sheet, wanted.get("sort"), "-views")
    if request.query_params.get("csv"):
        return csv(sheets.csv(sheet, sort, language), "pages", wanted)
    return render.page(
        request,
        "reports_pages.html",
        table=sheets.table(sheet, sort, language),
        look_back=LOOK_BACK,
        most=credited.EARLIER if cut else 0,
        **frame(request, wanted, told, earlier),
    )


def frame(request: Request, wanted: Asked, days: Sequence[Counts], earlier: Sequence[Counts]) -> dict[str, Any]:
    """What every report shows above its tables: the period, the sums, the line of visits; or why there is nothing."""
    language = render.language_of(request)
    total, before = _sum(days), _sum(earlier)
    drawn = charts.trend([one.visits for one in days], [one.visits for one in earlier]) if len(days) > 1 else None
    lines = [Counted(iso(wanted.period.first + place), 0, now, earlier[place] if earlier else Counts()) for place, now in enumerate(days)]
    return {
        "asked": wanted,
        "spans": periods.NAMES,
        "span": periods.span(wanted.period, language),
        "span_before": periods.span(wanted.before, language),
        "zone": periods.zones(set(wanted.zones.values()), language),
        "short": lambda day: periods.short(day, language),
        "day_in_words": lambda day: report.day(day, language),
        "iso_day": iso,
        "sums": _sums(total, before if earlier else None, language),
        "total": total,
        "compared": any(before),
        "drawn": drawn,
        "day_lines": lines,
        "peak": max(lines, key=lambda line: line.now.visits, default=None),
        "empty": _empty(wanted, total),
        "spark_size": (charts.SPARK_WIDTH, charts.SPARK_HEIGHT),
    }


def fit(earlier: Sequence[Counts]) -> Callable[[Any], Any]:
    """What a table is passed through: without the period before where nothing was counted in it."""
    return (lambda sheet: sheet) if any(_sum(earlier)) else sheets.alone


def csv(file: bytes, name: str, wanted: Asked) -> Response:
    """A table as a file, named by its period."""
    called = f"{name}-{iso(wanted.period.first)}-{iso(wanted.period.last)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{called}"'}
    return Response(file, media_type="text/csv; charset=utf-8", headers=headers)


def _empty(wanted: Asked, total: Counts) -> str:
    """Why there is nothing to show (a code), or ""."""
    if not wanted.known:
        return "no-site"
    if wanted.first is None:
        return "never"
    return "" if any(total) else "period"


def _sums(total: Counts, before: Counts | None, language: str) -> list[sheets.Cell]:
    """The four numbers at the top."""
    sheet = tables.sites([], {}, language)
    line = Counted("", 0, total, before or Counts())
    cells = []
    for column in sheet.columns:
        now = column.value(line)
        was = column.value(line._replace(now=line.before)) if before is not None else None
        cells.append(sheets.Cell(column, sheets.said(now, column.kind, "", language), sheets.changed(now, was, column.kind, "", language)))
    return cells


def _sum(days: Sequence[Counts]) -> Counts:
    made = Counts()
    for one in days:
        made = made.plus(one)
    return made


async def _days(conn: AsyncConnection, account_id: int, wanted: Asked) -> tuple[list[Counts], list[Counts]]:
    """Each day of the period, and of the one before; none of that where nothing was counted yet."""
    now = await counted.by_day(conn, account_id, wanted.zones, wanted.period)
    return now, await counted.by_day(conn, account_id, wanted.zones, wanted.before) if wanted.has_before else []


async def _sites(conn: AsyncConnection, account_id: int, wanted: Asked) -> list[Counted]:
    """One line a site, where there are several and all are asked for."""
    if not wanted.names:
        return []
    now = await counted.by_site(conn, account_id, wanted.zones, wanted.period)
    before = await counted.by_site(conn, account_id, wanted.zones, wanted.before)
    return [Counted("", site, now.get(site, Counts()), before.get(site, Counts())) for site in wanted.zones]


async def _visits(conn: AsyncConnection, account_id: int, wanted: Asked, period: Period, level: str) -> dict[str, int]:
    """Visits by the keys of a level."""
    kinds = {}
    for kind in ("source", *(("campaign",) if level == "campaign" else ())):
        told: dict[str, int] = {}
        for (_site, key), counts in (await counted.by_key(conn, account_id, wanted.zones, kind, period)).items():
            told[key] = told.get(key, 0) + counts.visits
        kinds[kind] = told
    return shares.counted(level, kinds["source"], kinds.get("campaign", {}))


async def _found(conn: AsyncConnection, account_id: int, wanted: Asked, level: str, chosen: list[str]) -> Found:
    if not wanted.zones:
        return Found([], [Credits(model, model, "", {}) for model in chosen], "", {}, 0, {})
    compared = wanted.has_before
    now = await _visits(conn, account_id, wanted, wanted.period, level)
    before = await _visits(conn, account_id, wanted, wanted.before, level) if compared else {}
    kind = "campaign" if level == "campaign" else "source"
    told = await counted.visits_by_part(conn, account_id, wanted.zones, kind, wanted.period, SPARKS) if wanted.period.days > 1 else {}
    sums = await costs.sums(conn, account_id, wanted.period.first, wanted.period.last)
    ways = await credited.ways(conn, account_id, wanted.zones, wanted.period, level, chosen, LOOK_BACK)
    codes = ways.currencies()
    currency = shares.currency_of(codes, sums)
    nulls = await credited.unconverted(conn, account_id, wanted.zones, wanted.period, ways, LOOK_BACK) if "markov" in chosen else []
    quick = [model for model in chosen if model in shares.QUICK] if compared else []
    old = await credited.ways(conn, account_id, wanted.zones, wanted.before, level, quick, LOOK_BACK) if quick else None

    def figures() -> tuple[list[Credits], list[Credits | None]]:
        first = [ways.credits(model, currency, LOOK_BACK, nulls if model == "markov" else ()) for model in chosen]
        if not compared:
            return first, [Credits(model, model, "", {}) for model in chosen]
        return first, [old.credits(model, currency, LOOK_BACK) if old and model in quick else None for model in chosen]

    credits, earlier = await asyncio.to_thread(figures)
    lines = shares.merged(now, before, credits, earlier, shares.spent(sums, level, currency))
    sparks = {key: points for key, values in shares.parts(level, told).items() if (points := charts.spark(values))}
    left_out = sum(count for code, count in codes.items() if code != currency)
    return Found(lines, credits, currency, sparks, left_out, shares.spent_else(sums, currency))


def _first(credits: Sequence[Credits]) -> Mapping[str, shares.Credit]:
    return credits[0].of if credits else {}


def _note(one: Credits, language: str) -> str:
    """Why another model was used than was asked for."""
    if not one.why:
        return ""
    return words.fallen(one.model, one.why, models.FLOOR, language)
