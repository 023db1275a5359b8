"""The screens of the walked account on a port, and Chromium in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from starlette.applications import Starlette

from collector.store.writer import Writer
from tests.conftest import opened
from tests.serving import CHROMIUM, chromium

from . import walk
from .serve import running, screens
from .walk import Told

LOCALES = {"en": "en-GB", "fr": "fr-FR"}


class Stage(NamedTuple):
    """A browser in front of the screens."""

    browser: Browser
    url: str
    app: Starlette
    writer: Writer
    told: Told

    async def context(self, email: str = "", language: str = "en", **more: Any) -> BrowserContext:
        """A window of its own that a user is signed in with; without an address nobody is."""
        made = await self.browser.new_context(locale=LOCALES[language], reduced_motion="reduce", **more)
        if email:
            token = await self.writer.run(walk.sign_in, email)
            await made.add_cookies([{"name": "webleads-session", "value": token, "url": self.url}])
        return made

    def screens(self) -> list[str]:
        """The addresses of the screens."""
        return walk.screens(self.app, self.told)


@asynccontextmanager
async def standing(url: str, soaked: Callable[..., Any] | None = None) -> AsyncIterator[Stage]:
    """The walked account in a database, served; `soaked` is an action that changes it first."""
    async for database, writer in opened(url):
        app = screens(database, writer)
        told = await walk.tell(app, writer)
        if soaked is not None:
            await writer.run(soaked)
        async with running(app) as at, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium(), args=CHROMIUM)
            yield Stage(browser, at, app, writer, told)
            await browser.close()


def listened(page: Page) -> list[str]:
    """What a page does that it should not: violations, faults, dialogs. The list grows."""
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") and "404" not in message.text else None
    )
    page.on("pageerror", lambda wrong: said.append(str(wrong)))

    async def dismiss(dialog: Any) -> None:
        said.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    page.on("dialog", dismiss)
    return said
