"""Chromium, by Playwright."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Frame, Playwright
from playwright.sync_api import Page as Tab

from tests.serving import CHROMIUM, chromium

from .page import PATIENCE, Engine, Page, Profile


class ChromiumPage(Page):
    """A tab or a frame of it."""

    def __init__(self, tab: Tab, frame: Frame) -> None:
        self._tab = tab
        self._frame = frame

    def goto(self, url: str) -> None:
        self._frame.goto(url)

    def reload(self) -> None:
        self._tab.reload()

    def evaluate(self, code: str) -> Any:
        return self._frame.evaluate(code)

    def click(self, selector: str, times: int = 1) -> None:
        self._frame.click(_piercing(selector), click_count=times)

    def fill(self, selector: str, text: str) -> None:
        self._frame.fill(_piercing(selector), text)

    def press(self, key: str) -> None:
        self._tab.keyboard.press(key)

    def choose_file(self, selector: str, path: str) -> None:
        self._frame.set_input_files(_piercing(selector), path)

    def frame(self, selector: str) -> Page:
        handle = self._frame.wait_for_selector(selector)
        inner = handle.content_frame() if handle else None
        assert inner, f"{selector} holds no page"
        return ChromiumPage(self._tab, inner)

    def close(self) -> None:
        self._tab.close()

    def wait_for_timeout(self, milliseconds: float) -> None:
        self._tab.wait_for_timeout(milliseconds)  # Playwright hears of errors only while it waits


def _piercing(selector: str) -> str:
    return selector.replace(" >>> ", " ")  # Playwright's CSS goes through open shadow roots by itself


class ChromiumProfile(Profile):
    """A browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self._context = context
        context.set_default_timeout(PATIENCE * 1000)  # a click waits for the navigation that it begins
        context.on("weberror", lambda error: self.problems.append(str(error.error)))

    @property
    def context(self) -> BrowserContext:
        """For what only this driver can: tabs that a page opens."""
        return self._context

    def new_page(self) -> Page:
        tab = self._context.new_page()
        return ChromiumPage(tab, tab.main_frame)

    def cookies(self) -> list[dict[str, Any]]:
        return [dict(cookie) for cookie in self._context.cookies()]

    def clear_cookies(self) -> None:
        self._context.clear_cookies()

    def offline(self, on: bool) -> None:
        self._context.set_offline(on)

    def close(self) -> None:
        self._context.close()


class Chromium(Engine):
    """The system's Chromium, or Playwright's own."""

    name = "chromium"
    language = "fr-FR"

    def __init__(self, driver: Playwright, proxy: str, script: str, *, whole: bool = False) -> None:
        arguments = [*CHROMIUM, "--disable-quic", "--disable-background-networking", "--disable-sync"]
        # Playwright turns the back-forward cache off; visitors have it.
        off = ["--disable-back-forward-cache"]
        where = {"server": f"http://{proxy}", "bypass": "localhost,.localhost,127.0.0.1"}
        self._browser = driver.chromium.launch(
            executable_path=chromium(whole=whole),
            args=arguments,
            ignore_default_args=off,
            proxy=where,  # type: ignore[arg-type]
        )
        self._script = script
        self.version = self._browser.version

    def profile(self) -> Profile:
        context = self._browser.new_context(locale=self.language, ignore_https_errors=True, viewport={"width": 900, "height": 700})
        context.add_init_script(self._script)
        return ChromiumProfile(context)

    def close(self) -> None:
        self._browser.close()
