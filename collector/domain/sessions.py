"""Sessions and touches: a visitor's facts, folded one by one (reference: leads 2.2).

A session is a run of activity on one site with no gap of 30 minutes, of at most 24 hours and 10,000 facts; midnight
does not split it. A touch is one arrival from a source: the first fact of a session opens one, and so does a later view
from another source. A new campaign opens a touch and never a session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from zlib import crc32

from msgspec import Struct

from .events import ACTIVITY
from .sources import Source

GAP = 30 * 60_000
LONGEST = 24 * 60 * 60_000
MOST = 10_000
DIRECT_GIVES_WAY = 30 * 60_000

SourceOf = Callable[[int, str, str], Source | None]  # (site, url, referrer) → None where nothing arrived from outside
Watched = Callable[["Fact"], Sequence[Any]]  # which goals a fact reaches


class Fact(NamedTuple):
    """What the fold needs of an event. The first four are its order."""

    at: int
    page: str
    n: int
    id: bytes
    type: str
    site: int
    url: str
    referrer: str
    nav: str
    ms: int
    language: str
    agent: str
    marks: int
    again: int = 0  # a view that was told before, without the visitor
    what: str = ""  # of a click its kind, of a custom event its name


class Session(Struct):
    """A session as far as it has come; `touch_*` is the touch that is open in it.

    One that begins with a view told again does not count as a visit: the view did when it was told first.
    """

    id: bytes
    visitor: str
    site_id: int
    started_at: int
    ended_at: int
    last_page: str
    last_n: int
    last_id: bytes
    views: int
    events: int
    engaged_ms: int
    entry_page: str  # its path
    exit_trace: int  # of its last page's URL
    language: str
    agent: str
    marks: int
    touch_id: bytes
    touch_at: int
    touch_key: str
    counted: int = 1

    @property
    def last(self) -> tuple[int, str, int, bytes]:
        """The order of its last fact; what comes after it may be folded on."""
        return (self.ended_at, self.last_page, self.last_n, self.last_id)


class Touch(Struct, frozen=True):
    """One arrival of a visitor from a source."""

    id: bytes
    session_id: bytes
    visitor: str
    site_id: int
    at: int
    source: Source
    landing: str


class Folded(Struct):
    """What a fold changed: sessions and touches to save, touches that gave way."""

    sessions: dict[bytes, Session] = {}
    touches: dict[bytes, Touch] = {}
    gone: dict[bytes, bytes] = {}  # touch id → its session id
    hits: list[tuple[Session, Fact, Sequence[Any]]] = []  # facts that reached goals


def dated(at: bytes, *parts: bytes | str | int) -> bytes:
    """A derived id that begins with the time of a raw one: what is new stands together in its tables, as the raw does."""
    return at[:6] + digest(*parts)[:10]


def digest(*parts: bytes | str | int) -> bytes:
    """A derived id: 16 bytes that follow from raw ones."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        state.update(len(data).to_bytes(4, "big") + data)
    return state.digest()


def fold(
    visitor: str, facts: Iterable[Fact], source_of: SourceOf, open_ones: Iterable[Session] = (), watched: Watched | None = None
) -> Folded:
    """Folds facts in their order onto the open sessions (at most one a site), or from nothing.

    The facts must come after everything that is in the open sessions; the caller folds anew from all facts otherwise.
    """
    latest = {session.site_id: session for session in open_ones}
    folded = Folded()
    for fact in sorted(facts):
        if fact.type not in ACTIVITY:
            continue
        session = latest.get(fact.site)
        if session is None or _ends(session, fact):
            session = latest[fact.site] = _begin(visitor, fact)
            # Attention to a page that was left open, and a step within a page, arrive from nowhere, whatever the address still says.
            came = fact.type == "view" and fact.nav != "route"
            arrived = source_of(fact.site, fact.url, fact.referrer) if came else None
            _open_touch(session, fact, arrived or _DIRECT, folded)
        elif fact.type == "view" and fact.nav not in ("reload", "bfcache", "route"):
            _arrive(session, fact, source_of, folded)
        _extend(session, fact)
        folded.sessions[session.id] = session
        if watched is not None and (reached := watched(fact)):
            folded.hits.append((session, fact, reached))
    return folded


_DIRECT = Source(channel="Direct", source="(direct)", medium="(none)")


def _ends(session: Session, fact: Fact) -> bool:
    return fact.at - session.ended_at >= GAP or fact.at - session.started_at >= LONGEST or session.events >= MOST


def _begin(visitor: str, fact: Fact) -> Session:
    return Session(
        id=dated(fact.id, "session", visitor, fact.id),
        visitor=visitor,
        site_id=fact.site,
        started_at=fact.at,
        ended_at=fact.at,
        last_page=fact.page,
        last_n=fact.n,
        last_id=fact.id,
        views=0,
        events=0,
        engaged_ms=0,
        entry_page=page_of(fact.url),
        exit_trace=trace_of(fact.url),
        language=fact.language,
        agent=fact.agent,
        marks=0,
        touch_id=b"",
        touch_at=fact.at,
        touch_key="",
        counted=0 if fact.again else 1,
    )


def trace_of(url: str) -> int:
    """What tells one URL from another for as long as a session lasts, in 32 bits."""
    return crc32(url.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=4096)
def page_of(url: str) -> str:
    """The path of a URL, `/` where it has none."""
    bare = url.partition("?")[0].partition("#")[0]
    start = bare.find("/", bare.find("://") + 3)
    return bare[start:] if start >= 0 else "/"


def _extend(session: Session, fact: Fact) -> None:
    session.ended_at, session.last_page, session.last_n, session.last_id = fact.at, fact.page, fact.n, fact.id
    session.events += 1
    session.marks |= fact.marks
    if fact.type == "view":
        session.views += 1
        session.exit_trace = trace_of(fact.url)
        session.language = session.language or fact.language
        session.agent = session.agent or fact.agent
    elif fact.type == "engage":
        session.engaged_ms += fact.ms


@lru_cache(maxsize=8192)
def _key(source: Source) -> str:
    """What tells one source from another; of a click id only a trace."""
    click = digest(source.click_id)[:6].hex() if source.click_id else ""
    return "\x1f".join((source.channel, source.source, source.medium, source.campaign, click))


def _arrive(session: Session, fact: Fact, source_of: SourceOf, folded: Folded) -> None:
    """A view inside a session: a touch if it came from another source. An open Direct that is young gives way."""
    if not fact.referrer and trace_of(fact.url) == session.exit_trace:
        return
    source = source_of(fact.site, fact.url, fact.referrer)
    if source is None or source.channel == "Direct" or _key(source) == session.touch_key:
        return
    if session.touch_key.startswith("Direct\x1f") and fact.at - session.touch_at < DIRECT_GIVES_WAY:
        folded.touches.pop(session.touch_id, None)
        folded.gone[session.touch_id] = session.id
    _open_touch(session, fact, source, folded)


def _open_touch(session: Session, fact: Fact, source: Source, folded: Folded) -> None:
    touch = Touch(dated(fact.id, "touch", fact.id), session.id, session.visitor, session.site_id, fact.at, source, fact.url)
    session.touch_id, session.touch_at, session.touch_key = touch.id, touch.at, _key(source)
    folded.touches[touch.id] = touch
