"""What a list of leads shows: read from an address's query and written into one, so that a list, its export, a change of many
leads and a saved view mean the same by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct, structs

from . import periods
from .edits import STATUSES
from .events import MARKS, mark_names
from .rollups import day_of, midnight

KINDS = ("leads", "messages", "quarantine", "all")
SORTS = ("newest", "oldest", "seen", "score", "name")
COLUMNS = (
    *("who", "from", "form", "activity", "score", "when", "email", "phone", "company", "status", "owner", "tags", "page"),
    *("first", "last", "seen", "site", "consent", "marks"),
)
WHO = "who"
DEFAULT_COLUMNS = (WHO, "from", "form", "activity", "score", "when")
SAID = tuple(mark_names((1 << len(MARKS)) - 1))  # the marks that say something of a lead
NONE, ME, NOBODY = "none", "me", "nobody"
CONSENTS = ("yes", "no")
MOST_TEXT, MOST_VALUES = 200, 50
_PLACES = ("all", "before", "after", "changed", "part", "fault")  # of a page, and not of the list
_LATEST = 50_000  # days since 1970
_CHANNEL = "channel:"  # as `source` named a channel before there was a filter of its own
_LISTS = ("channel", "source", "campaign", "form", "status", "owner", "tag", "company", "mark")
FILTERS = ("q", "site", "period", *_LISTS, "page", "score", "score_max", "consent")  # in the order in which they are shown


class Asked(Struct, frozen=True):
    """What a list shows. Of a filter with several values one must fit; an empty one asks for nothing."""

    q: str = ""
    kind: str = "leads"  # of KINDS
    site: tuple[int, ...] = ()
    period: str = ""  # of domain.periods.NAMES: when leads came
    since: str = ""
    until: str = ""
    channel: tuple[str, ...] = ()  # first or last
    source: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    status: tuple[str, ...] = ()  # of STATUSES, or NONE
    owner: tuple[str, ...] = ()  # users' ids in hex, ME or NOBODY
    tag: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()  # of SAID, or NONE
    page: str = ""  # a part of the address of the first form's page
    score: int | None = None  # at least, as it is shown
    score_max: int | None = None
    consent: str = ""  # permission to write: of CONSENTS
    sort: str = "newest"  # of SORTS
    columns: tuple[str, ...] = ()  # of COLUMNS; empty for the usual ones

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns, in their order; who it is always stands there."""
        return self.columns if WHO in self.columns else (WHO, *self.columns) if self.columns else DEFAULT_COLUMNS

    @property
    def narrowed(self) -> bool:
        """Whether anything but the kind is asked for."""
        return any(getattr(self, name) not in ("", (), None) for name in FILTERS)


def read(pairs: Iterable[tuple[str, str]]) -> Asked:
    """What an address asks for; what cannot be read asks for nothing."""
    told: dict[str, list[str]] = {}
    for name, value in pairs:
        if value := clean(value):
            told.setdefault(name, []).append(value)
    given: dict[str, Any] = {name: tuple(dict.fromkeys(told.get(name, ())))[:MOST_VALUES] for name in _LISTS}
    origins = given["source"]
    given["source"] = tuple(one for one in origins if not one.startswith(_CHANNEL))
    channels = (*given["channel"], *(one.removeprefix(_CHANNEL) for one in origins if one.startswith(_CHANNEL)))
    given["channel"] = tuple(dict.fromkeys(channels))
    given["status"] = tuple(one for one in given["status"] if one in (*STATUSES, NONE))
    given["mark"] = tuple(one for one in given["mark"] if one in (*SAID, NONE))
    given["owner"] = tuple(one for one in given["owner"] if one in (ME, NOBODY) or re.fullmatch(r"[0-9a-f]{32}", one))
    first = {name: values[0] for name, values in told.items()}
    numbers = (int(one) for one in told.get("site", ()) if one.isascii() and one.isdigit() and len(one) <= 18)
    given["site"] = tuple(dict.fromkeys(numbers))[:MOST_VALUES]
    given |= {"q": first.get("q", ""), "page": first.get("page", "")} | _period(first)
    given |= {name: _score(first.get(name, "")) for name in ("score", "score_max")}
    for name, known, usual in (("kind", KINDS, "leads"), ("sort", SORTS, "newest"), ("consent", CONSENTS, "")):
        given[name] = first.get(name, "") if first.get(name, "") in known else usual
    columns = first.get("columns", "").split(",")
    given["columns"] = tuple(dict.fromkeys(one for one in columns if one in COLUMNS))
    return Asked(**given)


def _period(first: Mapping[str, str]) -> dict[str, str]:
    since, until = (one if periods.day_of(one := first.get(name, "")) is not None else "" for name in ("since", "until"))
    name = first.get("period", "")
    if name == "custom" or (not name and (since or until)):
        return {"period": "custom", "since": since, "until": until} if since or until else {}
    return {"period": name} if name in periods.LENGTHS else {}


def _score(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) and int(text) <= 100 else None


def read_query(query: str) -> Asked:
    """What a query string asks for."""
    return read(parse_qsl(query.removeprefix("?")))


def is_query(text: str) -> bool:
    """Whether a text is a query string of a list's address, and not words to search for."""
    names = {*Asked.__struct_fields__, *_PLACES}
    return all(name in names and sign for name, sign, _value in (one.partition("=") for one in text.removeprefix("?").split("&")))


def pairs(asked: Asked) -> list[tuple[str, str]]:
    """What of an address is not as usual; `read` reads it again."""
    usual, found = Asked(), []
    for name in Asked.__struct_fields__:
        value = getattr(asked, name)
        if value == getattr(usual, name):
            continue
        if name == "columns":
            found.append((name, ",".join(value)))
        elif isinstance(value, tuple):
            found += [(name, str(one)) for one in value]
        else:
            found.append((name, str(value)))
    return found


def query(asked: Asked, **more: object) -> str:
    """It as a query string; `more` says other things than what is asked for, such as a place in the list."""
    return urlencode([*pairs(asked), *((name, str(value)) for name, value in more.items() if value not in ("", None))])


def without(asked: Asked, name: str, value: object = None) -> Asked:
    """The same without one filter, or without one of its values."""
    if name == "period":
        return structs.replace(asked, period="", since="", until="")
    had = getattr(asked, name)
    if isinstance(had, tuple) and value is not None:
        return structs.replace(asked, **{name: tuple(one for one in had if one != value)})
    return structs.replace(asked, **{name: getattr(Asked(), name)})


def columns_with(shown: tuple[str, ...], name: str, step: int | None) -> tuple[str, ...]:
    """Columns after one has moved by some places, has come at the end (0), or is left out (None)."""
    rest = [one for one in shown if one != name]
    if step is None:
        return tuple(rest)
    place = shown.index(name) if name in shown else len(rest)
    rest.insert(max(0, place + step), name)
    return tuple(rest)


def bounds(asked: Asked, now: int, zone: str) -> tuple[int, int] | None:
    """Between which times (UTC milliseconds, the last not included) leads came, by whole days of a zone; None for ever."""
    if not asked.period:
        return None
    # A custom period with one end goes on to today, or begins as early as one can.
    today = day_of(now, zone)
    if asked.period == "custom":
        until = periods.day_of(asked.until) if asked.until else today
        since = periods.day_of(asked.since) if asked.since else 0
        first, last = sorted((since or 0, until or 0)) if asked.since and asked.until else (since or 0, until or 0)
    else:
        found = periods.read(asked.period, today)
        first, last = found.first, found.last
    return midnight(max(0, min(first, _LATEST)), zone), midnight(max(0, min(last, _LATEST)) + 1, zone)


def clean(text: str) -> str:
    """A text of an address without what cannot be seen, and cut."""
    return "".join(char for char in text if char.isprintable())[:MOST_TEXT].strip()
