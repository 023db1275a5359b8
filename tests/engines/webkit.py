"""WebKitGTK: its MiniBrowser on a screen of its own (Xvfb), by WebKitWebDriver."""

from __future__ import annotations

import contextlib
import glob
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from typing import Any

from . import input as hands
from .page import Cannot, Engine, Page, Profile, found, until

_NODE = "element-6066-11e4-a52e-4f735466cecf"


class Wrong(Exception):
    """An error that the driver answered."""


class Driver:
    """A WebKitWebDriver, which serves one session: commands over HTTP."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._process = subprocess.Popen(
            ["WebKitWebDriver", f"--port={self._port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # its browser ends with it
        )
        until(lambda: self.ask("GET", "/status"), "WebKitWebDriver did not start", lambda pause: time.sleep(pause / 1000))

    def ask(self, method: str, path: str, patience: float = 60, **given: Any) -> Any:
        """One command; seconds to wait for its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=patience)
        try:
            connection.request(method, path, json.dumps(given) if method == "POST" else None)
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(answer, dict) and "error" in answer:
            raise Wrong(f"{path}: {answer['error']}: {answer.get('message', '')}")
        return answer

    def close(self) -> None:
        """Ends it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(15)


class WebKitPage(Page):
    """A tab, or a frame in it; the driver is told which before each command."""

    def __init__(self, profile: WebKitProfile, handle: str, frames: tuple[str, ...] = ()) -> None:
        self._profile = profile
        self.handle = handle
        self._frames = frames

    def _ask(self, method: str, path: str, **given: Any) -> Any:
        self._profile.turn_to(self.handle, self._frames)
        return self._profile.ask(method, path, **given)

    def goto(self, url: str) -> None:
        self._ask("POST", "/url", url=url)

    def reload(self) -> None:
        self._ask("POST", "/refresh")

    def evaluate(self, code: str) -> Any:
        # Once as an expression; statements do not parse as one, so nothing of them has run when they are tried the other way.
        try:
            return self._run(f"({code}\n)")
        except Wrong as wrong:
            if "javascript error: Unexpected " not in str(wrong):
                raise
            return self._run(f"(0, eval)({json.dumps(code)})")

    def _run(self, expression: str) -> Any:
        told = self._ask(
            "POST",
            "/execute/async",
            script=f"const tell = arguments[0]; Promise.resolve({expression})"
            ".then(value => tell(value === undefined ? null : value), wrong => tell('\\0' + wrong))",
            args=[],
        )
        if isinstance(told, str) and told.startswith("\0"):
            raise Wrong(told[1:])
        return told

    def click(self, selector: str, times: int = 1) -> None:
        place = until(lambda: self.evaluate(hands.middle(selector)), f"{selector} is not to be clicked", self.wait_for_timeout)
        self._ask("POST", "/actions", actions=hands.pointer(place, times))

    def fill(self, selector: str, text: str) -> None:
        until(lambda: self.evaluate(hands.emptied(selector)) is not None, f"no {selector}", self.wait_for_timeout)
        self._ask("POST", "/actions", actions=hands.keys(list(text) or ["Backspace"]))

    def press(self, key: str) -> None:
        self._ask("POST", "/actions", actions=hands.keys([key]))

    def choose_file(self, selector: str, path: str) -> None:
        node = self._ask("POST", "/execute/sync", script=f"return {found(selector)}", args=[])
        self._ask("POST", f"/element/{node[_NODE]}/value", text=path)

    def frame(self, selector: str) -> Page:
        until(lambda: self.evaluate(f"!!{found(selector)}"), f"no {selector}", self.wait_for_timeout)
        return WebKitPage(self._profile, self.handle, (*self._frames, selector))

    def close(self) -> None:
        self._ask("DELETE", "/window")


class WebKitProfile(Profile):
    """A session: a MiniBrowser of its own that keeps nothing."""

    def __init__(self, environment: dict[str, str], proxy: str) -> None:
        self.problems: list[str] = []  # filled by the page server: the prelude tells it
        options = {"binary": binary(), "args": ["--automation"]}
        local = ["localhost", "*.localhost", "127.0.0.1"]
        through = {"proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy, "noProxy": local}
        capabilities = {
            "webkitgtk:browserOptions": options,
            "proxy": through,
            "acceptInsecureCerts": True,
            "unhandledPromptBehavior": "dismiss",
        }
        self._driver = Driver(environment)
        try:
            session = self._driver.ask("POST", "/session", 12, capabilities={"alwaysMatch": capabilities})
        except BaseException:
            self._driver.close()
            raise
        self.about: dict[str, Any] = session["capabilities"]
        self._path = f"/session/{session['sessionId']}"
        self._first: str | None = self.ask("GET", "/window")
        self._at: tuple[str, tuple[str, ...]] | None = None
        self.ask("POST", "/timeouts", script=20_000, pageLoad=30_000)

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """A command of this session."""
        return self._driver.ask(method, self._path + path, **given)

    def turn_to(self, handle: str, frames: tuple[str, ...]) -> None:
        """The tab and the frame that the next command means."""
        if self._at == (handle, frames) and not frames:
            return
        self.ask("POST", "/window", handle=handle)
        self.ask("POST", "/frame", id=None)
        for selector in frames:
            node = self.ask("POST", "/execute/sync", script=f"return {found(selector)}", args=[])
            self.ask("POST", "/frame", id=node)
        self._at = (handle, frames)

    def new_page(self) -> Page:
        if self._first:
            handle, self._first = self._first, None
        else:
            handle = self.ask("POST", "/window/new", type="window")["handle"]
        page = WebKitPage(self, handle)
        self.turn_to(handle, ())
        self.ask("POST", "/window/rect", width=900, height=760)
        return page

    def cookies(self) -> list[dict[str, Any]]:
        return [{**cookie, "expires": cookie.get("expiry", -1)} for cookie in self.ask("GET", "/cookie")]

    def clear_cookies(self) -> None:
        self.ask("DELETE", "/cookie")

    def offline(self, on: bool) -> None:
        raise Cannot("WebDriver has no word for a network that is gone")

    def close(self) -> None:
        try:
            self.ask("DELETE", "")
        finally:
            self._driver.close()


class WebKit(Engine):
    """The system's WebKitGTK."""

    name = "webkit"
    language = "en-US"  # it speaks the machine's language, and a machine without French locales has none but this

    def __init__(self, proxy: str, script: str) -> None:
        tell = (
            "for (const type of ['error', 'unhandledrejection']) addEventListener(type, e => tell('/problem', e.message || '' + e.reason))"
        )
        self.prelude = f"<script nonce=x>{{ {script} }}; {{ const tell = navigator.sendBeacon.bind(navigator); {tell} }}</script>"
        self._proxy = proxy
        screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
        self._screen = subprocess.Popen(screen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._screen.stdout is not None
        display = self._screen.stdout.readline().strip()
        # Its sandbox wants privileges that a container has not; the pages are ours.
        quiet = {
            "NO_AT_BRIDGE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "LC_ALL": "en_US.UTF-8",
        }
        self._environment = {**os.environ, "DISPLAY": f":{display}", "GDK_BACKEND": "x11", **quiet}
        first = self.profile()
        self.version = str(first.about["browserVersion"])
        first.close()

    def profile(self) -> WebKitProfile:
        """A new visitor. The driver sometimes waits for ever for the browser that it started: then both start anew."""
        for _ in range(3):
            with contextlib.suppress(TimeoutError):
                return WebKitProfile(self._environment, self._proxy)
        raise AssertionError("WebKitWebDriver starts no browser")

    def close(self) -> None:
        self._screen.terminate()
        self._screen.wait(15)
        assert self._screen.stdout is not None
        self._screen.stdout.close()


def binary() -> str | None:
    """Where the MiniBrowser is, if its driver and a screen are there too."""
    if not (shutil.which("WebKitWebDriver") and shutil.which("Xvfb")):
        return None
    return next(iter(sorted(glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser"), reverse=True)), None)
