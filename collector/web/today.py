"""Today: whom to call and why, who came back, whose score moved; and what on the sites needs somebody."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import requests as filing
from ..actions.judge import OBJECTED
from ..domain import periods, steps, stopped, surges
from ..domain.requests import days_left
from ..domain.rollups import day_of, midnight
from ..domain.steps import Facts
from ..present import dates, people, why
from ..present import scores as score_words
from ..present import steps as step_words
from ..present import today as words
from ..store import requests, sites, today, users
from . import auth, house, render, zones
from .people import MAY

MOST = {"new": 25, "back": 15, "moved": 10}  # that are shown
LONGEST = 366  # days that it looks back at most
SOON = 7  # days in which a request is due
DAY = 86_400_000
_HANDLED = frozenset({"contacted", "qualified", "won", "lost"})
Row = dict[str, Any]


class Card(NamedTuple):
    """One lead as it stands here: its row, its score (None where it has none), why, what it read, and what to do next."""

    row: Row
    points: int | None
    excluded: str
    reasons: str
    read: list[str]
    more: str
    step: steps.Step
    said: str
    moved: str = ""


class News(NamedTuple):
    """One thing about the sites: what is the matter, and where to go (empty: nowhere that its reader may)."""

    text: str
    link: str
    to: str


async def start(request: Request) -> Response:
    """The screens begin here."""
    return RedirectResponse("/today", 303)


async def shown(request: Request) -> Response:
    """The morning, since the last working day or since a date that the address names."""
    user, made, language = auth.required(request), house.of(request), render.language_of(request)
    now = made.clock()
    async with made.database.reader() as conn:
        known = [row for row in await sites.all(conn, user.account_id) if sites.is_current(row)]
        zone = zones.listed(request, known)
        day = day_of(now, zone)
        first = _since(request.query_params.get("since", ""), day)
        since = midnight(first, zone)
        found = await _found(conn, user.account_id, since)
        cards = await _cards(conn, user.account_id, found, since, now, language)
        news = [
            *await _quiet(conn, known, now, language),
            *await _stopped(conn, user.account_id, known, now, language),
            *await _refused(conn, user, known, now, language),
        ]
        waiting = await requests.listed(conn, user.account_id, open=True, most=500)
        heard = None if cards["new"] else await sites.last_heard(conn, user.account_id, known)
        owners = {row["id"].hex(): row["email"] for row in await users.all(conn, user.account_id)}
    return render.page(
        request,
        "today.html",
        sites=known,
        site_by_id={row["id"]: row for row in known},
        zone=zone,
        since=since,
        since_day=periods.iso(first),
        chosen=first != steps.morning(day),
        oldest=periods.iso(day - LONGEST),
        newest=periods.iso(day),
        cards=cards,
        counts=found.counts,
        most=MOST,
        news=news,
        asked=_asked(waiting, now, language),
        heard=heard,
        quiet=any(row.get("quiet") for row in known),
        me=user.id.hex(),
        may=user.role in MAY,
        owner_name=lambda key: people.actor(key, owners, language),
        back=_back(request),
        who=lambda row: why.who(row, language),
    )


def _since(text: str, today_: int) -> int:
    """The day that is asked for (since 1970), no later than today; else the last working day."""
    day = periods.day_of(text)
    return steps.morning(today_) if day is None else min(max(day, today_ - LONGEST), today_)


def _back(request: Request) -> str:
    """Where to come back to after a change made here."""
    asked = request.query_params.get("since", "")
    return f"/today?{urlencode({'since': asked})}" if periods.day_of(asked) is not None else "/today"


# Leads ------------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """The light rows of each part, best first and cut, and how many there are in all; `messages` and `quarantined` are new ones."""

    parts: dict[str, list[Row]]
    counts: dict[str, int]


async def _found(conn: AsyncConnection, account: int, since: int) -> Found:
    came = await today.new(conn, account, since)
    new = [row for row in came if row["kind"] == "lead" and not row["quarantine"]]
    back = [row for row in await today.back(conn, account, since) if not row["quarantine"]]
    moved = {row["id"]: row for row in await today.moved(conn, account, since // DAY, since)}
    for row in back:  # who came back is told of once
        if (change := moved.pop(row["id"], None)) is not None:
            row |= {"before": change["before"], "after": change["after"] if row["excluded"] else row["points"]}
    for row in moved.values():  # a day's change is noted once; what stands beside it is the score of now
        row["after"] = row["after"] if row["excluded"] else row["points"]
    moved = {id: row for id, row in moved.items() if score_words.whole(row["before"]) != score_words.whole(row["after"])}
    counts = {
        "new": len(new),
        "open": sum(row["status"] not in _HANDLED for row in new),
        "back": len(back),
        "moved": len(moved),
        "messages": sum(row["kind"] == "message" and not row["quarantine"] for row in came),
        "quarantined": sum(bool(row["quarantine"]) for row in came),
        "cut": int(len(came) >= today.NEWEST),
    }
    parts = {"new": sorted(new, key=_best), "back": sorted(back, key=_best), "moved": list(moved.values())}
    return Found({name: rows[: MOST[name]] for name, rows in parts.items()}, counts)


def _best(row: Row) -> tuple[bool, bool, int, int, bytes]:
    """What nobody has begun with stands first, then the highest score, then the newest."""
    return row["status"] in _HANDLED, bool(row["excluded"]), -row["points"], -row["created_at"], row["id"]


async def _cards(conn: AsyncConnection, account: int, found: Found, since: int, now: int, language: str) -> dict[str, list[Card]]:
    ids = list(dict.fromkeys(row["id"] for rows in found.parts.values() for row in rows))
    rows = await today.shown(conn, account, ids)
    pages = await today.read(conn, account, ids, since)
    contacts = await today.contacted(conn, account, ids)

    def card(light: Row) -> Card:
        row, scored = rows[light["id"]], not light["excluded"]
        facts = Facts(
            row["kind"],
            row["email"],
            row["phone"],
            row["status"],
            row["last_seen_at"],
            contacts.get(light["id"]),
            excluded=light["excluded"],
            objected=light["excluded"] == OBJECTED,
        )
        step = steps.next_step(facts, now)
        return Card(
            row,
            score_words.whole(light["points"]) if scored else None,
            score_words.unscored(light["excluded"], language),
            step_words.reasons(row["reasons"], language),
            *words.read(pages.get(light["id"], []), language),
            step,
            step_words.sentence(step, row, language, named=False),
            words.moved(light, language) if "after" in light else "",
        )

    return {name: [card(light) for light in lights if light["id"] in rows] for name, lights in found.parts.items()}


# Sites ------------------------------------------------------------------------------------------------------------


async def _quiet(conn: AsyncConnection, known: list[Row], now: int, language: str) -> list[News]:
    made = []
    for row in known:
        if (last := await sites.quiet_since(conn, row, now)) is not None:
            row["quiet"] = True
            made.append(
                News(words.quiet(row["name"] or row["domain"], dates.ago(last, now, language), language), f"/sites/{row['id']}", "tag")
            )
    return made


async def _stopped(conn: AsyncConnection, account: int, known: list[Row], now: int, language: str) -> list[News]:
    """Forms that stopped, on sites that have visitors: where these stay away the site is told of."""
    heard = {row["id"]: day_of(now, row["zone"]) for row in known if not row.get("quiet")}
    if not heard:
        return []
    first, last = min(heard.values()) - stopped.LOOK_BACK, max(heard.values())
    made = []
    for (site, key), days in sorted((await today.forms(conn, account, list(heard), first, last)).items()):
        sent, seen = {day: n for day, n, _ in days}, {day: n for day, _, n in days}
        if one := stopped.stopped(heard[site], sent, seen):
            made.append(
                News(words.stopped(key, one, heard[site], language), f"/reports/forms/one?{urlencode({'site': site, 'form': key})}", "form")
            )
    return made


async def _refused(conn: AsyncConnection, user: auth.User, known: list[Row], now: int, language: str) -> list[News]:
    day = now // DAY
    counts = await today.refused(conn, user.account_id, day - surges.DAYS - 1)
    names = {row["id"]: row["name"] or row["domain"] for row in known}
    return [
        News(f"{names[site]}: {words.surge(one, language)}", "/status" if user.role == "owner" else "", "refused")
        for site, days in sorted(counts.items())
        if site in names and (one := surges.surge(day, days))
    ]


def _asked(waiting: list[Row], now: int, language: str) -> str:
    """What to say of requests about people's own data; empty where none is due soon."""
    left = [days_left(filing.state(row).due_at, now) for row in waiting]
    if not left or min(left) > SOON:
        return ""
    return words.deadline(sum(days < 0 for days in left), len(left), max(0, min(left)), language)
