"""Sites: what is added, and what is changed of them."""

from __future__ import annotations

import random
import re
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ..domain import hosts
from ..store import sites, submissions

CONSENTS = ("required", "granted", "off")
_MOST = 2**53
_PARAMETER = re.compile(r"[A-Za-z0-9_.~\[\]-]{1,60}")
_LIST_MOST = 50  # hosts or parameters of a site


class Taken(ValueError):
    """A site of this id is there already."""


class BadSite(ValueError):
    """Something that no site can have, or that cannot be done to this one.

    args[0] says what: id | consent | kept | zone | country | country-late | unknown | leaving | sure.
    """


def add(
    conn: Connection,
    account_id: int,
    domain: str,
    *,
    now: int,
    id: int | None = None,
    name: str = "",
    consent: str = "required",
    reason: str = "",
    country: str = "FR",
    zone: str = "Europe/Paris",
) -> dict[str, Any]:
    """Adds a site and answers {id, domain, name, consent}. Raises hosts.BadHost, Taken, BadSite.

    An id that is not given is found among nine digits, as the tag of old had them.
    """
    host = hosts.normalise(domain)
    if consent not in CONSENTS:
        raise BadSite("consent")
    if id is not None and not 0 < id < _MOST:
        raise BadSite("id")
    if id is not None and sites.find(conn, id) is not None:
        raise Taken(str(id))
    row = {
        "id": _free(conn) if id is None else id,
        "account_id": account_id,
        "domain": host,
        "name": name.strip()[:200] or host,
        "consent": consent,
        "reason": reason.strip()[:500],
        "hosts": [],
        "kept": [],
        "country": country,
        "zone": zone,
        "created_at": now,
    }
    sites.add(conn, row)
    return {key: row[key] for key in ("id", "domain", "name", "consent")}


def change(conn: Connection, account_id: int, id: int, *, now: int, **given: Any) -> dict[str, Any]:
    """Changes some of name, consent, reason, kept, hosts, zone and country; what is None stays. Answers the site, and `rebuild`:
    whether what was counted before is to be counted again (`webleads rebuild`, or the next start).

    Raises hosts.BadHost and BadSite.
    """
    found = _own(conn, account_id, id)
    wanted = {name: _CHECKS[name](value) for name, value in given.items() if value is not None}
    changed = {name: value for name, value in wanted.items() if value != found[name]}
    if "country" in changed and submissions.any_of(conn, account_id, id):
        raise BadSite("country-late")  # a number names its lead by the country in which it was read first
    anew = bool({"hosts", "zone"} & changed.keys())
    if changed:
        sites.change(conn, id, changed)
    if anew:
        sites.set_stale(conn, account_id, now)
    row = found | changed
    names = ("id", "domain", "name", "consent", "reason", "kept", "hosts", "zone", "country")
    return {name: row[name] for name in names} | {"rebuild": anew}


def archive(conn: Connection, account_id: int, id: int, *, now: int) -> dict[str, Any]:
    """Lays a site aside: from then on its batches are refused `bad-site`, and screens leave it out; what is known stays. Raises BadSite."""
    found = _standing(conn, account_id, id)
    if sites.is_current(found):
        sites.lay_aside(conn, id, now)
    return {"id": id, "domain": found["domain"], "archived": True}


def restore(conn: Connection, account_id: int, id: int) -> dict[str, Any]:
    """Takes a site up again. Raises BadSite."""
    found = _standing(conn, account_id, id)
    sites.lay_aside(conn, id, None)
    return {"id": id, "domain": found["domain"], "archived": False}


def leave(conn: Connection, account_id: int, id: int, *, sure: str, now: int) -> dict[str, Any]:
    """Says that a site is to be deleted with all that came through it, once its domain was typed; `jobs.leave` does it. Raises BadSite."""
    found = _own(conn, account_id, id)
    try:
        typed = hosts.normalise(sure)
    except hosts.BadHost:
        typed = ""
    if typed != found["domain"]:
        raise BadSite("sure")
    if not sites.is_leaving(found):
        sites.lay_aside(conn, id, -now)
    return {"id": id, "domain": found["domain"]}


def _standing(conn: Connection, account_id: int, id: int) -> dict[str, Any]:
    found = _own(conn, account_id, id)
    if sites.is_leaving(found):
        raise BadSite("leaving")
    return found


def _own(conn: Connection, account_id: int, id: int) -> dict[str, Any]:
    found = sites.find(conn, id)
    if found is None or found["account_id"] != account_id:
        raise BadSite("unknown")
    return found


def _consent(text: str) -> str:
    if text not in CONSENTS:
        raise BadSite("consent")
    return text


def _kept(names: list[str]) -> list[str]:
    made = sorted({name.strip() for name in names if name.strip()})
    if len(made) > _LIST_MOST or not all(_PARAMETER.fullmatch(name) for name in made):
        raise BadSite("kept")
    return made


def _hosts(names: list[str]) -> list[str]:
    return sorted({hosts.normalise(name) for name in names if name.strip()})[:_LIST_MOST]


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name.strip()).key
    except (KeyError, ValueError, OSError):  # an unknown name is a KeyError
        raise BadSite("zone") from None


def _country(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", code.strip().upper()):
        raise BadSite("country")
    return code.strip().upper()


_CHECKS: dict[str, Any] = {
    "name": lambda text: text.strip()[:200],
    "consent": _consent,
    "reason": lambda text: text.strip()[:500],
    "kept": _kept,
    "hosts": _hosts,
    "zone": _zone,
    "country": _country,
}


def _free(conn: Connection) -> int:
    """Site ids are public names, not secrets: ordinary dice will do."""
    while True:
        number = random.randint(100_000_000, 999_999_999)  # noqa: S311
        if sites.find(conn, number) is None:
            return number
