"""Firefox, by WebDriver BiDi over its own WebSocket: no driver in between."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from . import input as hands
from .page import Engine, Page, Profile, found, until

_PREFERENCES = {
    "app.normandy.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 1,
    "services.settings.server": "data:,",
}

_NOT_THROWN = ("Cross-Origin Request Blocked", "Content-Security-Policy:", "None of the “sha")  # told as if it were an error of a script


class Wrong(Exception):
    """An error that Firefox answered."""


class Wire:
    """Commands with their answers in turn; events are kept."""

    def __init__(self, url: str) -> None:
        self._connection = connect(url, max_size=None, proxy=None, legacy=False)
        self._socket = self._connection.__enter__()
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, **given: Any) -> dict[str, Any]:
        """Sends a command and waits for its answer."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": given}))
        end = time.monotonic() + 30
        while True:
            message = json.loads(self._socket.recv(timeout=max(0.0, end - time.monotonic())))
            if message.get("id") == number:
                if message["type"] == "error":
                    raise Wrong(f"{method}: {message['error']}: {message['message']}")
                answer: dict[str, Any] = message["result"]
                return answer
            if message["type"] == "event":
                self.events.append(message)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.__exit__(None, None, None)


def plain(value: dict[str, Any]) -> Any:
    """A value of BiDi as Python has it."""
    kind = value["type"]
    if kind in ("array", "nodelist", "htmlcollection"):
        return [plain(item) for item in value.get("value", [])]
    if kind == "object":
        return {key if isinstance(key, str) else plain(key): plain(item) for key, item in value.get("value", [])}
    if kind in ("undefined", "null"):
        return None
    return value.get("value", kind)


class FirefoxPage(Page):
    """A browsing context: a tab or a frame."""

    def __init__(self, wire: Wire, context: str, tabs: list[str] | None = None) -> None:
        self._wire = wire
        self.context = context
        self._tabs = tabs if tabs is not None else []  # that are open

    def goto(self, url: str) -> None:
        self._wire.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def reload(self) -> None:
        self._wire.ask("browsingContext.reload", context=self.context, wait="complete")

    def _result(self, code: str) -> dict[str, Any]:
        answer = self._wire.ask("script.evaluate", expression=code, target={"context": self.context}, awaitPromise=True)
        if answer["type"] == "exception":
            raise Wrong(answer["exceptionDetails"]["text"])
        result: dict[str, Any] = answer["result"]
        return result

    def evaluate(self, code: str) -> Any:
        return plain(self._result(code))

    def click(self, selector: str, times: int = 1) -> None:
        place = until(lambda: self.evaluate(hands.middle(selector)), f"{selector} is not to be clicked", self.wait_for_timeout)
        self._wire.ask("input.performActions", context=self.context, actions=hands.pointer(place, times))

    def fill(self, selector: str, text: str) -> None:
        until(lambda: self.evaluate(hands.emptied(selector)) is not None, f"no {selector}", self.wait_for_timeout)
        self._wire.ask("input.performActions", context=self.context, actions=hands.keys(list(text) or ["Backspace"]))

    def press(self, key: str) -> None:
        self._wire.ask("input.performActions", context=self.context, actions=hands.keys([key]))

    def choose_file(self, selector: str, path: str) -> None:
        node = self._result(found(selector))
        self._wire.ask("input.setFiles", context=self.context, element={"sharedId": node["sharedId"]}, files=[path])

    def frame(self, selector: str) -> Page:
        number = until(
            lambda: self._result(f"{found(selector)}.contentWindow").get("value", {}).get("context"),
            f"{selector} holds no page",
            self.wait_for_timeout,
        )
        return FirefoxPage(self._wire, number)

    def close(self) -> None:
        self._wire.ask("browsingContext.close", context=self.context)
        self._tabs.remove(self.context)


class FirefoxProfile(Profile):
    """A user context (what the user calls a container)."""

    def __init__(self, wire: Wire, script: str, language: str) -> None:
        self._wire = wire
        self._user = wire.ask("browser.createUserContext")["userContext"]
        self._tabs: list[str] = []
        self._away = False
        wire.ask("emulation.setLocaleOverride", userContexts=[self._user], locale=language)
        wire.ask("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}", userContexts=[self._user])

    @property
    def problems(self) -> list[str]:  # type: ignore[override]
        """What was thrown, until now."""
        self._wire.ask("session.status")
        entries = [event["params"] for event in self._wire.events if event["method"] == "log.entryAdded"]
        thrown = [entry["text"] for entry in entries if entry["type"] == "javascript" and entry["level"] == "error"]
        return [text for text in thrown if not text.startswith(_NOT_THROWN)]

    def new_page(self) -> Page:
        # A window each: a tab behind another is a hidden page.
        tab = self._wire.ask("browsingContext.create", type="window", userContext=self._user)["context"]
        self._wire.ask("browsingContext.setViewport", context=tab, viewport={"width": 900, "height": 700})
        self._tabs.append(tab)
        return FirefoxPage(self._wire, tab, self._tabs)

    def cookies(self) -> list[dict[str, Any]]:
        kept = self._wire.ask("storage.getCookies", partition={"type": "context", "context": self._tabs[-1]})["cookies"]
        return [
            {
                "name": cookie["name"],
                "value": cookie["value"]["value"],
                "path": cookie["path"],
                "sameSite": cookie["sameSite"].capitalize(),
                "expires": cookie.get("expiry", -1),
            }
            for cookie in kept
        ]

    def clear_cookies(self) -> None:
        self._wire.ask("storage.deleteCookies", partition={"type": "context", "context": self._tabs[-1]})

    def offline(self, on: bool) -> None:
        self._wire.ask("emulation.setNetworkConditions", userContexts=[self._user], networkConditions={"type": "offline"} if on else None)

    def close(self) -> None:
        self._wire.ask("browser.removeUserContext", userContext=self._user)
        self._wire.events.clear()


class Firefox(Engine):
    """The system's Firefox, without a window."""

    name = "firefox"
    language = "fr-FR"

    def __init__(self, proxy: str, script: str) -> None:
        self._script = script
        self._folder = Path(tempfile.mkdtemp(prefix="firefox-"))
        host, _, port = proxy.partition(":")
        wanted = _PREFERENCES | {f"network.proxy.{kind}": host for kind in ("http", "ssl")}
        wanted |= {f"network.proxy.{kind}_port": int(port) for kind in ("http", "ssl")}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items())
        (self._folder / "user.js").write_text("".join(lines))
        command = [binary() or "", "--headless", "--no-remote", "--profile", str(self._folder), "--remote-debugging-port", "0"]
        self._log = open(self._folder / "log", "w+")  # noqa: SIM115 (as long as the browser)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self._log)
        self._wire = Wire(self._listening() + "/session")
        about = self._wire.ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})["capabilities"]
        self.version = about["browserVersion"]
        self._wire.ask("session.subscribe", events=["log.entryAdded"])

    def _listening(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            if told := re.search(r"BiDi listening on (\S+)", (self._folder / "log").read_text(errors="replace")):
                return told[1]
            time.sleep(0.05)
        raise AssertionError("Firefox did not start: " + (self._folder / "log").read_text(errors="replace"))

    def profile(self) -> Profile:
        return FirefoxProfile(self._wire, self._script, self.language)

    def close(self) -> None:
        self._wire.close()
        self._process.terminate()
        self._process.wait(30)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def binary() -> str | None:
    """Where Firefox is."""
    return shutil.which("firefox-esr") or shutil.which("firefox")
