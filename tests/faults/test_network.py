"""A bad line (R12): what was acknowledged is kept, what was not is taken once when it is sent again, and nobody else waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random

import pytest

from .asking import ask, view
from .ledger import Ledger, rows
from .proof import prove
from .proxy import FAULTS, Proxy
from .server import Server

pytestmark = pytest.mark.fault(id="R12", minutes=7)
DELAY, PAUSE = 5.0, 1.0  # seconds of a line that is slow indeed, in one of five rounds; in the others all is quicker


async def test_no_fault_of_the_line_loses_or_doubles_anything(
    server: Server, dice: Random, lane: int, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    proxy = Proxy(server.port, dice)
    ledger = Ledger(await proxy.start(), dice)
    rounds, slowest = figure(1, 50), 0.0
    with ledger.traffic(8):
        for place in range(rounds):
            slow = place % 5 == 4
            proxy.delay, proxy.pause = (DELAY, PAUSE) if slow else (0.3, 0.01)
            for fault in FAULTS:
                proxy.fault = fault
                await asyncio.sleep(12 if slow and fault in ("slow", "starve") else 0.6)
                began = time.monotonic()
                assert (await asyncio.to_thread(ask, server, view())).status == 204  # somebody with a good line
                slowest = max(slowest, time.monotonic() - began)
                proxy.fault = "none"
                await asyncio.sleep(0.2)
                assert not proxy.counts.keys() - {"none", *FAULTS}
    await ledger.settle()
    await proxy.stop()
    assert set(FAULTS) <= set(proxy.counts)
    assert slowest < DELAY * server.pace
    assert server.stop() == 0
    ledger.events |= dict.fromkeys(_others(server), True)
    counts = prove(server, ledger)
    assert "Traceback" not in server.errors
    told(faults=rounds * len(FAULTS), slowest_good_line_s=slowest, **counts)


def _others(server: Server) -> set[bytes]:
    """What came over the good line."""
    return {row[0] for row in rows(server.file, "SELECT id FROM event WHERE url = '/' AND page = 'page0001'")}
