"""kill -9 under load (R1): nothing acknowledged is lost, nothing is doubled, and a rebuild finds nothing to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from .ledger import Ledger
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R1", minutes=12)
VISITORS = 16
EACH_FILE = 50  # kills; then a rebuild is compared and a new file begins


async def _kills(server: Server, ledger: Ledger, dice: Random, kills: int) -> None:
    with ledger.traffic(VISITORS):
        for place in range(kills):
            if place % 5 == 4:  # while it starts
                server.launch()
                await asyncio.sleep(dice.uniform(0.1, 1.0))
                server.kill()
                continue
            await asyncio.to_thread(server.start)
            await asyncio.sleep(dice.uniform(0, 0.4))
            if place % 2:  # at the worst moment: as soon as somebody was told that all is well
                ledger.answered.clear()
                await ledger.answered.wait()
            server.kill()
            await asyncio.to_thread(ledger.check, server.file)
        await asyncio.to_thread(server.start)
    await ledger.settle()


async def test_no_acknowledged_event_is_lost_or_doubled_and_a_rebuild_changes_nothing(
    another: Callable[[], Server], dice: Random, lane: int, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    left = figure(3, 1_000)
    while left > 0:
        kills = min(EACH_FILE, left)
        left -= kills
        server = another()
        server.start()
        ledger = Ledger(server.port, dice)
        server.kill()
        await _kills(server, ledger, dice, kills)
        told(kills=kills, **prove(server, ledger, exports=True))
