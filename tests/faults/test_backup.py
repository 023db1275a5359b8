"""backup while visitors are at work (R16): it holds what was acknowledged before it, refuses nobody, and serves when it is restored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from .ledger import Ledger, rows
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R16", minutes=6)


def _ids(file: Path) -> set[bytes]:
    return {row[0] for row in rows(file, "SELECT id FROM event")}


def _forget(copy: Path) -> None:
    for end in ("", "-wal", "-shm", ".secret"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)


async def test_a_backup_under_load_holds_what_was_acknowledged_before_it_and_refuses_nobody(
    server: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    ledger = Ledger(server.port, dice)
    backups = figure(1, 100)
    with ledger.traffic(16):
        for place in range(backups):
            await asyncio.sleep(0.5)
            known = ledger.acknowledged
            copy = server.folder / f"copy{place}.sqlite"
            done = await asyncio.to_thread(server.command, "backup", str(copy))
            held = _ids(copy)
            assert known <= held, "acknowledged before the backup began, and not in it"
            assert len(held) == done["events"]
            assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
            _forget(copy)
    await ledger.settle()
    assert set(ledger.answers) - {"TimeoutError"} == {204}, ledger.answers  # some visitors leave before the answer
    told(backups=backups, refused=0, **prove(server, ledger))


async def test_a_restored_backup_serves_and_nothing_is_called_lost(server: Server, dice: Random) -> None:
    ledger = Ledger(server.port, dice)
    copy = server.folder / "copy.sqlite"
    with ledger.traffic(8):
        await asyncio.sleep(0.7)
        known = ledger.acknowledged
        await asyncio.to_thread(server.command, "backup", str(copy))
        refused = await asyncio.to_thread(server.try_command, "restore", str(copy))
        assert refused.returncode == 1
        assert "another process writes to" in refused.stderr
    await ledger.settle()
    await asyncio.sleep(1.1)  # the mark names an event that the backup does not hold
    assert server.stop() == 0
    server.command("restore", str(copy))
    server.start()
    assert known <= _ids(server.file)
    assert "events lost" not in server.errors
    after = Ledger(server.port, dice)
    with after.traffic(8):
        await asyncio.sleep(0.3)
    await after.settle()
    assert server.stop() == 0
    assert after.acknowledged <= _ids(server.file)
    assert rows(server.file, "PRAGMA integrity_check") == [("ok",)]
