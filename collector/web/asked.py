"""What a report is asked for: all of it stands in the address, so that a link, a bookmark and the way back keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from ..domain import periods
from ..domain.periods import Period
from ..domain.rollups import day_of
from ..present import dates
from ..store import counted, sites
from . import house

KEPT = ("site", "period", "since", "until", "model", "beside", "by", "channel", "source", "form", "sort", "sites")
_LONGEST = 300  # of a name in the address


class Asked(NamedTuple):
    """A report's question: sites by id with their zones, a period of days and the one before, and what else the address says."""

    path: str
    state: Mapping[str, str]
    known: list[dict[str, Any]]  # the account's sites that are not laid aside
    site: int  # 0 for all of them
    zones: Mapping[int, str]
    period: Period
    today: int
    first: int | None  # the first day of which anything is counted
    last: int | None

    @property
    def before(self) -> Period:
        """The period to compare with."""
        return periods.before(self.period)

    @property
    def names(self) -> dict[int, str]:
        """The sites' names by id; empty where one is chosen, or there is no other."""
        return {} if self.site or len(self.known) < 2 else {row["id"]: row["name"] or row["domain"] for row in self.known}

    @property
    def has_before(self) -> bool:
        """Whether anything was counted in the period before; else there is nothing to compare with."""
        return self.first is not None and self.first <= self.before.last

    def get(self, name: str, among: Any = None, default: str = "") -> str:
        """What the address says under a name; the default where it is not one `among` those that may be."""
        text = self.state.get(name, "")
        return text if text and (among is None or text in among) else default

    def url(self, path: str = "", **changes: Any) -> str:
        """The address of this report, or of another one, with changes; None and "" leave something out."""
        state = {**self.state, **changes}
        kept = {name: str(value) for name, value in state.items() if value not in ("", None)}
        return f"{path or self.path}?{urlencode(kept)}" if kept else path or self.path

    def leads(self, **filters: str) -> str:
        """The address of the list of leads of this period and site, with filters."""
        ends = {"since": periods.iso(self.period.first), "until": periods.iso(self.period.last)} if self.period.name == "custom" else {}
        state = {"site": str(self.site or ""), "period": self.period.name, **ends, **filters}
        return "/leads?" + urlencode({name: text for name, text in state.items() if text})


async def asked(request: Request, conn: AsyncConnection, account_id: int, default: str = "30d") -> Asked:
    """Reads the address. Where nothing is counted yet of any day before today, the default period is today."""
    given = request.query_params
    state = {name: text for name in KEPT if (text := _clean(given.get(name, "")))}
    known = [row for row in await sites.all(conn, account_id) if row.get("archived_at") is None]
    number = state.get("site", "")
    site = int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else 0
    chosen = [row for row in known if row["id"] == site] or known
    if len(chosen) != 1 or chosen[0]["id"] != site:
        site = 0
        state.pop("site", None)
    zones = {row["id"]: dates.zone_of(row["zone"]).key for row in chosen}
    today = day_of(house.of(request).clock(), next(iter(zones.values()), "UTC"))
    first, last = await counted.ends(conn, account_id, zones)
    usual = "today" if first is not None and first >= today else default
    period = periods.read(state.get("period", ""), today, state.get("since", ""), state.get("until", ""), usual)
    return Asked(request.url.path, state, known, site, zones, period, today, first, last)


def _clean(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:_LONGEST].strip()
