"""Raw events and refused ones: appended, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import KEYS, TYPES, mark_bits
from ..domain.sessions import Fact
from .hot import HotIn, by, insert
from .schema import event, refused, refused_count
from .urls import whole

_encode = msgspec.json.Encoder(order="deterministic").encode
_PIXEL = mark_bits(("pixel",))
_NAMED = frozenset({"click", "custom"})
_types = {name: place for place, name in enumerate(TYPES)}
_add = insert(event, conflict=["account_id", "month", "id"])
_known = HotIn(
    lambda binds: select(event.c.id).where(
        event.c.account_id == bindparam("account_id"), event.c.month == bindparam("month"), event.c.id.in_(binds)
    )
)
_facts = by(
    event, "visitor", "visitor", "at", "page", "n", "id", "type", "site_id", "url", "data", "marks"
)  # fmt: skip


def month_of(at: int) -> int:
    """yyyymm of a time in UTC milliseconds (civil calendar from days, Howard Hinnant's algorithm)."""
    return _month_of_day(at // 86_400_000)


@lru_cache(maxsize=256)
def _month_of_day(day: int) -> int:
    days = day + 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    month_from_march = (5 * (day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)) + 2) // 153
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    return (era * 400 + year_of_era + (month <= 2)) * 100 + month


def known(conn: Connection, account_id: int, ids: Iterable[bytes]) -> set[bytes]:
    """Which of these event ids are stored."""
    by_month: dict[int, list[bytes]] = {}
    for identity in ids:
        by_month.setdefault(month_of(int.from_bytes(identity[:6], "big")), []).append(identity)
    found: set[bytes] = set()
    for month, wanted in by_month.items():
        found.update(bytes(row[0]) for row in _known.rows(conn, wanted, account_id=account_id, month=month))
    return found


def add(conn: Connection, rows: Sequence[tuple[Any, ...]]) -> int | None:
    """Appends events, as tuples in the order of the table's columns; a known id is left as it was.

    Answers how many were new, where the database says so (PostgreSQL's driver does not, of many).
    """
    return _add.put(conn, rows)


def counts_new(conn: Connection) -> bool:
    """Whether `add` answers."""
    return conn.dialect.name == "sqlite"


def packed(kind: str, data: Mapping[str, Any]) -> str:
    """The stored form of an event's data: its values in the order of `KEYS`, as a JSON list, without the empty end."""
    values = [data.get(key, "") for key in KEYS[kind]]
    while values and values[-1] == "":
        values.pop()
    return _encode(values).decode() if values else ""


def unpacked(kind: str, text: str) -> dict[str, Any]:
    """The data of an event from their stored form (the first schema's had the keys in it)."""
    if not text or text[0] != "[":
        return dict(msgspec.json.decode(text)) if text else {}
    return {key: value for key, value in zip(KEYS[kind], msgspec.json.decode(text), strict=False) if value != ""}


def type_code(name: str) -> int:
    """The stored form of an event's type."""
    return _types[name]


def facts_of(conn: Connection, account_id: int, visitors: Iterable[str], domain: Callable[[int], str]) -> dict[str, list[Fact]]:
    """All that visitors did, for a fold from nothing; `domain(site)` is the host of its own pages."""
    found: dict[str, list[Fact]] = {}
    for row in _facts.rows(conn, visitors, account_id=account_id):
        found.setdefault(row[0], []).append(_stored_fact(row, domain))
    return found


def looked(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[tuple[int, int, bool]]]:
    """How visitors looked at pages: when, for how many milliseconds, and whether they did something there (scrolled, clicked, typed)."""
    found: dict[str, list[tuple[int, int, bool]]] = {}
    for row in _facts.rows(conn, visitors, account_id=account_id):
        kind = TYPES[row[5]]
        data = unpacked(kind, row[8]) if kind == "engage" else {}
        did = kind in _TOUCHES or bool(data.get("scroll"))
        if did or data:
            found.setdefault(row[0], []).append((row[1], int(data.get("ms", 0)), did))
    return found


_TOUCHES = frozenset({"click", "form_start", "form_submit"})


def _stored_fact(row: Any, domain: Callable[[int], str]) -> Fact:
    kind = TYPES[row[5]]
    return fact(row[1], row[2], row[3], bytes(row[4]), kind, row[6], whole(row[7], domain(row[6])), unpacked(kind, row[8]), row[9])


def fact(at: int, page: str, n: int, identity: bytes, kind: str, site: int, url: str, data: Mapping[str, Any], marks: int) -> Fact:
    """An event as the fold reads it."""
    get = data.get
    more: tuple[Any, ...]
    if kind == "view":
        more = (get("referrer", ""), get("nav", ""), 0, get("language", ""), get("agent", ""), marks, get("again", 0))
    else:
        what = get("kind" if kind == "click" else "name", "") if kind in _NAMED else ""
        more = ("", "", get("ms", 0) if kind == "engage" else 0, "", "", marks, 0, what)
    return Fact(at, page, n, identity, kind, site, url, *more)


def refuse(conn: Connection, rows: Sequence[dict[str, Any]], most: int) -> None:
    """Keeps refused events, at most `most` of a site: the oldest go."""
    if not rows:
        return
    conn.execute(refused.insert(), list(rows))
    for account_id, site_id in {(row["account_id"], row["site_id"]) for row in rows}:
        mine = (refused.c.account_id == account_id) & (refused.c.site_id == site_id)
        limit = select(refused.c.received_at).where(mine).order_by(refused.c.received_at.desc()).offset(most).limit(1)
        edge = conn.execute(limit).scalar()
        if edge is not None:
            conn.execute(delete(refused).where(mine, refused.c.received_at <= edge))


_count = insert(refused_count, conflict=["account_id", "site_id", "day", "reason"])


def count_refused(conn: Connection, counts: dict[tuple[int, int, int, str], int]) -> None:
    """Adds to the counters (account, site, day, reason) → n; account and site are 0 where nobody knows the site."""
    for (account_id, site_id, day, reason), n in counts.items():
        key = {"account_id": account_id, "site_id": site_id, "day": day, "reason": reason}
        _count.many(conn, [{**key, "n": 0}])
        mine = [refused_count.c[name] == value for name, value in key.items()]
        conn.execute(refused_count.update().where(*mine).values(n=refused_count.c.n + n))


def newest(conn: Connection, account_id: int) -> int:
    """When the newest event came whose time a browser's own clock bears out, UTC milliseconds; 0 if none did. A pixel has no clock."""
    borne_out = (event.c.account_id == account_id, event.c.marks.bitwise_and(_PIXEL) == 0)
    found = conn.execute(select(event.c.received_at).where(*borne_out).order_by(event.c.month.desc(), event.c.id.desc()).limit(1)).scalar()
    return int(found or 0)


def refused_after(conn: Connection, account_id: int, site_id: int | None, last: bytes, most: int) -> list[dict[str, Any]]:
    """The next refused events in order, for going through all of them."""
    page = select(refused).where(refused.c.account_id == account_id, refused.c.id > last).order_by(refused.c.id).limit(most)
    if site_id is not None:
        page = page.where(refused.c.site_id == site_id)
    return [{**row, "id": bytes(row["id"]), "body": bytes(row["body"])} for row in conn.execute(page).mappings()]


async def refused_since(conn: AsyncConnection, account_id: int, site_id: int, since: int, most: int) -> list[tuple[str, bytes]]:
    """(reason, body) of a site's newest refused events."""
    mine = (refused.c.account_id == account_id, refused.c.site_id == site_id, refused.c.received_at >= since)
    asked = select(refused.c.reason, refused.c.body).where(*mine).order_by(refused.c.received_at.desc()).limit(most)
    return [(row[0], bytes(row[1])) for row in await conn.execute(asked)]


def drop_refused(conn: Connection, account_id: int, ids: Sequence[bytes]) -> None:
    """Forgets refused events."""
    for start in range(0, len(ids), 500):
        conn.execute(delete(refused).where(refused.c.account_id == account_id, refused.c.id.in_(ids[start : start + 500])))


async def refused_counts(conn: AsyncConnection, account_id: int) -> list[dict[str, Any]]:
    """The counters of refusals of an account and of unknown sites: site, day (days since 1970), reason, n."""
    mine = select(refused_count).where(refused_count.c.account_id.in_((0, account_id)))
    asked = mine.order_by(refused_count.c.day.desc(), refused_count.c.site_id, refused_count.c.reason)
    return [dict(row._mapping) for row in await conn.execute(asked)]
