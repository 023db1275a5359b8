"""The last half hour by the events' key, on both databases; and that it never reads the whole table."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from collector.domain import live as rules
from collector.domain.live import Now
from collector.store import live
from collector.store.database import Database
from collector.store.writer import Writer
from tests.builders import DAY, HOME, MINUTE, NOW, OTHER, VISITOR, body, form, store, view

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what the first test shows of PostgreSQL is enough
DOMAINS = {42: "example.com"}
OWN = frozenset({"example.com"})


async def now(database: Database, at: int = NOW) -> Now:
    """What goes on at a time."""
    async with database.reader() as conn:
        return rules.now(await live.recent(conn, 1, at, DOMAINS), OWN)


def _story(conn: Connection) -> None:
    ago = NOW - 20 * MINUTE
    store(conn, body(view(ago, HOME + "a", "https://www.google.com/", page="page000a"), sent=ago))
    store(conn, body(view(NOW - MINUTE, HOME + "b", page="page000b"), form(NOW - MINUTE + 1, page="page000b", n=1), sent=NOW))
    store(conn, body(view(NOW - 10 * MINUTE, HOME, page="page000c"), visitor=OTHER, sent=NOW - 10 * MINUTE))
    store(conn, body(view(NOW - 2 * MINUTE, HOME, page="page000d"), visitor=None, consent="unset", sent=NOW))
    # Without consent the time is 8:45: that of the quarter hour.
    store(conn, body(view(NOW - 2 * DAY, HOME + "old"), visitor="vCCCCCCCCCCCCCCCCCCCCC", sent=NOW - 2 * DAY))


async def test_what_goes_on_is_told_by_the_last_half_hour(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(_story)
    found = await now(database)
    assert (found.short, found.long, found.alone, found.views, found.sends) == (1, 2, 1, 4, 1)
    assert {(url, n) for _site, url, n in found.pages} == {("/a", 1), ("/b", 1), ("/", 2)}
    assert ("Organic Search", "google", 1) in found.origins
    assert [(one.page, one.language, one.device) for one in found.visits] == [(HOME + "b", "fr-FR", "desktop")]
    assert sum(found.minutes) == 3, "of a view without consent no minute is known"
    later = await now(database, NOW + 29 * MINUTE)
    assert (later.short, later.long, later.alone) == (0, 1, 0)
    assert (await now(database, NOW + DAY)).long == 0


@SQLITE
async def test_who_agrees_on_the_page_of_their_arrival_counts_once(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def both(conn: Connection) -> None:
        store(conn, body(view(NOW - MINUTE, referrer="https://www.google.com/"), visitor=None, consent="unset", sent=NOW))
        store(conn, body(view(NOW - MINUTE + 500, referrer="https://www.google.com/", again=1), sent=NOW))

    await writer.run(both)
    found = await now(database)
    assert (found.short, found.long, found.alone, found.views) == (1, 1, 0, 1)


@SQLITE
async def test_a_clock_that_is_half_an_hour_behind_is_seen(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    late = NOW - 25 * MINUTE
    await writer.run(lambda conn: store(conn, body(view(late), sent=late), received=NOW))
    assert (await now(database)).short == 1


@SQLITE
async def test_declared_crawlers_count_nowhere(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    from collector.actions.record import Recorder
    from collector.domain.agents import Agent
    from tests.builders import SECRET, batch, ids

    crawler = batch(body(view(NOW), visitor=VISITOR), agent=Agent("", "", "other", ("crawler",)))
    await writer.run(lambda conn: Recorder(SECRET, ids())(conn, [crawler]))
    assert (await now(database)).views == 0


@SQLITE
async def test_at_the_turn_of_a_month_nothing_is_missed(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    turn = 1_761_955_200_000  # 2025-11-01T00:00Z
    await writer.run(lambda conn: store(conn, body(view(turn - MINUTE), sent=turn - MINUTE)))
    await writer.run(lambda conn: store(conn, body(view(turn + MINUTE), visitor=OTHER, sent=turn + MINUTE)))
    assert (await now(database, turn + 2 * MINUTE)).short == 2


@SQLITE
async def test_no_plan_reads_a_whole_table(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    told = live._events(1, NOW)
    asked = [
        live._seen(told),
        live._alone(told),
        live._pages(told),
        live._minutes(told, NOW),
        live._looks(told, ["v"]),
        live._stays(1, told, NOW),
    ]
    async with database.reader() as conn:
        for one in asked:
            made = one.compile(dialect=conn.dialect, compile_kwargs={"render_postcompile": True})
            values = tuple(made.params[name] for name in made.positiontup or ())
            plan = [row[3] for row in await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", values)]
            touched = [line for line in plan if "event" in line or "session" in line]
            assert touched
            assert all(line.startswith("SEARCH") for line in touched), plan
            assert any("PRIMARY KEY (account_id=? AND (month,id)>(?,?))" in line for line in touched), plan
