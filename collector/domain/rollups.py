"""Rollups: what each day of a site counts, so that no screen and no report reads events.

Every count follows from one row: a view from its event, a visit from its session (without a visitor: from its view), a
conversion from its conversion, a lead from its row in the list. A row that changes gives back what it counted before, so
that the order of arrival leaves no trace. Days are those of the site's zone: of a view when it happened (by source and campaign:
when its visit began), of a visit when it began, of a conversion when it was sent, of a lead when it was won.

| kind | key | counts |
|---|---|---|
| site | empty | all four |
| page | the path of the page viewed, entered, or that held the form | all four |
| source | channel and source: of a visit and its views its last arrival, of a lead and its conversions the lead's first | all four |
| campaign | channel, source and campaign of the same arrival, where it has one | all four |
| form | the form's key; its views are how often it was seen | views, leads, conversions |
| form-step | the form's key and one of STEPS: how often it came to that | views |
| form-field | the same, and the field's name: where it was left (abandon), what the browser refused (invalid) | views |
| language | language and country, as `fr-FR`: of a lead and its conversions those of the lead's first visit | all four |
| own-link | the path of a page that a link of the account's own reached with campaign tags | views |
| goal | the goal's id | conversions: of the site they are none |

Declared crawlers count nowhere, nor does what stands apart as spam, and a view that is told again counts once (DESIGN 4.2, 4.3).
A sending counts by the result that stands of it (confirmed, failed or unknown), the same values within a minute once; a form that asks
for no address, number or message is never read, and its sendings count nowhere. A lead that somebody typed in counts as a lead of its
site and of its source, where visits of it are known; never as a conversion, nor under a page or a form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from . import sources
from .events import HAND, mark_bits
from .leads import Conversion, Lead
from .sessions import Session, page_of

Key = tuple[int, int, str, str]  # site, day (since 1970), kind, key

PART = "\x1f"  # between the parts of a key
BEGUN = ("start", "invalid", "abandon")  # steps that the tag tells of
RESULTS = ("confirmed", "failed", "unknown")  # steps that sendings count by
STEPS = (*BEGUN, *RESULTS)
_STEP_OF = {f"form_{step}": step for step in BEGUN}
COUNTS = ("visits", "views", "leads", "conversions")
VISITS, VIEWS, LEADS, CONVERSIONS = range(4)
REST = "~"  # the key of what would tell of one person only
_KEY_LIMIT = 120
NOT_COUNTED = mark_bits(["crawler"])
_FORM_EVENTS = frozenset({"form_view", *_STEP_OF})
NO_CONVERSION = NOT_COUNTED | HAND  # of a submission: no form of a page was sent
_SAME_VISIT = frozenset({"reload", "bfcache", "route"})
_QUARTER = 15 * 60_000  # every zone's clock is moved by whole quarters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Visit(NamedTuple):
    """What a visit counts by."""

    site: int
    at: int
    source: str  # the key of its touch: channel, source, medium, campaign, click id
    page: str  # the path of the page where it began
    language: str
    new: int  # 0 where it was counted before its visitor agreed
    views: int


class Origin(NamedTuple):
    """Under what a lead counts: where it came from first, and in which language; nothing where no visit of it is known."""

    channel: str = ""
    source: str = ""
    campaign: str = ""
    language: str = ""
    apart: bool = False  # it stands apart as spam: neither it nor its conversions count


NOWHERE = Origin()


class Won(NamedTuple):
    """What a lead counts by."""

    site: int
    at: int
    form: str
    page: str | None  # None: it was typed in, on no page and by no form
    origin: Origin


def visit_of(session: Session) -> Visit | None:
    """What a session counts by; None if it does not."""
    if session.marks & NOT_COUNTED:
        return None
    views = session.views - (not session.counted)  # the first was told again
    return Visit(session.site_id, session.started_at, session.touch_key, session.entry_page, session.language, session.counted, views)


def won_of(lead: Lead) -> Won | None:
    """What a lead counts by; None for a message, for what a crawler sent, and for what stands apart."""
    return won(lead.kind, lead.marks, lead.site_id, lead.created_at, lead.form, lead.page, origin_of(lead))


def won(kind: str, marks: int, site: int, at: int, form: str, page: str, origin: Origin) -> Won | None:
    """The same, of a row's values."""
    if kind != "lead" or marks & NOT_COUNTED or origin.apart:
        return None
    return Won(site, at, form, page if page or not marks & HAND else None, origin)


def origin_of(lead: Lead) -> Origin:
    """Where a lead came from first."""
    source = lead.first.source if lead.first else None
    named = (source.channel, source.source, source.campaign) if source else ("", "", "")
    return Origin(*named, lead.language, lead.apart)


def _is_sending(one: Conversion) -> bool:
    """Whether it counts as a step of its form, by its result: the same within a minute does not."""
    return one.duplicate_of is None and bool(one.form)


class Tally:
    """Changes of rollups, gathered before anything is written: counts to add, and when a site was last heard on a day."""

    def __init__(self, sites: Mapping[int, Mapping[str, Any]], own: frozenset[str]) -> None:
        """`sites` by id, with their `zone`; `own` are the account's host names."""
        self.counts: dict[Key, list[int]] = {}
        self.heard: dict[tuple[int, int], int] = {}  # (site, day) → received, UTC milliseconds
        self._sites = sites
        self._own = own
        self._moved: dict[bytes, list[tuple[Conversion, int]]] = {}  # by lead: what came and went, until its origin is known

    def domain(self, site: int) -> str:
        """The host name of a site's own pages."""
        known = self._sites.get(site)
        return str(known["domain"]) if known is not None else ""

    def day(self, site: int, at: int) -> int:
        """The day of a time on a site, in days since 1970."""
        known = self._sites.get(site)
        return day_of(at, known["zone"] if known is not None else "UTC")

    def event(
        self, kind: str, site: int, at: int, received: int, visitor: str | None, url: str, data: Mapping[str, Any], marks: int, n: int = 1
    ) -> None:
        """An event came; or, with `n` of -1, it goes (when it was heard is remembered all the same)."""
        day = self.day(site, at)
        if self.heard.get((site, day), 0) < received:
            self.heard[site, day] = received
        if marks & NOT_COUNTED or data.get("again"):
            return
        if kind != "view":
            if kind in _FORM_EVENTS and (form := data.get("form")):
                self._form(site, day, kind, form, data.get("field", ""), n)
            return
        self._add(site, day, "site", "", VIEWS, n)
        self._add(site, day, "page", page_of(url), VIEWS, n)
        if language := data.get("language"):
            self._add(site, day, "language", language_of(language), VIEWS, n)
        if "utm_" in url and data.get("nav") not in _SAME_VISIT and sources.is_own_link(url, data.get("referrer") or "", self._own):
            self._add(site, day, "own-link", page_of(url), VIEWS, n)
        if visitor is None and data.get("nav") not in _SAME_VISIT:
            source = sources.read(url, data.get("referrer") or "", self._own)
            if source is not None:
                self.visit(
                    Visit(site, at, "\x1f".join((source.channel, source.source, source.medium, source.campaign)), page_of(url), "", 1, 1), n
                )

    def _form(self, site: int, day: int, kind: str, form: str, field: str, n: int) -> None:
        if kind == "form_view":
            self._add(site, day, "form", form, VIEWS, n)
            return
        step = _STEP_OF[kind]
        self._step(site, day, form, step, n)
        if field and step != "start":
            self._put((site, day, "form-field", PART.join((_part(form), step, _part(field)))), VIEWS, n)

    def _step(self, site: int, day: int, form: str, step: str, n: int) -> None:
        self._put((site, day, "form-step", f"{_part(form)}{PART}{step}"), VIEWS, n)

    def visit(self, visit: Visit | None, n: int = 1) -> None:
        """A visit came or goes."""
        if visit is None:
            return
        if visit.new:
            site, day = visit.site, self.day(visit.site, visit.at)
            self._add(site, day, "site", "", VISITS, n)
            self._add(site, day, "page", visit.page, VISITS, n)
            if visit.language:
                self._add(site, day, "language", language_of(visit.language), VISITS, n)
            self._arrived(visit, VISITS, n)
        self._arrived(visit, VIEWS, n * visit.views)

    def _arrived(self, visit: Visit, place: int, n: int) -> None:
        if not n:
            return
        site, day = visit.site, self.day(visit.site, visit.at)
        source, campaign = _arrival(visit.source)
        self._add(site, day, "source", source, place, n)
        if campaign:
            self._put((site, day, "campaign", campaign), place, n)

    def changed(self, old: Visit | None, new: Visit | None) -> None:
        """A visit counts otherwise than before."""
        if old is not None and new is not None and old[:-1] == new[:-1]:
            self._arrived(new, VIEWS, new.views - old.views)  # most events only add to them
        else:
            self.visit(old, -1)
            self.visit(new)

    def conversion(self, one: Conversion, n: int = 1) -> None:
        """A conversion came or goes, and with it the sending of its form: they count once `origin` says what is known of its lead."""
        if (one.counted or _is_sending(one)) and not one.marks & NO_CONVERSION:
            self._moved.setdefault(one.lead_id, []).append((one, n))

    def origin(self, lead_id: bytes, old: Origin, new: Origin, told: Iterable[Conversion] = ()) -> None:
        """Says where a lead came from before and now. Its conversions, of which `told` are left, count under the same source."""
        for one, n in self._moved.pop(lead_id, ()):
            self._converted(one, old, n)
            self._sourced(one, old, n)
        if old != new:
            for one in told:
                if one.marks & NO_CONVERSION:
                    continue
                self._sourced(one, old, -1)
                self._sourced(one, new, 1)
                if old.apart != new.apart:
                    self._converted(one, old, -1)
                    self._converted(one, new, 1)

    def settle(self) -> None:
        """Counts what came and went of leads that have no row: nothing stands apart of them."""
        for moved in self._moved.values():
            for one, n in moved:
                self._converted(one, NOWHERE, n)
        self._moved.clear()

    def _converted(self, one: Conversion, origin: Origin, n: int) -> None:
        """What a conversion counts wherever its lead came from."""
        if origin.apart:
            return
        day = self.day(one.site_id, one.at)
        if _is_sending(one):
            self._step(one.site_id, day, one.form, one.result, n)
        if not one.counted:
            return
        self._add(one.site_id, day, "site", "", CONVERSIONS, n)
        self._add(one.site_id, day, "page", page_of(one.url), CONVERSIONS, n)
        self._add(one.site_id, day, "form", one.form, CONVERSIONS, n)

    def _sourced(self, one: Conversion, origin: Origin, n: int) -> None:
        """What it counts under the source of its lead."""
        if origin.apart or not one.counted:
            return
        day = self.day(one.site_id, one.at)
        self._came(one.site_id, day, origin, CONVERSIONS, n)

    def _came(self, site: int, day: int, origin: Origin, place: int, n: int) -> None:
        """Counts under where a lead came from."""
        source = f"{origin.channel}{PART}{origin.source}"
        if origin.channel:
            self._add(site, day, "source", source, place, n)
        if origin.campaign:
            self._put((site, day, "campaign", _campaign(source, origin.campaign)), place, n)
        if origin.language:
            self._add(site, day, "language", language_of(origin.language), place, n)

    def reached(self, site: int, at: int, goal: bytes, marks: int, n: int = 1) -> None:
        """A goal was reached, or no more."""
        if not marks & NOT_COUNTED:
            self._add(site, self.day(site, at), "goal", goal.hex(), CONVERSIONS, n)

    def lead(self, one: Won | None, n: int = 1) -> None:
        """A lead came or goes."""
        if one is None:
            return
        site, day = one.site, self.day(one.site, one.at)
        self._add(site, day, "site", "", LEADS, n)
        if one.page is not None:
            self._add(site, day, "page", page_of(one.page), LEADS, n)
            self._add(site, day, "form", one.form, LEADS, n)
        self._came(site, day, one.origin, LEADS, n)

    def row(self, site: int, day: int, kind: str, key: str, counts: list[int], heard: int) -> None:
        """A row of counts that were gathered elsewhere."""
        found = self.counts.setdefault((site, day, kind, key), [0, 0, 0, 0])
        for place, n in enumerate(counts):
            found[place] += n
        if heard:
            self.heard[site, day] = max(heard, self.heard.get((site, day), 0))

    def _add(self, site: int, day: int, kind: str, key: str, place: int, n: int) -> None:
        self._put((site, day, kind, key[:_KEY_LIMIT]), place, n)

    def _put(self, name: Key, place: int, n: int) -> None:
        found = self.counts.get(name)
        if found is None:
            found = self.counts[name] = [0, 0, 0, 0]
        found[place] += n


@lru_cache(maxsize=4096)
def _arrival(key: str) -> tuple[str, str]:
    """The keys under which an arrival counts: of its source, and of its campaign or nothing."""
    channel, source, _medium, campaign = key.split(PART)[:4]
    return f"{channel}{PART}{source}", _campaign(f"{channel}{PART}{source}", campaign) if campaign else ""


def _campaign(source: str, campaign: str) -> str:
    """The key of a campaign: it begins with its source's."""
    return f"{source[:_KEY_LIMIT]}{PART}{campaign[:_KEY_LIMIT]}"


def _part(text: str) -> str:
    """A part of a key."""
    return text[:_KEY_LIMIT].replace(PART, " ")


@lru_cache(maxsize=16_384)
def day_of(at: int, zone: str) -> int:
    """The day of a time on the calendar of a zone, in days since 1970."""
    return _day(at // _QUARTER, zone)


def _day(quarter: int, zone: str) -> int:
    local = (_EPOCH + timedelta(milliseconds=quarter * _QUARTER)).astimezone(_zone(zone))
    return local.toordinal() - _EPOCH.toordinal()


def midnight(day: int, zone: str) -> int:
    """When a day (since 1970) begins on the calendar of a zone, UTC milliseconds."""
    then = datetime.fromordinal(day + _EPOCH.toordinal()).replace(tzinfo=_zone(zone))
    return int(then.timestamp()) * 1000


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name is a KeyError
        return ZoneInfo("UTC")


@lru_cache(maxsize=1024)
def language_of(tag: str) -> str:
    """Language and country of a language tag: `zh-Hant-tw` is `zh-TW`, `FR` is `fr`."""
    first, *rest = tag.replace("_", "-").split("-")
    country = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")
    return f"{first.lower()}-{country}" if country else first.lower()
