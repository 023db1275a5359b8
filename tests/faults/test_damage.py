"""Damaged files (R10): a start serves or ends with what is wrong, and what was lost without a word is told by the mark."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from collector.store import ids, migrate
from collector.store.database import Database, said_by_database
from collector.store.writer import Writer

from .asking import ask, get, view
from .ledger import Ledger, rows
from .server import Server

pytestmark = pytest.mark.fault(id="R10", minutes=10)
PARTS = ("", "-wal", "-shm", ".mark")


@pytest.fixture(scope="module")
def wreck(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Server, set[bytes]]:
    """A collector that was killed in a quiet moment, its files as they then were, and the ids that it had acknowledged."""
    server = Server(tmp_path_factory.mktemp("wreck"))
    shutil.copytree(fresh, server.folder, dirs_exist_ok=True)
    server.start()
    ledger = Ledger(server.port, Random(10))

    async def work() -> None:
        with ledger.traffic(4):
            await asyncio.sleep(0.6)
        await ledger.settle()
        await asyncio.sleep(1.1)  # the mark is at most a second behind

    asyncio.run(work())
    server.kill()
    return server, ledger.acknowledged


@pytest.fixture
def killed(wreck: tuple[Server, set[bytes]]) -> set[bytes]:
    """The acknowledged ids."""
    return wreck[1]


@pytest.fixture
def server(wreck: tuple[Server, set[bytes]], tmp_path: Path) -> Iterator[Server]:
    """A copy of the wreck; not started."""
    made = _copy(wreck[0], tmp_path / "copy")
    yield made
    made.kill()


def _copy(server: Server, to: Path) -> Server:
    """The same files elsewhere, as the kill left them."""
    to.mkdir()
    for name in (*(server.file.name + part for part in PARTS), "secret"):
        shutil.copy(server.folder / name, to / name)
    return Server(to)


def _damage(file: Path, dice: Random) -> str:
    """Flips some bits or takes the end away."""
    raw = bytearray(file.read_bytes())
    if dice.random() < 0.4:
        del raw[dice.randrange(len(raw)) :]
        file.write_bytes(raw)
        return "cut"
    for _ in range(dice.choice((1, 1, 8, 100))):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    file.write_bytes(raw)
    return "flipped"


async def _opened(file: Path) -> list[str]:
    """What a start does first; what the mark tells. Raises what the driver says."""
    database = Database(f"sqlite:///{file}")
    writer = Writer(database)
    await writer.start()
    try:
        await writer.run(migrate.upgrade, ids.now())
        return writer.lost
    finally:
        await writer.stop()
        await database.close()


def _left(file: Path) -> set[bytes] | None:
    """Event ids of a file, None where it cannot be read."""
    try:
        with closing(sqlite3.connect(file)) as conn:
            return {row[0] for row in conn.execute("SELECT id FROM event")}
    except sqlite3.Error:
        return None


async def _one(server: Server, to: Path, part: str, dice: Random, known: set[bytes], newest: bytes) -> str:
    copy = _copy(server, to)
    how = _damage(copy.file.with_name(copy.file.name + part), dice)
    began = time.monotonic()
    try:
        told = await _opened(copy.file)
    except Exception as wrong:
        if part or not (said_by_database(wrong) or isinstance(wrong, migrate.NewerDatabase)):  # its version may be what was damaged
            raise
        return f"db {how}: refused in words"
    finally:
        assert time.monotonic() - began < 60
    left = _left(copy.file)
    if left is None:
        assert part == ""
        return f"db {how}: opened, an action will say"
    if part in ("-shm", ".mark"):
        assert left == known, f"{part} {how}"
    elif newest not in left:
        assert told, f"{part} {how}: {len(known - left)} events are lost and nobody says so"
        return f"{part or 'db'} {how}: loss told"
    assert not (left - known) or part == ""
    return f"{part or 'db'} {how}: {'all there' if left == known else 'some lost within'}"


def test_a_damaged_file_is_opened_or_refused_in_words_and_a_lost_tail_is_told(
    server: Server,
    killed: set[bytes],
    tmp_path: Path,
    dice: Random,
    lane: int,
    figure: Callable[[int, int], int],
    told: Callable[..., None],
) -> None:
    """Each round is what a start does to the database, without the process around it."""
    newest = bytes.fromhex(_marked(server))
    assert newest in killed
    found: Counter[str] = Counter()
    for _round in range(figure(48, 20_000)):
        part = dice.choices(PARTS, (3, 5, 1, 1))[0]
        folder = tmp_path / "round"
        found[asyncio.run(_one(server, folder, part, dice, killed, newest))] += 1
        shutil.rmtree(folder)
    told(files=found.total(), **{name.replace(" ", "_"): count for name, count in sorted(found.items())})
    assert any("loss told" in name for name in found)


def _marked(server: Server) -> str:
    kept: dict[str, Any] = json.loads(server.file.with_name(server.file.name + ".mark").read_text())
    return str(kept["steps"][-1][3])


def test_a_start_on_a_torn_wal_serves_and_readyz_tells_what_was_lost(server: Server, killed: set[bytes]) -> None:
    wal = server.file.with_name(server.file.name + "-wal")
    with open(wal, "r+b") as file:
        file.truncate(wal.stat().st_size // 2)
    server.start()
    status, body = get(server, "/readyz")
    assert status == 200
    lost = len(killed) - int(rows(server.file, "SELECT count(*) FROM event")[0][0])
    assert lost > 0
    assert body.startswith("ok\nup to ")
    assert int(body.split()[3]) >= lost
    assert "events lost" in server.errors
    assert ask(server, view()).status == 204
    assert server.stop() == 0
    server.start()
    assert get(server, "/readyz") == (200, body)
    server.stop()
    server.file.with_name(server.file.name + ".mark").unlink()
    server.start()
    assert get(server, "/readyz") == (200, "ok\n")


def test_a_start_on_a_file_that_is_no_database_ends_in_words_and_leaves_it_as_it_is(server: Server, killed: set[bytes]) -> None:
    for part in ("-wal", "-shm"):
        server.file.with_name(server.file.name + part).unlink()
    whole = server.file.read_bytes()
    broken = b"\0" * 100 + whole[100:]
    server.file.write_bytes(broken)
    server.launch()
    assert server.process is not None
    assert server.process.wait(60) == 1
    assert f"the database {server.file} says: file is not a database" in server.errors
    assert "Traceback" not in server.errors
    assert server.file.read_bytes() == broken
    server.file.write_bytes(whole)  # put back from a copy
    server.start()
    assert ask(server, view()).status == 204
    assert killed
