"""Commands beside visitors at work: they hand their work to the server, and nobody is refused for it."""

from __future__ import annotations

import asyncio
import time
from random import Random

from .ledger import Ledger, rows
from .server import Server


async def test_commands_during_load_are_carried_out_and_no_event_is_refused(server: Server, full: bool) -> None:
    seed = time.time_ns()
    print("seed", seed)
    ledger = Ledger(server.url, Random(seed))
    took: dict[str, list[float]] = {}

    async def command(*words: str) -> None:
        began = time.monotonic()
        done = await asyncio.to_thread(server.try_command, *words)
        took.setdefault(words[0], []).append(time.monotonic() - began)
        assert done.returncode == 0, done.stderr

    with ledger.traffic(16):
        await asyncio.sleep(0.5)
        for place in range(10 if full else 1):
            await command("site", "add", f"site{place}.example")
            await command("backup", str(server.folder / f"copy{place}.sqlite"))
            await command("rebuild")
            (known,) = rows(server.file, f"SELECT value FROM identifier WHERE type = 'email' LIMIT 1 OFFSET {place}")
            await command("erase", known[0])
    await ledger.settle()
    assert server.stop() == 0
    assert set(ledger.answers) - {"TimeoutError"} == {204}, ledger.answers  # some visitors leave before the answer
    assert rows(server.file, "PRAGMA integrity_check") == [("ok",)]
    print({name: [round(one, 2) for one in times] for name, times in took.items()}, ledger.answers)
