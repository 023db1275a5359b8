"""What goes on now: visits with an event in the last minutes, what they look at and where they came from.

A visit here is a visitor who agreed. Without consent a time is kept by the quarter hour only (`domain.privacy`), so that arrivals
without it (`domain.rollups`: views that no page of the account's own led to) are counted apart, since a quarter hour that began
15 to 30 minutes ago. Who agrees after arriving told the same view again: that arrival is taken off. Declared crawlers count nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from . import sources
from .privacy import STEP, coarse
from .sessions import page_of

MINUTE = 60_000
SHORT, LONG = 5 * MINUTE, 30 * MINUTE
LISTED = 12  # visits that are shown by themselves
_SAME_VISIT = frozenset({"reload", "bfcache", "route"})


class Seen(NamedTuple):
    """What one visitor, or all without one, did on a site in the last half hour; `sends` are forms sent."""

    site: int
    visitor: str | None
    last: int
    sends: int


class Stay(NamedTuple):
    """A visit of a visitor that is going on; `key` holds channel, source, medium, campaign, with \\x1f between them."""

    visitor: str
    site: int
    started_at: int
    counted: int
    language: str
    agent: str
    key: str


class Alone(NamedTuple):
    """Views without a visitor that were alike, and how many."""

    site: int
    url: str
    referrer: str
    nav: str
    n: int


class Recent(NamedTuple):
    """The last half hour of an account, as it was read; `since` is how far back that goes."""

    now: int
    since: int
    seen: list[Seen]
    stays: list[Stay]
    alone: list[Alone]
    pages: list[tuple[int, str, int]]  # site, whole URL, views
    minutes: list[tuple[int, int, int]]  # site, whole minutes ago, views
    looks: dict[str, str]  # visitor → the page they looked at last


class Visit(NamedTuple):
    """One visit that is going on, without its visitor."""

    site: int
    last: int
    page: str
    channel: str
    source: str
    language: str
    device: str


class Now(NamedTuple):
    """What a screen shows."""

    short: int  # visits with an event in the last five minutes
    long: int  # and in the last thirty
    alone: int  # arrivals without consent since `quarter`
    quarter: int
    views: int
    sends: int
    pages: list[tuple[int, str, int]]  # site, path, views: the most first
    origins: list[tuple[str, str, int]]  # channel, source, visits: the most first
    minutes: list[int]  # views in each of the last thirty minutes, the oldest first
    visits: list[Visit]  # the newest of the last five minutes
    since: int


def now(recent: Recent, own: frozenset[str], site: int | None = None, most: int = 10) -> Now:
    """What goes on, on one site or on all. `own` are the account's host names (`sources.read`)."""
    seen = [one for one in recent.seen if site in (None, one.site)]
    last: dict[str, int] = {}
    for one in seen:
        if one.visitor is not None:
            last[one.visitor] = max(one.last, last.get(one.visitor, 0))
    stays = {one.visitor: one for one in sorted(recent.stays, key=lambda one: one.started_at) if one.visitor in last}
    arrived = _arrivals([one for one in recent.alone if site in (None, one.site)], own)
    origins = Counter(arrived)
    quarter = quarter_of(recent.now)
    # Of who agreed since, the arrival is counted already.
    origins.update(_origin(one.key) for one in stays.values() if one.counted or one.started_at < quarter)
    minutes = [0] * (LONG // MINUTE)
    for place, ago, views in recent.minutes:
        if site in (None, place) and 0 <= ago < len(minutes):
            minutes[-1 - ago] += views
    pages: Counter[tuple[int, str]] = Counter()
    for place, url, views in recent.pages:
        if site in (None, place):
            pages[place, page_of(url)] += views
    twice = sum(not one.counted and one.started_at >= quarter for one in stays.values())  # arrivals that were told again
    return Now(
        short=sum(at >= recent.now - SHORT for at in last.values()),
        long=len(last),
        alone=max(0, sum(arrived.values()) - twice),
        quarter=quarter,
        views=sum(pages.values()),
        sends=sum(one.sends for one in seen),
        pages=[(*key, views) for key, views in sorted(pages.items(), key=_the_most)[:most]],
        origins=[(*key, n) for key, n in sorted(origins.items(), key=_the_most)[:most]],
        minutes=minutes,
        visits=[_visit(stays[who], at, recent) for who, at in _newest(last, recent.now - SHORT) if who in stays][:LISTED],
        since=recent.since,
    )


def quarter_of(now: int) -> int:
    """Since when arrivals without consent are counted: the quarter hour before the one that is on."""
    return coarse(now) - STEP


def _arrivals(alone: Iterable[Alone], own: frozenset[str]) -> Counter[tuple[str, str]]:
    """Arrivals without a visitor, by channel and source."""
    found: Counter[tuple[str, str]] = Counter()
    for one in alone:
        if one.nav not in _SAME_VISIT and (source := sources.read(one.url, one.referrer, own)) is not None:
            found[source.channel, source.source] += one.n
    return found


def _the_most(counted: tuple[Any, int]) -> tuple[int, Any]:
    return -counted[1], counted[0]


def _origin(key: str) -> tuple[str, str]:
    channel, source, *_rest = (*key.split("\x1f"), "")
    return channel, source


def _newest(last: dict[str, int], since: int) -> list[tuple[str, int]]:
    return sorted(((who, at) for who, at in last.items() if at >= since), key=lambda pair: (-pair[1], pair[0]))


def _visit(stay: Stay, at: int, recent: Recent) -> Visit:
    channel, source = _origin(stay.key)
    device = stay.agent.rpartition(" · ")[2]
    return Visit(stay.site, at, recent.looks.get(stay.visitor, ""), channel, source, stay.language, device)
