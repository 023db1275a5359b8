"""SIGTERM under load (R9): what was acknowledged is kept, and the process ends in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random

import pytest

from .ledger import Ledger
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R9", minutes=4)
EACH_FILE = 50  # stops


async def _stops(server: Server, ledger: Ledger, dice: Random, stops: int) -> float:
    """The seconds that the slowest took."""
    slowest = 0.0
    with ledger.traffic(12):
        for _ in range(stops):
            await asyncio.sleep(dice.uniform(0, 0.4))
            ledger.answered.clear()
            await ledger.answered.wait()  # under load indeed
            began = time.monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.to_thread(ledger.check, server.file)
            await asyncio.to_thread(server.start)
    await ledger.settle()
    return slowest


async def test_a_stop_under_load_loses_nothing_and_takes_less_than_ten_seconds(
    another: Callable[[], Server], dice: Random, lane: int, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    left = figure(3, 200)
    while left > 0:
        stops = min(EACH_FILE, left)
        left -= stops
        server = another()
        server.start()
        ledger = Ledger(server.port, dice)
        slowest = await _stops(server, ledger, dice, stops)
        told(stops=stops, slowest_s=slowest, **prove(server, ledger))
