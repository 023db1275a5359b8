"""The writer: shared batches, failures that stay alone, its lock, and who may speak to it."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, text

from collector.store import control
from collector.store.database import Database
from collector.store.lock import Locked
from collector.store.work import Busy
from collector.store.writer import BATCH_EVENTS, BURST, BURST_LASTS, CROWD, WAITING, WAITING_EVENTS, Writer
from tests.conftest import SECRET
from tests.serving import ROOT, environment

assert SECRET


class Item(NamedTuple):
    value: int
    size: int = 1


class Fold:
    """Answers each item twice its value; keeps how many came together, and in which thread."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.threads: list[str] = []

    def __call__(self, conn: Connection, items: Sequence[Item]) -> list[int]:
        self.batches.append(len(items))
        self.threads.append(threading.current_thread().name)
        if any(item.value < 0 for item in items):
            raise RuntimeError("an item that nobody can fold")
        return [item.value * 2 for item in items]


@pytest.fixture
async def folding(sqlite_url: str) -> Any:
    """A writer on SQLite, and its fold."""
    fold = Fold()
    database = Database(sqlite_url)
    writer = Writer(database, fold)
    await writer.start()
    yield writer, fold
    await writer.stop()
    await database.close()


@asynccontextmanager
async def held_up(writer: Writer) -> AsyncIterator[None]:
    """Within it the writer is busy with an action that does not end."""
    begun, gate = threading.Event(), threading.Event()

    def hold(_conn: Connection) -> None:
        begun.set()
        gate.wait(10)

    holding = asyncio.create_task(writer.run(hold))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    try:
        yield
    finally:
        gate.set()
        await holding


async def test_whatever_has_queued_is_one_batch(folding: tuple[Writer, Fold]) -> None:
    writer, fold = folding
    async with held_up(writer):
        tasks = [asyncio.create_task(writer.take(Item(number))) for number in range(1, 50)]
        await asyncio.sleep(0)
        assert writer.waiting == 49
    assert await asyncio.gather(*tasks) == [number * 2 for number in range(1, 50)]
    assert fold.batches == [49]
    assert writer.waiting == 0


async def test_a_batch_has_its_bound(folding: tuple[Writer, Fold]) -> None:
    writer, fold = folding
    async with held_up(writer):
        tasks = [asyncio.create_task(writer.take(Item(number, 20))) for number in range(60)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert fold.batches == [BATCH_EVENTS // 20, BATCH_EVENTS // 20, 10]


@pytest.mark.parametrize("size", [1, 20, 100])
async def test_a_full_queue_is_busy_and_then_free(folding: tuple[Writer, Fold], size: int) -> None:
    writer, _fold = folding
    async with held_up(writer):
        fitting = min(WAITING, WAITING_EVENTS // size)
        tasks = [asyncio.create_task(writer.take(Item(number, size))) for number in range(fitting)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await writer.take(Item(0, size))
    assert await asyncio.gather(*tasks) == [number * 2 for number in range(fitting)]
    assert not writer.full
    assert await writer.take(Item(4)) == 8


def test_the_bodies_of_64_browsers_fit() -> None:
    assert CROWD >= 64
    assert WAITING_EVENTS >= 64 * 20


async def test_those_who_come_at_once_after_a_pause_of_the_loop_are_no_crowd(folding: tuple[Writer, Fold]) -> None:
    writer, _fold = folding
    tasks = [asyncio.create_task(writer.take(Item(number))) for number in range(CROWD + BURST)]
    await asyncio.sleep(0)  # they have queued and nothing stands still
    assert writer.full
    assert await asyncio.gather(*tasks) == [number * 2 for number in range(CROWD + BURST)]
    assert not writer.full


async def test_a_crowd_is_turned_away_before_those_who_wait_for_a_long_action_are(folding: tuple[Writer, Fold]) -> None:
    writer, _fold = folding
    crowd: set[asyncio.Task[Any]] = set()
    until = asyncio.get_running_loop().time() + 3 * BURST_LASTS
    while asyncio.get_running_loop().time() < until or not writer.full:  # the queue is filled up as fast as it is worked off
        crowd = {task for task in crowd if not task.done()}
        crowd |= {asyncio.create_task(writer.take(Item(number))) for number in range(CROWD - len(crowd))}
        await asyncio.sleep(0)
    with pytest.raises(Busy):
        await writer.take(Item(0))
    await asyncio.gather(*crowd)
    async with held_up(writer):
        behind = [asyncio.create_task(writer.take(Item(number))) for number in range(CROWD + 1)]
        await asyncio.sleep(0)
        assert not writer.full
    assert not writer.full  # what has gathered behind it is worked off first
    await asyncio.gather(*behind)


async def test_those_who_wait_for_a_commit_that_stands_still_are_no_crowd(folding: tuple[Writer, Fold], tmp_path: Path) -> None:
    writer, _fold = folding
    other = sqlite3.connect(tmp_path / "webleads.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = [asyncio.create_task(writer.take(Item(number))) for number in range(CROWD)]
    await asyncio.sleep(0)
    while writer.full:
        await asyncio.sleep(0.001)
    waiting.append(asyncio.create_task(writer.take(Item(CROWD))))
    await asyncio.sleep(0)
    other.rollback()
    other.close()
    assert await asyncio.gather(*waiting) == [number * 2 for number in range(CROWD + 1)]


async def test_a_batch_is_folded_on_the_loop_unless_another_process_holds_the_file(folding: tuple[Writer, Fold], tmp_path: Path) -> None:
    writer, fold = folding
    here = threading.current_thread().name
    assert await writer.take(Item(1)) == 2
    assert fold.threads == [here]
    other = sqlite3.connect(tmp_path / "webleads.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = asyncio.get_running_loop().time()
    waiting = asyncio.create_task(writer.take(Item(2)))
    await asyncio.sleep(0.2)
    assert asyncio.get_running_loop().time() - began < 2  # the loop went on: the wait of five seconds is the thread's
    assert not waiting.done()
    other.rollback()
    other.close()
    assert await waiting == 4
    assert fold.threads[-1] != here


async def test_a_batch_that_cannot_be_committed_is_busy_for_its_items_only(folding: tuple[Writer, Fold]) -> None:
    writer, _fold = folding
    with pytest.raises(Busy):
        await writer.take(Item(-1))
    assert await writer.take(Item(1)) == 2


@pytest.mark.parametrize(("wrong", "kept"), [(sqlite3.OperationalError("disk I/O error"), False), (ValueError("a poisonous row"), True)])
async def test_no_connection_outlives_a_failure_of_the_disk(sqlite_url: str, wrong: Exception, kept: bool) -> None:
    used: list[Any] = []

    def fold(conn: Connection, items: Sequence[Item]) -> list[int]:
        used.append(conn.connection.driver_connection)
        if len(used) == 1:
            raise wrong
        return [item.value for item in items]

    database = Database(sqlite_url)
    writer = Writer(database, fold)
    await writer.start()
    assert await writer.take(Item(1)) == 1  # tried once more
    assert (used[0] is used[1]) is kept
    await writer.stop()
    await database.close()


async def test_a_client_that_goes_away_cancels_nobodys_commit(folding: tuple[Writer, Fold]) -> None:
    writer, fold = folding
    async with held_up(writer):
        gone, other = asyncio.create_task(writer.take(Item(1))), asyncio.create_task(writer.take(Item(2)))
        await asyncio.sleep(0)
        gone.cancel()
    assert await other == 4
    assert sum(fold.batches) == 2
    assert writer.waiting == 0


async def test_a_stopped_writer_finishes_what_has_queued(folding: tuple[Writer, Fold]) -> None:
    writer, _fold = folding
    async with held_up(writer):
        tasks = [asyncio.create_task(writer.take(Item(number))) for number in range(10)]
        await asyncio.sleep(0)
        stopping = asyncio.create_task(writer.stop())
        await asyncio.sleep(0.05)
    await stopping
    assert await asyncio.gather(*tasks) == [number * 2 for number in range(10)]
    with pytest.raises(Busy):
        await writer.take(Item(1))
    with pytest.raises(Busy):
        await writer.run(lambda conn: None)


async def test_a_failing_action_rolls_back_and_hurts_no_other(writer: Writer, site: dict[str, Any]) -> None:
    def rename(conn: Connection, name: str, fail: bool) -> str:
        conn.execute(text("UPDATE site SET name = :name WHERE id = 42"), {"name": name})
        if fail:
            raise LookupError("no")
        return name

    def read(conn: Connection) -> str:
        return str(conn.execute(text("SELECT name FROM site WHERE id = 42")).scalar())

    done = await asyncio.gather(
        writer.run(rename, "first", False), writer.run(rename, "second", True), writer.run(read), return_exceptions=True
    )
    assert done[0] == done[2] == "first"
    assert isinstance(done[1], LookupError)
    broken = await asyncio.gather(writer.run(lambda conn: conn.execute(text("SELECT nothing FROM nowhere"))), return_exceptions=True)
    assert isinstance(broken[0], Exception)
    assert await writer.run(read) == "first"


async def test_only_one_writer_holds_a_file(sqlite_url: str) -> None:
    first, second = Writer(Database(sqlite_url)), Writer(Database(sqlite_url))
    await first.start()
    with pytest.raises(Locked):
        await second.start()
    await first.stop()
    await second.start()
    await second.stop()


_HOLDER = """
import asyncio, sys
from collector.store.database import Database
from collector.store.writer import Writer
async def main():
    writer = Writer(Database(sys.argv[1]))
    await writer.start()
    print("held", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_the_lock_falls_with_a_killed_process(sqlite_url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, sqlite_url], stdout=subprocess.PIPE, cwd=ROOT, env=environment())
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    writer = Writer(Database(sqlite_url))
    with pytest.raises(Locked):
        await writer.start()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait(10)
    holder.stdout.close()
    await writer.start()
    await writer.stop()


# The socket ---------------------------------------------------------------------------------------------------------


async def test_only_the_owner_may_speak_to_the_writer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/w.sqlite")

    async def handle(name: str, arguments: dict[str, Any], told: control.Told) -> Any:
        if name == "fail":
            raise ValueError("in words")
        if name == "long":
            for done in (1, 2):
                told({"done": done})
        return {"name": name, **arguments}

    path = control.path_of(database)
    path.write_text("left by one that was killed")
    server = await control.listen(database, handle)
    assert server is not None
    try:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert await control.ask(database, "echo", {"a": "é"}) == {"name": "echo", "a": "é"}
        far: list[dict[str, Any]] = []
        assert await control.ask(database, "long", {}, far.append) == {"name": "long"}
        assert far == [{"done": 1}, {"done": 2}]
        with pytest.raises(control.Failed) as failed:
            await control.ask(database, "fail", {})
        assert failed.value.args == ("ValueError", "in words")
    finally:
        server.close()
        await server.wait_closed()
    with pytest.raises(OSError):
        await control.ask(database, "echo", {})


async def test_files_of_the_database_are_the_owners_alone(sqlite_url: str, tmp_path: Path) -> None:
    from tests.conftest import opened

    async for _database, _writer in opened(sqlite_url):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("webleads.sqlite*")}
        assert {"webleads.sqlite", "webleads.sqlite-wal", "webleads.sqlite.lock"} <= modes.keys()
        assert set(modes.values()) == {0o600}
