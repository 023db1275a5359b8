"""The past of the demo site, invented: visits, returning visitors and sent forms as a small company would have had them.

Pure: the same seed, end and sizes tell the same story, event by event, so that it can be told again after a stop.
The benchmarks are built of the same.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct

from ..domain import proofs
from ..domain.events import Batch, Event, Field, mark_bits
from . import people
from .people import Person, Town
from .ways import ARTICLE, EAGER, SEASONS, SHARES, WAYS, Way

DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000
_NAME = " – Hélibraise"
_TITLES = {
    "/": "Pompes à chaleur, solaire et rénovation à Lyon" + _NAME,
    ARTICLE: "Pompe à chaleur : sept questions avant de signer" + _NAME,
    "/contact": "Contact" + _NAME,
    "/contact/merci": "Message envoyé" + _NAME,
    "/devis": "Demande de devis" + _NAME,
    "/mentions-legales": "Mentions légales" + _NAME,
}
_PATHS = ("/", ARTICLE, "/devis", "/contact", "/mentions-legales")
_WALK = tuple(accumulate((30, 28, 20, 18, 4)))
_LENGTHS = tuple(accumulate((58, 20, 10, 6, 4, 2)))  # of a hundred visits, how many have 1, 2, … pages
_HOURS = tuple(accumulate((1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 8, 9, 8, 8, 7, 7, 6, 6, 7, 8, 9, 7, 4)))  # UTC; none begins in the last hour
_WEEK = (1.05, 1.1, 1.05, 1.15, 0.95, 0.6, 0.65)
_FORMS = {"newsletter": ARTICLE, "contact": "/contact", "devis": "/devis"}
_AGENTS = (
    "Chrome 156 · Windows · desktop", "Chrome 156 · Android · mobile", "Safari 26 · iOS · mobile", "Firefox 152 · Windows · desktop",
    "Edge 156 · Windows · desktop", "Safari 26 · macOS · desktop", "Chrome 155 · Android · mobile", "Firefox 152 · Linux · desktop",
)  # fmt: skip
_LANGUAGES = ("fr-FR", "fr-FR", "fr-FR", "fr-FR", "fr", "en-GB", "fr-CH", "it-IT")
_ROBOT = mark_bits(("automated", "headless"))


class Sizes(Struct, frozen=True):
    """How much is told; visits and leads are meant, and met within some percent."""

    days: int = 90
    visits: int = 10_000
    leads: int = 300
    consenting: float = 0.62  # the part of visitors who agree to be recognised


class Place(Struct, frozen=True):
    """Whose story: account, site, and the origin of its pages (without a slash at its end)."""

    account: int
    site: int
    origin: str


_RETURNS = 0.32  # of consenting visits
_AGAIN = 1.8  # who comes back sends a form that much more readily
_FAILS = 0.05
_LEAVES = 0.12  # who sees a form and does not send it
_REFUSED = 0.3
_REGULARS = 4


class _Visitor:
    """Somebody who may come back. `name` is None without consent."""

    __slots__ = ("agent", "busy", "granted", "language", "name", "person")

    def __init__(self, name: str | None, agent: str, language: str) -> None:
        self.name = name
        self.agent = agent
        self.language = language
        self.person: Person | None = None
        self.busy = 0  # the end of the last visit, and half an hour
        self.granted = False


def days(seed: int, end: int, sizes: Sizes, place: Place) -> Iterator[list[Batch]]:
    """The batches of each day up to `end` (UTC milliseconds), all in the order of their reception."""
    return _Story(seed, end, sizes, place).days()


class _Story:
    def __init__(self, seed: int, end: int, sizes: Sizes, place: Place) -> None:
        self.dice = Random(seed)  # noqa: S311 (a story, no secret)
        self._end = end
        self._sizes = sizes
        self.place = place
        self.town = Town(self.dice)
        self.urls = {path: place.origin + path for path in _TITLES}
        self._known: list[_Visitor] = []  # who may come back: the latest of them
        self._most = max(50, sizes.visits // 20)
        self._seen = 0
        self._regulars = [self._somebody(True) for _ in range(_REGULARS)]
        self._regular = min(0.02, _REGULARS * sizes.days / 2 / sizes.visits)
        self._rate = sizes.leads / sizes.visits / EAGER / (1 + _RETURNS * (_AGAIN - 1) * sizes.consenting)

    def days(self) -> Iterator[list[Batch]]:
        """Every day in turn."""
        last = self._end // DAY
        every = [self._weight(day) for day in range(last - self._sizes.days + 1, last + 1)]
        for place, weight in enumerate(every):
            yield self._day(last - self._sizes.days + 1 + place, round(self._sizes.visits * weight / sum(every)))

    def _weight(self, day: int) -> float:
        """How much happens on a day: the week, growth, and luck."""
        grown = 1.25 - 0.5 * (self._end // DAY - day) / max(1, self._sizes.days)
        return _WEEK[(day + 3) % 7] * grown * self.dice.uniform(0.8, 1.2)

    def _day(self, day: int, visits: int) -> list[Batch]:
        dice, made = self.dice, []
        season = SEASONS[datetime.fromtimestamp(day * DAY / 1000, UTC).month - 1]
        starts = sorted(day * DAY + self.of(_HOURS) * HOUR + dice.randrange(HOUR) for _ in range(visits))
        for start in starts:
            made += self._visit(start, season)
        made.sort(key=lambda batch: batch.received)
        return [batch for batch in made if batch.received <= self._end]

    def of(self, shares: Sequence[int]) -> int:
        """A place in a list of accumulated shares."""
        return bisect(shares, self.dice.random() * shares[-1])

    def _visit(self, start: int, season: str) -> list[Batch]:
        dice = self.dice
        back = self._returning(start)
        visitor = back or self._somebody(dice.random() < self._sizes.consenting)
        way = WAYS[self.of(SHARES)]
        robot = back is None and dice.random() < 0.012
        telling = _Telling(self, visitor, start, way, season, _ROBOT if robot else 0)
        telling.pages()
        if self._wants(way, visitor, back is not None):
            telling.form()
        else:
            telling.left(Random(start))  # noqa: S311
        if visitor.name is not None:
            visitor.busy = telling.at + HOUR // 2
            if back is None:
                self._remember(visitor)
        return telling.batches()

    def _wants(self, way: Way, visitor: _Visitor, returns: bool) -> bool:
        """Whether this visit sends a form: those who are leads already do now and then."""
        if visitor.person is not None:
            return self.dice.random() < 0.08
        return self.dice.random() < self._rate * way.eager * (_AGAIN if returns else 1.0)

    def _somebody(self, consents: bool) -> _Visitor:
        dice = self.dice
        name = self.token() if consents else None
        return _Visitor(name, dice.choice(_AGENTS), dice.choice(_LANGUAGES))

    def _returning(self, start: int) -> _Visitor | None:
        dice = self.dice
        lot = dice.random()
        if lot < self._regular:
            found = dice.choice(self._regulars)
        elif lot < self._regular + _RETURNS * self._sizes.consenting and self._known:
            found = dice.choice(self._known)
        else:
            return None
        return found if found.busy < start else None

    def _remember(self, visitor: _Visitor) -> None:
        if len(self._known) < self._most:
            self._known.append(visitor)
        else:
            self._known[self._seen % self._most] = visitor
        self._seen += 1

    def uuid7(self, at: int, by: Random | None = None) -> bytes:
        """A UUIDv7 of a time."""
        dice = bytearray((by or self.dice).randbytes(10))
        dice[0] = 0x70 | dice[0] & 0x0F
        dice[2] = 0x80 | dice[2] & 0x3F
        return at.to_bytes(6, "big") + bytes(dice)

    def token(self) -> str:
        """A random name of 22 signs."""
        return urlsafe_b64encode(self.dice.randbytes(18))[:22].decode()


class _Telling:
    """One visit, told event by event. Without consent it names nobody, and a form goes in a batch of its own (DESIGN 4.2)."""

    def __init__(self, story: _Story, visitor: _Visitor, start: int, way: Way, season: str, marks: int) -> None:
        self.at = start
        self._story = story
        self._dice = story.dice
        self._visitor = visitor
        self._way = way
        self._season = season
        self._marks = marks
        self._events: list[Event] = []
        self._sent: list[Batch] = []
        self._page = ""
        self._n = 0
        self._path = ""

    def pages(self) -> None:
        """The pages that are looked at, the first of them as the way leads there."""
        self._view(self._way.landing, self._way.referrer, self._query())
        if self._visitor.name and not self._visitor.granted:
            self._visitor.granted = True
            said: dict[str, Any] = {"state": "granted", "purpose": "tracking", "text_version": "1", "language": "fr", "how": "banner"}
            self._add("consent", said | {"proof": proofs.kept(sha256(self._visitor.name.encode()).hexdigest())})
        for _ in range(self._story.of(_LENGTHS)):
            self._read()
            path = _PATHS[self._story.of(_WALK)]
            self._view(path if path != self._path else "/")
        self._read()
        if self._dice.random() < 0.03:
            self._add("click", {"kind": "phone", "href": "tel:+33465712034", "text": "04 65 71 20 34"})

    def form(self) -> None:
        """A form is filled in and sent; one in twenty fails, and half of those who failed try again."""
        dice, visitor = self._dice, self._visitor
        if visitor.person is None:
            visitor.person = self._story.town.person()
        form = dice.choice(("newsletter", "newsletter", "contact", "contact", "contact", "devis", "devis"))
        if self._path != _FORMS[form]:
            self._view(_FORMS[form])
        fields = _FILLED[form](visitor.person, dice)
        self._form_event("form_start", {"form": form, "field": fields[0].name})
        failed = dice.random() < _FAILS
        self._send(form, fields, "failed" if failed else "confirmed")
        if failed and dice.random() < 0.5:
            self._send(form, fields, "confirmed")
        elif form == "contact" and not failed:
            self._view("/contact/merci")

    def left(self, dice: Random) -> None:
        """On the page of a form, some begin it and leave it: told by dice of its own, so that the story around it stays as it is."""
        form = _FORM_OF.get(self._path)
        if form is None or dice.random() >= _LEAVES:
            return
        fields = _LEFT[form]
        end = min(dice.randrange(len(fields)), dice.randrange(len(fields)))
        self._form_event("form_start", {"form": form, "field": fields[0]}, by=dice)
        if dice.random() < _REFUSED and "email" in fields[: end + 1]:
            self._form_event("form_invalid", {"form": form, "field": "email", "reason": "typeMismatch"}, by=dice)
        self._form_event("form_abandon", {"form": form, "field": fields[end]}, by=dice)

    def _send(self, form: str, fields: tuple[Field, ...], result: str) -> None:
        dice = self._dice
        self.at += dice.randrange(MINUTE // 4, 2 * MINUTE)
        token = str(UUID(bytes=self._story.uuid7(self.at)))
        action = self._story.urls[_FORMS[form]] if form != "newsletter" else self._story.place.origin + "/newsletter"
        data: dict[str, object] = {"form": form, "submission": token, "how": "submit", "action": action}
        self._form_event("form_submit", data, fields)
        self.at += dice.randrange(200, 1_500)
        by = "navigation" if form == "contact" else "response"
        if dice.random() < 0.1 and result == "confirmed":
            result, by = "unknown", "none"
        self._form_event("form_result", {"submission": token, "result": result, "by": by})

    def _form_event(self, kind: str, data: dict[str, object], fields: tuple[Field, ...] = (), by: Random | None = None) -> None:
        if self._visitor.name is not None:
            self._add(kind, data, fields, by=by)
            return
        event = Event(self._story.uuid7(self.at, by), kind, self.at, "", 0, self._story.urls[self._path], data, fields)
        self._sent.append(self._batch((event,)))

    def batches(self) -> list[Batch]:
        """What the visit sent."""
        return [self._batch(tuple(self._events)), *self._sent]

    def _batch(self, events: tuple[Event, ...]) -> Batch:
        visitor, place = self._visitor, self._story.place
        known = visitor.name is not None
        return Batch(
            site=place.site,
            visitor=visitor.name,
            consent="granted" if known else "unset",
            received=events[-1].at + 300,
            events=events,
            subject=visitor.name,
            account=place.account,
            language=visitor.language if known else "",
            agent=visitor.agent if known else "",
            marks=self._marks,
        )

    def _query(self) -> str:
        query = self._way.query.replace("{season}", self._season)
        if self._way.click and self._visitor.name is not None:
            query += ("&" if query else "") + f"{self._way.click}={self._story.token()}"
        return f"?{query}" if query else ""

    def _view(self, path: str, referrer: str | None = None, query: str = "") -> None:
        before = self._story.urls[self._path] if self._path else ""
        if self._visitor.name is None:
            before = ""  # nothing ties a page to the next
        self._path, self._page, self._n = path, self._story.token(), 0
        told = before if referrer is None else referrer
        self._add("view", {"referrer": told, "title": _TITLES[path], "nav": "load"}, query=query)
        if path in _FORM_OF and self._visitor.name is not None and self._dice.random() < 0.6:
            self.at += 500
            self._add("form_view", {"form": _FORM_OF[path]})

    def _read(self) -> None:
        ms = min(int(self._dice.expovariate(1 / 35_000)) + 1_000, 4 * MINUTE)
        self.at += ms + self._dice.randrange(4_000)
        if self._dice.random() < 0.85:
            self._add("engage", {"ms": ms, "scroll": self._dice.randrange(15, 101)})

    def _add(self, kind: str, data: dict[str, object], fields: tuple[Field, ...] = (), query: str = "", by: Random | None = None) -> None:
        story = self._story
        self._events.append(
            Event(story.uuid7(self.at, by), kind, self.at, self._page, self._n, story.urls[self._path] + query, data, fields)
        )
        self._n += 1


_FILLED = {"newsletter": people.newsletter, "contact": people.contact, "devis": people.quote}
_LEFT = {
    "newsletter": ("email",),
    "contact": ("civilite", "nom", "prenom", "email", "telephone", "societe", "message"),
    "devis": ("service", "surface", "code_postal", "ville", "email", "telephone", "budget"),
}
_FORM_OF = {path: form for form, path in _FORMS.items()}
