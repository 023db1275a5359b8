"""The way that led to a lead, as visits with what happened in them. Pure: rows in (store.leads.Timeline), entries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass
class Item:
    """One thing that happened: `page`, `arrival`, `click`, `custom`, `consent`, `identify` or `submission`.

    `ms` is how long a page was looked at; `row` is the event, the touch or the submission.
    """

    kind: str
    at: int
    row: Row
    ms: int = 0


@dataclass
class Visit:
    """A session with its first touch (None where it opened none in the lead's time) and its items in order."""

    at: int
    session: Row
    touch: Row | None
    items: list[Item] = field(default_factory=list)
    kind: str = "visit"


_KINDS = {"view": "page", "click": "click", "custom": "custom", "consent": "consent", "identify": "identify"}


def entries(sessions: Sequence[Row], touches: Sequence[Row], events: Sequence[Row], submissions: Sequence[Row]) -> list[Visit | Item]:
    """Visits in the order of time; a submission stands in its visit, or alone where it was sent without one."""
    visits = [Visit(session["started_at"], session, None) for session in sessions]
    by_id = {visit.session["id"]: visit for visit in visits}
    for touch in touches:
        visit = by_id.get(touch["session_id"])
        if visit is None:
            continue
        if visit.touch is None:
            visit.touch = touch
        else:
            visit.items.append(Item("arrival", touch["at"], touch))
    _put_events(visits, events)
    alone: list[Item] = []
    for submission in submissions:
        item = Item("submission", submission["at"], submission)
        visit = visit_of(visits, submission)
        (visit.items if visit else alone).append(item)
    for visit in visits:
        visit.items.sort(key=lambda item: item.at)  # stable: facts of one moment keep their own order
    return sorted([*visits, *alone], key=lambda entry: entry.at)


def shown(told: Sequence[Visit | Item]) -> dict[bytes, int]:
    """The rows that a page shows, by id, with their time: what a sentence may point at."""
    found: dict[bytes, int] = {}
    for entry in told:
        for row, at in [(entry.session, entry.at)] if isinstance(entry, Visit) else [(entry.row, entry.at)]:
            found[row["id"]] = at
        for item in entry.items if isinstance(entry, Visit) else ():
            found[item.row["id"]] = item.at
    return found


def _put_events(visits: Sequence[Visit], events: Sequence[Row]) -> None:
    looked: dict[str, Item] = {}
    for event in events:
        if event["type"] == "engage":
            ms = event["data"].get("ms")
            if event["page"] in looked and isinstance(ms, int):
                looked[event["page"]].ms += ms
            continue
        visit = visit_of(visits, event)
        if visit is None:
            continue
        item = Item(_KINDS[event["type"]], event["at"], event)
        visit.items.append(item)
        if item.kind == "page" and event["page"]:
            looked[event["page"]] = item


def visit_of(visits: Sequence[Visit], fact: Row) -> Visit | None:
    """The visit in which something was done: same visitor and site, within its time."""
    for visit in visits:
        session = visit.session
        same = session["visitor"] == fact["visitor"] and session["site_id"] == fact["site_id"]
        if same and session["started_at"] <= fact["at"] <= session["ended_at"]:
            return visit
    return None
