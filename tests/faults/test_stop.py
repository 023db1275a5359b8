"""SIGTERM under load: what was acknowledged is kept, and the process ends in time."""

from __future__ import annotations

import asyncio
import time
from random import Random

from .ledger import Ledger
from .server import Server


async def test_a_stop_under_load_loses_nothing_and_takes_less_than_ten_seconds(server: Server, full: bool) -> None:
    dice = Random(time.time_ns())
    ledger = Ledger(server.url, dice)
    with ledger.traffic(12):
        for _ in range(10 if full else 3):
            await asyncio.sleep(dice.uniform(0.2, 0.8))
            assert await asyncio.to_thread(server.stop, 10) == 0
            await asyncio.to_thread(ledger.check, server.file)
            server.start()
    await ledger.settle()
    assert server.stop() == 0
    ledger.check(server.file, settled=True)
