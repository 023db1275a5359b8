"""The four counts of a rollup, summed."""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """What rollups count (`domain.rollups.COUNTS`)."""

    visits: int = 0
    views: int = 0
    leads: int = 0
    conversions: int = 0

    def plus(self, other: Counts) -> Counts:
        """The sum."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))
