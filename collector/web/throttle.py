"""Slows down those who guess passwords: the delay doubles with each failure for one user from one address."""

from __future__ import annotations

from collections import OrderedDict

FREE = 3  # failures without a delay: people mistype
LONGEST = 60_000  # milliseconds
KEPT = 10_000


class Throttle:
    """Failures by key, in memory only; the oldest are forgotten beyond a bound."""

    def __init__(self) -> None:
        self._failures: OrderedDict[bytes, tuple[int, int]] = OrderedDict()

    def wait(self, key: bytes, now: int) -> int:
        """Milliseconds until this key may try again."""
        count, last = self._failures.get(key, (0, 0))
        delay = min(1_000 << min(count - FREE, 16), LONGEST) if count >= FREE else 0
        return max(0, last + delay - now)

    def failed(self, key: bytes, now: int) -> None:
        """Counts a failure."""
        count, _ = self._failures.pop(key, (0, 0))
        self._failures[key] = (count + 1, now)
        if len(self._failures) > KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, key: bytes) -> None:
        """Forgets the failures of a key."""
        self._failures.pop(key, None)
