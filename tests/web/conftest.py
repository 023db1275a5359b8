"""The screens on a real SQLite file, asked in the process."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx2
import pytest_asyncio
from starlette.applications import Starlette

from collector.store.database import Database
from collector.store.writer import Writer
from tests.conftest import opened

from . import rows
from .rows import NOW, PASSWORD
from .serve import screens

ORIGIN = "http://leads.test"


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        """UTC milliseconds."""
        return self.now


class Place(NamedTuple):
    """The screens, what is behind them, and one browser in front."""

    app: Starlette
    browser: httpx2.AsyncClient
    database: Database
    writer: Writer
    clock: Clock

    def another(self, **more: Any) -> httpx2.AsyncClient:
        """A second browser."""
        return browser_of(self.app, **more)

    async def login(self, email: str = "owner@example.com", browser: httpx2.AsyncClient | None = None, next: str = "") -> httpx2.Response:
        """Signs in by the form."""
        return await post(browser or self.browser, f"/login{next}", {"email": email, "password": PASSWORD})


def browser_of(app: Starlette, origin: str = ORIGIN, raising: bool = True, **more: Any) -> httpx2.AsyncClient:
    """A browser that keeps its cookies."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app, raise_app_exceptions=raising), base_url=origin, **more)


def token_of(page: httpx2.Response) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def post(browser: httpx2.AsyncClient, path: str, sent: dict[str, str], token: str | None = None, **headers: str) -> httpx2.Response:
    """Sends a form as the browser would: with the token of the page that it stands on (or one of `/login`)."""
    if token is None:
        page = await browser.get(path)
        token = token_of(
            page if 'name="token"' in page.text else await browser.get("/login" if page.status_code != 303 else page.headers["location"])
        )
    told = {"sec-fetch-site": "same-origin", "origin": str(browser.base_url).rstrip("/")} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await browser.post(path, data=sent | {"token": token}, headers=told)


@pytest_asyncio.fixture
async def place(sqlite_url: str) -> AsyncIterator[Place]:
    """Screens on an empty database with account 1, nobody signed in."""
    async for database, writer in opened(sqlite_url):
        clock = Clock()
        app = screens(database, writer, clock)
        async with browser_of(app) as browser:
            yield Place(app, browser, database, writer, clock)


@pytest_asyncio.fixture
async def owned(place: Place) -> Place:
    """The same with an owner, who is signed in."""
    await place.writer.run(rows.user)
    assert (await place.login()).status_code == 303
    return place
