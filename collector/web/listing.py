"""What the address of a list asks for, and the addresses that lead on from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from ..domain import listing
from ..domain.listing import Asked
from ..present import dates
from ..present.listing import SORTED_BY, Names
from ..store import sites, users
from ..store.filters import Filters
from ..store.listing import Cursor
from . import auth, house

_PLACES = ("before", "after", "changed", "fault", "part", "format", "chosen")


class Here:
    """A list as an address asks for it; what cannot be read asks for nothing."""

    def __init__(self, user: auth.User, asked: Asked, before: str = "", after: str = "", changed: str = "", part: str = "") -> None:
        self.user = user
        self.asked = asked
        self.cursor = Cursor.parse(before, back=True) or Cursor.parse(after)
        self.changed = _id(changed)  # a change of many leads that has just begun
        self.part = part  # what of the page is open

    @classmethod
    def of(cls, request: Request) -> Here:
        """Of a request."""
        given = request.query_params
        places = {name: given.get(name, "") for name in ("before", "after", "changed", "part")}
        return cls(auth.required(request), listing.read(given.multi_items()), **places)

    @property
    def query(self) -> str:
        """The list as a query string."""
        return listing.query(self.asked)

    def url(self, path: str = "/leads", **changes: Any) -> str:
        """The address of this list with changes; some (`_PLACES`) are of the page and not of the list."""
        places = {name: changes.pop(name) for name in _PLACES if name in changes}
        return self._address(path, structs.replace(self.asked, **changes), places)

    def without(self, name: str, value: Any = None) -> str:
        """The address of this list without a filter, or one of its values."""
        return self._address("/leads", listing.without(self.asked, name, value), {})

    def wide(self) -> str:
        """The address of the same kind of leads, not narrowed at all."""
        same = {name: getattr(self.asked, name) for name in ("kind", "sort", "columns")}
        return self._address("/leads", Asked(**same), {})

    def column(self, name: str, step: int | None) -> str:
        """The address with a column moved, added (0) or left out (None)."""
        columns = listing.columns_with(self.asked.shown, name, step)
        return self.url(columns=() if columns == listing.DEFAULT_COLUMNS else columns, part="columns")

    def order(self, column: str) -> str:
        """The order that a column's head asks for; empty where it has none."""
        named = SORTED_BY.get(column, "")
        return "oldest" if named == self.asked.sort == "newest" else named

    def direction(self, column: str) -> str:
        """Of a column by which the list is ordered: ascending or descending; else empty."""
        sort, named = self.asked.sort, SORTED_BY.get(column, "")
        if named and named == ("newest" if sort == "oldest" else sort):
            return "ascending" if sort in ("oldest", "name") else "descending"
        return ""

    def filters(self, now: int, zone: str) -> Filters:
        """As the store takes it."""
        return Filters(self.asked, listing.bounds(self.asked, now, zone), self.user.id.hex())

    def _address(self, path: str, asked: Asked, places: dict[str, Any]) -> str:
        query = listing.query(asked, **places)
        # Without a query the list opens with a view, where its user has chosen one.
        query = query or ("all=1" if path == "/leads" and self.user.opens else "")
        return f"{path}?{query}" if query else path


class Known:
    """What a list must know of its account: sites, users and the zone of its times."""

    def __init__(self, user: auth.User, known: list[dict[str, Any]], people: list[dict[str, Any]], chosen: tuple[int, ...]) -> None:
        self.sites = known
        self.site_by_id = {row["id"]: row for row in known}
        self.users = {bytes(row["id"]).hex(): row["email"] for row in people}
        named = [row["zone"] for row in known if not chosen or row["id"] in chosen]
        self.zone = dates.zone_of(user.zone or (named[0] if named else None)).key
        self.own_zone = bool(user.zone)
        self.names = Names({row["id"]: row["name"] or row["domain"] for row in known}, self.users)

    def zone_of(self, site_id: int) -> str:
        """The zone in which a lead's times are shown: the user's own, else its site's."""
        site = self.site_by_id.get(site_id)
        return self.zone if self.own_zone or site is None else str(site["zone"])


async def known(conn: AsyncConnection, here: Here) -> Known:
    """Reads it."""
    account = here.user.account_id
    return Known(here.user, await sites.all(conn, account), await users.all(conn, account), here.asked.site)


def now(request: Request) -> int:
    """UTC milliseconds."""
    return house.of(request).clock()


def _id(text: str) -> bytes | None:
    try:
        return UUID(text).bytes
    except ValueError:
        return None
