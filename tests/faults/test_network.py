"""A bad line (R12): what was acknowledged is kept, what was not is taken once when it is sent again, and nobody else waits."""

from __future__ import annotations

import asyncio
import time
from random import Random

from .asking import ask, view
from .ledger import Ledger, rows
from .proxy import FAULTS, Proxy
from .server import Server


async def test_no_fault_of_the_line_loses_or_doubles_anything(server: Server, full: bool) -> None:
    seed = time.time_ns()
    print("seed", seed)
    dice = Random(seed)
    proxy = Proxy(server.port, dice)
    if full:
        proxy.delay, proxy.pause = 5.0, 1.0
    ledger = Ledger(await proxy.start(), dice)
    with ledger.traffic(8):
        for fault in FAULTS * (50 if full else 1):
            proxy.fault = fault
            await asyncio.sleep(12 if full and fault in ("slow", "starve") else 0.6)
            began = time.monotonic()
            assert (await asyncio.to_thread(ask, server, view())).status == 204  # somebody with a good line
            assert time.monotonic() - began < 1
            proxy.fault = "none"
            await asyncio.sleep(0.2)
            assert not proxy.counts.keys() - {"none", *FAULTS}
        answers = dict(ledger.answers)
    await ledger.settle()
    await proxy.stop()
    assert set(FAULTS) <= set(proxy.counts)
    assert server.stop() == 0
    ledger.events |= dict.fromkeys(_others(server, ledger), True)
    ledger.check(server.file, settled=True)
    assert "Traceback" not in server.errors
    print(f"pieces {proxy.counts}, answers {answers}")


def _others(server: Server, ledger: Ledger) -> set[bytes]:
    """What came over the good line."""
    return {row[0] for row in rows(server.file, "SELECT id FROM event WHERE url = '/' AND page = 'page0001'")}
