"""Writes and fsyncs that fail (R5): acknowledged is what is stored, and no connection outlives a failed fsync."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random

import pytest

from .asking import get
from .failing import EIO, KINDS, SHORT, Kind, Plan
from .ledger import Ledger
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R5", minutes=11)
VISITORS = 12
RATES = (0.01, 0.05, 0.2, 0.5, 1)
EACH_FILE = 50  # starts


async def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end, "not in time"
        await asyncio.sleep(0.005)


async def _strike(plan: Plan, kind: Kind, ledger: Ledger, call: int, error: int) -> None:
    """The n-th call from now fails, and all is well again."""
    before = plan.failed(kind)
    plan.once(kind, call, error)
    await _until(lambda: plan.failed(kind) > before)
    ledger.answered.clear()
    await asyncio.wait_for(ledger.answered.wait(), 60)


async def test_acknowledged_is_what_is_stored_whatever_call_fails(
    stopped: Server, dice: Random, full: bool, figure: Callable[[int, int], int], needed: Callable[..., str], told: Callable[..., None]
) -> None:
    plan = Plan(stopped, needed)
    stopped.start()
    ledger = Ledger(stopped.port, dice)
    calls = figure(8, 300)
    with ledger.traffic(VISITORS):
        for place in range(calls):
            kind = KINDS[place % 2]
            await _strike(plan, kind, ledger, dice.randint(1, 20), SHORT if kind == "write" and place % 4 else EIO)
        for rate in RATES if full else (0.2,):
            plan.often(rate)
            await asyncio.sleep(figure(1, 10))
            assert (await asyncio.to_thread(get, stopped, "/readyz"))[0] == 200
            plan.often(0)
            await asyncio.to_thread(ledger.check, stopped.file)
    await ledger.settle()
    assert stopped.stop() == 0
    assert ledger.answers["busy=1"] > 0
    stopped.environment = {}
    told(
        calls_failed=sum(map(plan.failed, KINDS)),
        batches_not_committed=stopped.errors.count("batch not committed"),
        **prove(stopped, ledger),
    )


async def _start_with(server: Server, plan: Plan, kind: Kind, call: int, ledger: Ledger) -> bool:
    """A start whose n-th call fails, whether before it is ready or after; whether it ended by that."""
    plan.once(kind, call)
    before = plan.failed(kind)
    try:
        await asyncio.to_thread(server.start)
    except AssertionError:
        assert server.process is not None
        assert server.process.wait(60) == 1
        assert plan.failed(kind) > before, server.errors
        return True
    await _until(lambda: plan.failed(kind) > before)
    ledger.answered.clear()
    await asyncio.wait_for(ledger.answered.wait(), 60)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
async def test_no_acknowledged_event_is_lost_whichever_call_of_a_start_fails(
    another: Callable[[], Server],
    dice: Random,
    kind: Kind,
    figure: Callable[[int, int], int],
    needed: Callable[..., str],
    told: Callable[..., None],
) -> None:
    """Every n-th call, as SQLite's own tests do it; by turns the process is stopped and killed after it."""
    places = range(1, figure(3, 300) + 1)
    for first in range(0, len(places), EACH_FILE):
        server = another()
        server.start()
        ledger = Ledger(server.port, dice)
        server.kill()
        plan, ends = Plan(server, needed), 0
        with ledger.traffic(VISITORS):
            for call in places[first : first + EACH_FILE]:
                ends += await _start_with(server, plan, kind, call, ledger)
                if call % 2 and server.process is not None and server.process.poll() is None:
                    assert await asyncio.to_thread(server.stop) == 0
                server.kill()
                await asyncio.to_thread(ledger.check, server.file)
            server.environment = {}
            await asyncio.to_thread(server.start)
        await ledger.settle()
        assert "Traceback" not in server.errors
        told(starts=len(places[first : first + EACH_FILE]), starts_ended_by_it=ends, **prove(server, ledger))
