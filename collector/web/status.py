"""How the collector is: room, queue, what its sites are heard of, what was refused and why, backups, and what the doctor finds."""

from __future__ import annotations

import sqlite3
from importlib.metadata import version
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import backup as backups
from ..actions import refused
from ..domain import refusals
from ..domain.health import Finding
from ..domain.rollups import day_of
from ..present import health
from ..present import refusals as words
from ..store import aside, copies, migrate, sites
from ..store import health as looking
from ..store import refusals as rows
from . import auth, house, render, zones
from .care import Care

DAYS = 30  # as long as refused events are kept at least
LATELY = 600_000  # milliseconds for which is told how it ended
SOON = 0.8  # seconds that a page waits for what may be done by then


async def shown(request: Request) -> Response:
    """The whole state; of htmx's asking only what is being done."""
    auth.required(request, "owner")
    if render.wants_fragment(request):
        return render.page(request, "_care.html", **_care(request))
    return await _page(request)


async def look(request: Request) -> Response:
    """The doctor reads the file through and asks the mail server and the public address."""
    user, made = await _asked(request), house.of(request)

    async def work(_care: Care) -> Any:
        return await made.doctor(user.account_id, whole=True)

    return await _begin(request, "look", work)


async def backup(request: Request) -> Response:
    """A backup beside the SQLite file, now."""
    await _asked(request)
    made = house.of(request)
    if not made.database.is_sqlite:
        raise HTTPException(404)

    async def work(care: Care) -> Any:
        now = made.clock()
        return await aside.in_thread(lambda: backups.here(made.database, made.settings.seal, progress=care.told, now=now))

    return await _begin(request, "backup", work)


async def drop(request: Request) -> Response:
    """Deletes one of those backups."""
    auth.required(request, "owner")
    sent, made = await auth.form(request), house.of(request)
    if not made.database.is_sqlite or not copies.remove(made.database, sent.get("name", "")):
        raise HTTPException(404)
    return RedirectResponse("/status#backups", 303)


async def replay(request: Request) -> Response:
    """Reads refused events again, of one site and reason or all."""
    user, made = auth.required(request, "owner"), house.of(request)
    sent = await auth.form(request)
    text = sent.get("site", "")
    site = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None
    more: dict[str, Any] = {
        "secret": made.secret,
        "ids": made.ids,
        "account": user.account_id,
        "site": site,
        "reason": sent.get("reason", ""),
    }

    async def work(_care: Care) -> Any:
        return await refused.replay(made.writer.run, **more)

    return await _begin(request, "replay", work)


async def _asked(request: Request) -> auth.User:
    user = auth.required(request, "owner")
    await auth.form(request)
    return user


async def _begin(request: Request, name: str, work: Any) -> Response:
    """Begins it, and goes on to the page that shows how far it is. What is not begun, because something else is, is said there too."""
    made = house.of(request)
    begun = made.care.begin(name, work, now=made.clock(), account=auth.required(request).account_id)
    await made.care.wait(SOON)
    return RedirectResponse("/status" if begun else "/status?busy=1", 303)


def _care(request: Request) -> dict[str, Any]:
    care, language = house.of(request).care, render.language_of(request)
    mine = _is_told(request, auth.required(request).account_id)
    return {"care": care, "mine": mine, "health": health, "language": language, "size_of": lambda n: words.size(n, language)}


def _is_told(request: Request, account: int) -> bool:
    """Whether what is being done, or was done lately, is for an account's owner to know."""
    care, now = house.of(request).care, house.of(request).clock()
    return care.name != "" and care.account == account and (care.is_on or now - care.at < LATELY)


def _looked(request: Request, account: int) -> list[Finding]:
    """What the doctor found who has just looked at everything."""
    care = house.of(request).care
    done = care.name == "look" and not care.is_on and not care.fault and _is_told(request, account)
    return list(care.answer) if done else []


async def _page(request: Request) -> Response:
    user, made = auth.required(request, "owner"), house.of(request)
    now = made.clock()
    async with made.database.reader() as conn:
        known = await sites.all(conn, user.account_id)
        heard = {row["id"]: await sites.last_event(conn, user.account_id, row["id"]) for row in known}
        quiet = {row["id"] for row in known if await sites.quiet_since(conn, row, now) is not None}
        told = await rows.summed(conn, user.account_id, day_of(now, "UTC") - DAYS)
        letters = await rows.letters(conn, user.account_id)
        schema = await conn.run_sync(migrate.version)
        size = await looking.size(conn, made.database)
    for row in told:
        row["sample"] = refusals.sample(row.pop("body"))
    return render.page(
        request,
        "status.html",
        sites=list(filter(sites.is_current, known)),
        names={row["id"]: row["name"] or row["domain"] for row in known},
        heard=heard,
        quiet=quiet,
        refused=told,
        letters=letters,
        findings=_looked(request, user.account_id) or await made.doctor(user.account_id, whole=False),
        engine=f"SQLite {sqlite3.sqlite_version}" if made.database.is_sqlite else "PostgreSQL",
        is_file=made.database.is_sqlite,
        version=version("webleads-tracker"),
        schema=schema,
        size=size,
        free=looking.free_bytes(made.database),
        writer=made.writer,
        last_backup=copies.last(made.database),
        backups=copies.kept(made.database),
        copies=copies.before_migrations(made.database),
        zone=zones.listed(request, known),
        words=words,
        busy=request.query_params.get("busy") == "1",
        days=DAYS,
        **_care(request),
    )
