"""One page fetched for the install check: of public hosts only, at the address that was looked at, and not for long.

A name is resolved once a step and the connection goes to that very address, so that another answer a moment later (DNS rebinding)
changes nothing. No cookie, no credential and no proxy of the environment goes along, and each redirect is looked at as the first step.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Collection
from importlib.metadata import version
from urllib.parse import urljoin

import httpx2

from ..domain import reach
from ..domain.install import Page

LIMIT = 5.0  # seconds in all
CONNECT = 2.0  # seconds for one address
LARGEST = 256 * 1024  # bytes of a page that are read
REDIRECTS = 2
ADDRESSES = 4  # of a host that are tried
AT_ONCE = 4  # checks; others wait within their time
_MOVED = frozenset({301, 302, 303, 307, 308})
_FALLBACK = frozenset({"refused", "tls"})

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, IPv4 first: not every machine reaches the others. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ordered = sorted(found, key=lambda one: one[0] != socket.AF_INET)
    return list(dict.fromkeys(str(one[4][0]) for one in ordered))


class Probe:
    """Fetches pages; `resolve` and `trust` are arguments for tests."""

    def __init__(self, resolve: Resolve = resolved, trust: ssl.SSLContext | None = None, limit: float = LIMIT) -> None:
        self._resolve = resolve
        self._trust = trust
        self._limit = limit
        self._trusting = asyncio.Lock()
        self._free = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, address: str, near: Collection[str] = ()) -> Page:
        """The page at an address; without a scheme https is tried, and http where nobody answers that.

        Hosts of `near` may lie on this machine (`domain.reach.may_ask`).
        """
        first = address if "://" in address else f"https://{address}"
        try:
            async with asyncio.timeout(self._limit), self._free:
                page = await self._follow(first, near)
                if first != address and page.fault in _FALLBACK and page.url.startswith(f"https://{address}"):
                    plain = await self._follow(f"http://{address}", near)
                    return page if plain.fault else plain
                return page
        except TimeoutError:
            return Page(first, "timeout")

    async def _follow(self, url: str, near: Collection[str]) -> Page:
        for _ in range(REDIRECTS + 1):
            try:
                target = reach.aim(url, near)
            except reach.Refused as no:
                return Page(url, str(no.args[0]))
            answer = await self._ask(target, near)
            if isinstance(answer, Page):
                return answer
            url = answer
        return Page(url, "redirects")

    async def _ask(self, target: reach.Aim, near: Collection[str]) -> Page | str:
        """The page, or where it has moved to."""
        try:
            addresses = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            return Page(target.url, "dns")
        if not addresses:
            return Page(target.url, "dns")
        if not all(reach.may_ask(one, target.host, near) for one in addresses):
            return Page(target.url, "private")
        fault = "refused"
        for one in addresses[:ADDRESSES]:
            try:
                return await self._fetch(target, one)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as wrong:
                fault = _fault(wrong)
            except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError, zlib.error):
                return Page(target.url, "broken")
        return Page(target.url, fault)

    async def _fetch(self, target: reach.Aim, address: str) -> Page | str:
        pinned = f"[{address}]" if ":" in address else address
        request = httpx2.Request(
            "GET",
            f"{target.scheme}://{pinned}:{target.port}{target.path}",
            headers={
                "Host": target.authority,
                "User-Agent": f"Mozilla/5.0 (compatible; WebleadsTracker/{version('webleads-tracker')}; install check)",
                "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            extensions={
                "sni_hostname": target.host,  # whose certificate is asked for and looked at
                "timeout": {"connect": CONNECT, "read": self._limit, "write": self._limit, "pool": self._limit},
            },
        )
        async with httpx2.AsyncHTTPTransport(verify=await self._trusted(), trust_env=False, retries=0) as transport:
            response = await transport.handle_async_request(request)
            try:
                return await _read(response, target.url)
            finally:
                await response.aclose()

    async def _trusted(self) -> ssl.SSLContext:
        """Whose certificates are believed; read once, beside the loop."""
        async with self._trusting:
            if self._trust is None:
                self._trust = await asyncio.to_thread(httpx2.create_ssl_context)
            return self._trust


async def _read(response: httpx2.Response, url: str) -> Page | str:
    moved = response.headers.get("location", "")
    if response.status_code in _MOVED and moved:
        try:
            return urljoin(url, moved)
        except ValueError:
            return Page(url, "host")
    kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml", "text/plain", ""):
        return Page(url, "not-html", response.status_code)
    body, cut = await _body(response)
    policies = tuple(value for name, value in response.headers.multi_items() if name.lower() == "content-security-policy")
    text = body.decode("utf-8", "replace")
    return Page(url, "", response.status_code, policies, text, cut, "cf-mitigated" in response.headers)


async def _body(response: httpx2.Response) -> tuple[bytes, bool]:
    """At most LARGEST bytes, opened bit by bit: a small answer may hold a very large one."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise httpx2.DecodingError(f"unasked {packed[:20]}")
    opened = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed not in ("", "identity") else None
    body = bytearray()
    async for piece in response.stream:  # type: ignore[union-attr]
        body += opened.decompress(piece, LARGEST + 1) if opened else piece
        if len(body) > LARGEST:
            return bytes(body[:LARGEST]), True
    return bytes(body), False


def _fault(wrong: BaseException) -> str:
    """Why a connection did not come about."""
    inner: BaseException | None = wrong
    while inner is not None:
        if isinstance(inner, ssl.SSLError):
            return "tls"
        inner = inner.__cause__ or inner.__context__
    return "timeout" if isinstance(wrong, httpx2.ConnectTimeout) else "refused"
