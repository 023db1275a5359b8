"""What every screen needs: made once in `app.create`, found on the application's state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from itsdangerous import URLSafeSerializer
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

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
    def networks(self) -> str:
        """The file of networks by which companies are looked up, or empty."""

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """Whose X-Forwarded-For is believed."""


class Database(Protocol):
    """Where the screens read."""

    def reader(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for a few short reads."""

    def snapshot(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for reads of one moment."""


class Writer(Protocol):
    """Who writes."""

    def run(self, action: Callable[..., Any], *args: Any, **more: Any) -> Awaitable[Any]:
        """Runs `action(conn, *args, **more)` in one transaction."""


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
