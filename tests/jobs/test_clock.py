"""What happens by itself: a site that went quiet is told once, and once when it is back."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from sqlalchemy import Connection

from collector.actions import sites as acts
from collector.domain.privacy import coarse
from collector.jobs.clock import Clock
from collector.store import sites
from collector.store.database import Database
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, HOUR, NOW, SECRET, body, view


def _visits(days: int, a_day: int) -> Any:
    """As many views of nobody on each of the days before NOW, the last one 8 minutes and an hour before it, by the quarter."""

    def story(conn: Connection) -> None:
        for day in range(days):
            at = NOW - day * DAY - HOUR
            builders.store(conn, body(*(view(at + n, n=n) for n in range(a_day)), visitor=None, consent="unset", sent=at + a_day))

    return story


def _clock(writer: Writer, database: Database, times: list[int]) -> Clock:
    return Clock(writer, database, secret=SECRET, clock=lambda: times.pop(0), take=dict)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines  # type: ignore[misc]


async def test_a_site_that_goes_quiet_is_told_once_and_once_when_it_is_back(
    database: Database, writer: Writer, site: dict[str, Any], said: list[dict[str, Any]]
) -> None:
    await writer.run(acts.add, 1, "second.example", now=NOW, id=43)
    await writer.run(_visits(30, 12))
    clock = _clock(writer, database, [NOW, NOW + 40 * HOUR, NOW + 41 * HOUR, NOW + 50 * HOUR, NOW + 51 * HOUR])
    await clock.look()
    assert said == []
    await clock.look()
    await clock.look()
    assert said == [{"event": "site quiet", "log_level": "warning", "site": 42, "hours": 41}]
    later = NOW + 50 * HOUR
    await writer.run(builders.store, body(view(later), visitor=None, consent="unset", sent=later))
    await clock.look()
    await clock.look()
    assert said[1:] == [{"event": "site back", "log_level": "info", "site": 42, "hours": 51}]


async def test_the_screen_reads_the_same(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(_visits(30, 12))
    async with database.reader() as conn:
        (row,) = await sites.all(conn)
        assert await sites.quiet_since(conn, row, NOW) is None
        since = await sites.quiet_since(conn, row, NOW + 2 * DAY)
    assert since == coarse(NOW - HOUR + 12)


async def test_a_purge_that_is_held_back_is_logged(
    database: Database, writer: Writer, site: dict[str, Any], said: list[dict[str, Any]]
) -> None:
    import asyncio

    await writer.run(_visits(1, 2))
    clock = Clock(writer, database, secret=SECRET, clock=lambda: NOW + 5 * 365 * DAY, take=dict)
    clock.start()
    for _ in range(100):
        await asyncio.sleep(0.02)
        if any("purge" in line["event"] for line in said):
            break
    await clock.stop()
    (line,) = [line for line in said if "purge" in line["event"]]
    assert line["event"] == "purge held back: the clock is far ahead"
    assert (line["clock"], line["known"]) == ("2030-10-08T08:53:20+00:00", "2025-10-09T07:45:00+00:00")


async def test_scores_follow_the_day_by_themselves(
    database: Database, writer: Writer, site: dict[str, Any], said: list[dict[str, Any]]
) -> None:
    await writer.run(lambda conn: builders.store(conn, body(builders.form(), visitor=None)))
    clock = _clock(writer, database, [NOW, NOW + HOUR, NOW + 2 * DAY])
    for _ in range(3):
        await clock.score()
    assert [line for line in said if line["event"] == "scored"] == [{"event": "scored", "log_level": "info", "leads": 1}] * 2
    (made,) = await writer.run(builders.rows, "score")
    assert made["as_of"] == (NOW + 2 * DAY) // DAY * DAY
