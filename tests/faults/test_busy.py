"""Another process holds the database (R7): nobody loses anything, the queue is bounded, and the -wal stays bounded."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from random import Random

import pytest

from .ledger import Ledger
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R7", minutes=6)
PATIENCE = 5.0  # seconds the writer waits for a lock of somebody else
WAL_MOST = 64 * 1_048_576


async def _held(server: Server, ledger: Ledger, seconds: float) -> None:
    with closing(sqlite3.connect(server.file, isolation_level=None, timeout=10)) as conn:
        conn.execute("PRAGMA wal_autocheckpoint=0")
        conn.execute("BEGIN IMMEDIATE")
        known = len(ledger.acknowledged)
        await asyncio.sleep(seconds)
        assert len(ledger.acknowledged) <= known + 60, "acknowledged while nobody could write"
        conn.execute("ROLLBACK")
    ledger.answered.clear()
    await asyncio.wait_for(ledger.answered.wait(), 5 * server.pace)


async def test_a_lock_of_another_process_delays_and_loses_nothing(
    server: Server, dice: Random, full: bool, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    ledger = Ledger(server.port, dice)
    locks = [0.1, 1.0] * figure(1, 20) + ([10.0] * figure(0, 5) + [60.0] if full else [])
    with ledger.traffic(8):
        for seconds in locks:
            await asyncio.sleep(0.3)
            busy = ledger.answers.get("busy=1", 0)
            await _held(server, ledger, seconds)
            assert seconds <= PATIENCE or ledger.answers["busy=1"] > busy
    await ledger.settle()
    told(locks=len(locks), **prove(server, ledger))


@pytest.mark.slow
async def test_a_lock_longer_than_the_writers_patience_is_answered_503(server: Server, dice: Random) -> None:
    ledger = Ledger(server.port, dice)
    with ledger.traffic(4):
        await asyncio.sleep(0.2)
        await _held(server, ledger, PATIENCE + 1)
    await ledger.settle()
    assert ledger.answers["busy=1"] > 0
    assert server.stop() == 0
    ledger.check(server.file, settled=True)


async def _read_long(server: Server, dice: Random, seconds: float, visitors: int) -> tuple[int, int]:
    """The size of the -wal at the end of a long read, and after it."""
    ledger = Ledger(server.port, dice)
    wal = server.file.with_name(server.file.name + "-wal")
    with ledger.traffic(visitors):
        await asyncio.sleep(0.2)
        with closing(sqlite3.connect(server.file, isolation_level=None)) as conn:
            conn.execute("PRAGMA wal_autocheckpoint=0")
            conn.execute("BEGIN")
            conn.execute("SELECT count(*) FROM event").fetchall()
            await asyncio.sleep(seconds)
            most = wal.stat().st_size
            conn.execute("ROLLBACK")
        await asyncio.sleep(min(2.0, seconds))
    await ledger.settle()
    left = wal.stat().st_size
    assert server.stop() == 0
    ledger.check(server.file, settled=True)
    return most, left


async def test_a_long_read_of_another_process_holds_nobody_up_and_the_wal_shrinks_after_it(
    server: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    most, left = await _read_long(server, dice, figure(1, 60), 16)
    assert left <= WAL_MOST
    told(wal_mb=most / 1e6, wal_after_mb=left / 1e6)
