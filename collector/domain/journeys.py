"""Journeys: the way to each conversion, from which every model's credits follow for any look-back and transform.

A lead's way is the touches of all visits that are its own; of a goal that a visitor reached who is no lead, the touches
of that visitor. Touches after a conversion are never of its way, so that what a person does next changes nothing before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .events import HAND
from .goals import Goals
from .leads import Conversion
from .paths import DAY, DIRECT, Path
from .rollups import NOT_COUNTED
from .sessions import Touch, digest

LONGEST = 395  # days: the longest look-back
MOST = 200  # touches of one way: the first and the newest
BY = ("channel", "source", "campaign")
OF = ("leads", "conversions", "opportunities", "won", "goals")
LATER = ("opportunity", "won")  # what a lead may become
NO_CAMPAIGN = "(no campaign)"
ADS = " (paid)"
PART = "\x1f"  # between channel, source and campaign in what is stored
_PAID = frozenset({"Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other"})

Step = tuple[int, str, str, str]  # time, channel, source, campaign
Milestones = tuple[int | None, ...]


class Reached(NamedTuple):
    """A goal that a visitor reached in a session: once, at the first time."""

    session_id: bytes
    goal_id: bytes
    at: int
    visitor: str
    site_id: int
    value: int
    currency: str
    marks: int

    @property
    def id(self) -> bytes:
        """The conversion's id."""
        return digest("reached", self.session_id, self.goal_id)


class Journey(NamedTuple):
    """The way to one conversion: `kind` is lead (a lead's first), again, opportunity, won or goal.

    `milestones` are when the lead came, was an opportunity and was won.
    """

    id: bytes
    kind: str
    goal_id: bytes | None
    lead_id: bytes | None
    visitor: str | None
    site_id: int
    at: int
    received_at: int
    value: int
    currency: str
    milestones: Milestones
    way: tuple[Step, ...]


def of_lead(
    lead_id: bytes,
    conversions: Iterable[Conversion],
    reached: Iterable[Reached],
    touches: Iterable[Touch],
    goals: Goals,
    said: Iterable[tuple[int, str]] = (),
) -> list[Journey]:
    """The journeys of one lead; `said` are the times of its statuses. A message is nobody's and has none, nor has what was typed in."""
    sent = (one for one in conversions if one.counted and one.kind == "lead" and not one.marks & HAND)
    told = sorted(sent, key=lambda one: (one.at, one.id))
    steps = _steps(touches)
    reaches = (told[0].at if told else None, *_reached(said))
    made: list[Journey] = []
    for place, one in enumerate(told):
        if not one.marks & NOT_COUNTED:
            worth, kind = goals.worth(one.form, one.site_id, one.at), "again" if place else "lead"
            own = (one.id, kind, None, lead_id, one.visitor, one.site_id, one.at, one.received_at)
            made.append(Journey(*own, *worth, reaches, _until(steps, one.at)))
    if made:
        for kind, at in zip(LATER, reaches[1:], strict=True):
            if at is not None:
                own = (digest(kind, lead_id), kind, None, lead_id, None, made[0].site_id, at, at)
                made.append(Journey(*own, made[0].value, made[0].currency, reaches, _until(steps, at)))
    return made + _goals(reached, steps, lead_id, reaches)


def _reached(said: Iterable[tuple[int, str]]) -> Milestones:
    """When a lead became an opportunity (qualified, or won at once), and when it was won: the first time of each."""
    told = sorted(said)
    qualified = next((at for at, status in told if status in ("qualified", "won")), None)
    return qualified, next((at for at, status in told if status == "won"), None)


def of_visitor(reached: Iterable[Reached], touches: Iterable[Touch]) -> list[Journey]:
    """The journeys of a visitor who is no lead."""
    return _goals(reached, _steps(touches), None, (None, None, None))


def _goals(reached: Iterable[Reached], steps: Sequence[Step], lead_id: bytes | None, reaches: Milestones) -> list[Journey]:
    made = []
    for one in reached:
        if not one.marks & NOT_COUNTED:
            own = (one.id, "goal", one.goal_id, lead_id, one.visitor, one.site_id, one.at, one.at)
            made.append(Journey(*own, one.value, one.currency, reaches, _until(steps, one.at)))
    return made


def _steps(touches: Iterable[Touch]) -> list[Step]:
    ordered = sorted(touches, key=lambda touch: (touch.at, touch.id))
    return [(touch.at, touch.source.channel, touch.source.source, touch.source.campaign) for touch in ordered]


def _until(steps: Sequence[Step], at: int) -> tuple[Step, ...]:
    """Both ends count, as in the look-back."""
    known = [step for step in steps if at - LONGEST * DAY <= step[0] <= at]
    return tuple(known if len(known) <= MOST else [known[0], *known[1 - MOST :]])


def name_of(by: str, channel: str, source: str, campaign: str) -> str:
    """What a touch counts under: Direct is Direct by whatever one counts, and a source's ads are not its other visits."""
    if channel == DIRECT or by == "channel":
        return channel
    if by == "source":
        return source + ADS if channel in _PAID else source
    return campaign or NO_CAMPAIGN


class Names(dict[str, str]):
    """What a touch counts under, by the text that is stored of it; looked up once."""

    def __init__(self, by: str) -> None:
        super().__init__()
        self._by = by

    def __missing__(self, text: str) -> str:
        channel, source, campaign = text.split(PART)
        name = self[text] = name_of(self._by, channel, source, campaign)
        return name


class Paths:
    """Makes paths of stored ways, for a look-back in days. `timed` models ask for days and milestones; others need not."""

    def __init__(self, names: Names, look_back: int, timed: bool) -> None:
        self._names = names
        self._span = look_back * DAY
        self.timed = timed

    def path(self, at: int, times: list[int], texts: list[str], value: int, milestones: Milestones) -> Path:
        """The path of a way that ended with a conversion at a time."""
        if times and times[0] < at - self._span:
            start = bisect_left(times, at - self._span)
            times, texts = times[start:], texts[start:]
        names = self._names
        touches = tuple([names[text] for text in texts])
        if not self.timed:
            return Path(touches, (), 1.0, value)
        reached = tuple(None if one is None or one > at else (at - one) / DAY for one in milestones)
        return Path(touches, tuple([(at - when) / DAY for when in times]), 1.0, value, 0.0, reached)

    def unconverted(self, visits: Mapping[str, list[tuple[int, str]]], since: int) -> Iterator[Path]:
        """Visitors who did not convert, each once, by the (time, name) of their touches: who was last seen at `since` or later."""
        for steps in visits.values():
            steps.sort()
            end = steps[-1][0]
            if end >= since:
                yield Path(tuple([name for when, name in steps if when >= end - self._span]), (), 0.0, 0, 1.0)
