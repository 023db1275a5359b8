"""What the writer did since the start, as plain numbers that are read when somebody asks (`collector.probes`)."""

from __future__ import annotations

from bisect import bisect_left
from time import perf_counter

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
SIZES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)


class Spread:
    """How many values fell at or below each bound and above the last; and their sum."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Meter:
    """Batches of events: one at a time, from when it is gathered until it is answered. Some half a microsecond each."""

    def __init__(self) -> None:
        self.events = 0  # committed, or kept among the refused
        self.failed = 0  # batches that were answered 503
        self.seconds = Spread(SECONDS)
        self.sizes = Spread(SIZES)
        self._began = 0.0

    def gathered(self) -> None:
        """A batch begins."""
        self._began = perf_counter()

    def settled(self, events: int, committed: bool) -> None:
        """It is answered."""
        self.seconds.add(perf_counter() - self._began)
        if committed:
            self.events += events
            self.sizes.add(events)
        else:
            self.failed += 1
