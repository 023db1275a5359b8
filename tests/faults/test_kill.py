"""kill -9 under load: nothing acknowledged is lost, nothing is doubled, and a rebuild finds nothing to change."""

from __future__ import annotations

import asyncio
import time
from random import Random

from .ledger import Ledger, derived
from .server import Server

VISITORS = 16


async def _kills(server: Server, ledger: Ledger, dice: Random, rounds: int) -> None:
    with ledger.traffic(VISITORS):
        for place in range(rounds):
            await asyncio.sleep(dice.uniform(0.05, 0.8))
            if place % 2:  # at the worst moment: as soon as somebody was told that all is well
                ledger.answered.clear()
                await ledger.answered.wait()
            server.kill()
            if place % 5 == 4:  # and once more while it starts
                server.launch()
                await asyncio.sleep(dice.uniform(0.1, 1.0))
                server.kill()
            server.start()
            await asyncio.to_thread(ledger.check, server.file)
    await ledger.settle()


async def test_no_acknowledged_event_is_lost_or_doubled_and_a_rebuild_changes_nothing(server: Server, full: bool) -> None:
    seed = time.time_ns()
    print("seed", seed)  # shown when it fails
    dice = Random(seed)
    ledger = Ledger(server.url, dice)
    rounds = 50 if full else 10
    began = time.monotonic()
    await _kills(server, ledger, dice, rounds)
    assert server.stop() == 0
    ledger.check(server.file, settled=True)
    before, exported = derived(server.file), server.try_command("leads", "export").stdout
    assert all(before[name] for name in ("visitor", "session", "touch", "span", "conversion", "lead"))
    answer = server.command("rebuild")
    assert answer["submissions"] == len(ledger.submissions)
    assert derived(server.file) == before
    assert server.try_command("leads", "export").stdout == exported
    print(
        f"{rounds} rounds in {time.monotonic() - began:.0f} s: {len(ledger.events)} events, {len(ledger.submissions)} submissions,"
        f" {len(before['lead'])} leads, answers {ledger.answers}"
    )
