"""How long what is kept is kept: by kind, for an account, and for a site that has a limit of its own.

The bounds: history and audience as the French regulator's for audience measurement (25 months, reference: leads 2.6), refused events
as long as somebody may need to find out why; leads as the owner answers for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Limit = tuple[int, int]  # months, days
Limits = Mapping[int, Mapping[str, Limit]]  # by site, 0 for the account's own; then by kind


class Bound(NamedTuple):
    """What a limit may be, in its unit."""

    least: int
    most: int
    unit: str  # months | days


BOUNDS = {
    "leads": Bound(1, 60, "months"),
    "history": Bound(1, 25, "months"),
    "audience": Bound(1, 25, "months"),
    "refused": Bound(1, 90, "days"),
}
KINDS = tuple(BOUNDS)


class BadLimit(ValueError):
    """A limit that cannot be; args[0] says why: kind | amount | site."""


def limit(kind: str, amount: int) -> Limit:
    """The limit of a kind, in its own unit. Raises BadLimit."""
    bound = BOUNDS.get(kind)
    if bound is None:
        raise BadLimit("kind")
    if not bound.least <= amount <= bound.most:
        raise BadLimit("amount")
    return (amount, 0) if bound.unit == "months" else (0, amount)


def amount(kind: str, given: Limit) -> int:
    """A limit in its kind's unit. One that somebody wrote in another way is rounded up."""
    months, days = given
    return months + -(-days // 30) if BOUNDS[kind].unit == "months" else days + 30 * months


def of_site(limits: Limits, site: int) -> dict[str, Limit]:
    """What holds for a site: its own limits, and the account's for the rest."""
    return {**limits.get(0, {}), **limits.get(site, {})}


def shorter(new: Limit, old: Limit) -> bool:
    """Whether a limit lets go sooner than another."""
    return _days(new) < _days(old)


def _days(given: Limit) -> float:
    months, days = given
    return months * 30.44 + days
