"""The process ends at each named step of the way (R2): nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest

from collector.store.crash import STEPS

from .ledger import Ledger, derived
from .server import Server

KILLED = 137
VISITORS = 8
MIGRATING = [name for name in STEPS if name.startswith("migrate")]
SERVING = [name for name in STEPS if name not in MIGRATING]


async def _crash_at(server: Server, name: str, times: int) -> None:
    """A start that ends when the step is reached that often; where the start itself reaches it, in the start."""
    server.environment = {"WEBLEADS_CRASH": f"{name}:{times}"}
    server.launch()
    server.environment = {}
    assert server.process is not None
    assert await asyncio.to_thread(server.process.wait, 30) == KILLED, name


async def test_no_acknowledged_event_is_lost_or_doubled_at_any_step(server: Server, full: bool) -> None:
    seed = time.time_ns()
    print("seed", seed)
    dice = Random(seed)
    ledger = Ledger(server.url, dice)
    assert server.stop() == 0
    with ledger.traffic(VISITORS):
        for name in SERVING * (20 if full else 1):
            await _crash_at(server, name, dice.randint(1, 12))
            await asyncio.to_thread(ledger.check, server.file)
        server.start()
        await asyncio.sleep(0.1)
    await ledger.settle()
    assert server.stop() == 0
    ledger.check(server.file, settled=True)
    before = derived(server.file)
    assert before["lead"]
    server.command("rebuild")
    assert derived(server.file) == before
    assert "events lost" not in server.errors
    print(f"{len(ledger.events)} events, answers {ledger.answers}")


@pytest.mark.parametrize("name", [pytest.param(MIGRATING[0], marks=pytest.mark.slow), *MIGRATING[1:]])
async def test_a_first_start_that_is_killed_while_it_makes_the_schema_is_made_good_by_the_next(stopped: Server, name: str) -> None:
    for path in stopped.folder.iterdir():
        path.unlink()
    await _crash_at(stopped, name, 1)
    await _crash_at(stopped, name, 1)
    assert stopped.command("site", "add", "example.com", "--id", "42")["id"] == 42
