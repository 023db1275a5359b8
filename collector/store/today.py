"""What a morning reads: leads that are new, came back or moved, what they read, which forms were sent, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.edits import Edit, standing
from ..domain.events import TYPES, mark_names
from . import people
from .events import unpacked
from .schema import company_lead, event, lead, refused_count, rollup, score, score_change, score_reason, site, span
from .urls import whole

Row = dict[str, Any]

NEWEST = 1_000  # leads that are looked at; the newest
MOVED = 200  # changes of scores, the largest
MOST_PAGES = 2_000  # views
_LIGHT = ("id", "kind", "created_at", "last_seen_at", "status", "owner", "quarantine")
_SHOWN = [column for column in lead.c if column.name not in ("account_id", "search")]
_scored = lead.join(score, and_(score.c.account_id == lead.c.account_id, score.c.lead_id == lead.c.id), isouter=True)
_POINTS = (func.coalesce(score.c.points, 0).label("points"), func.coalesce(score.c.excluded, "").label("excluded"))


async def new(conn: AsyncConnection, account_id: int, since: int) -> list[Row]:
    """The newest leads and messages that came since a time: id, kind, times, status, owner, quarantine, points, excluded."""
    mine = select(*(lead.c[name] for name in _LIGHT), *_POINTS).select_from(_scored)
    asked = mine.where(lead.c.account_id == account_id, lead.c.created_at >= since)
    return await _rows(conn, asked.order_by(lead.c.created_at.desc(), lead.c.id.desc()).limit(NEWEST))


async def back(conn: AsyncConnection, account_id: int, since: int) -> list[Row]:
    """The same of leads that came before a time and were seen since; those that were seen last."""
    mine = select(*(lead.c[name] for name in _LIGHT), *_POINTS).select_from(_scored)
    seen = (lead.c.account_id == account_id, lead.c.last_seen_at >= since, lead.c.created_at < since, lead.c.kind == "lead")
    return await _rows(conn, mine.where(*seen).order_by(lead.c.last_seen_at.desc()).limit(NEWEST))


async def moved(conn: AsyncConnection, account_id: int, day: int, before: int) -> list[Row]:
    """Leads that came before a time and whose scores changed since a day (days since 1970, UTC), the most first: `before` the first
    change and `after` the last, in hundredths, beside the columns of `new`."""
    weighty = func.abs(score_change.c.after - score_change.c.before).desc()
    recent = select(score_change).where(score_change.c.account_id == account_id, score_change.c.day >= day)
    most_moved = recent.order_by(weighty, score_change.c.lead_id).limit(MOVED).subquery()
    joined = most_moved.join(lead, and_(lead.c.account_id == most_moved.c.account_id, lead.c.id == most_moved.c.lead_id)).join(
        score, and_(score.c.account_id == lead.c.account_id, score.c.lead_id == lead.c.id)
    )
    columns = (*(lead.c[name] for name in _LIGHT), *_POINTS, *(most_moved.c[name] for name in ("day", "before", "after")))
    # Who was not seen since has not done what a score rose by: it came late, or belongs to a past that was told anew.
    real = or_(most_moved.c.after < most_moved.c.before, lead.c.last_seen_at >= before)
    mine = (lead.c.created_at < before, lead.c.quarantine == "", real)
    found: dict[bytes, Row] = {}
    for row in await _rows(conn, select(*columns).select_from(joined).where(*mine).order_by(most_moved.c.day, lead.c.id)):
        found.setdefault(row["id"], row)["after"] = row["after"]
    told = sorted(found.values(), key=lambda row: (-abs(row["after"] - row["before"]), row["id"]))
    return [row for row in told if row["after"] != row["before"]]


async def shown(conn: AsyncConnection, account_id: int, leads: Sequence[bytes]) -> dict[bytes, Row]:
    """The rows of leads by id, with `marks` as names, `company` and the `reasons` of their score."""
    if not leads:
        return {}
    rows = await _rows(conn, select(*_SHOWN).where(lead.c.account_id == account_id, lead.c.id.in_(leads)))
    named = select(company_lead.c.lead_id, company_lead.c.company).where(
        company_lead.c.account_id == account_id, company_lead.c.lead_id.in_(leads)
    )
    companies = {bytes(row[0]): row[1] for row in await conn.execute(named)}
    reasons: dict[bytes, list[Row]] = {}
    asked = select(score_reason.c.lead_id, score_reason.c.rule, score_reason.c.points).where(
        score_reason.c.account_id == account_id, score_reason.c.lead_id.in_(leads)
    )
    for row in await _rows(conn, asked):
        reasons.setdefault(bytes(row["lead_id"]), []).append(row)
    return {
        bytes(row["id"]): row
        | {"marks": mark_names(row["marks"]), "company": companies.get(bytes(row["id"]), ""), "reasons": reasons.get(bytes(row["id"]), [])}
        for row in rows
    }


async def read(conn: AsyncConnection, account_id: int, leads: Sequence[bytes], since: int) -> dict[bytes, list[Row]]:
    """Lead → the pages that it read since a time, in their order: `at`, `url`, `title`."""
    if not leads:
        return {}
    spans = select(span.c.lead_id, span.c.visitor, span.c.from_at, span.c.to_at)
    owned: dict[str, list[Row]] = {}
    for row in await _rows(conn, spans.where(span.c.account_id == account_id, span.c.lead_id.in_(leads), span.c.to_at > since)):
        owned.setdefault(row["visitor"], []).append(row)
    if not owned:
        return {}
    columns = (event.c.visitor, event.c.at, event.c.url, event.c.data, site.c.domain)
    told = select(*columns).join_from(event, site, site.c.id == event.c.site_id, isouter=True)
    mine = (event.c.account_id == account_id, event.c.visitor.in_(list(owned)), event.c.type == TYPES.index("view"), event.c.at >= since)
    found: dict[bytes, list[Row]] = {}
    newest = told.where(*mine).order_by(event.c.at.desc(), event.c.id.desc()).limit(MOST_PAGES)
    for row in reversed(await _rows(conn, newest)):
        for one in owned[row["visitor"]]:
            if one["from_at"] <= row["at"] < one["to_at"]:
                title = str(unpacked("view", row["data"]).get("title") or "")
                seen = {"at": row["at"], "url": whole(row["url"], row["domain"] or ""), "title": title}
                found.setdefault(bytes(one["lead_id"]), []).append(seen)
    return found


async def contacted(conn: AsyncConnection, account_id: int, leads: Sequence[bytes]) -> dict[bytes, int]:
    """When somebody last said of each lead that it was contacted or lost, UTC milliseconds; of those of which somebody did."""
    return last_contact(standing(await conn.run_sync(people.edits, account_id, leads))) if leads else {}


def last_contact(edits: Sequence[Edit]) -> dict[bytes, int]:
    """The same of edits that stand."""
    found: dict[bytes, int] = {}
    for one in edits:
        if one.kind == "status" and one.value in ("contacted", "lost"):
            found[one.lead_id] = max(one.at, found.get(one.lead_id, 0))
    return found


# Beside the leads -------------------------------------------------------------------------------------------------


async def forms(
    conn: AsyncConnection, account_id: int, sites: Sequence[int], first: int, last: int
) -> dict[tuple[int, str], list[tuple[int, int, int]]]:
    """(site, form) → (day, sendings, how often it was seen) of the days from `first` to `last` (since 1970) on which it counted."""
    days = list(range(first, last + 1))  # day by day, for between them the key holds every page
    mine = (rollup.c.account_id == account_id, rollup.c.site_id.in_(sites), rollup.c.day.in_(days), rollup.c.kind == "form")
    asked = select(rollup.c.site_id, rollup.c.key, rollup.c.day, rollup.c.conversions, rollup.c.views).where(*mine)
    found: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
    for row in await conn.execute(asked) if sites else ():
        found.setdefault((int(row[0]), row[1]), []).append((int(row[2]), int(row[3]), int(row[4])))
    return found


async def refused(conn: AsyncConnection, account_id: int, first: int) -> dict[int, dict[int, int]]:
    """Site → day → refused events, from a day on (days since 1970, UTC)."""
    counted = func.sum(refused_count.c.n)
    mine = (refused_count.c.account_id == account_id, refused_count.c.day >= first)
    asked = select(refused_count.c.site_id, refused_count.c.day, counted).where(*mine)
    found: dict[int, dict[int, int]] = {}
    for row in await conn.execute(asked.group_by(refused_count.c.site_id, refused_count.c.day)):
        found.setdefault(int(row[0]), {})[int(row[1])] = int(row[2])
    return found


async def _rows(conn: AsyncConnection, asked: Any) -> list[Row]:
    return [dict(row._mapping) for row in await conn.execute(asked)]
