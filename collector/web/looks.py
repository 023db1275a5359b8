"""What the last install check of each site found: in memory only, and not for ever."""

from __future__ import annotations

from collections import OrderedDict

from ..domain.install import Look

KEPT = 1_000
FRESH = 24 * 3_600_000  # milliseconds: a page that was looked at yesterday may be another one


class Looks:
    """Looks by site, and the address that was asked for; the oldest are forgotten."""

    def __init__(self) -> None:
        self._looks: OrderedDict[int, tuple[Look, str]] = OrderedDict()

    def keep(self, site: int, look: Look, address: str) -> None:
        """Remembers what was found at an address."""
        self._looks.pop(site, None)
        self._looks[site] = (look, address)
        if len(self._looks) > KEPT:
            self._looks.popitem(last=False)

    def of(self, site: int, now: int) -> tuple[Look | None, str]:
        """The last look of a site and its address; None and empty where there is none of today."""
        look, address = self._looks.get(site, (None, ""))
        return (look, address) if look is not None and now - look.at < FRESH else (None, "")
