"""The last half hour, read by the events' key: an id begins with its time, so that no more than an hour of events is looked at.

A browser whose clock is behind makes ids of earlier times: those up to `SLACK` behind are found too. Of very many events the newest
are read. Which of them count is said by their true time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, case, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import mark_bits
from ..domain.live import LISTED, LONG, MINUTE, Alone, Recent, Seen, Stay
from .events import month_of, type_code, unpacked
from .schema import ID, event, session
from .urls import whole

SLACK = 30 * MINUTE
AHEAD = 5 * MINUTE  # a true time in the future is a clock's that we know nothing of
MOST = 20_000  # events that are looked at
STAYS = 5_000
_CRAWLER = mark_bits(["crawler"])
_VIEW, _SUBMIT = type_code("view"), type_code("form_submit")


async def recent(conn: AsyncConnection, account_id: int, now: int, domains: dict[int, str]) -> Recent:
    """What happened in the last half hour. `domains`: the host name of each site of the account."""
    told = _events(account_id, now)
    seen = [Seen(*row) for row in await conn.execute(_seen(told))]
    groups = await conn.execute(_alone(told))
    views = [(row, unpacked("view", row.data)) for row in groups]
    alone = [
        Alone(row.site_id, whole(row.url, domains.get(row.site_id, "")), data.get("referrer", ""), data.get("nav", ""), int(row.n))
        for row, data in views
        if not data.get("again")
    ]
    pages = [(row[0], whole(row[1], domains.get(row[0], "")), int(row[2])) for row in await conn.execute(_pages(told))]
    minutes = [(row[0], int(row[1]), int(row[2])) for row in await conn.execute(_minutes(told, now))]
    latest = sorted((one for one in seen if one.visitor), key=lambda one: -one.last)[: 4 * LISTED]
    asked = _looks(told, [one.visitor for one in latest if one.visitor])
    looks = {row[0]: whole(row[2], domains.get(row[1], "")) for row in await conn.execute(asked)}
    stays = [Stay(*row) for row in await conn.execute(_stays(account_id, told, now))]
    bare = _events(account_id, now, bare=True)
    looked, first = (await conn.execute(select(func.count(), func.min(bare.c.at)))).one()
    return Recent(now, max(now - LONG, first) if looked >= MOST else now - LONG, seen, stays, alone, pages, minutes, looks)


def _events(account_id: int, now: int, *, bare: bool = False) -> CTE:
    """The newest events of the last half hour (`bare`: with those that the time of the id alone has found)."""
    low = now - LONG - SLACK
    first = tuple_(literal(month_of(low)), literal(low.to_bytes(6, "big") + bytes(10), ID))
    mine = (event.c.account_id == account_id, tuple_(event.c.month, event.c.id) >= first)
    columns = [event.c[name] for name in ("site_id", "type", "visitor", "url", "page", "at", "data", "marks")]
    newest = select(*columns).where(*mine).order_by(event.c.month.desc(), event.c.id.desc()).limit(MOST).cte("newest")
    if bare:
        return newest
    counts = (newest.c.at >= now - LONG, newest.c.at < now + AHEAD, newest.c.marks.bitwise_and(_CRAWLER) == 0)
    return select(newest).where(*counts).cte("recent")


def _seen(told: CTE) -> Any:
    sends = func.sum(case((told.c.type == _SUBMIT, 1), else_=0))
    return select(told.c.site_id, told.c.visitor, func.max(told.c.at), sends).group_by(told.c.site_id, told.c.visitor)


def _alone(told: CTE) -> Any:
    """Views without a visitor, those that are alike together."""
    key = (told.c.site_id, told.c.url, told.c.data)
    return select(*key, func.count().label("n")).where(told.c.visitor.is_(None), told.c.type == _VIEW).group_by(*key)


def _views(told: CTE) -> Any:
    """How many: a view that was told again has the page's id of the first; a pixel's has none."""
    named = func.count(func.nullif(told.c.page, "").distinct())
    return named + func.sum(case((told.c.page == "", 1), else_=0))


def _pages(told: CTE) -> Any:
    return select(told.c.site_id, told.c.url, _views(told)).where(told.c.type == _VIEW).group_by(told.c.site_id, told.c.url)


def _minutes(told: CTE, now: int) -> Any:
    """Views of those who agreed: of the others no minute is known."""
    ago = ((now - told.c.at) // MINUTE).label("ago")
    return select(told.c.site_id, ago, _views(told)).where(told.c.type == _VIEW, told.c.visitor.is_not(None)).group_by(told.c.site_id, ago)


def _looks(told: CTE, visitors: list[str]) -> Any:
    """Views of some visitors, the oldest first."""
    mine = (told.c.visitor.in_(visitors), told.c.type == _VIEW)
    return select(told.c.visitor, told.c.site_id, told.c.url).where(*mine).order_by(told.c.at)


def _stays(account_id: int, told: CTE, now: int) -> Any:
    """The visits of these visitors that had an event since, by their index."""
    who = select(told.c.visitor).where(told.c.visitor.is_not(None)).distinct()
    names = ("visitor", "site_id", "started_at", "counted", "language", "agent", "touch_key")
    mine = (session.c.account_id == account_id, session.c.visitor.in_(who), session.c.ended_at >= now - LONG)
    return select(*(session.c[name] for name in names)).where(*mine).limit(STAYS)
