"""What each channel, source or campaign has of the leads and conversions of a period, by any model, quickly.

Conversions that came the same way and are worth the same are laid together, so that a model looks at each such way once. Models
that ask for times, or for all journeys at once, look at every one (`domain.attribution`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from math import fsum
from typing import NamedTuple

from . import channels
from .attribution import FLOOR, HALF_LIFE, Terms, attribute, split, weights
from .costs import PAID, Sum
from .journeys import PART, Milestones, Names, Paths
from .paths import DAY, DIRECT, NO_TOUCH, Path

LEVELS = ("channel", "source", "campaign")
QUICK = frozenset({"first", "last", "last-non-direct", "linear", "position", "shapley"})
TIMED = frozenset({"decay", "u", "w", "full-path"})

Way = tuple[list[int], list[str]]  # times of touches, and what each was
Row = tuple[str, int, int, str, Milestones, Way]  # kind, time, value, currency, milestones, way


class Credit(NamedTuple):
    """What a name has of leads and of all conversions, and what these are worth, in the currency's smallest unit."""

    leads: float = 0.0
    conversions: float = 0.0
    value: int = 0


class Credits(NamedTuple):
    """The answer of a model: `used` is another one than was asked for where `why` says why."""

    model: str
    used: str
    why: str
    of: Mapping[str, Credit]


def key_of(level: str, channel: str, source: str, campaign: str) -> str:
    """What an arrival counts under: a key begins with that of the level above. Direct is Direct at every one."""
    if channel == DIRECT or level == "channel":
        return channel
    return PART.join((channel, source) if level == "source" else (channel, source, campaign))


class Keys(Names):
    """The keys of a level by the text that is stored of a touch; each is made once."""

    def __init__(self, level: str) -> None:
        super().__init__(level)
        self.level = level

    def __missing__(self, text: str) -> str:
        channel, source, campaign = text.split(PART)
        key = self[text] = key_of(self.level, channel, source, campaign)
        return key


class Ways:
    """The conversions of a period by their ways. `each` keeps every single one too, which some models ask for."""

    def __init__(self, keys: Keys, look_back: int, *, each: bool, timed: bool) -> None:
        self.paths = Paths(keys, look_back, timed)
        self.keys = keys
        self._span = look_back * DAY
        self._each: list[tuple[bool, str, Path]] | None = [] if each else None
        self._groups: dict[tuple[tuple[str, ...], int, str], list[int]] = {}  # touches, value, currency → leads, conversions

    def take(self, rows: Iterable[Row]) -> None:
        """Some conversions more."""
        groups, keys, span = self._groups, self.keys, self._span
        for kind, at, value, code, milestones, (times, texts) in rows:
            if self._each is not None:
                self._each.append((kind == "lead", code, self.paths.path(at, times, texts, value, milestones)))
            if times and times[0] < at - span:
                texts = texts[bisect_left(times, at - span) :]
            group = (tuple([keys[text] for text in texts]), value, code if value else "")
            known = groups.get(group)
            if known is None:
                known = groups[group] = [0, 0]
            known[0] += kind == "lead"
            known[1] += 1

    @property
    def leads(self) -> int:
        """How many leads there are."""
        return sum(count[0] for count in self._groups.values())

    def currencies(self) -> dict[str, int]:
        """How many values there are in each currency."""
        found: dict[str, int] = {}
        for (_touches, _value, code), (_leads, count) in self._groups.items():
            if code:
                found[code] = found.get(code, 0) + count
        return found

    def credits(self, model: str, currency: str, look_back: int, nulls: Iterable[Path] = ()) -> Credits:
        """The shares by a model. `nulls` are journeys without a conversion, for a Markov chain."""
        if model not in QUICK:
            return self._by_each(model, Terms(model, look_back, (), HALF_LIFE, FLOOR, currency), list(nulls))
        if model == "shapley" and self.leads < FLOOR:
            return Credits(model, "linear", "few-conversions", self._quick("linear", currency))
        return Credits(model, model, "", self._quick(model, currency))

    def _quick(self, model: str, currency: str) -> dict[str, Credit]:
        sums: dict[str, tuple[list[float], list[float], list[int]]] = {}
        for (touches, value, code), (leads, count) in self._groups.items():
            worth = value if code == currency else 0
            shares = weights(Path(touches, ()), model) if touches else (1.0,)
            parts = split(worth, shares) if worth else [0] * len(shares)
            for name, share, part in zip(touches or (NO_TOUCH,), shares, parts, strict=True):
                if share:
                    known = sums.get(name)
                    if known is None:
                        known = sums[name] = ([], [], [])
                    known[0].append(share * leads)
                    known[1].append(share * count)
                    known[2].append(part * count)
        return {name: Credit(fsum(leads), fsum(all), sum(values)) for name, (leads, all, values) in sums.items()}

    def _by_each(self, model: str, terms: Terms, nulls: list[Path]) -> Credits:
        assert self._each is not None
        paths = [(is_lead, path if code in ("", terms.currency) else path._replace(value=0)) for is_lead, code, path in self._each]
        leads = attribute([*(path for is_lead, path in paths if is_lead), *nulls], terms)
        whole = attribute([*(path for _is_lead, path in paths), *nulls], terms)
        sums = {share.name: Credit(share.conversions) for share in leads.shares if share.conversions}
        for share in whole.shares:
            if share.conversions:
                sums[share.name] = Credit(sums.get(share.name, Credit()).leads, share.conversions, int(share.value))
        return Credits(model, whole.used, whole.why or leads.why, sums)


def currency_of(found: Mapping[str, int], sums: Iterable[Sum]) -> str:
    """The currency of a report: the most frequent one of values, else of costs; of equals the first in order; "" for none."""
    costs = Counter(one.currency for one in sums)
    return min({**found, **costs}, key=lambda code: (-found.get(code, 0), -costs[code], code), default="")


def spent(sums: Iterable[Sum], level: str, currency: str) -> Iterator[tuple[str, int]]:
    """What campaigns cost in one currency, by the keys of a level; where no medium is named, the visits were paid for."""
    for one in sums:
        if one.currency == currency:
            channel = channels.channel(one.source, one.medium or PAID, one.campaign)
            yield key_of(level, channel, one.source, one.campaign), one.amount


def spent_else(sums: Iterable[Sum], currency: str) -> dict[str, int]:
    """What campaigns cost in other currencies, by currency: a report adds up one only, and says what it leaves out."""
    found: Counter[str] = Counter()
    for one in sums:
        if one.currency != currency:
            found[one.currency] += one.amount
    return dict(sorted(found.items()))


# Lines of the report ------------------------------------------------------------------------------------------------


class Source(NamedTuple):
    """A line: visits now and in the period before, what each model gives it now and gave it before (None: not asked), its cost."""

    key: str = ""
    visits: int = 0
    visits_before: int = 0
    credits: tuple[Credit, ...] = ()
    credits_before: tuple[Credit | None, ...] = ()
    cost: int | None = None

    def plus(self, other: Source) -> Source:
        """The sum, without a key."""
        cost = None if self.cost is None and other.cost is None else (self.cost or 0) + (other.cost or 0)
        now = tuple(_plus(a, b) for a, b in zip_longest(self.credits, other.credits, fillvalue=Credit()))
        before = tuple(_added(a, b) for a, b in zip_longest(self.credits_before, other.credits_before, fillvalue=Credit()))
        return Source("", self.visits + other.visits, self.visits_before + other.visits_before, now, before, cost)


def _plus(one: Credit, other: Credit) -> Credit:
    return Credit(one.leads + other.leads, one.conversions + other.conversions, one.value + other.value)


def _added(one: Credit | None, other: Credit | None) -> Credit | None:
    return None if one is None or other is None else _plus(one, other)


def counted(level: str, sources: Mapping[str, int], campaigns: Mapping[str, int]) -> dict[str, int]:
    """Visits by the keys of a level, from those of the rollups of sources and of campaigns (which may be older than their sources)."""
    found: dict[str, int] = {}

    def add(channel: str, source: str, campaign: str, count: int) -> None:
        key = key_of(level, channel, source, campaign)
        found[key] = found.get(key, 0) + count

    left = dict(sources)
    if level == "campaign":
        for text, count in campaigns.items():
            source, part, campaign = text.rpartition(PART)
            if part and source in left:
                left[source] -= count
                add(*_two(source), campaign, count)
    for text, count in left.items():
        if count > 0:
            add(*_two(text), "", count)
    return found


def parts(level: str, told: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """The same of visits in parts of a period, by keys of rollups of the level (of channels: of sources)."""
    found: dict[str, list[int]] = {}
    for text, counts in told.items():
        source, _part, campaign = text.rpartition(PART) if level == "campaign" else (text, "", "")
        key = key_of(level, *_two(source), campaign)
        known = found.get(key)
        found[key] = list(counts) if known is None else [a + b for a, b in zip(known, counts, strict=True)]
    return found


def _two(text: str) -> tuple[str, str]:
    channel, _part, source = text.partition(PART)
    return channel, source


def is_under(key: str, channel: str, source: str) -> bool:
    """Whether a line is of a channel, and of a source of it; without them every one is."""
    above = PART.join(filter(None, (channel, source)))
    return not above or key in (channel, above) or key.startswith(above + PART)


def merged(
    visits: Mapping[str, int],
    before: Mapping[str, int],
    now: Sequence[Credits],
    earlier: Sequence[Credits | None],
    costs: Iterable[tuple[str, int]],
) -> list[Source]:
    """The lines of a report: everything that was visited, credited or paid for. Costs are told in other cases than visits are."""
    keys = dict.fromkeys([*visits, *before, *(key for one in (*now, *earlier) if one for key in one.of)])
    known = {key.casefold(): key for key in keys}
    spent: dict[str, int] = {}
    for key, amount in costs:
        name = known.setdefault(key.casefold(), key)
        keys.setdefault(name)
        spent[name] = spent.get(name, 0) + amount
    none = Credit()
    return [
        Source(
            key,
            visits.get(key, 0),
            before.get(key, 0),
            tuple(one.of.get(key, none) for one in now),
            tuple(one.of.get(key, none) if one else None for one in earlier),
            spent.get(key),
        )
        for key in keys
    ]
