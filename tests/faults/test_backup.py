"""Backups while visitors are at work (R16), and a restored one that serves."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from random import Random

from .ledger import Ledger, rows
from .server import Server


async def _acknowledged(ledger: Ledger, seconds: float) -> set[bytes]:
    await asyncio.sleep(seconds)
    return ledger.acknowledged


def _ids(file: Path) -> set[bytes]:
    return {row[0] for row in rows(file, "SELECT id FROM event")}


async def test_a_backup_under_load_holds_what_was_acknowledged_before_it_and_refuses_nobody(server: Server, full: bool) -> None:
    seed = time.time_ns()
    print("seed", seed)
    ledger = Ledger(server.url, Random(seed))
    sizes = []
    with ledger.traffic(16):
        for place in range(100 if full else 3):
            known = await _acknowledged(ledger, 0.5)
            copy = server.folder / f"copy{place}.sqlite"
            told = await asyncio.to_thread(server.command, "backup", str(copy))
            assert known <= _ids(copy), "acknowledged before the backup began, and not in it"
            assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
            sizes.append(told["events"])
            for end in ("", "-wal", "-shm"):
                copy.with_name(copy.name + end).unlink(missing_ok=True)
    await ledger.settle()
    assert server.stop() == 0
    ledger.check(server.file, settled=True)
    assert set(ledger.answers) - {"TimeoutError"} == {204}, ledger.answers  # some visitors leave before the answer
    assert sizes == sorted(sizes)
    print(f"{len(sizes)} backups, events {sizes[0]}…{sizes[-1]}, answers {ledger.answers}")


async def test_a_restored_backup_serves_and_nothing_is_called_lost(server: Server) -> None:
    ledger = Ledger(server.url, Random(16))
    copy = server.folder / "copy.sqlite"
    with ledger.traffic(8):
        known = await _acknowledged(ledger, 1.0)
        await asyncio.to_thread(server.command, "backup", str(copy))
        refused = await asyncio.to_thread(server.try_command, "restore", str(copy))
        assert refused.returncode == 1
        assert "another process writes to" in refused.stderr
        await asyncio.sleep(0.5)
    await ledger.settle()
    assert server.stop() == 0
    server.command("restore", str(copy))
    server.start()
    assert known <= _ids(server.file)
    assert "events lost" not in server.errors
    with ledger.traffic(8):
        await asyncio.sleep(0.3)
    await ledger.settle()
    assert server.stop() == 0
    assert rows(server.file, "PRAGMA integrity_check") == [("ok",)]
