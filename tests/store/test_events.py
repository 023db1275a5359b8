"""Raw events: the month of an id, known ids, counters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from collector.store import events
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, NOW, body, rows, view


@given(at=st.integers(0, 4_102_444_800_000))
def test_the_month_of_a_time_is_the_calendars(at: int) -> None:
    then = datetime.fromtimestamp(at // 1000, UTC)
    assert events.month_of(at) == then.year * 100 + then.month


async def test_known_ids_are_found_across_months(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        one, two = view(NOW), view(NOW - 29 * DAY)
        two["at"] = NOW
        builders.store(conn, body(one, two))
        stored = [bytes(row["id"]) for row in rows(conn, "event")]
        assert len({row["month"] for row in rows(conn, "event")}) == 2
        other = bytes.fromhex(builders.uuid7(NOW).replace("-", ""))
        assert events.known(conn, 1, [*stored, other]) == set(stored)
        assert events.known(conn, 2, stored) == set()
        assert events.known(conn, 1, []) == set()

    await writer.run(told)


async def test_counters_add_up(writer: Writer) -> None:
    def told(conn: Connection) -> None:
        for _ in range(3):
            events.count_refused(conn, {(0, 0, 20_000, "not-json"): 2, (1, 42, 20_000, "rate"): 1})
        assert {one["reason"]: one["n"] for one in rows(conn, "refused_count")} == {"not-json": 6, "rate": 3}

    await writer.run(told)
