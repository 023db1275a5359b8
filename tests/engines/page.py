"""What a scenario may ask of a browser, whichever it is.

A selector is CSS, or XPath when it begins with `//`; `outer >>> inner` goes on inside the open shadow root of `outer`.
"""

from __future__ import annotations

import fnmatch
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

PATIENCE = 20.0  # seconds in which an element, an address or a state has to come; only a failure takes them


# A file that came may ask for another.
_WHOLE = "(async files => { for (let n = -1; files && n !== (n = Object.keys(files).length);) await Promise.all(files) })(window.webleads?.loaded)"


class Cannot(Exception):
    """The engine, or the way it is driven, has no such thing. tests/engines/exceptions.py names every use."""


class Page(ABC):
    """One tab, or one frame in it."""

    @abstractmethod
    def goto(self, url: str) -> None:
        """Opens an address and waits until it is loaded."""

    @abstractmethod
    def reload(self) -> None:
        """Loads the page again."""

    @abstractmethod
    def evaluate(self, code: str) -> Any:
        """The JSON value of an expression, or of the last of some statements, in the page; a promise is waited for."""

    @abstractmethod
    def click(self, selector: str, times: int = 1) -> None:
        """Presses and releases the mouse in the middle of an element, as a person does."""

    @abstractmethod
    def fill(self, selector: str, text: str) -> None:
        """Puts a text where another stood, as typed."""

    @abstractmethod
    def press(self, key: str) -> None:
        """One key where the focus is: a character, Enter or Tab."""

    @abstractmethod
    def choose_file(self, selector: str, path: str) -> None:
        """Chooses a file in an `input type=file`."""

    @abstractmethod
    def frame(self, selector: str) -> Page:
        """The page inside an iframe."""

    @abstractmethod
    def close(self) -> None:
        """Closes the tab."""

    def dblclick(self, selector: str) -> None:
        """Clicks twice, fast."""
        self.click(selector, 2)

    def check(self, selector: str) -> None:
        """Ticks a box or a radio button, if it is not."""
        if not self.evaluate(f"{found(selector)}.checked"):
            self.click(selector)

    def select(self, selector: str, value: str) -> None:
        """Chooses an option, with the events of a choice."""
        events = "for (const type of ['input', 'change']) e.dispatchEvent(new Event(type, {bubbles: true}))"
        self.evaluate(f"(e => {{ e.value = {literal(value)}; {events} }})({found(selector)})")

    @property
    def url(self) -> str:
        """The address."""
        return str(self.evaluate("location.href"))

    def text(self, selector: str = "body") -> str:
        """What stands in an element, as seen."""
        return str(self.evaluate(f"{found(selector)}.innerText"))

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Lets time pass."""
        time.sleep(milliseconds / 1000)

    def wait_for_function(self, code: str) -> None:
        """Waits until an expression is true; a page that is just being left is asked again."""
        until(lambda: self.evaluate(f"!!({code})"), f"{code} stayed false", self.wait_for_timeout)

    def wait_for_tag(self) -> None:
        """Waits until the tag is at work, and every other file of it that it has asked for."""
        self.wait_for_function("window.webleads && webleads.loaded")
        self.wait_for_files()

    def wait_for_files(self) -> None:
        """Waits until every file that the tag has asked for is there, if there is a tag."""
        until(lambda: self.evaluate(f"{_WHOLE}.then(() => true)"), "a file of the tag did not come", self.wait_for_timeout)

    def wait_for_selector(self, selector: str) -> None:
        """Waits until an element is there."""
        self.wait_for_function(found(selector))

    def wait_for_url(self, pattern: str) -> None:
        """Waits until the address is like `**/merci`, and its page is loaded."""
        like = pattern.replace("**", "*")

        def there() -> bool:
            url, state = self.evaluate("[location.href, document.readyState]")
            return fnmatch.fnmatch(url, like) and state == "complete"

        until(there, f"the address is not {pattern}", self.wait_for_timeout)


class Profile(ABC):
    """One visitor's device: its tabs share cookies and storage."""

    problems: list[str]  # what was thrown in its pages and caught by nobody

    @abstractmethod
    def new_page(self) -> Page:
        """Another tab."""

    @abstractmethod
    def cookies(self) -> list[dict[str, Any]]:
        """Of the newest tab's site: name, value, path, sameSite (Lax …), expires (seconds, -1 for none)."""

    @abstractmethod
    def clear_cookies(self) -> None:
        """Forgets them."""

    @abstractmethod
    def offline(self, on: bool) -> None:
        """Cuts the network off, and the page may know."""

    @abstractmethod
    def close(self) -> None:
        """Forgets everything."""


class Engine(ABC):
    """A browser that runs."""

    name: str
    version: str
    language: str  # what navigator.language says
    prelude: str = ""  # HTML that the page server puts first into each page's head, where the engine has no script of its own for that

    @abstractmethod
    def profile(self) -> Profile:
        """A new visitor."""

    @abstractmethod
    def close(self) -> None:
        """Ends the browser."""


def literal(text: str) -> str:
    """A text as JavaScript writes it."""
    return json.dumps(text)


def named(tag: str, words: str) -> str:
    """The selector of an element by its words."""
    return f"//{tag}[normalize-space()={literal(words)}]"


def found(selector: str) -> str:
    """The JavaScript expression of a selector's first element."""
    if selector.startswith("//"):
        return f"document.evaluate({literal(selector)}, document, null, 9, null).singleNodeValue"
    outer, *inner = selector.split(" >>> ")
    return f"document.querySelector({literal(outer)})" + "".join(f".shadowRoot.querySelector({literal(part)})" for part in inner)


def until(ready: Callable[[], Any], otherwise: str, pause: Callable[[float], None]) -> Any:
    """Asks until there is an answer. What cannot be asked just now (a page on its way out) is asked again."""
    end, last = time.monotonic() + PATIENCE, ""
    while time.monotonic() < end:
        try:
            if answer := ready():
                return answer
        except Cannot:
            raise
        except Exception as wrong:  # of three drivers
            last = f": {wrong}"
        pause(20)
    raise AssertionError(otherwise + last)
