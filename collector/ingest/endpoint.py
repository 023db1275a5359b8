"""The tag's HTTP, in front of Starlette: bytes in, status out. Every answer of `POST /in` is in DESIGN 4.3."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus

import structlog
from msgspec import structs
from starlette.types import ASGIApp, Receive, Scope, Send

from ..actions.record import Outcome
from ..domain import agents, hosts, privacy, protocol
from ..domain.events import Batch, Event, mark_bits
from ..domain.secrets import clean_url
from ..store import crash
from ..store.work import Busy
from ..store.writer import Writer
from .directory import Directory, Site
from .networks import Networks
from .rate import Buckets, Network, client_of
from .room import Room
from .script import Script

log = structlog.get_logger()

LINGER = 1.0  # seconds in which the rest of a refused body is read and thrown away,
LINGER_BYTES = 1_048_576  # and how much of it
HOLD = 0.5  # seconds, more or less, until one of a crowd is told that there is no room,
HELD = 1_000  # and how many of it are held at once
GOLDEN = 0.618  # its multiples lie evenly between whole numbers
FULL = 30.0  # seconds after which it is worth asking a full disk again
_client_of = lru_cache(maxsize=4096)(client_of)
_PIXEL = re.compile(r"/(\d{1,400})ns\.gif")
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")

Header = tuple[bytes, bytes]
_CORS: list[Header] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After, X-Webleads-Refused, X-Webleads-Consent"),
]
_PREFLIGHT: list[Header] = [
    *_CORS,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"Content-Type"),
    (b"access-control-max-age", b"86400"),
]
_BUSY_BODY = b'{"refused": {"busy": 1}}'
_BUSY: list[Header] = [*_CORS, (b"x-webleads-refused", b"busy=1"), (b"content-type", b"application/json"), (b"retry-after", b"2")]
_STATUS = {"foreign-origin": 403, "too-large": 413, "rate": 429, "busy": 503}


class Endpoint:
    """A raw ASGI callable: it answers what the tag asks and hands everything else to `app`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        writer: Writer,
        directory: Directory,
        room: Room,
        script: Script,
        others: dict[str, Script],
        banner: Script,
        trusted: Sequence[Network],
        clock: Callable[[], int],
        ids: Callable[[int], bytes],
        networks: Networks | None = None,
    ) -> None:
        self._app = app
        self._networks = networks
        self._writer = writer
        self._directory = directory
        self._room = room
        self._script = script
        self._others = others  # the tag's other files, by name
        self._banner = banner
        self._trusted = tuple(trusted)
        self._clock = clock
        self._ids = ids
        self._buckets = Buckets()
        self._held = 0
        agents.read("-")  # its lists load here and not in the first request
        self.counts: Counter[tuple[int, int, str]] = Counter()  # (account, site, reason), 0 where unknown; taken by the clock
        self.refused: Counter[str] = Counter()  # those that are counted where they are kept, for who asks how many there were

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or passes on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path == "/in":
            await self._in(scope, receive, send)
        elif path == "/js" or path.startswith("/js/"):
            await self._js(scope, send)
        elif path == "/consent.js":
            await self._file(scope, send, self._banner)
        elif path == "/in/id":
            await self._id(scope, receive, send)
        elif path.endswith("ns.gif") and (found := _PIXEL.fullmatch(path)):
            await self._pixel(scope, send, int(found.group(1)))
        else:
            await self._app(scope, receive, send)

    # POST /in --------------------------------------------------------------------------------------------------------

    async def _in(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, _PREFLIGHT)
            return
        if scope["method"] != "POST":
            await _answer(send, 405, [*_CORS, (b"allow", b"POST, OPTIONS")])
            return
        headers = dict(scope["headers"])  # of a repeated one the last
        body = await _read(receive, headers)
        if body is None:
            return  # the client went away in mid-sentence
        if isinstance(body, str):  # full or not: who is told to come again would send it whole again
            await self._refuse(send, body, closing=receive)
            return
        if self._writer.full:  # said before anything is parsed: in an overload most are told
            self.counts[0, 0, "busy"] += 1
            await self._hold()
            await _answer(send, 503, _BUSY, _BUSY_BODY)
            return
        crash.step("parse-before")
        wire = protocol.decode(body)
        if isinstance(wire, protocol.Rejected):
            await self._refuse(send, wire.reason)
            return
        try:
            site = await self._directory.find(int(wire.site))
        except Busy:
            await self._refuse(send, "busy", retry=2.0)
            return
        if site is None:
            await self._refuse(send, "bad-site", site=self._directory.laid_aside(int(wire.site)), status=403)
            return
        received = self._clock()
        wait = self._wait(scope, max(1, len(wire.events) + len(wire.broken)))
        if wait:
            await self._refuse(send, "rate", site=site, retry=wait)
            return
        marks = _origin_marks(headers, site)
        if marks is None:
            await self._foreign(site, wire, received)
            await self._refuse(send, "foreign-origin", site=site)
            return
        agent = _agent(headers.get(b"user-agent", b"")[:512])
        batch = protocol.check(wire, received=received, agent=agent, kept=site.kept, marks=marks, account=site.account)
        crash.step("parse-after")
        await self._commit(send, site, self._placed(batch, scope["headers"], scope.get("client")))

    def quick(self, headers: Sequence[Header], body: bytes, peer: tuple[str, int] | None) -> tuple[asyncio.Future[Outcome], Site] | None:
        """Puts a batch in the writer's queue where there is nothing to refuse and nothing to wait for; None: ask the long way."""
        if self._writer.full:
            return None
        crash.step("parse-before")
        wire = protocol.decode(body)
        site = self._directory.known(int(wire.site)) if isinstance(wire, protocol.Wire) else None
        if site is None or not isinstance(wire, protocol.Wire):
            return None
        by_name = dict(headers)
        marks = _origin_marks(by_name, site)
        if marks is None:
            return None
        agent = _agent(by_name.get(b"user-agent", b"")[:512])
        batch = protocol.check(wire, received=self._clock(), agent=agent, kept=site.kept, marks=marks, account=site.account)
        if not (batch.events or batch.refused) or self._room.refuses({event.type for event in batch.events}):
            return None
        if self._slow(headers, peer, max(1, len(wire.events) + len(wire.broken))):  # asked last: the long way asks again
            return None
        crash.step("parse-after")
        return self._writer.put(self._placed(batch, headers, peer)), site

    def committed(self, outcome: Outcome, site: Site) -> bytes:
        """The answer to a batch, as it goes over the line."""
        if not outcome.refused:
            return _done(site.consent)
        self.refused.update(outcome.refused)
        return _done(site.consent).replace(b"\r\n\r\n", b"\r\nx-webleads-refused: " + _named(outcome.refused.items()) + b"\r\n\r\n")

    def too_busy(self, site: Site) -> bytes:
        """The answer to a batch that could not be committed."""
        self.counts[site.account, site.id, "busy"] += 1
        return _line(503, [*_BUSY, (b"x-webleads-consent", site.consent.encode())], _BUSY_BODY)

    async def _hold(self) -> None:
        """Who is told to come later is told a little later: their next request is one less that the accepted wait for."""
        if self._held < HELD:
            self._held += 1
            try:
                await asyncio.sleep(HOLD * (0.5 + self._held * GOLDEN % 1))  # those who came together do not come again together
            finally:
                self._held -= 1

    async def _id(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keeps the visitor's id longer than a script may where the collector is of the page's own site (Safari: 7 days).

        Asked for after consent only. Any other collector answers the same, without the cookie.
        """
        headers = dict(scope["headers"])
        body = await _read(receive, headers) if scope["method"] == "POST" else b""
        wire = protocol.decode(body) if isinstance(body, bytes) else None
        answer = list(_CORS)
        if self._wait(scope, 1):
            wire = None  # a cookie less, no more
        if isinstance(wire, protocol.Wire) and (visitor := protocol.consented(wire)):
            try:
                site = await self._directory.find(int(wire.site))
            except Busy:
                site = None
            page = hosts.of_url(headers.get(b"origin", b"").decode("latin-1").lower())
            domain = hosts.shared(page, hosts.of_url("http://" + headers.get(b"host", b"").decode("latin-1").lower()))
            if site is not None and domain and hosts.covers(page, site.hosts):
                secure = "; Secure" if headers.get(b"origin", b"").startswith(b"https:") else ""
                cookie = f"{privacy.COOKIE}={visitor}; Domain={domain}; Path=/; Max-Age={privacy.COOKIE_LIFE}; SameSite=Lax{secure}"
                answer.append((b"set-cookie", cookie.encode()))
        await _answer(send, 204, answer)

    async def _commit(self, send: Send, site: Site, batch: Batch) -> None:
        if not batch.events and not batch.refused:
            await _answer(send, 204, [*_CORS, (b"x-webleads-consent", site.consent.encode())])
            return
        if self._room.refuses({event.type for event in batch.events}):
            await self._refuse(send, "busy", site=site, retry=FULL)
            return
        try:
            outcome = await self._writer.take(batch)
        except Busy:
            await self._refuse(send, "busy", site=site, retry=2.0)
            return
        answer = [*_CORS, (b"x-webleads-consent", site.consent.encode())]
        if outcome.refused:
            self.refused.update(outcome.refused)
            answer.append((b"x-webleads-refused", _named(outcome.refused.items())))
        crash.step("answer-before")
        await _answer(send, 204, answer)
        crash.step("answer-after")

    async def _foreign(self, site: Site, wire: protocol.Wire, received: int) -> None:
        """A batch from a page that may not send for this site is kept among the refused."""
        kept = protocol.foreign(wire, received=received, kept=site.kept)
        if self._room.refuses(()):
            self.counts[site.account, site.id, "foreign-origin"] += 1
            return
        try:
            outcome = await self._writer.take(
                Batch(site=site.id, visitor=None, consent="unset", received=received, events=(), refused=(kept,), account=site.account)
            )
        except Busy:
            self.counts[site.account, site.id, "foreign-origin"] += 1
        else:
            self.refused.update(outcome.refused)

    async def _refuse(
        self, send: Send, reason: str, *, site: Site | None = None, status: int = 0, retry: float = 0.0, closing: Receive | None = None
    ) -> None:
        if reason != "foreign-origin":  # that one is counted where it is kept
            self.counts[site.account if site else 0, site.id if site else 0, reason] += 1
        answer = [*_CORS, (b"x-webleads-refused", _named([(reason, 1)])), (b"content-type", b"application/json")]
        if site is not None:
            answer.append((b"x-webleads-consent", site.consent.encode()))
        if retry:
            answer.append((b"retry-after", str(math.ceil(retry)).encode()))
        status, body = status or _STATUS.get(reason, 400), json.dumps({"refused": {reason: 1}}).encode()
        if closing is None:
            await _answer(send, status, answer, body)
        else:
            await _answer_early(closing, send, status, [*answer, (b"connection", b"close")], body)

    def _wait(self, scope: Scope, events: int) -> float:
        return self._slow(scope["headers"], scope.get("client"), events)

    def _slow(self, headers: Sequence[Header], peer: tuple[str, int] | None, events: int) -> float:
        address = self._client(headers, peer)
        return self._buckets.wait(address, events, time.monotonic()) if address else 0.0

    def _client(self, headers: Sequence[Header], peer: tuple[str, int] | None) -> str:
        return _client_of(peer[0] if peer else "", _forwarded(headers) if self._trusted else "", self._trusted)

    def _placed(self, batch: Batch, headers: Sequence[Header], peer: tuple[str, int] | None) -> Batch:
        """The batch of a visitor who agreed, with the company of its network; the address goes no further."""
        if self._networks is None or batch.visitor is None:
            return batch
        return structs.replace(batch, company=self._networks.company(self._client(headers, peer)))

    # GET /js, GET /{site}ns.gif --------------------------------------------------------------------------------------

    async def _js(self, scope: Scope, send: Send) -> None:
        """The tag by its short name, or one of its files by the name of a version."""
        version = scope["path"][4:]
        script = self._script if version in ("", self._script.hash) else self._others.get(version)
        if script is None:
            await _answer(send, 404, [*_CORS, (b"content-type", b"text/plain")], b"no such version of the tag\n")
            return
        await self._file(scope, send, script, forever=bool(version))

    async def _file(self, scope: Scope, send: Send, script: Script, *, forever: bool = False) -> None:
        headers = dict(scope["headers"])
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")])
            return
        body, encoding = script.pick(headers.get(b"accept-encoding", b"").decode("latin-1"))
        tag = f'"{script.hash}{"-" + encoding if encoding else ""}"'.encode()
        answer: list[Header] = [
            (b"access-control-allow-origin", b"*"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"cache-control", b"public, max-age=31536000, immutable" if forever else b"public, max-age=3600"),
            (b"etag", tag),
            (b"vary", b"Accept-Encoding"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if tag in headers.get(b"if-none-match", b"").replace(b"W/", b""):
            await _answer(send, 304, answer)
            return
        answer.append((b"content-type", b"text/javascript; charset=utf-8"))
        if encoding:
            answer.append((b"content-encoding", encoding.encode()))
        await _answer(send, 200, answer, body, head=scope["method"] == "HEAD")

    async def _pixel(self, scope: Scope, send: Send, site_id: int) -> None:
        """A page view without JavaScript; the picture comes whatever becomes of the view."""
        if scope["method"] == "GET":
            try:
                await self._pixel_view(scope, site_id)
            except Exception as wrong:  # the picture of a client's page is never broken by us
                log.error("pixel not counted", error=type(wrong).__name__)
        answer = [(b"content-type", b"image/gif"), (b"cache-control", b"no-store"), (b"cross-origin-resource-policy", b"cross-origin")]
        await _answer(send, 200, answer, _GIF, head=scope["method"] == "HEAD")

    async def _pixel_view(self, scope: Scope, site_id: int) -> None:
        headers = dict(scope["headers"])
        site = await self._directory.find(site_id)
        if site is None:
            laid = self._directory.laid_aside(site_id)
            self.counts[laid.account if laid else 0, laid.id if laid else 0, "bad-site"] += 1
            return
        marks = _origin_marks(headers, site)
        if marks is None or self._wait(scope, 1):
            self.counts[site.account, site.id, "foreign-origin" if marks is None else "rate"] += 1
            return
        received = self._clock()
        agent = _agent(headers.get(b"user-agent", b"")[:512])
        page = clean_url(headers.get(b"referer", b"")[:2_048].decode("latin-1"), site.kept, False)
        identity = privacy.coarse_id(self._ids(received))
        view = Event(id=identity, type="view", at=privacy.coarse(received), url=page, data={"nav": "load"})
        batch = Batch(
            site=site.id,
            visitor=None,
            consent="unset",
            received=received,
            events=(view,),
            account=site.account,
            marks=mark_bits(("pixel", *marks, *agent.marks)),
        )
        if self._room.refuses(("view",)):
            self.counts[site.account, site.id, "busy"] += 1
            return
        try:
            await self._writer.take(batch)
        except Busy:
            self.counts[site.account, site.id, "busy"] += 1


def _forwarded(headers: Sequence[Header]) -> str:
    """X-Forwarded-For, whose lines are one list (RFC 9110, 5.2)."""
    return b", ".join([value for name, value in headers if name == b"x-forwarded-for"]).decode("latin-1")


def _origin_marks(headers: dict[bytes, bytes], site: Site) -> tuple[str, ...] | None:
    """The marks of a request's origin, or None if it is a foreign one."""
    origin = headers.get(b"origin")
    named = origin if origin is not None else headers.get(b"referer")
    if named is None:
        return ("no-origin",)
    return () if _may_send(named[:2_048], site.hosts) else None


@lru_cache(maxsize=4096)
def _may_send(named: bytes, allowed: frozenset[str]) -> bool:
    host = hosts.of_url(named.decode("latin-1").lower())
    return bool(host) and hosts.covers(host, allowed)


@lru_cache(maxsize=4096)
def _agent(header: bytes) -> agents.Agent:
    return agents.read(header.decode("latin-1"))


async def _read(receive: Receive, headers: dict[bytes, bytes]) -> bytes | str | None:
    """The body, the reason why there is none to be had, or None if the client went away."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:12]) > protocol.BODY_LIMIT:
        return "too-large"
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > protocol.BODY_LIMIT:
            return "too-large"
        if not message.get("more_body"):
            return b"".join(parts)


def _named(counts: Iterable[tuple[str, int]]) -> bytes:
    return ", ".join(f"{reason}={n}" for reason, n in sorted(counts)).encode()


@lru_cache(maxsize=16)
def _done(consent: str) -> bytes:
    return _line(204, [*_CORS, (b"x-webleads-consent", consent.encode())])


def _line(status: int, headers: Iterable[Header], body: bytes = b"") -> bytes:
    """A whole answer as bytes."""
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(), *(name + b": " + value for name, value in (*headers, *length))]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def _answer_early(receive: Receive, send: Send, status: int, headers: list[Header], body: bytes) -> None:
    """Answers while the body still comes, and reads on for a moment: a close with unread bytes would reset the answer away."""
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            left = LINGER_BYTES
            while left > 0 and (message := await receive())["type"] == "http.request" and message.get("more_body"):
                left -= len(message.get("body", b""))
    await send({"type": "http.response.body", "body": b""})


async def _answer(send: Send, status: int, headers: list[Header], body: bytes = b"", *, head: bool = False) -> None:
    if status not in (204, 304):
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})
