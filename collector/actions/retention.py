"""How long things are kept: what is changed."""

from __future__ import annotations

from sqlalchemy import Connection

from ..domain.retention import BOUNDS, BadLimit, Limit, limit
from ..store import retention, sites


def put(conn: Connection, account: int, kind: str, amount: int | None, *, site: int = 0) -> Limit | None:
    """Keeps a kind so long (months, of refused events days) from now on: on every site, or on one.

    None: the site is as its account. Answers the limit. Raises BadLimit.
    """
    if site and ((found := sites.find(conn, site)) is None or found["account_id"] != account):
        raise BadLimit("site")
    if amount is None and not (site and kind in BOUNDS):
        raise BadLimit("amount")
    given = None if amount is None else limit(kind, amount)
    retention.put(conn, account, site, kind, given)
    return given
