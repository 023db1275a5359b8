"""Time zones to choose from: those of the tz database's own table of countries, by region; its older names lead to them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

from . import dates
from .language import N_, catalogue

REGIONS = {
    "Africa": N_("Africa"), "America": N_("America"), "Antarctica": N_("Antarctica"), "Arctic": N_("Arctic"), "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic"), "Australia": N_("Australia"), "Europe": N_("Europe"), "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific"),
}  # fmt: skip


class Zone(NamedTuple):
    """A zone as it is offered: its name, the place, and how far it is from UTC now, in minutes."""

    name: str
    place: str
    offset: int

    @property
    def from_utc(self) -> str:
        """`UTC+05:30`."""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"UTC{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"


def canonical(name: str) -> str | None:
    """The name under which a zone is offered: Asia/Calcutta is Asia/Kolkata. None where no zone has that name."""
    offered, older = _names()
    seen: set[str] = set()
    while name not in offered and name in older and name not in seen:
        seen.add(name)
        name = older[name]
    return name if name in offered else None


def groups(now: int, language: str) -> list[tuple[str, list[Zone]]]:
    """Regions in words, each with its zones in the order of their places; UTC stands alone at the end."""
    _ = catalogue(language).gettext
    found: dict[str, list[Zone]] = {}
    for name in _names()[0]:
        region, _slash, place = name.partition("/")
        if place:
            found.setdefault(region, []).append(Zone(name, place.replace("_", " ").replace("/", " – "), _offset(name, now)))
    told = [(_(REGIONS.get(region, region)), sorted(zones, key=lambda zone: zone.place)) for region, zones in found.items()]
    return [*sorted(told), ("UTC", [Zone("UTC", "UTC", 0)])]


def _offset(name: str, now: int) -> int:
    offset = dates.local(now, name).utcoffset()
    return int(offset.total_seconds()) // 60 if offset is not None else 0


@cache
def _names() -> tuple[frozenset[str], dict[str, str]]:
    """The zones that are offered, and where an older name leads (`zone.tab` and the links of `tzdata.zi`)."""
    files = resources.files("tzdata") / "zoneinfo"
    table = (files / "zone.tab").read_text(encoding="utf-8").splitlines()
    offered = frozenset([line.split("\t")[2].strip() for line in table if line and not line.startswith("#")] + ["UTC"])
    links = [line.split() for line in (files / "tzdata.zi").read_text(encoding="utf-8").splitlines() if line.startswith("L ")]
    older = {alias: target for _l, target, alias in links if alias not in offered}
    return offered, older | dict.fromkeys(("Etc/UTC", "Etc/UCT", "Etc/Zulu", "UCT", "Zulu", "Etc/Universal", "Universal"), "UTC")
