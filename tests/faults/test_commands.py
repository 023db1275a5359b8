"""Commands beside visitors at work: they hand their work to the server, and nobody is refused for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random

from .ledger import Ledger, rows
from .server import Server


async def test_commands_during_load_are_carried_out_and_no_event_is_refused(
    server: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    ledger = Ledger(server.port, dice)
    slowest: dict[str, float] = {}

    async def command(*words: str) -> None:
        began = time.monotonic()
        done = await asyncio.to_thread(server.try_command, *words)
        slowest[f"{words[0]}_s"] = max(slowest.get(f"{words[0]}_s", 0.0), time.monotonic() - began)
        assert done.returncode == 0, done.stderr

    with ledger.traffic(figure(6, 16)):
        await asyncio.sleep(0.5)
        for place in range(figure(1, 10)):
            await command("site", "add", f"site{place}.example")
            await command("backup", str(server.folder / f"copy{place}.sqlite"))
            await command("rebuild")
            ((address,),) = rows(server.file, "SELECT email FROM lead WHERE kind = 'lead' AND email NOT LIKE '-%' LIMIT 1")
            await command("erase", address)
            assert rows(server.file, f"SELECT count(*) FROM submission_field WHERE value = '{address}'") == [(0,)]
    await ledger.settle()
    assert server.stop() == 0
    assert set(ledger.answers) - {"TimeoutError"} == {204}, ledger.answers  # some visitors leave before the answer
    assert rows(server.file, "PRAGMA integrity_check") == [("ok",)]
    told(events=len(ledger.events), refused=0, **slowest)
