"""What a person may ask of whoever keeps their data, until when it is to be answered, and what is done about it (GDPR 12, 15-21)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from .identity import DAY

KINDS = ("access", "correction", "erasure", "objection", "withdrawal")
BY = ("visitor", "confirmed", "address", "person")  # a browser's secret; a link that was followed; anybody who typed it; one of ours
STEPS = ("confirmed", "extended", "done", "refused")
ENDS = frozenset({"done", "refused"})
MONTHS, MONTHS_MORE = 1, 2


class State(Struct, frozen=True):
    """How far a request is; `end` is one of ENDS or empty, times are UTC milliseconds."""

    due_at: int
    end: str = ""
    ended_at: int | None = None
    confirmed_at: int | None = None  # last
    extended: bool = False


def due(at: int, months: int = MONTHS) -> int:
    """Until when a request of a time is to be answered, UTC milliseconds: one month later, or on the last day of a shorter one.

    Two more months may be taken where that is said within the first (GDPR 12(3)).
    """
    then = datetime.fromtimestamp(at / 1000, UTC)
    year, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    day = min(then.day, calendar.monthrange(year, month + 1)[1])
    return int(then.replace(year=year, month=month + 1, day=day).timestamp() * 1000)


def state(at: int, steps: Iterable[tuple[str, int]]) -> State:
    """The state of a request that was filed `at`, after steps of (kind, at). The first end stands."""
    told = sorted(steps, key=lambda one: one[1])
    end, ended_at = next(((kind, when) for kind, when in told if kind in ENDS), ("", None))
    extended = any(kind == "extended" for kind, _when in told)
    confirmed = max((when for kind, when in told if kind == "confirmed"), default=None)
    return State(due(at, MONTHS + MONTHS_MORE * extended), end, ended_at, confirmed, extended)


def days_left(due_at: int, now: int) -> int:
    """Whole days until a time; below 0 once it has passed (-1 within the first day)."""
    return (due_at - now) // DAY


def may_extend(at: int, now: int, stands: State) -> bool:
    """Whether two more months may still be taken: once, and within the first month."""
    return not stands.end and not stands.extended and now <= due(at)
