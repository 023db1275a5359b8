"""The process ends at each named step of the way (R2): nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from collector.store.crash import STEPS

from .ledger import Ledger
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R2", minutes=6)
KILLED = 137
VISITORS = 8
EACH_FILE = 5  # times all steps
SERVING = list(STEPS[: STEPS.index("migrate-before")])
MIGRATING = ["migrate-before", "migration-before", "migration-after", "migrate-after"]  # tests/store/test_released.py has the rest


def _crash_at(server: Server, name: str, times: int) -> None:
    """A start that ends when the step is reached that often; where the start itself reaches it, in the start."""
    server.environment = {"WEBLEADS_CRASH": f"{name}:{times}"}
    server.launch()
    server.environment = {}
    assert server.process is not None
    assert server.process.wait(60) == KILLED, name


async def test_no_acknowledged_event_is_lost_or_doubled_at_any_step(
    another: Callable[[], Server], dice: Random, lane: int, figure: Callable[[int, int], int], full: bool, told: Callable[..., None]
) -> None:
    steps = SERVING if full else dice.sample(SERVING, len(SERVING) // 4)  # each in every fourth run, in the mean
    for _ in range(-(-figure(1, 20) // EACH_FILE)):
        server = another()
        server.start()
        ledger = Ledger(server.port, dice)
        assert server.stop() == 0
        rounds = min(EACH_FILE, figure(1, 20))
        with ledger.traffic(VISITORS):
            for name in steps * rounds:
                await asyncio.to_thread(_crash_at, server, name, dice.randint(1, 12))
                await asyncio.to_thread(ledger.check, server.file)
            await asyncio.to_thread(server.start)
        await ledger.settle()
        counts = prove(server, ledger)
        assert "events lost" not in server.errors
        told(crashes=len(steps) * rounds, **counts)


@pytest.mark.parametrize("name", MIGRATING)
def test_a_first_start_that_is_killed_while_it_makes_the_schema_is_made_good_by_the_next(stopped: Server, name: str, full: bool) -> None:
    for path in stopped.folder.iterdir():
        path.unlink()
    for _ in range(3 if full else 1):
        _crash_at(stopped, name, 1)
    assert stopped.command("site", "add", "example.com", "--id", "42")["id"] == 42
