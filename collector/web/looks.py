"""What the last install check of each site found: in memory only, and not for ever."""

from __future__ import annotations

from collections import OrderedDict

from ..domain.install import Look

KEPT = 1_000
FRESH = 24 * 3_600_000  # milliseconds: a page that was looked at yesterday may be another one


class Looks:
    """Looks by site, and the address that was asked for; the oldest are forgotten."""

    def __init__(self) -> None:
        self._looks: OrderedDict[int, tuple[Look | None, str]] = OrderedDict()

    def keep(self, site: int, look: Look | None, address: str) -> None:
        """Remembers what was found at an address; or the address alone, to look at later."""
        self._looks.pop(site, None)
        self._looks[site] = (look, address)
        if len(self._looks) > KEPT:
            self._looks.popitem(last=False)

    def of(self, site: int, now: int) -> tuple[Look | None, str]:
        """The last look of a site, None where there is none of today, and the address to look at, empty where none was typed."""
        look, address = self._looks.get(site, (None, ""))
        return (look if look is not None and now - look.at < FRESH else None), address
