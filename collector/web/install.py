"""The install check: a look at a page of the site, beside the last event that came from it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple

from starlette.requests import Request

from ..domain import hosts, install, reach
from ..store import events
from . import house

HOUR = 3_600_000  # milliseconds
PER_HOUR = 30  # looks at one site
_MOST = 50  # refused events that are read
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Seen(NamedTuple):
    """What the site's page shows: the verdict, the look behind it, the address to look at, and what was refused in the last hour."""

    verdict: install.Verdict
    look: install.Look | None
    address: str
    refused: dict[str, int]  # reason → how many
    foreign: list[str]  # hosts that are not the site's


async def seen(request: Request, row: Mapping[str, Any], last: int | None) -> Seen:
    """How a site stands now; `last` is its last event, UTC milliseconds."""
    made = house.of(request)
    now = made.clock()
    async with made.database.reader() as conn:
        rows = await events.refused_since(conn, row["account_id"], row["id"], now - HOUR, _MOST)
    allowed = {row["domain"], *row["hosts"]}
    strange = install.foreign_hosts(url for reason, body in rows if reason == "foreign-origin" for url in _urls(body))
    foreign = [host for host in strange if not hosts.covers(host, allowed)][:5]
    look, address = made.looks.of(row["id"], now)
    verdict = install.judge(look, last, now, consent=row["consent"], foreign=foreign)
    return Seen(verdict, look, address or front(request, row), dict(Counter(reason for reason, _body in rows)), foreign)


def _urls(body: bytes) -> list[str]:
    """The pages of a refused batch."""
    try:
        told = json.loads(body)
        return [str(one["url"]) for one in told["events"] if isinstance(one, dict) and one.get("url")]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


async def look_at(request: Request, row: Mapping[str, Any], address: str) -> str:
    """Looks at a page of the site and remembers what was found. Answers why it did not: `not-ours`, `often`, or nothing."""
    made = house.of(request)
    now, allowed = made.clock(), {row["domain"], *row["hosts"]}
    address = address.strip() or front(request, row)
    whole = address if "://" in address else f"https://{address}"
    try:
        host = reach.aim(whole, allowed).host
    except reach.Refused:
        return "not-ours"
    if not hosts.covers(host, allowed):
        return "not-ours"
    if made.fetch is None or made.asked.wait(now, check=(str(row["id"]), PER_HOUR)):
        return "often"
    page = await made.fetch(address, near(request, row))
    wanted = install.Wanted(row["id"], allowed, house.base(request))
    found = await asyncio.to_thread(install.look, page, wanted, made.clock())
    made.looks.keep(row["id"], found, address)
    return ""


def front(request: Request, row: Mapping[str, Any]) -> str:
    """The address of a site's first page; without a scheme where both may be tried."""
    domain = str(row["domain"])
    name = f"[{domain}]" if ":" in domain else domain
    return f"http://{name}/" if domain in near(request, row) else f"{name}/"


def opened(request: Request, row: Mapping[str, Any]) -> str:
    """The address of a site's first page, for a link."""
    address = front(request, row)
    return address if "://" in address else f"https://{address}"


def near(request: Request, row: Mapping[str, Any]) -> frozenset[str]:
    """The site's own hosts that may lie on this machine: in development only, when collector and browser are on it both.

    A request that a proxy passed on is none of these, whatever its Host says.
    """
    client = request.client.host if request.client else ""
    here = _is_here(hosts.of_url(house.base(request))) and _is_here(client)
    if not here or any(name in request.headers for name in _FORWARDED):
        return frozenset()
    return frozenset(host for host in (row["domain"], *row["hosts"]) if host == "localhost" or _is_address(host))


def _is_here(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
