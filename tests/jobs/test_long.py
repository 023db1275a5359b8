"""A rebuild and a purge while events come: nothing is lost or refused, steps are short, a stop leaves rows that are right."""

from __future__ import annotations

import asyncio
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, text, update

from collector.actions import demo
from collector.actions import sites as act
from collector.actions.erase import Unknown
from collector.actions.retain import months_before
from collector.jobs import rebuild as job
from collector.jobs.demo import remove
from collector.jobs.erase import erase
from collector.jobs.pace import Pace
from collector.jobs.retain import purge
from collector.store import schema, sites
from collector.store.database import Database
from collector.store.writer import Writer
from tests.actions.test_rollups import from_nothing
from tests.builders import DAY, HOME, HOUR, MINUTE, NOW, batch, body, derived, form, result, rows, store, view
from tests.conftest import SECRET, opened, rows_of
from tests.serving import WEBLEADS, environment

House = tuple[Database, Writer]


def _visitor(number: int) -> str:
    return f"v{number:021d}"


def _story(number: int, at: int, consenting: bool = True) -> list[Any]:
    """One visitor's requests: two views, some a form, of which some failed."""
    sent = form(at + 2 * MINUTE, f"person{number}@example.org", fields=[])
    told = [view(at, HOME + f"p{number % 11}?utm_source=lettre"), view(at + MINUTE, HOME)]
    if number % 3 == 0:
        told += [sent, *([result(sent, "failed")] if number % 9 == 0 else [])]
    who = {"visitor": _visitor(number)} if consenting else {"visitor": None, "consent": "unset"}
    return [body(one, sent=one["at"], **who) for one in told]


async def _filled(writer: Writer, visitors: int) -> None:
    def told(conn: Connection) -> None:
        store(conn, *(one for number in range(visitors) for one in _story(number, NOW - DAY + number * MINUTE, number % 5 != 0)))

    await writer.run(told)


def _spoil(conn: Connection) -> None:
    """Derived rows as a bad version might have left them."""
    conn.execute(update(schema.session).values(engaged_ms=7))
    conn.execute(update(schema.rollup).values(views=schema.rollup.c.views + 3))
    conn.execute(delete(schema.rollup).where(schema.rollup.c.kind == "page"))
    conn.execute(delete(schema.lead))


async def _come(writer: Writer, numbers: range, stop: asyncio.Event) -> int:
    """Visitors, known and new, who come until they are told to stop. Answers how many events were taken."""
    taken, dice = 0, random.Random(1)
    for number in numbers:
        if stop.is_set():
            break
        for made in _story(dice.choice((number, dice.randrange(60))), NOW + number * MINUTE):
            outcome = await writer.take(batch(made, made["sent"]))
            assert outcome.refused == {}
            taken += 1
        await asyncio.sleep(0.01)
    return taken


async def test_under_load_it_loses_and_refuses_nothing(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    visitors = 300 if database.is_sqlite else 60
    await _filled(writer, visitors)
    before = len(await writer.run(rows, "event"))
    await writer.run(_spoil)
    stop = asyncio.Event()
    coming = asyncio.create_task(_come(writer, range(1_000, 9_000), stop))
    told: list[dict[str, Any]] = []
    pace = Pace(writer)
    answer = await job.rebuild(writer, database, secret=SECRET, told=told.append, pace=pace)
    stop.set()
    taken = await coming
    assert taken > 20
    assert answer["visitors"] >= visitors * 4 // 5
    if database.is_sqlite:  # PostgreSQL's steps share their loop with the visitors
        assert pace.steps > 3, "how long a step lasts is not asked of a machine that others use too"
    assert {one["stage"] for one in told} == {"submissions", "visitors", "strays", "arrivals", "likeness", "rollups"}
    assert len(await writer.run(rows, "event")) == before + taken
    live = await writer.run(derived)
    assert await writer.run(from_nothing) == live
    assert await writer.run(sites.stale, 1) == 0


async def test_as_of_a_day_it_gives_the_scores_of_that_day(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await _filled(writer, 12)
    await job.rebuild(writer, database, secret=SECRET, as_of=NOW)
    then, scored = await writer.run(derived), await writer.run(rows, "score")
    assert {row["as_of"] for row in scored} == {NOW // DAY * DAY}
    await job.rebuild(writer, database, secret=SECRET, as_of=NOW + 90 * DAY)
    assert sum(row["points"] for row in await writer.run(rows, "score")) < sum(row["points"] for row in scored)
    await job.rebuild(writer, database, secret=SECRET, as_of=NOW + HOUR)
    assert await writer.run(derived) == then


@pytest.mark.parametrize("steps", [1, 4, 8])
async def test_one_that_is_stopped_is_begun_again(house: House, site: dict[str, Any], steps: int) -> None:
    database, writer = house
    await _filled(writer, 60)
    right = await writer.run(derived)
    await writer.run(_spoil)
    left = steps

    def told(_far: dict[str, Any]) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await job.rebuild(writer, database, secret=SECRET, told=told)
    assert len(await writer.run(rows, "session")) == len(right["session"])
    assert await writer.run(sites.stale, 1) != 0
    assert await job.resume(writer, database, secret=SECRET) == [1]
    assert await writer.run(derived) == right
    assert await job.resume(writer, database, secret=SECRET) == []


async def test_two_at_once_do_not_count_twice(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await _filled(writer, 60)
    right = await writer.run(derived)
    await writer.run(_spoil)
    await asyncio.gather(*(job.rebuild(writer, database, secret=SECRET) for _ in range(3)))
    assert await writer.run(derived) == right


async def test_a_purge_deletes_in_short_steps_and_keeps_the_counts(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    old = months_before(NOW, 40, 0)

    def told(conn: Connection) -> None:
        store(conn, *(one for number in range(60) for one in _story(number, old + number * HOUR, number % 2 == 0)))
        store(conn, *_story(999, NOW))

    await writer.run(told)
    counted = await writer.run(rows, "rollup")
    pace = Pace(writer)
    done = await purge(writer, database, secret=SECRET, now=NOW, pace=pace)
    assert done["leads"] > 5
    assert done["audience"] > 50
    assert {one["visitor"] for one in await writer.run(rows, "event")} == {_visitor(999)}
    assert await writer.run(rows, "rollup") == counted
    assert await writer.run(from_nothing) == await writer.run(derived)
    assert sum((await purge(writer, database, secret=SECRET, now=NOW)).values()) == 0
    assert pace.steps > 1


async def test_a_snapshot_sees_one_moment(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    asked = text("SELECT count(*) FROM event")
    await _filled(writer, 3)
    async with database.snapshot() as conn:
        before = (await conn.execute(asked)).scalar()
        await writer.run(store, *_story(7, NOW))
        assert (await conn.execute(asked)).scalar() == before
    async with database.reader() as conn:
        assert (await conn.execute(asked)).scalar() == before + 2


async def test_kill_9_leaves_the_rows_as_they_were(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET.hex())
    async for _database, writer in opened(sqlite_url):
        await writer.run(act.add, 1, "example.com", now=NOW, id=42)
        await _filled(writer, 150)
        right = await writer.run(derived)
    for kill in range(2):
        before = rows_of(sqlite_url, "SELECT stale FROM account")
        running = subprocess.Popen(
            [*WEBLEADS, "rebuild", "--database", sqlite_url], cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL
        )
        while rows_of(sqlite_url, "SELECT stale FROM account") == before and running.poll() is None:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2 * kill)
        assert running.poll() is None
        running.kill()
        running.wait()
        async for _database, writer in opened(sqlite_url):
            assert await writer.run(derived) == right


async def test_an_erasure_finds_what_was_refused_long_ago_and_just_now(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    for at in (NOW - HOUR, NOW):
        await writer.run(store, body(form(at, "camille@example.org", n=-1), view(at, n=-1), sent=at), *_story(3, at - DAY))
    answer = await erase(writer, database, "person3@example.org", secret=SECRET, now=NOW)
    assert (answer["leads"], answer["refused"]) == (1, 0)
    answer = await erase(writer, database, "Camille@example.org", secret=SECRET, now=NOW)
    assert answer == {"leads": 0, "submissions": 0, "visitors": 0, "refused": 2}
    assert len(await writer.run(rows, "refused")) == 2
    with pytest.raises(Unknown):
        await erase(writer, database, "nobody@example.org", secret=SECRET, now=NOW)


async def test_the_sample_site_goes_step_by_step(house: House, site: dict[str, Any]) -> None:
    database, writer = house
    await writer.run(act.add, 1, "demo.example", now=NOW, id=demo.SITE)
    await writer.run(store, *(one | {"site": demo.SITE} for number in range(40) for one in _story(number, NOW - DAY + number * MINUTE)))
    await writer.run(store, *_story(50, NOW))
    kept = await writer.run(rows, "event", site_id=42)
    done = await remove(writer, database, secret=SECRET, account=1)
    assert done["leads"] == 9  # of fourteen forms five failed
    assert await writer.run(rows, "event") == kept
    for table in ("submission", "session", "rollup", "kept_count", "site"):
        assert await writer.run(rows, table, **{"id" if table == "site" else "site_id": demo.SITE}) == []
    assert await writer.run(from_nothing) == await writer.run(derived)
