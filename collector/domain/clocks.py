"""Whether a clock can be right: the purge would take years that have not passed for years of keeping."""

from __future__ import annotations

from .quiet import DAY

PATIENCE = 31 * DAY  # a machine may have been off so long


def is_ahead(now: int, known: int) -> bool:
    """Whether a clock is further ahead of the last time that is known (0: none) than a machine is off."""
    return known > 0 and now - known > PATIENCE


def is_behind(now: int, known: int) -> bool:
    """Whether it is a day or more behind."""
    return known - now > DAY
