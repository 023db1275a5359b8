"""What a User-Agent says of itself: browser, system, device, and whether it is a program."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

_LIMIT = 512
_LITERAL = re.compile(r"(?:[\w\s:;,!'=@%&#~<>-]|\\[/.()+\-])+")
# What the list does not hold: further HTTP libraries, and whoever calls itself a bot and names a page about it.
_LIBRARY = r"^(Java|GuzzleHttp|PostmanRuntime|insomnia|Dart|undici|node|Ruby|reqwest|Deno|Bun|RestSharp|Faraday|PHP|hackney)\b"
_CRAWLER = r"(?i:bot|crawler|spider)[/;) ].*https?://"
# Names of apps that fetch previews and also hold a browser for people: a full browser's agent is a person's.
_APPS = frozenset(
    {
        "WhatsApp",
        "PayPal/",
        "Notion/",
        "Tumblr/",
        "Instapaper/",
        "Grammarly/",
        "Sogou",
        "Sonic",
        "Daum/",
        "Code/1.",
        "Klaviyo/",
        "Asana/",
        "Stripe/",
        "Make/",
    }
)
_MARK_OF_TAG = {"browser-automation": "headless", "http-library": "library"}
_OURS: dict[str, list[str]] = {"headless": [], "library": [_LIBRARY], "crawler": [_CRAWLER]}
_OS_NAMES = {"Mac OS X": "macOS", "Other": ""}


class Agent(msgspec.Struct, frozen=True):
    """`browser` is a name with its major version ("Chrome 156"), `os` a name; both "" when unknown.

    `device` is desktop, mobile, tablet or other; `marks` holds at most one of headless, library, crawler.
    """

    browser: str = ""
    os: str = ""
    device: str = "other"
    marks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """ "Chrome 156 · Windows · desktop"."""
        return _label(self.browser, self.os, self.device)


def read(user_agent: str) -> Agent:
    """The agent of a User-Agent header; only its first 512 characters count. An empty one is a library's."""
    return _read(user_agent[:_LIMIT].strip().encode("utf-8", "replace").decode())


@lru_cache(maxsize=4096)
def _read(text: str) -> Agent:
    if not text:
        return Agent(marks=("library",))
    # Their lists take a tenth of a second to load: only who reads an agent waits for them, no command.
    import ua_parser
    from user_agents.parsers import UserAgent, parse_browser, parse_device, parse_operating_system

    found = ua_parser.parse(text)
    browser, system, device = found.user_agent, found.os, found.device
    # user-agents' own constructor asks the slow pure-Python parser; its rules for devices are what we want.
    agent = UserAgent.__new__(UserAgent)
    agent.ua_string = text
    agent.browser = parse_browser(browser.family if browser else "Other", browser.major if browser else None)
    agent.os = parse_operating_system(system.family if system else "Other", system.major if system else None)
    agent.device = parse_device(device.family if device else "Other", None, None)
    mark = _mark(text)
    return Agent(
        browser=agent.get_browser() if browser else "",
        os=_OS_NAMES.get(agent.os.family, agent.os.family),
        device="tablet" if agent.is_tablet else "mobile" if agent.is_mobile else "desktop" if agent.is_pc else "other",
        marks=(mark,) if mark else (),
    )


@lru_cache(maxsize=4096)
def _label(*names: str) -> str:
    return " · ".join(name for name in names if name)


def _mark(text: str) -> str:
    """The mark of the first entry of the crawler list that fits, headless before library before crawler; "" if none does."""
    person = text.startswith("Mozilla/5.0 (") and "AppleWebKit/" in text and "http" not in text and "compatible" not in text
    for mark, literals, patterns in _crawlers():
        if any(literal in text and not (person and literal in _APPS) for literal in literals) or (patterns and patterns.search(text)):
            return mark
    return ""


@cache
def _crawlers() -> list[tuple[str, tuple[str, ...], re.Pattern[str] | None]]:
    """The crawler list by mark. Plain texts are kept apart: looking for them costs a tenth of an alternation of 1,500."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    rows = []
    for mark in ("headless", "library", "crawler"):
        patterns = [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA if _kind(entry) == mark]
        literals = tuple(re.sub(r"\\(.)", r"\1", pattern) for pattern in patterns if _LITERAL.fullmatch(pattern))
        rest = [pattern for pattern in patterns if not _LITERAL.fullmatch(pattern)] + _OURS[mark]
        rows.append((mark, literals, re.compile("|".join(rest)) if rest else None))
    return rows


def _kind(entry: dict[str, list[str]]) -> str:
    return next((_MARK_OF_TAG[tag] for tag in entry.get("tags", []) if tag in _MARK_OF_TAG), "crawler")
