"""What every screen needs: made once in `app.create`, found on the application's state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from itsdangerous import URLSafeSerializer
from starlette.requests import Request

from ..domain.health import Finding
from ..domain.install import Page
from ..store.database import Database
from ..store.meter import Meter
from .care import Care
from .hub import Hub
from .looks import Looks
from .quota import Quota
from .static import Files
from .throttle import Throttle


class Settings(Protocol):
    """The settings that the screens read."""

    @property
    def url(self) -> str:
        """The public address, or empty."""

    @property
    def consent(self) -> str:
        """How the tag starts where the page does not say: required, granted or off."""

    @property
    def language(self) -> str:
        """The language where neither the user nor the browser says one."""

    @property
    def smtp(self) -> str:
        """The mail server, or empty."""

    @property
    def seal(self) -> str:
        """The file of the keys that values are sealed with, or empty."""

    @property
    def networks(self) -> str:
        """The file of networks by which companies are looked up, or empty."""

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """Whose X-Forwarded-For is believed."""


class Writer(Protocol):
    """Who writes."""

    def run(self, action: Callable[..., Any], *args: Any, **more: Any) -> Awaitable[Any]:
        """Runs `action(conn, *args, **more)` in one transaction."""

    @property
    def waiting(self) -> int:
        """Events that wait for their commit."""

    @property
    def full(self) -> bool:
        """Whether nobody would be taken now."""

    @property
    def lost(self) -> list[str]:
        """What the file lost before this start, a line each."""

    @property
    def meter(self) -> Meter:
        """What was written since the start."""


class Doctor(Protocol):
    """Who looks at everything that the collector needs."""

    async def __call__(self, account: int, *, whole: bool) -> list[Finding]:
        """The findings for an owner of an account; `whole` takes longer and asks others too."""


async def no_doctor(account: int, *, whole: bool) -> list[Finding]:
    """Where nobody looks, nothing is found."""
    return []


class Fetch(Protocol):
    """Who fetches a page for the install check (`outbound.probe`)."""

    def __call__(self, address: str, near: Collection[str] = ()) -> Awaitable[Page]:
        """The page at an address; hosts of `near` may lie on this machine."""


@dataclass(frozen=True)
class House:
    """The parts that `create` was given, and those that it made of them."""

    settings: Settings
    database: Database
    writer: Writer
    secret: bytes  # the key of identifiers, for actions
    signer: URLSafeSerializer
    clock: Callable[[], int]  # UTC milliseconds
    ids: Callable[[int], bytes]  # a UUIDv7 of a time
    files: Files
    throttle: Throttle
    asked: Quota = field(default_factory=Quota)  # how often links to what is known are asked for
    hashing: asyncio.Lock = field(default_factory=asyncio.Lock)  # argon2 takes 19 MiB: one at a time
    exporting: asyncio.Lock = field(default_factory=asyncio.Lock)  # a workbook of many rows takes some: one at a time
    fetch: Fetch | None = None
    looks: Looks = field(default_factory=Looks)  # what the last check of each site found
    doctor: Doctor = no_doctor
    care: Care = field(default_factory=Care)  # what takes longer than a request
    live: Hub = field(default_factory=Hub)  # who watches what goes on
    noting: dict[bytes, asyncio.Future[Any]] = field(default_factory=dict)  # login sessions of which it is being kept that they are used
    reporting: asyncio.Lock = field(default_factory=asyncio.Lock)  # a large report takes a second of CPU: one at a time


def of(request: Request) -> House:
    """The house of a request."""
    return cast(House, request.app.state.house)


def base(request: Request) -> str:
    """The collector's public address, without a slash at its end: the setting, else the request's own origin."""
    return of(request).settings.url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"


def sends_mail(request: Request) -> bool:
    """Whether letters go out. Their links lead to the address that is set: a request's Host is whatever its sender writes there."""
    return bool(of(request).settings.smtp and of(request).settings.url)


def is_secure(request: Request) -> bool:
    """Whether browsers reach the screens by https."""
    return base(request).startswith("https://")
