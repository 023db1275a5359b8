"""What each touch of one way has of its conversion, by every model that can tell it of a single way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from .attribution import MODELS, weights
from .journeys import PART, Milestones, Names, Paths
from .paths import DAY

OF_ONE = tuple(model for model in MODELS if model != "markov")  # a chain shares all conversions at once
SHOWN = 40  # touches that a table shows: the first, and the newest


class Line(NamedTuple):
    """One touch, and its share by each model of OF_ONE; none where it lies before the look-back."""

    at: int
    channel: str
    source: str
    campaign: str
    shares: tuple[float, ...]


class Table(NamedTuple):
    """The lines in order of time. `hidden` touches after the first one are not shown: together they have the shares of `rest`."""

    lines: list[Line]
    hidden: int
    rest: tuple[float, ...]


def table(at: int, times: Sequence[int], texts: Sequence[str], milestones: Milestones, look_back: int, most: int = SHOWN) -> Table:
    """The table of a way that ended with a conversion at a time; `look_back` in days, `texts` as `domain.journeys` keeps touches."""
    start = bisect_left(times, at - look_back * DAY)
    path = Paths(Names("channel"), look_back, True).path(at, list(times), list(texts), 0, milestones)
    columns = [weights(path, model) for model in OF_ONE] if path.touches else []
    lines = []
    for place, (when, text) in enumerate(zip(times, texts, strict=True)):
        shares = tuple(column[place - start] for column in columns) if place >= start else ()
        channel, source, campaign = text.split(PART)
        lines.append(Line(when, channel, source, campaign, shares))
    hidden = lines[1 : len(lines) - most + 1] if len(lines) > most else []
    told = [line.shares for line in hidden if line.shares]
    rest = tuple(fsum(column) for column in zip(*told, strict=True)) if told else ()
    return Table([lines[0], *lines[1 + len(hidden) :]] if hidden else lines, len(hidden), rest)
