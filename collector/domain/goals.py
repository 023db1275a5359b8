"""Goals: what else than a lead counts as a conversion, and where a visitor reaches one.

| kind | pattern | reached by |
|---|---|---|
| page | a path, `*` for any text: `/merci*` | a view of a page of that path, as people read it: `/été` is `/%C3%A9t%C3%A9` |
| event | a name | a custom event of that name |
| click | phone, email, message, … | a click of that kind |
| form | a form's key | a sending of that form that did not fail |

Only visitors in leads mode reach goals, and each goal once a session. A change is a row of its own and holds for what
happens after it: what was counted before stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from .money import LARGEST
from .sessions import Fact, page_of
from .signs import is_plain

KINDS = ("page", "event", "click", "form")
CLICKS = ("phone", "email", "message", "download", "outbound", "share", "map", "calendar")
FOREVER = 2**62
_LONGEST = 200
_OF_FACT = {"view": "page", "custom": "event", "click": "click"}


class Goal(NamedTuple):
    """A goal as it reads for what happens after `since` and not after `until`, UTC milliseconds. `site` 0 is every site."""

    id: bytes
    name: str
    kind: str
    pattern: str
    site: int
    value: int
    currency: str
    since: int
    until: int = FOREVER


class Version(NamedTuple):
    """One change of a goal, as it is stored."""

    id: bytes
    at: int
    name: str
    kind: str
    pattern: str
    site: int
    value: int
    currency: str
    active: int


class Goals:
    """All that an account ever counted as goals, for looking up what a fact reaches."""

    def __init__(self, versions: Iterable[Version]) -> None:
        of: dict[bytes, list[Version]] = {}
        for version in sorted(versions, key=lambda one: (one.id, one.at)):
            of.setdefault(version.id, []).append(version)
        self._by: dict[tuple[str, str], list[Goal]] = {}
        self._pages: list[tuple[re.Pattern[str], Goal]] = []
        self.forms: list[Goal] = []
        for told in of.values():
            ends = [version.at for version in told[1:]] + [FOREVER]
            for version, until in zip(told, ends, strict=True):
                if version.active:
                    self._add(Goal(version.id, *version[2:8], since=version.at, until=until))
        self.empty = not of

    def _add(self, goal: Goal) -> None:
        if goal.kind == "page":
            self._pages.append((_compiled(goal.pattern), goal))
        elif goal.kind == "form":
            self.forms.append(goal)
        else:
            self._by.setdefault((goal.kind, goal.pattern), []).append(goal)

    def of_fact(self, fact: Fact) -> Sequence[Goal]:
        """The goals that a fact reaches by itself: all but forms, whose result is told later."""
        kind = _OF_FACT.get(fact.type)
        if kind is None:
            return ()
        if kind != "page":
            return [goal for goal in self._by.get((kind, fact.what), ()) if _holds(goal, fact.site, fact.at)]
        if not self._pages:
            return ()
        path = unquote(page_of(fact.url))
        return [goal for pattern, goal in self._pages if _holds(goal, fact.site, fact.at) and pattern.fullmatch(path)]

    def of_form(self, form: str, site: int, at: int) -> list[Goal]:
        """The goals that a form's sending reaches."""
        return [goal for goal in self.forms if goal.pattern == form and _holds(goal, site, at)]

    def worth(self, form: str, site: int, at: int) -> tuple[int, str]:
        """What a lead that sent a form is worth, and in which currency: the most that a goal of that form says, or 0."""
        told = [(goal.value, goal.currency) for goal in self.of_form(form, site, at) if goal.value]
        return max(told, default=(0, ""))


@lru_cache(maxsize=64)
def of(versions: tuple[Version, ...]) -> Goals:
    """The goals of an account; the same for the same rows."""
    return Goals(versions)


def current(versions: Iterable[Version]) -> list[Version]:
    """Those that count now, by name."""
    newest: dict[bytes, Version] = {}
    for version in sorted(versions, key=lambda one: one.at):
        newest[version.id] = version
    return sorted((one for one in newest.values() if one.active), key=lambda one: (one.name.casefold(), one.id))


def fault(name: str, kind: str, pattern: str, value: int) -> str:
    """What is wrong with a goal (a code), or ""."""
    if not name or len(name) > _LONGEST or not is_plain(name):
        return "name"
    if kind not in KINDS:
        return "kind"
    if not pattern or len(pattern) > _LONGEST or not is_plain(pattern):
        return "pattern"
    if kind == "page" and pattern[0] not in "/*":
        return "path"
    if kind == "click" and pattern not in CLICKS:
        return "click"
    return "" if 0 <= value <= LARGEST else "value"


def _holds(goal: Goal, site: int, at: int) -> bool:
    return goal.since < at <= goal.until and goal.site in (0, site)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` is any text. Parts are looked for one after the other, so that no path makes it slow."""
    first, *rest = (re.escape(unquote(part)) for part in re.sub(r"\*+", "*", pattern).split("*"))
    if not rest:
        return re.compile(first)
    *middle, last = rest
    # Atomic groups: the first place where a middle part stands is as good as any later one.
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + ".*" + last, re.DOTALL)
