"""How much a long action's step takes on: much while nobody comes, little while many do."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import pytest
from sqlalchemy import Connection

from collector.jobs.pace import GENTLE, MEANT, PATIENT, Pace
from collector.store.database import Database
from collector.store.writer import Writer

A_ROW = 0.0005  # seconds


class Body(NamedTuple):
    """A request with so many events."""

    size: int


@pytest.fixture
async def writer(database_url: str) -> AsyncIterator[Writer]:
    """A writer whose events cost nothing."""
    database = Database(database_url)

    def fold(_conn: Connection, items: Sequence[Body]) -> Sequence[Body]:
        return items

    writer = Writer(database, fold)
    await writer.start()
    yield writer
    await writer.stop()
    await database.close()


def _rows(_conn: Connection, size: int) -> int:
    time.sleep(A_ROW * size)
    return size


async def _after(pace: Pace, seconds: float) -> float:
    """How many seconds of the writer's time a step means to take after a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await pace.step(_rows, pace.size)
    return pace.size * A_ROW


async def test_steps_are_short_while_many_events_come_and_longer_again_when_they_do_not(writer: Writer) -> None:
    pace = Pace(writer)

    async def come() -> None:
        while True:
            await asyncio.gather(*(writer.take(Body(20)) for _ in range(20)))
            await asyncio.sleep(0.02)

    alone = await _after(pace, 0.7)  # of a machine that others use too every step takes longer
    visitors = asyncio.create_task(come())
    beside = await _after(pace, 1.5)
    assert beside < alone * 2 * GENTLE / MEANT
    visitors.cancel()
    with suppress(asyncio.CancelledError):
        await visitors
    assert await _after(pace, 1.5) > beside * MEANT / GENTLE / 2


async def test_two_long_actions_take_turns_and_leave_the_writer_alone_between_them(writer: Writer) -> None:
    taken: list[tuple[float, float]] = []

    def step(_conn: Connection) -> None:
        began = time.monotonic()
        time.sleep(0.02)
        taken.append((began, time.monotonic()))

    async def act(pace: Pace) -> None:
        for _ in range(5):
            await pace.step(step)

    await asyncio.gather(act(Pace(writer)), act(Pace(writer)))
    rests = [after - before for (_, before), (after, _) in itertools.pairwise(taken)]
    assert len(rests) == 9
    assert min(rests) >= 0.019


async def test_what_nobody_waits_for_rests_ten_times_as_long_while_many_events_come(writer: Writer) -> None:
    async def come() -> None:
        while True:
            await asyncio.gather(*(writer.take(Body(20)) for _ in range(20)))
            await asyncio.sleep(0.02)

    visitors = asyncio.create_task(come())
    hurried, patient = Pace(writer), Pace(writer, rest=PATIENT)
    await _after(hurried, 1.0)
    await _after(patient, 2.0)
    visitors.cancel()
    with suppress(asyncio.CancelledError):
        await visitors
    assert hurried.spent / 1.0 > 3 * patient.spent / 2.0


async def test_what_somebody_waits_for_does_not_wait_out_the_rests_of_what_nobody_does(writer: Writer) -> None:
    async def come() -> None:
        while True:
            await asyncio.gather(*(writer.take(Body(20)) for _ in range(20)))
            await asyncio.sleep(0.02)

    visitors, hurried, patient = asyncio.create_task(come()), Pace(writer), Pace(writer, rest=PATIENT)
    await _after(hurried, 1.0)  # it is known by now that many come
    before = hurried.steps
    await asyncio.gather(_after(hurried, 1.5), _after(patient, 1.5))
    visitors.cancel()
    with suppress(asyncio.CancelledError):
        await visitors
    assert hurried.steps - before > 3 * patient.steps
