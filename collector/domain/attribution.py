"""Attribution: models that share conversions and their value among the touches before them (leads.md 2.4).

| model | a touch's share |
|---|---|
| first, last | all to that touch |
| last-non-direct | all to the last that is not Direct; to the last if all are |
| linear | the same to each |
| position | 0.4 first, 0.4 last, 0.2 among the others; halves for two |
| decay | half as much for each half-life of days before the conversion |
| u | 0.4 first, 0.4 the touch of the lead, 0.2 among the others |
| w | 0.3 first, 0.3 lead, 0.3 opportunity, 0.1 among the others |
| full-path | 0.225 first, lead, opportunity and close, 0.1 among the others |
| markov | by the names' removal effects, of all conversions together |
| shapley | the same to each name of the path: Shapley's value where v(S) counts the conversions of paths within S |

Shapley in this form (Zhao, Mahboobi, Bagheri, arXiv:1804.05327) is exact and cheap, and looks at neither order, repeats nor
journeys without a conversion. Credits are counted by conversions, not weighed by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from math import floor, fsum
from typing import NamedTuple

from .markov import Chain
from .paths import DIRECT, NO_TOUCH, Path, Transform, transformed, within

Weights = Sequence[float]

FLOOR = 300  # conversions below which a chain tells of chance rather than of channels
MOST_NAMES = 300  # of a chain: its solution takes seconds there, and grows with the cube
HALF_LIFE = 7.0  # days
# Shares of the first touch and of the milestones in their order, and what the others have among them.
_MILESTONES = {"u": ((0.4, 0.4), 0.2), "w": ((0.3, 0.3, 0.3), 0.1), "full-path": ((0.225, 0.225, 0.225, 0.225), 0.1)}


class Terms(NamedTuple):
    """How figures are made. `lookback` in days, None for all; `floor` 0 asks for no least number of conversions and no nulls.

    With a `currency` values are whole minor units, and every split of them sums to the unit; without, plain numbers.
    """

    model: str
    lookback: int | None = None
    transforms: tuple[Transform, ...] = ()
    half_life: float = HALF_LIFE
    floor: int = FLOOR
    currency: str = ""


class Share(NamedTuple):
    """What a name has of all conversions and of their value."""

    name: str
    conversions: float
    value: float


class Report(NamedTuple):
    """The answer of a model. `used` is another model than was asked for where `why` (a code) says why.

    `conversions`, `value` and `nulls` are those of the paths. `shares` come in the order in which the paths name them;
    `removal` holds the removal effects where the model is Markov's.
    """

    terms: Terms
    used: str
    why: str
    conversions: float
    value: float
    nulls: float
    shares: tuple[Share, ...]
    removal: dict[str, float]


def attribute(paths: Iterable[Path], terms: Terms) -> Report:
    """The shares of a model over all paths, each read once. `terms.model` is one of MODELS.

    Markov falls back to linear, and says so, where there are too few conversions, no journeys without one, no conversion at
    all, or too many names: few-conversions, no-nulls, no-conversions, too-many-names. So does Shapley where there are too few.
    """
    if terms.model == "shapley" and terms.floor:
        paths = list(paths)
        if fsum(path.conversions for path in paths) < terms.floor:
            fallen = attribute(paths, terms._replace(model="linear"))
            return fallen._replace(terms=terms, why="few-conversions")
    model = "linear" if terms.model == "markov" else terms.model
    tally, chain = _Tally(terms, model), Chain() if terms.model == "markov" else None
    for path in paths:
        seen = tally.add(path)
        if chain is not None:
            chain.add(seen.touches, seen.conversions, seen.nulls)
    if chain is None:
        return tally.report(model, "", {})
    why, removal = _unfit(tally, chain), {}
    if not why:
        removal = chain.effects().removal
        why = "" if any(removal.values()) else "no-conversions"
    if why:
        return tally.report("linear", why, {})
    tally.share_by(removal)
    return tally.report("markov", "", removal)


def _unfit(tally: _Tally, chain: Chain) -> str:
    """Why a chain may not be asked, or ""."""
    conversions = fsum(tally.conversions)
    if conversions < tally.terms.floor:
        return "few-conversions"
    if tally.terms.floor and not any(tally.nulls):
        return "no-nulls"
    return "too-many-names" if len(chain) > MOST_NAMES else ""


def weights(path: Path, model: str, half_life: float = HALF_LIFE) -> Weights:
    """The share of each touch of a path that has any (they sum to 1), by any model but Markov's, which knows no single path."""
    if model == "decay":
        return _decay(path.days, half_life)
    if model in _MILESTONES:
        return _by_milestones(path, *_MILESTONES[model])
    return _PLAIN[model](path.touches)


def split(value: int, shares: Weights) -> list[int]:
    """Whole units by shares that sum to 1, to the last unit: what rounding leaves goes to the largest remainders, the earlier first."""
    exact = [value * share for share in shares]
    parts = [floor(part) for part in exact]
    left = value - sum(parts)
    if left:
        for place in sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])[:left]:
            parts[place] += 1
    return parts


class _Tally:
    """Credits as they come; sums are rounded once, so that the order of the paths changes no bit."""

    def __init__(self, terms: Terms, model: str) -> None:
        self.terms = terms
        self._model = model
        self._credits: dict[str, tuple[list[float], list[float]]] = {}
        self.conversions: list[float] = []
        self.values: list[float] = []
        self.nulls: list[float] = []

    def add(self, path: Path) -> Path:
        """Credits one path. Answers what was looked at of it."""
        path = transformed(within(path, self.terms.lookback), self.terms.transforms)
        self.conversions.append(path.conversions)
        self.values.append(path.value)
        self.nulls.append(path.nulls)
        touches = path.touches or (NO_TOUCH,)
        if not (path.conversions or path.value):
            for name in touches:
                self._credits.setdefault(name, ([], []))
            return path
        shares = weights(path, self._model, self.terms.half_life) if path.touches else (1.0,)
        values = self._split(path.value, shares)
        credits, conversions = self._credits, path.conversions
        for name, share, value in zip(touches, shares, values, strict=True):
            known = credits.get(name)
            if known is None:
                known = credits[name] = ([], [])
            if share:
                known[0].append(share * conversions)
                known[1].append(value)
        return path

    def touched(self) -> float:
        """The conversions that any touch came before."""
        return fsum(share for name, credit in self._credits.items() if name != NO_TOUCH for share in credit[0])

    def share_by(self, removal: dict[str, float]) -> None:
        """Gives the conversions and the value of all names to each by its part of the sum of `removal`."""
        names = [name for name in self._credits if name != NO_TOUCH]
        total, whole = self.touched(), fsum(value for name in names for value in self._credits[name][1])
        effect = fsum(removal.values())
        shares = [removal.get(name, 0.0) / effect for name in names]
        for name, share, value in zip(names, shares, self._split(whole, shares), strict=True):
            self._credits[name] = ([total * share], [value])

    def report(self, used: str, why: str, removal: dict[str, float]) -> Report:
        """The sums."""
        shares = tuple(Share(name, fsum(credit), self._value(fsum(value))) for name, (credit, value) in self._credits.items())
        value = self._value(fsum(self.values))
        return Report(self.terms, used, why, fsum(self.conversions), value, fsum(self.nulls), shares, removal)

    def _split(self, value: float, shares: Weights) -> Sequence[float]:
        return split(int(value), shares) if self.terms.currency else [value * share for share in shares]

    def _value(self, value: float) -> float:
        return int(value) if self.terms.currency else value


def _first(touches: Sequence[str]) -> Weights:
    return _one(len(touches), 0)


def _last(touches: Sequence[str]) -> Weights:
    return _one(len(touches), len(touches) - 1)


def _last_non_direct(touches: Sequence[str]) -> Weights:
    end = len(touches) - 1
    return _one(len(touches), next((place for place in range(end, -1, -1) if touches[place] != DIRECT), end))


@lru_cache(maxsize=4096)
def _one(count: int, place: int) -> Weights:
    return tuple(float(other == place) for other in range(count))


@lru_cache(maxsize=1024)
def _even(count: int) -> Weights:
    return (1 / count,) * count


@lru_cache(maxsize=1024)
def _position(count: int) -> Weights:
    return _even(count) if count < 3 else (0.4, *(0.2 / (count - 2),) * (count - 2), 0.4)


def _distinct(touches: Sequence[str]) -> Weights:
    """The same to each name, at its first touch."""
    first: dict[str, int] = {}
    for place, name in enumerate(touches):
        first.setdefault(name, place)
    if len(first) == len(touches):
        return _even(len(touches))
    parts = [0.0] * len(touches)
    for place in first.values():
        parts[place] = 1 / len(first)
    return parts


def _decay(days: Sequence[float], half_life: float) -> Weights:
    newest = days[-1]  # counted from there, no age is too great for a float
    parts = [2.0 ** ((newest - age) / half_life) for age in days]
    total = fsum(parts)
    return [part / total for part in parts]


def _by_milestones(path: Path, shares: Weights, rest: float) -> Weights:
    """A milestone's share goes to the last touch at or before it, and to none if it was not reached, or had none before it.

    A touch with several has their sum; where every touch has one, what is left for the others is theirs in proportion.
    """
    parts = [0.0] * len(path.touches)
    parts[0] = shares[0]
    for share, reached in zip(shares[1:], path.milestones, strict=False):
        place = -1 if reached is None else sum(age >= reached for age in path.days) - 1
        if place >= 0:
            parts[place] += share
    others = parts.count(0.0)
    parts = [part or rest / others for part in parts]
    total = fsum(parts)
    return [part / total for part in parts]


_PLAIN: dict[str, Callable[[Sequence[str]], Weights]] = {
    "first": _first,
    "last": _last,
    "last-non-direct": _last_non_direct,
    "linear": lambda touches: _even(len(touches)),
    "position": lambda touches: _position(len(touches)),
    "shapley": _distinct,
}
MODELS = ("first", "last", "last-non-direct", "linear", "position", "decay", "u", "w", "full-path", "markov", "shapley")
OF_PATHS = tuple(model for model in MODELS if model not in _MILESTONES)  # those that need no milestones
