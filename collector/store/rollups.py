"""Rollups: added to in the transaction that changes what they count, and summed up anew by a rebuild."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, case, delete, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import TYPES
from ..domain.rollups import COUNTS, PART, REST, Key, Tally
from .events import unpacked
from .hot import Hot
from .schema import event, kept_count, rollup, site
from .urls import whole

KEY = ("site_id", "day", "kind", "key")
EVENT = ("type", "site_id", "at", "received_at", "visitor", "url", "data", "marks")
_NOTHING = [0, 0, 0, 0]


def _adding(table: Table) -> Hot:
    names = [column.name for column in table.columns]

    def build(dialect: Any) -> Any:
        made = dialect.insert(table).values({name: bindparam(name) for name in names})
        more = {name: table.c[name] + made.excluded[name] for name in COUNTS}
        newer = case((made.excluded.heard_at > table.c.heard_at, made.excluded.heard_at), else_=table.c.heard_at)
        return made.on_conflict_do_update(index_elements=[column.name for column in table.primary_key], set_={**more, "heard_at": newer})

    return Hot(build)


def _emptying(table: Table) -> Hot:
    """Deletes a row that counts nothing: none was there before it counted."""
    key = [table.c[name] == bindparam(name) for name in ("account_id", *KEY)]
    return Hot(lambda _: delete(table).where(*key, *(table.c[name] == literal_column("0") for name in (*COUNTS, "heard_at"))))


_add = {table: _adding(table) for table in (rollup, kept_count)}
_empty = {table: _emptying(table) for table in (rollup, kept_count)}


def save(conn: Connection, account_id: int, tally: Tally) -> None:
    """Adds what a transaction changed."""
    tally.settle()
    write(conn, rollup, account_id, tally.counts, tally.heard)


def keep(conn: Connection, account_id: int, tally: Tally, *, of_one: bool) -> None:
    """Of rows that were deleted: what they counted is kept without them, and rollups stay as they are.

    Where they were `of_one` person, a key that counts nobody else would still tell of them: it is kept as the rest.
    """
    tally.settle()
    kept: dict[Key, list[int]] = {}
    moved: dict[Key, list[int]] = {}
    for key, counts in tally.counts.items():
        lost = [-n for n in counts]
        if of_one and key[3] and any(lost) and _counted(conn, account_id, key) == lost:
            rest = (*key[:3], REST)
            _plus(moved, key, counts)
            _plus(moved, rest, lost)
            key = rest
        _plus(kept, key, lost)
    write(conn, kept_count, account_id, kept, tally.heard)
    write(conn, rollup, account_id, moved, {})


def _plus(counts: dict[Key, list[int]], key: Key, more: list[int]) -> None:
    counts[key] = [a + b for a, b in zip(counts.get(key, _NOTHING), more, strict=True)]


def _counted(conn: Connection, account_id: int, key: Key) -> list[int]:
    where = [rollup.c[name] == value for name, value in zip(("account_id", *KEY), (account_id, *key), strict=True)]
    found = conn.execute(select(*(rollup.c[name] for name in COUNTS)).where(*where)).first()
    return list(found) if found is not None else list(_NOTHING)


def write(conn: Connection, table: Table, account_id: int, counts: dict[Key, list[int]], heard: dict[tuple[int, int], int]) -> None:
    """Adds counts to the rows of a table of counts; a row that counts nothing any more goes."""
    rows: dict[Key, dict[str, Any]] = {}
    lost: list[dict[str, Any]] = []
    for key, more in counts.items():
        if more != _NOTHING:
            rows[key] = row = _row(account_id, key, more)
            if min(more) < 0:
                lost.append(row)
    for (site_id, day), at in heard.items():
        key = (site_id, day, "site", "")
        rows.setdefault(key, _row(account_id, key, _NOTHING))["heard_at"] = at
    _add[table].many(conn, [rows[key] for key in sorted(rows)])  # in one order: two writers of PostgreSQL never wait for each other
    _empty[table].many(conn, lost)


def prune(conn: Connection, account_id: int, keys: Iterable[Key]) -> None:
    """Deletes those rollups that count nothing."""
    _empty[rollup].many(conn, [_row(account_id, key, _NOTHING) for key in keys])


def _row(account_id: int, key: Key, counts: list[int]) -> dict[str, Any]:
    site_id, day, kind, text = key
    visits, views, leads, conversions = counts
    return {
        "account_id": account_id, "site_id": site_id, "day": day, "kind": kind, "key": text,
        "visits": visits, "views": views, "leads": leads, "conversions": conversions, "heard_at": 0,
    }  # fmt: skip


def event_of(tally: Tally, row: Sequence[Any], n: int) -> None:
    """Counts a stored event (a row of EVENT), or with `n` of -1 takes it back."""
    kind, site, at, received, visitor, url, data, marks = row
    tally.event(TYPES[kind], site, at, received, visitor, whole(url, tally.domain(site)), unpacked(TYPES[kind], data), marks, n)


def events_of(conn: Connection, which: ColumnElement[bool], tally: Tally, n: int) -> None:
    """Counts stored events, or takes them back."""
    for row in conn.execute(select(*(event.c[name] for name in EVENT)).where(which)):
        event_of(tally, row, n)


def spoken(conn: Connection, account_id: int, names: Iterable[str]) -> set[str]:
    """Those of these sources and campaigns that something is counted under. Reads every rollup of those kinds."""
    wanted = set(names)
    if not wanted:
        return wanted
    mine = (rollup.c.account_id == account_id, rollup.c.kind.in_(("source", "campaign")))
    return {name for row in conn.execute(select(rollup.c.key).where(*mine).distinct()) if (name := row[0].rpartition("\x1f")[2]) in wanted}


def drop_site(conn: Connection, account_id: int, site_id: int) -> None:
    """Forgets what was ever counted of a site."""
    for table in (rollup, kept_count):
        conn.execute(delete(table).where(table.c.account_id == account_id, table.c.site_id == site_id))


def drop_days(conn: Connection, account_id: int, site_id: int, most: int) -> int:
    """Forgets what was counted of a site on some days. Answers on how many: fewer than `most`, and nothing is left."""
    days: set[int] = set()
    for table in (rollup, kept_count):
        mine = (table.c.account_id == account_id, table.c.site_id == site_id)
        some = [row[0] for row in conn.execute(select(table.c.day).where(*mine).distinct().order_by(table.c.day).limit(most))]
        days.update(some)
        conn.execute(delete(table).where(*mine, table.c.day.in_(some)))
    return len(days)


def _days(account_id: int, site_id: int) -> Any:
    mine = (rollup.c.account_id == account_id, rollup.c.site_id == site_id, rollup.c.kind == "site", rollup.c.key == "")
    return select(rollup.c.heard_at).where(*mine)


async def last_heard(conn: AsyncConnection, account_id: int, site_id: int) -> int | None:
    """When a site's tag was last heard, UTC milliseconds. What is received today may belong to the day before."""
    newest = await _newest_day(conn, account_id, site_id)
    asked = _days(account_id, site_id).where(rollup.c.day.in_(range(newest - 2, newest + 1)))
    return max((int(row[0]) for row in await conn.execute(asked)), default=0) or None


async def _newest_day(conn: AsyncConnection, account_id: int, site_id: int) -> int:
    """The last day on which anything is counted; 0 where nothing is.

    Days are then named one by one: a day's rows stand before their kind in the key, so that a range of days would read them all.
    """
    mine = (rollup.c.account_id == account_id, rollup.c.site_id == site_id)
    return int((await conn.execute(select(func.max(rollup.c.day)).where(*mine))).scalar() or 0)


async def own_links(conn: AsyncConnection, account_id: int, site_id: int, day: int) -> list[tuple[str, int]]:
    """The pages that links of the account's own reached with campaign tags since a day (days since 1970), and how often, the most first."""
    views = func.sum(rollup.c.views)
    days = range(day, await _newest_day(conn, account_id, site_id) + 1)
    mine = (rollup.c.account_id == account_id, rollup.c.site_id == site_id, rollup.c.day.in_(days), rollup.c.kind == "own-link")
    asked = select(rollup.c.key, views).where(*mine).group_by(rollup.c.key).having(views > 0).order_by(views.desc(), rollup.c.key)
    return [(row[0], int(row[1])) for row in await conn.execute(asked)]


async def views_since(conn: AsyncConnection, account_id: int, site_id: int, day: int) -> dict[int, int]:
    """The views of each day of a site from a day on (days since 1970), of those days on which it was heard."""
    mine = (rollup.c.account_id == account_id, rollup.c.site_id == site_id, rollup.c.kind == "site", rollup.c.key == "")
    days = range(day, await _newest_day(conn, account_id, site_id) + 1)
    asked = select(rollup.c.day, rollup.c.views).where(*mine, rollup.c.day.in_(days))
    return {int(row[0]): int(row[1]) for row in await conn.execute(asked)}


async def won_since(conn: AsyncConnection, account_id: int, site_id: int, day: int) -> tuple[int, int]:
    """Visits and leads of a site from a day on (days since 1970)."""
    days = range(day, await _newest_day(conn, account_id, site_id) + 1)
    mine = (rollup.c.account_id == account_id, rollup.c.site_id == site_id, rollup.c.kind == "site", rollup.c.key == "")
    asked = select(func.sum(rollup.c.visits), func.sum(rollup.c.leads)).where(*mine, rollup.c.day.in_(days))
    visits, leads = (await conn.execute(asked)).one()
    return int(visits or 0), int(leads or 0)


async def campaigns_on(conn: AsyncConnection, account_id: int, days: range, most: int) -> list[tuple[str, int]]:
    """The campaigns of visits of some days (since 1970), by how many came, the most first."""
    visits = func.sum(rollup.c.visits)
    of_account = select(site.c.id).where(site.c.account_id == account_id)
    within = (rollup.c.account_id == account_id, rollup.c.site_id.in_(of_account), rollup.c.day.in_(days))
    mine = (*within, rollup.c.kind == "campaign", rollup.c.key != REST)
    counts: Counter[str] = Counter()
    for key, came in await conn.execute(select(rollup.c.key, visits).where(*mine).group_by(rollup.c.key).having(visits > 0)):
        counts[key.rpartition(PART)[2]] += int(came)  # before it stand channel and source
    del counts[REST]
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]


async def under_on(conn: AsyncConnection, account_id: int, channel: str, days: range, most: int) -> list[tuple[str, int]]:
    """The sources of a channel's visits of some days (since 1970), by how many came, the most first."""
    visits = func.sum(rollup.c.visits)
    of_account = select(site.c.id).where(site.c.account_id == account_id)
    within = (rollup.c.account_id == account_id, rollup.c.site_id.in_(of_account), rollup.c.day.in_(days))
    mine = (*within, rollup.c.kind == "source", rollup.c.key.startswith(f"{channel}{PART}", autoescape=True))
    rows = await conn.execute(select(rollup.c.key, visits).where(*mine).group_by(rollup.c.key).having(visits > 0))
    return sorted(((key.partition(PART)[2], int(n)) for key, n in rows), key=lambda one: (-one[1], one[0]))[:most]


async def goals_on(conn: AsyncConnection, account_id: int, days: range) -> dict[str, int]:
    """How often each goal was reached on some days (since 1970), by its id in hex."""
    of_account = select(site.c.id).where(site.c.account_id == account_id)
    mine = (rollup.c.account_id == account_id, rollup.c.site_id.in_(of_account), rollup.c.day.in_(days), rollup.c.kind == "goal")
    asked = select(rollup.c.key, func.sum(rollup.c.conversions)).where(*mine).group_by(rollup.c.key)
    return {row[0]: int(row[1]) for row in await conn.execute(asked)}


def heard_before(conn: Connection, account_id: int, site_id: int, before: int) -> int:
    """The end of the last day on which all that a site was heard of came before a time, UTC milliseconds; 0 where there is none."""
    older = _days(account_id, site_id).where(rollup.c.heard_at < before).subquery()
    return int(conn.execute(select(func.max(older.c.heard_at))).scalar() or 0)
