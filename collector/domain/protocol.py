"""The wire, version 1: from the bytes of a request to checked events, or to a named refusal (DESIGN 4.3).

The twin of snippet/src/wire.js; both read the golden bodies in tests/wire. A body is decoded at once into typed
records; only where that fails is it read again, slowly, so that one bad event costs nobody else's.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from . import letters, privacy, proofs, secrets
from .agents import Agent
from .events import TYPES, Batch, Event, Field, Refused, mark_bits

BODY_LIMIT = 65_536
DEPTH_LIMIT = 64
EVENTS_LIMIT = 20
FIELDS_LIMIT = 200
PROPS_LIMIT = 20
FIELD_LIMIT = 500
TEXTAREA_LIMIT = 8_000
TITLE_LIMIT = 2_000
SUBMISSION_LIMIT = 24_576
REFUSED_LIMIT = 32_768  # what is kept of a refused event
REFUSED_MOST = 100  # kept of one request; the others are only counted

# Of audience mode only these are kept to the millisecond: somebody is to be answered, or heard. All else is coarse.
EXACT = frozenset({"form_submit", "form_result", "consent"})

HOUR = 3_600_000
DAY = 24 * HOUR
_SAFE = 2**53

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)
_PAGE = re.compile(r"[A-Za-z0-9_-]{8,36}")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")
_SURROGATE = re.compile("[\ud800-\udfff\x00]")

Scalar = str | int | float | bool | None


class Rejected(Struct, frozen=True):
    """A batch that is none: the reason's name."""

    reason: str


class WireField(Struct):
    name: str | None = None
    id: str | None = None
    label: str | None = None
    hint: str | None = None
    type: str | None = None
    autocomplete: str | None = None
    value: str | None = None
    text: str | None = None
    checked: bool | int | None = None
    preset: bool | int | None = None
    withheld: str | None = None
    cut: bool | int | None = None


class WireEvent(Struct):
    """One event as it comes; every key of every type, since a key of another type is only ignored."""

    id: str
    type: str
    at: int
    n: int | None = None
    page: str | None = None
    url: str | None = None
    referrer: str | None = None
    title: str | None = None
    nav: str | None = None
    again: bool | int | None = None
    ms: int | float | None = None
    scroll: int | float | None = None
    kind: str | None = None
    href: str | None = None
    text: str | None = None
    name: str | None = None
    props: dict[str, Scalar] | None = None
    form: str | None = None
    field: str | None = None
    reason: str | None = None
    submission: str | None = None
    how: str | None = None
    action: str | None = None
    fields: list[WireField] | None = None
    result: str | None = None
    by: str | None = None
    traits: dict[str, Scalar] | None = None
    state: str | None = None
    purpose: str | None = None
    text_version: str | None = None
    language: str | None = None
    proof: str | None = None
    count: int | float | None = None
    message: str | None = None


class WireContext(Struct):
    language: str | None = None
    automated: bool | int | None = None


_NO_CONTEXT = WireContext()


class Wire(Struct):
    """One request, decoded and not yet checked. `broken` are the events that could not be decoded, with their reason."""

    v: int
    site: int | str
    visitor: str | None = None
    consent: str | None = None
    sent: int | None = None
    context: WireContext | None = None
    events: list[WireEvent] = []
    broken: list[tuple[str, Any]] = []


# The pages of a site come again and again.
_clean_url = lru_cache(maxsize=2048)(secrets.clean_url)
_clean_title = lru_cache(maxsize=2048)(lambda title: plain(secrets.clean_text(title))[:300])
_decode = msgspec.json.Decoder(Wire).decode
_encode = msgspec.json.Encoder().encode


def decode(body: bytes) -> Wire | Rejected:
    """Bytes to a Wire; `not-json too-large too-deep bad-version bad-site` otherwise."""
    if len(body) > BODY_LIMIT:
        return Rejected("too-large")
    try:
        if rb"\u0000" in body:
            raise ValueError  # a NUL: looked at slowly, since it may be no NUL at all
        if not body.isascii():
            body.decode()  # under a key that is skipped nobody else would look
        if body.count(b"[") + body.count(b"{") > DEPTH_LIMIT and _depth(body) > DEPTH_LIMIT:
            return Rejected("too-deep")
        wire = _decode(body)
    except (ValueError, RecursionError):
        return _decode_slowly(body)
    return _addressed(wire)


def _addressed(wire: Wire) -> Wire | Rejected:
    if wire.v != 1:
        return Rejected("bad-version")
    if isinstance(wire.site, str):
        if not (wire.site.isascii() and wire.site.isdigit() and len(wire.site) < 19):
            return Rejected("bad-site")
        wire.site = int(wire.site)
    if not 0 < wire.site < _SAFE:
        return Rejected("bad-site")
    return wire


# The slow way: what msgspec would not have ---------------------------------------------------------------------------


class _Unfit:
    """Stands where a number was that no machine number holds."""


_UNFIT = _Unfit()


def _whole(digits: str) -> int | _Unfit:
    return int(digits) if len(digits) <= 16 else _UNFIT


def _real(digits: str) -> float | _Unfit:
    number = float(digits)
    return number if abs(number) < float("inf") else _UNFIT


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")  # RFC 8259, 6: NaN and Infinity are not permitted


# A text that never ends is one text too: looked for anew from each of its quotes, it would take seconds.
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.S)


def _depth(body: bytes) -> int:
    """How deep brackets nest, texts left out; counts at most one past the limit."""
    depth = deepest = 0
    for found in _BRACKET.finditer(body):
        sign = found.group()
        if sign in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEPTH_LIMIT:
                break
        elif sign in (b"]", b"}"):
            depth -= 1
    return deepest


def _decode_slowly(body: bytes) -> Wire | Rejected:
    if _depth(body) > DEPTH_LIMIT:
        return Rejected("too-deep")
    try:
        raw = json.loads(body.decode(), parse_int=_whole, parse_float=_real, parse_constant=_constant)
    except (ValueError, RecursionError):
        return Rejected("not-json")
    if not isinstance(raw, dict):
        return Rejected("not-json")
    if not isinstance(raw.get("v"), int) or raw["v"] != 1 or isinstance(raw["v"], bool):
        return Rejected("bad-version")
    site = raw.get("site")
    if isinstance(site, bool) or not isinstance(site, int | str):
        return Rejected("bad-site")
    events = raw.get("events", [])
    if not isinstance(events, list):
        return Rejected("not-json")
    wire = Wire(v=1, site=site, visitor=_text_or_none(raw.get("visitor")), consent=_text_or_none(raw.get("consent")))
    wire.sent = raw["sent"] if type(raw.get("sent")) is int else None
    wire.context = _context(raw.get("context"))
    wire.events, wire.broken = [], []
    for event in events:
        reason = _fault(event)
        if reason:
            wire.broken.append((reason, event))
            continue
        try:
            wire.events.append(msgspec.convert(event, WireEvent))
        except (ValueError, RecursionError):
            wire.broken.append(("bad-text", event))
    return _addressed(wire)


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and not _SURROGATE.search(value) else None


def _context(raw: Any) -> WireContext:
    if not isinstance(raw, dict):
        return WireContext()
    return WireContext(language=_text_or_none(raw.get("language")), automated=bool(raw.get("automated")))


_NUMBERS = ("n", "ms", "scroll", "count")
_FLAGS = ("again", "checked", "preset", "cut")


def _fault(event: Any) -> str | None:
    """Why an event cannot be decoded, or None."""
    if not isinstance(event, dict):
        return "bad-type"
    if not isinstance(event.get("id"), str):
        return "bad-id"
    if not isinstance(event.get("type"), str):
        return "bad-type"
    if type(event.get("at")) is not int:
        return "bad-time"
    known = WireEvent.__struct_fields__
    for key, value in event.items():
        if key in known and value is not None and (reason := _fault_of(key, value)):
            return reason
    return None


def _fault_of(key: str, value: Any) -> str | None:
    if isinstance(value, _Unfit):
        return "bad-number"
    if key in _NUMBERS:
        return None if isinstance(value, int | float) and not isinstance(value, bool) else "bad-number"
    if key in ("props", "traits", "fields"):
        return _fault_within(value) or (None if isinstance(value, list if key == "fields" else dict) else "bad-text")
    if key in _FLAGS or key == "at":
        return None if isinstance(value, bool | int) else "bad-number"
    return None if isinstance(value, str) and not _SURROGATE.search(value) else "bad-text"


def _fault_within(value: Any) -> str | None:
    if isinstance(value, str):
        return "bad-text" if _SURROGATE.search(value) else None
    if isinstance(value, _Unfit):
        return "bad-number"
    if isinstance(value, dict):
        return next((fault for pair in value.items() for part in pair if (fault := _fault_within(part))), None)
    if isinstance(value, list):
        return next((fault for part in value if (fault := _fault_within(part))), None)
    return None


# From what was decoded to what is kept --------------------------------------------------------------------------------


def _visitor(wire: Wire) -> str | None:
    """The visitor that a batch names."""
    return wire.visitor if wire.visitor is not None and _VISITOR.fullmatch(wire.visitor) else None


def consented(wire: Wire) -> str | None:
    """The visitor that a batch names with consent."""
    return _visitor(wire) if wire.consent == "granted" else None


def check(wire: Wire, *, received: int, agent: Agent, kept: Collection[str] = (), marks: tuple[str, ...] = (), account: int = 0) -> Batch:
    """The checked batch; events that will not do are in `refused`, each with its reason.

    In audience mode (no consent) no visitor, click id, context, form page or form history remains, whatever was sent.
    `kept` are the URL parameters that the site keeps by name; `received` is UTC milliseconds.
    """
    context = wire.context or _NO_CONTEXT
    consent = wire.consent if wire.consent in ("granted", "denied") else "unset"
    visitor = _visitor(wire)
    leads = consent == "granted" and visitor is not None
    maker = _Maker(received, wire.sent, leads, frozenset(kept))
    events: list[Event] = []
    unfit: list[tuple[str, Any]] = wire.broken
    for raw in wire.events[:EVENTS_LIMIT]:
        made = maker.event(raw)
        if isinstance(made, str):
            unfit = [*unfit, (made, raw)]
        else:
            events.append(made)
    if len(wire.events) > EVENTS_LIMIT:
        unfit = [*unfit, *(("too-many", raw) for raw in wire.events[EVENTS_LIMIT:])]
    asked = leads or any(event.type.startswith("form_") for event in events)
    return Batch(
        site=int(wire.site),
        visitor=visitor if leads else None,
        subject=visitor,
        account=account,
        consent=consent,
        received=received,
        events=tuple(events),
        refused=_refused(maker, wire, visitor if leads else None, unfit) if unfit else (),
        language=(context.language or "")[:35] if leads else "",
        agent=agent.label if leads else "",
        marks=_marks(marks, agent.marks, asked, bool(context.automated)),
    )


def _refused(maker: _Maker, wire: Wire, known: str | None, unfit: list[tuple[str, Any]]) -> tuple[Refused, ...]:
    refused = [Refused(reason, maker.again(wire, known, [raw]), exact=maker.exact([raw])) for reason, raw in unfit[:REFUSED_MOST]]
    return (*refused, *(Refused(reason, b"", n) for reason, n in Counter(reason for reason, _ in unfit[REFUSED_MOST:]).items()))


@lru_cache(maxsize=256)
def _marks(marks: tuple[str, ...], of_agent: tuple[str, ...], asked: bool, automated: bool) -> int:
    """In audience mode nothing follows from the agent, but that a crawler, which is nobody, leaves the counts."""
    names = (*marks, *(mark for mark in of_agent if asked or mark == "crawler"))
    return mark_bits((*names, "automated") if automated else names)


def foreign(wire: Wire, *, received: int, kept: Collection[str] = ()) -> Refused:
    """A whole batch of a page that may not send for its site, as it is kept: cleaned as any other."""
    visitor = _visitor(wire) if wire.consent == "granted" else None
    maker = _Maker(received, wire.sent, visitor is not None, frozenset(kept))
    events = [*wire.events, *(raw for _reason, raw in wire.broken)][:REFUSED_MOST]
    return Refused("foreign-origin", maker.again(wire, visitor, events), exact=maker.exact(events))


def told(batch: Batch, event: Event) -> bytes:
    """A checked event as a batch of its own, so that it can be sent again; whatever it holds, this answers."""
    wire = {"id": str(UUID(bytes=event.id)), "type": event.type, "at": event.at, "url": event.url, **event.data}
    wire |= {"page": event.page, "n": event.n} if event.page else {}
    wire |= {"fields": msgspec.to_builtins(event.fields)} if event.fields else {}
    sent = batch.received if is_exact(batch, event.type) else privacy.coarse(batch.received)
    whole = {"v": 1, "site": batch.site, "visitor": batch.subject, "consent": batch.consent, "sent": sent, "events": [wire]}
    return json.dumps(whole, default=lambda _: "~", ensure_ascii=True).encode()[:REFUSED_LIMIT]


def is_exact(batch: Batch, kind: str) -> bool:
    """Whether an event of that type is kept to the millisecond."""
    return batch.visitor is not None or kind in EXACT


def uuid_bytes(text: str) -> bytes | None:
    """The 16 bytes of a UUIDv7 in its usual writing, else None."""
    return bytes.fromhex(text.replace("-", "")) if len(text) == 36 and _UUID.fullmatch(text) else None


def time_of(uuid: bytes) -> int:
    """The time within a UUIDv7, UTC milliseconds."""
    return int.from_bytes(uuid[:6], "big")


class _Maker:
    """Makes events of one request; it knows when the request came and in which mode."""

    def __init__(self, received: int, sent: int | None, leads: bool, kept: frozenset[str]) -> None:
        self.received = received
        self.sent = sent
        self.leads = leads
        self.kept = kept

    def event(self, raw: WireEvent) -> Event | str:
        """The event, or the name of its refusal."""
        identity = uuid_bytes(raw.id)
        if identity is None or not -31 * DAY <= time_of(identity) - self.received <= DAY:
            return "bad-id"
        if raw.type not in TYPES:
            return "bad-type"
        if self.sent is None or not -5_000 <= self.sent - raw.at <= 7 * DAY:
            return "bad-time"
        at = self.received - min(max(self.sent - raw.at, 0), DAY)
        # A form of audience mode, and a refusal that names a visitor, carry nothing that could be joined with a view.
        apart = not self.leads and (raw.type.startswith("form_") or raw.type == "consent")
        if not (self.leads or raw.type in EXACT):
            identity, at = privacy.coarse_id(identity), privacy.coarse(at)
        if raw.page and not _PAGE.fullmatch(raw.page):
            return "bad-id"
        if raw.n is not None and not 0 <= raw.n < 2**31:
            return "bad-number"
        data = self._data(raw)
        if isinstance(data, str):
            return data
        fields: tuple[Field, ...] = ()
        if raw.type == "form_submit":
            if len(raw.fields or ()) > FIELDS_LIMIT:
                return "too-many"
            fields = _fitting(self._fields(raw.fields or ()))
        return Event(
            id=identity,
            type=raw.type,
            at=at,
            page="" if apart else raw.page or "",
            n=0 if apart else raw.n or 0,
            url=_bare(self._url(raw.url)) if apart else self._url(raw.url),
            data=data,
            fields=fields,
            token=letters.token_of(raw.url) if self.leads and raw.url and raw.type == "view" else "",
        )

    def exact(self, events: list[Any]) -> bool:
        """Whether the times of refused events may be kept as they are."""
        types = [raw.type if isinstance(raw, WireEvent) else raw.get("type") if isinstance(raw, dict) else "" for raw in events]
        return self.leads or all(isinstance(one, str) and one in EXACT for one in types)

    def again(self, wire: Wire, visitor: str | None, events: list[Any]) -> bytes:
        """Refused events as a batch that can be sent again. What no taken event would hold is not kept of them either."""
        late = 0 if wire.sent is None or self.exact(events) else wire.sent - privacy.coarse(wire.sent)
        sent = None if wire.sent is None else wire.sent - late
        batch = {"v": 1, "site": wire.site, "visitor": visitor, "consent": wire.consent, "sent": sent}
        plainly = [self._harmless(msgspec.to_builtins(raw) if isinstance(raw, WireEvent) else raw) for raw in events]
        made = [_earlier(raw, late) for raw in plainly]
        return json.dumps({**batch, "events": made}, default=lambda _: "~", ensure_ascii=True).encode()[:REFUSED_LIMIT]

    def _harmless(self, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return "~"
        apart = not self.leads and str(raw.get("type")).startswith("form_")
        left_out = {"traits", "page", "n"} if apart else {"traits"}
        made = {key: raw[key] for key in WireEvent.__struct_fields__ if raw.get(key) is not None and key not in left_out}
        for key in ("url", "referrer", "href", "action"):
            if isinstance(made.get(key), str):
                made[key] = _bare(self._url(made[key])) if apart else self._url(made[key])
        for key in ("title", "text", "message"):
            if isinstance(made.get(key), str):
                made[key] = secrets.clean_text(made[key][:FIELD_LIMIT])
        if isinstance(made.get("fields"), list):
            made["fields"] = [self._harmless_field(field) for field in made["fields"][:FIELDS_LIMIT]]
        return made

    def _harmless_field(self, raw: Any) -> Any:
        try:
            return msgspec.to_builtins(self._field(msgspec.convert(raw, WireField)))
        except (ValueError, RecursionError):
            return {"withheld": "value"}  # unreadable: not kept

    def _url(self, url: str | None) -> str:
        return letters.without(_clean_url(url[:2_048], self.kept, self.leads)) if url else ""

    def _data(self, raw: WireEvent) -> dict[str, object] | str:
        """The keys of the event's type, cut and cleaned, without the empty ones."""
        make = getattr(self, "_" + raw.type, None)
        made: dict[str, object] | str = make(raw) if make else _form_data(raw)
        if isinstance(made, str):
            return made
        return {key: value for key, value in made.items() if value not in (None, "", {})}

    def _view(self, raw: WireEvent) -> dict[str, object] | str:
        return {
            "referrer": self._url(raw.referrer),
            "title": _clean_title(raw.title[:TITLE_LIMIT]) if raw.title else "",
            "nav": (raw.nav or "")[:20],
            "again": 1 if raw.again and self.leads else None,
        }

    def _engage(self, raw: WireEvent) -> dict[str, object] | str:
        if not 0 <= (raw.ms or 0) <= DAY or not 0 <= (raw.scroll or 0) <= 100:
            return "bad-number"
        return {"ms": int(raw.ms or 0), "scroll": int(raw.scroll or 0)}

    def _click(self, raw: WireEvent) -> dict[str, object] | str:
        href = raw.href or ""
        if href.startswith(("http:", "https:")):
            href = self._url(href)
        return {"kind": (raw.kind or "")[:20], "href": href[:2_048], "text": plain(secrets.clean_text(raw.text or ""))[:200]}

    def _custom(self, raw: WireEvent) -> dict[str, object] | str:
        return _pairs(raw.props, {"name": (raw.name or "")[:100]}, "props")

    def _identify(self, raw: WireEvent) -> dict[str, object] | str:
        return _pairs(raw.traits if self.leads else None, {}, "traits")

    def _reset(self, raw: WireEvent) -> dict[str, object] | str:
        return {}

    def _form_submit(self, raw: WireEvent) -> dict[str, object] | str:
        if not raw.submission or not _PAGE.fullmatch(raw.submission):
            return "bad-id"
        return {
            "form": (raw.form or "")[:200],
            "submission": raw.submission,
            "how": (raw.how or "")[:20],
            "action": _bare(self._url(raw.action)),
        }

    def _form_result(self, raw: WireEvent) -> dict[str, object] | str:
        if not raw.submission or not _PAGE.fullmatch(raw.submission):
            return "bad-id"
        result = raw.result if raw.result in ("confirmed", "failed", "unknown") else "unknown"
        return {"submission": raw.submission, "result": result, "by": (raw.by or "")[:20]}

    def _consent(self, raw: WireEvent) -> dict[str, object] | str:
        if raw.state not in ("granted", "denied"):
            return "bad-text"
        return {
            "state": raw.state,
            "purpose": (raw.purpose or "tracking")[:40],
            "text_version": (raw.text_version or "")[:100],
            "language": (raw.language or "")[:35],
            "how": (raw.how or "")[:40],
            "proof": proofs.kept(raw.proof or ""),
        }

    def _error(self, raw: WireEvent) -> dict[str, object] | str:
        count = raw.count or 0
        if not 0 <= count < 2**31:
            return "bad-number"
        return {"kind": (raw.kind or "")[:40], "count": int(count), "message": secrets.clean_text(raw.message or "")[:200]}

    def _fields(self, raw: Sequence[WireField]) -> list[Field]:
        fields = [self._field(field) for field in raw]
        return [_without(field, "card") if beside else field for field, beside in zip(fields, secrets.beside_card(fields), strict=True)]

    def _field(self, raw: WireField) -> Field:
        limit = TEXTAREA_LIMIT if raw.type == "textarea" else FIELD_LIMIT
        value = plain(raw.value or "") or None
        field = Field(
            name=(raw.name or "")[:200],
            id=(raw.id or "")[:200],
            label=plain(raw.label or "")[:200],
            hint=plain(raw.hint or "")[:200],
            type=(raw.type or "text")[:40],
            autocomplete=(raw.autocomplete or "")[:100],
            value=value[:limit] if value else None,
            text=plain(raw.text)[:FIELD_LIMIT] or None if raw.text else None,
            checked=None if raw.checked is None else bool(raw.checked),
            preset=bool(raw.preset),
            withheld=raw.withheld[:20] if raw.withheld else None,
            cut=bool(raw.cut) or (value is not None and len(value) > limit),
        )
        reason = field.withheld or secrets.withheld(field)
        return _without(field, reason) if reason else field


def _earlier(raw: Any, late: int) -> Any:
    """A refused event of audience mode with its times as coarse as its batch's; what lies between them stays."""
    if not late or not isinstance(raw, dict):
        return raw
    made = dict(raw)
    if type(made.get("at")) is int:
        made["at"] -= late
    if isinstance(made.get("id"), str) and (identity := uuid_bytes(made["id"])) is not None and str(made.get("type")) not in EXACT:
        made["id"] = str(UUID(bytes=privacy.coarse_id(identity)))
    return made


def _without(field: Field, reason: str) -> Field:
    """A field without its value."""
    if field.checked is not None:  # the words of a box or a radio are the choice itself
        return Field(name=field.name, type=field.type, withheld=reason)
    return msgspec.structs.replace(field, value=None, text=None, withheld=reason)


# Controls but tab and line ends, and what turns the direction of the words around it (Unicode TR 36, 3.2).
_UNSEEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def plain(text: str) -> str:
    """A text without signs that nobody typed and that would change how others are read."""
    return text if text.isprintable() else text.translate(_UNSEEN)


def _form_data(raw: WireEvent) -> dict[str, object] | str:
    return {"form": (raw.form or "")[:200], "field": (raw.field or "")[:200], "reason": (raw.reason or "")[:40]}


def _pairs(pairs: dict[str, Scalar] | None, data: dict[str, object], name: str) -> dict[str, object] | str:
    if pairs and len(pairs) > PROPS_LIMIT:
        return "too-many"
    kept: dict[str, object] = {}
    for key, value in (pairs or {}).items():
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > _SAFE:
            return "bad-number"
        if isinstance(value, str):
            value = (secrets.clean_text(value) if name == "props" else value)[:FIELD_LIMIT]
        kept[key[:100]] = value
    return data | {name: kept}


def _bare(url: str) -> str:
    """Origin and path of a URL."""
    return url.split("?", 1)[0].split("#", 1)[0]


def _fitting(fields: list[Field]) -> tuple[Field, ...]:
    """The fields of a submission within its bound: the longest value is cut first."""
    over = sum(len(field.value or "") for field in fields) - SUBMISSION_LIMIT
    while over > 0:
        place = max(range(len(fields)), key=lambda i: len(fields[i].value or ""))
        value = fields[place].value or ""
        left = max(len(value) - over, len(value) // 2, 1)
        fields[place] = msgspec.structs.replace(fields[place], value=value[:left], cut=True)
        over -= len(value) - left
        if left == len(value):
            break
    return tuple(fields)
