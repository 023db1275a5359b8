"""A site that is deleted: afterwards all is as if it had never been there, and nobody waited for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from collector.actions import goals, merge
from collector.actions import sites as act
from collector.jobs.leave import leave, leave_all
from collector.jobs.pace import Pace
from collector.store import schema, sites
from collector.store.database import Database
from collector.store.writer import Writer
from tests.actions.test_rollups import same_from_nothing
from tests.builders import DAY, HOUR, MINUTE, NOW, SECRET, body, derived, event, field, form, ids, result, store, view

GONE = 43
OTHER = "https://other.example/"
House = tuple[Database, Writer]


def _visitor(number: int) -> str:
    return f"v{number:021d}"


def _way(number: int, at: int, site: int, url: str, email: str | None = None) -> list[Any]:
    """A visit with a form."""
    sent = form(
        at + 2 * MINUTE, email or f"person{number}@example.org", url=url, action=url + "send", fields=[field("message", f"Hello {number}")]
    )
    told = [view(at, url + f"p{number % 3}?utm_source=lettre&utm_campaign=c{number % 2}"), view(at + MINUTE, url), sent, result(sent)]
    return [body(one, sent=one["at"], visitor=_visitor(number), site=site) for one in told]


def _stays(conn: Connection) -> None:
    """Site 42: six persons, of whom one is two."""
    store(conn, *(one for number in range(6) for one in _way(number, NOW - DAY + number * HOUR, 42, "https://example.com/")))


def _goes(conn: Connection) -> None:
    """Site 43: persons of its own, one whom site 42 knows, a browser that both know, and all else that a site may leave behind."""
    for number in range(20, 32):
        store(conn, *_way(number, NOW - 3 * HOUR + number * MINUTE, GONE, OTHER))
    store(conn, *_way(40, NOW - 2 * HOUR, GONE, OTHER, "person1@example.org"))
    store(conn, *_way(2, NOW - HOUR, GONE, OTHER))
    at = NOW - HOUR
    more = [
        body(event("identify", at, traits={"email": "named@example.org"}, url=OTHER), sent=at, visitor=_visitor(50), site=GONE),
        body(event("consent", at, state="granted", url=OTHER), sent=at, visitor=_visitor(51), site=GONE),
        body(view(at, OTHER, page="page0009"), sent=at, visitor=None, consent="unset", site=GONE),
        body(form(at, None, url=OTHER, fields=[field("message", "Just a word")]), sent=at, visitor=_visitor(52), site=GONE),
        body(event("form_submit", at, url=OTHER, submission="short", form="f"), sent=at, site=GONE),
    ]
    store(conn, *more)
    conn.execute(insert(schema.refused_count).values(account_id=1, site_id=GONE, day=20_000, reason="rate", n=3))
    conn.execute(insert(schema.retention).values(account_id=1, site_id=GONE, kind="leads", months=12, days=0))
    goals.add(
        conn, 1, name="Thanks", kind="page", pattern="/p1", site=GONE, value=0, currency="", actor="", now=NOW - 4 * HOUR, id=ids()(NOW)
    )


def _raw(conn: Connection) -> dict[str, list[str]]:
    kept = [
        one
        for one in schema.metadata.sorted_tables
        if one.info["kind"] in ("raw", "directory") and one.name not in ("account", "kept_count")
    ]
    return {one.name: sorted(repr(tuple(row)) for row in conn.execute(select(one))) for one in kept}


async def test_afterwards_all_is_as_if_it_had_never_been_there(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await writer.run(_stays)
    before = await writer.run(lambda conn: (_raw(conn), derived(conn)))
    await writer.run(act.add, 1, "other.example", now=NOW, id=GONE)
    await writer.run(_goes)
    assert await writer.run(derived) != before[1]
    await writer.run(act.leave, 1, GONE, sure="https://Other.example", now=NOW)
    pace = Pace(writer, size=3 if database.is_sqlite else 100)
    done = await leave(writer, database, secret=SECRET, account=1, site=GONE, wait=0, pace=pace)
    assert done["submissions"] == 15
    assert done["events"] > 30
    assert (done["evidence"], done["consents"]) == (1, 1)
    raw, made = await writer.run(lambda conn: (_raw(conn), derived(conn)))
    assert raw == before[0]
    assert {name: rows for name, rows in made.items() if name != "score"} == {
        name: rows for name, rows in before[1].items() if name != "score"
    }
    await writer.run(same_from_nothing)


async def test_a_refusal_outlives_the_site_on_which_it_was_said(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await writer.run(act.add, 1, "other.example", now=NOW, id=GONE)
    denied = body(event("consent", NOW, state="denied", url=OTHER), sent=NOW, consent="denied", visitor=_visitor(7), site=GONE)
    await writer.run(lambda conn: store(conn, *_way(7, NOW - HOUR, GONE, OTHER), denied))
    await writer.run(act.leave, 1, GONE, sure="other.example", now=NOW)
    await leave(writer, database, secret=SECRET, account=1, site=GONE, wait=0)
    (outcome,) = await writer.run(lambda conn: store(conn, body(view(NOW + 1), sent=NOW + 1, visitor=_visitor(7), site=42)))
    assert outcome.refused == {"withdrawn": 1}


async def test_a_merged_lead_of_whom_one_half_is_known_elsewhere_stays(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await writer.run(act.add, 1, "other.example", now=NOW, id=GONE)
    await writer.run(lambda conn: store(conn, *_way(1, NOW - DAY, 42, "https://example.com/"), *_way(2, NOW - HOUR, GONE, OTHER)))

    def join(conn: Connection) -> None:
        rows = conn.execute(select(schema.lead.c.id, schema.lead.c.site_id)).all()
        by_site = {row[1]: bytes(row[0]) for row in rows}
        merge.merge(conn, by_site[GONE], by_site[42], actor="", reason="", secret=SECRET, now=NOW, id=ids()(NOW), account=1)

    await writer.run(join)
    await writer.run(act.leave, 1, GONE, sure="other.example", now=NOW)
    await leave(writer, database, secret=SECRET, account=1, site=GONE, wait=0)
    left = await writer.run(lambda conn: conn.execute(select(schema.lead.c.site_id, schema.lead.c.email)).all())
    assert [tuple(row) for row in left] == [(42, "person1@example.org")]
    await writer.run(same_from_nothing)


async def test_the_clock_goes_on_with_what_a_stop_has_left(house: House, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    database, writer = house
    monkeypatch.setattr("collector.jobs.leave.WAIT", 0)
    assert await leave_all(writer, database, secret=SECRET) == []
    await writer.run(act.leave, 1, 42, sure="example.com", now=NOW)
    assert await leave_all(writer, database, secret=SECRET) == [42]
    async with database.reader() as conn:
        assert await sites.all(conn) == []


async def test_it_goes_in_steps_that_find_their_size(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await writer.run(act.add, 1, "other.example", now=NOW, id=GONE)
    await writer.run(lambda conn: store(conn, *(one for n in range(12) for one in _way(n, NOW - DAY + n * MINUTE, GONE, OTHER))))
    await writer.run(act.leave, 1, GONE, sure="other.example", now=NOW)
    pace, told = Pace(writer, size=2), list[dict[str, Any]]()
    await leave(writer, database, secret=SECRET, account=1, site=GONE, wait=0, pace=pace, told=told.append)
    assert pace.steps > 10
    assert told[0] == {"stage": "submissions", "done": 2, "of": 12}


async def test_only_who_types_the_domain_deletes(house: House, site: dict[str, Any]) -> None:
    for sure in ("", "other", "xexample.com", "www.example.com"):
        with pytest.raises(act.BadSite, match="sure"):
            await house[1].run(act.leave, 1, 42, sure=sure, now=NOW)
    with pytest.raises(act.BadSite, match="unknown"):
        await house[1].run(act.leave, 2, 42, sure="example.com", now=NOW)
