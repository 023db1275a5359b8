"""The absorbing Markov chain of order 1 over touches: what would be lost without each of them.

Anderl, Becker, v. Wangenheim, Schumann, doi:10.2139/ssrn.2343077. States are the start, one a touch's name, conversion and
null; the chances are those counted on converting and null paths. The removal effect of a name is the share of conversions
that would be lost if every step to it ended in null. Solved, never simulated.
"""

from __future__ import annotations

from math import fsum
from typing import NamedTuple

_START, _CONVERSION, _NULL = 0, -1, -2


class Effects(NamedTuple):
    """`chance` of a conversion from the start, and the removal effect of each name (0 to 1), in the order of their coming."""

    chance: float
    removal: dict[str, float]


class Chain:
    """Counted steps. States are numbered in the order of their coming; the start is 0."""

    def __init__(self) -> None:
        self._states: dict[str, int] = {}
        self._steps: dict[tuple[int, int], float] = {}

    def __len__(self) -> int:
        return len(self._states)

    def add(self, touches: tuple[str, ...], conversions: float, nulls: float) -> None:
        """Counts journeys of one path. Those without a touch are not of the chain: they would change no removal effect."""
        weight = conversions + nulls
        if not touches or not weight > 0:
            return
        states, steps, before = self._states, self._steps, _START
        for name in touches:
            state = states.get(name)
            if state is None:
                state = states[name] = len(states) + 1
            if state != before:  # a step to itself changes no chance of ending anywhere
                steps[before, state] = steps.get((before, state), 0.0) + weight
            before = state
        steps[before, _CONVERSION] = steps.get((before, _CONVERSION), 0.0) + conversions
        steps[before, _NULL] = steps.get((before, _NULL), 0.0) + nulls

    def effects(self) -> Effects:
        """The exact answer, in time that grows with the cube of the number of names.

        With N the mean visits of each state from each, a name is ever reached with the chance (visits from the start) / N_ii,
        and what converts through it is lost with it: no system is solved anew without it, and nothing is subtracted.
        """
        count = len(self._states)
        out = [0.0] * (count + 1)
        for (state, _next), weight in self._steps.items():
            out[state] += weight
        start, converting = [0.0] * count, [0.0] * count
        matrix = [[float(i == j) for j in range(count)] for i in range(count)]
        for (state, follower), weight in self._steps.items():
            if state == _START:
                start[follower - 1] = weight / out[state]
            elif follower == _CONVERSION:
                converting[state - 1] = weight / out[state]
            elif follower != _NULL:
                matrix[state - 1][follower - 1] = -weight / out[state]
        visits = inverse(matrix)
        converts = [fsum(n * r for n, r in zip(row, converting, strict=True)) for row in visits]
        chance = fsum(s * x for s, x in zip(start, converts, strict=True))
        lost = {}
        for place, name in enumerate(self._states):
            reached = fsum(s * row[place] for s, row in zip(start, visits, strict=True)) / visits[place][place]
            lost[name] = reached * converts[place] / chance if chance else 0.0
        return Effects(chance, lost)


def inverse(matrix: list[list[float]]) -> list[list[float]]:
    """The inverse of I - Q for a chain that always ends, by Gauss and Jordan.

    Such a matrix is dominated by the diagonal of each of its rows, so that no pivot need be looked for.
    """
    count = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(count))] for i, row in enumerate(matrix)]
    for place in range(count):
        pivot = rows[place][place]
        rows[place] = chosen = [value / pivot for value in rows[place]]
        for other in range(count):
            if other != place and (factor := rows[other][place]):
                rows[other] = [value - factor * known for value, known in zip(rows[other], chosen, strict=True)]
    return [row[count:] for row in rows]
