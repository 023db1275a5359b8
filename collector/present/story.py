"""The story of a lead on its page: visits, and what people did about it beside them, the newest first, a page at a time. Pure.

An entry is a visit, or an item that stands alone: a `submission` without a visit, an `edit`, a `merge`, a `permission`, a `letter`,
a `request`. What happened within a visit stands in it, in its own order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .language import N_
from .timeline import Item, Visit, entries, visit_of

Row = Mapping[str, Any]

PAGE = 100  # things on a page
# What a filter shows: its name in the address → the kinds of items, and the types of events that are read for it.
KINDS: dict[str, frozenset[str]] = {
    "pages": frozenset({"page", "arrival"}),
    "forms": frozenset({"submission", "identify"}),
    "clicks": frozenset({"click", "custom", "goal"}),
    "notes": frozenset({"note"}),
    "changes": frozenset({"edit", "merge"}),
    "consent": frozenset({"consent", "permission", "request", "letter"}),
}
NAMES = {
    "": N_("Everything"),
    "pages": N_("Pages"),
    "forms": N_("Forms"),
    "clicks": N_("Clicks and goals"),
    "notes": N_("Notes"),
    "changes": N_("Changes"),
    "consent": N_("Consent and letters"),
}
_EVENTS = {"page": ("view", "engage"), "click": ("click",), "custom": ("custom",), "consent": ("consent",), "identify": ("identify",)}


class Asked(NamedTuple):
    """What of a story is asked for: a filter of KINDS or none, one visit, and only what is older than a time (UTC milliseconds)."""

    show: str = ""
    visit: bytes | None = None
    before: int | None = None


class Window(NamedTuple):
    """The visits of a page, the oldest first, and from when until when (not included) it tells. `older` says that there is more."""

    sessions: list[Row]
    since: int
    until: int
    older: bool


class Told(NamedTuple):
    """The entries of a page, the newest first; what is older than `older` (UTC milliseconds) is on the next one, if there is any."""

    entries: list[Visit | Item]
    older: int | None


FOREVER = 2**62


def types_of(show: str) -> tuple[str, ...]:
    """The types of events that a filter shows."""
    return tuple(name for kind, names in _EVENTS.items() for name in names if not show or kind in KINDS[show])


def window(sessions: Sequence[Row], asked: Asked, most: int = PAGE) -> Window:
    """Which visits a page tells: one that was asked for, else the newest before a time, as many as hold `most` things together.

    Where a filter leaves most things out, all visits are looked through: what is left is cut afterwards.
    """
    if asked.visit is not None:
        chosen = [row for row in sessions if row["id"] == asked.visit]
        return Window(chosen, FOREVER, FOREVER, False)
    until = FOREVER if asked.before is None else asked.before
    known = [row for row in sessions if row["started_at"] < until]
    if asked.show not in ("", "pages"):
        return Window(known, 0, until, False)
    size, start = 0, len(known)
    while start and (size < most or (start < len(known) and known[start - 1]["started_at"] == known[start]["started_at"])):
        start -= 1
        size += 1 + min(known[start]["views"], known[start]["events"])
    return Window(known[start:], known[start]["started_at"] if start else 0, until, start > 0)


def tell(
    shown: Window,
    asked: Asked,
    *,
    sessions: Sequence[Row],
    touches: Sequence[Row],
    events: Sequence[Row],
    submissions: Sequence[Row],
    beside: Iterable[Item],
    goals: Sequence[Row] = (),
    most: int = PAGE,
) -> Told:
    """The entries of a page. `beside` stand in no visit; `goals` were reached in sessions (`session_id`, `at`, `name`)."""
    mine = {row["id"] for row in shown.sessions}
    everyone = [Visit(row["started_at"], row, None) for row in sessions]
    sent: list[Row] = []
    for row in submissions:
        visit = visit_of(everyone, row)
        if visit.session["id"] in mine if visit else shown.since <= row["at"] < shown.until:
            sent.append(row)
    told = entries(shown.sessions, touches, events, sent)
    _put_goals(told, goals)
    told += [item for item in beside if shown.since <= item.at < shown.until]
    if asked.show:
        told = _narrowed(told, KINDS[asked.show])
    told.sort(key=lambda entry: entry.at, reverse=True)
    return _cut(told, most, shown)


def _put_goals(told: Iterable[Visit | Item], goals: Sequence[Row]) -> None:
    if not goals:
        return
    by_id = {entry.session["id"]: entry for entry in told if isinstance(entry, Visit)}
    touched = set()
    for row in goals:
        if (visit := by_id.get(row["session_id"])) is not None:
            visit.items.append(Item("goal", row["at"], row))
            touched.add(row["session_id"])
    for identity in touched:
        by_id[identity].items.sort(key=lambda item: item.at)


def _narrowed(told: Iterable[Visit | Item], kinds: frozenset[str]) -> list[Visit | Item]:
    found: list[Visit | Item] = []
    for entry in told:
        if isinstance(entry, Visit):
            entry.items = [item for item in entry.items if item.kind in kinds]
            if entry.items or ("page" in kinds and entry.touch is not None):
                found.append(entry)
        elif entry.kind in kinds:
            found.append(entry)
    return found


def _cut(told: list[Visit | Item], most: int, shown: Window) -> Told:
    size, end = 0, 0
    while end < len(told) and (size < most or told[end].at == told[end - 1].at):
        entry = told[end]
        size += 1 + len(entry.items) if isinstance(entry, Visit) else 1
        end += 1
    if end < len(told):
        return Told(told[:end], told[end - 1].at)
    return Told(told, shown.since if shown.older else None)
