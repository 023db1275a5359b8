"""Power cuts (R3): what was acknowledged is on the disk, whatever of the rest is lost. First, that the disk can lose."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from collector.store import secret
from collector.store.database import Database

from .disk import LOSSES, Loss
from .ledger import Ledger
from .powercut import Power, Unavailable
from .proof import prove
from .server import Server

pytestmark = [pytest.mark.slow, pytest.mark.fault(id="R3", minutes=15)]
VISITORS = 16
ROWS = 200
EACH_DISK = 25  # cuts; then a rebuild is compared and a new disk begins


@pytest.fixture
def power(tmp_path: Path) -> Iterator[Power]:
    """An empty disk, mounted."""
    made = Power(tmp_path)
    try:
        made.on()
    except Unavailable as wrong:
        if os.environ.get("WEBLEADS_REQUIRE_ALL") and os.environ.get("WEBLEADS_REQUIRE_FUSE"):
            pytest.fail(f"the power cut (R3) is required here: {wrong}")
        pytest.skip(f"the power cut (R3) is not tested: {wrong}")
    yield made
    made.off()


@pytest.fixture
def served(power: Power, tmp_path: Path) -> Iterator[Server]:
    """A collector whose file lies in a folder of that disk that is not there yet; not started."""
    made = Server(tmp_path)  # what it prints stays readable
    made.file = power.point / "kept" / "data" / "webleads.sqlite"
    yield made
    made.kill()


# The disk --------------------------------------------------------------------------------------------------------


def _write(path: Path, text: str, *, sync: bool) -> None:
    with open(path, "w") as file:
        file.write(text)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def test_bytes_that_were_not_fsynced_are_gone_after_a_cut(power: Power) -> None:
    _write(power.point / "synced", "kept", sync=True)
    _write(power.point / "written", "lost", sync=False)
    with open(power.point / "both", "w") as file:
        file.write("kept")
        file.flush()
        os.fdatasync(file.fileno())
        file.write("lost")
    assert power.cut("data", 1) == {"bytes": 8, "names": 3}
    assert {path.name: path.read_text() for path in power.point.iterdir()} == {"synced": "kept", "written": "", "both": "kept"}


def test_names_are_lost_until_their_folder_is_fsynced(power: Power) -> None:
    folder = power.point / "folder"
    folder.mkdir()
    for name in ("moved", "removed", "stays"):
        _write(folder / name, name, sync=True)
    _sync(folder)
    _sync(power.point)
    (folder / "moved").rename(folder / "stays")
    (folder / "removed").unlink()
    _write(folder / "made", "made", sync=True)
    (folder / "linked").hardlink_to(folder / "stays")
    (folder / "inner").mkdir()
    _write(folder / "inner" / "deep", "deep", sync=True)
    _sync(folder / "inner")
    assert power.cut("names", 1)["names"] == 5
    assert {path.name: path.read_text() for path in folder.iterdir()} == {name: name for name in ("moved", "removed", "stays")}


def test_a_torn_cut_leaves_some_sectors_of_what_was_not_fsynced(power: Power) -> None:
    _write(power.point / "file", "a" * 512 * 100, sync=True)
    _sync(power.point)
    left: Counter[str] = Counter()
    for seed in range(5):
        with open(power.point / "file", "r+") as file:
            file.write("b" * 512 * 100)
        power.cut("torn", seed)
        text = (power.point / "file").read_text()
        assert {len(set(text[place : place + 512])) for place in range(0, len(text), 512)} == {1}
        left.update(text)
        _write(power.point / "file", "a" * 512 * 100, sync=True)
    assert left["a"] > 512
    assert left["b"] > 512


_INSERTS = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("PRAGMA journal_mode=WAL")
conn.execute("PRAGMA synchronous=" + sys.argv[2])
conn.execute("CREATE TABLE kept (n INTEGER PRIMARY KEY)")
for n in range(int(sys.argv[3])):
    conn.execute("INSERT INTO kept VALUES (?)", (n,))
    print(n, flush=True)
sys.stdin.read()
"""


def _rows_left(file: Path) -> int:
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not conn.execute("SELECT 1 FROM sqlite_schema WHERE name = 'kept'").fetchall():
            return 0  # the table itself is lost
        return int(conn.execute("SELECT count(*) FROM kept").fetchone()[0])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("synchronous", "all_kept"), [("OFF", False), ("NORMAL", False), ("FULL", True)])
def test_sqlite_keeps_every_acknowledged_row_with_full_and_loses_rows_with_less(
    power: Power, synchronous: str, all_kept: bool, loss: Loss
) -> None:
    file = power.point / "rows.sqlite"
    arguments = [sys.executable, "-c", _INSERTS, str(file), synchronous, str(ROWS)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as inserting:
        assert inserting.stdout is not None
        told = [inserting.stdout.readline() for _ in range(ROWS)]
        assert told[-1] == f"{ROWS - 1}\n"
        power.cut(loss, 4, inserting)
    assert (_rows_left(file) == ROWS) is all_kept


# The collector ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
def test_what_the_first_start_made_is_there_after_a_cut(power: Power, served: Server, loss: Loss) -> None:
    served.start()
    key = served.file.with_name("secret")
    known = key.read_bytes()
    assert served.process is not None
    power.cut(loss, 1, served.process)
    assert key.read_bytes() == known
    assert served.command("site", "list") == []


@pytest.mark.parametrize("loss", LOSSES)
def test_a_site_whose_adding_was_answered_is_there_after_a_cut(power: Power, served: Server, loss: Loss) -> None:
    served.command("site", "add", "example.com", "--id", "42")
    key = served.file.with_name("secret")
    known = key.read_bytes()
    power.cut(loss, 1)
    assert [site["id"] for site in served.command("site", "list")] == [42]
    assert key.read_bytes() == known


@pytest.mark.parametrize("loss", LOSSES)
def test_a_secret_that_was_answered_is_there_after_a_cut(power: Power, loss: Loss) -> None:
    database = Database(f"sqlite:///{power.point / 'data' / 'webleads.sqlite'}")
    known = secret.load(database)
    power.cut(loss, 1)
    assert secret.load(database) == known


def test_a_cut_during_the_first_start_leaves_nothing_that_hinders_the_next(
    power: Power, served: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    for _ in range(cuts := figure(5, 50)):
        served.launch()
        assert served.process is not None
        time.sleep(dice.uniform(0.3, 1.2))
        power.cut(dice.choice(LOSSES), dice.randrange(1 << 30), served.process)
    served.start()
    told(cuts_of_a_first_start=cuts)


async def _cuts(power: Power, server: Server, ledger: Ledger, dice: Random, cuts: int, book: Counter[str]) -> None:
    """Three of five while it serves, one while it starts, one while it stops: the last to close the file empties the -wal into it."""
    with ledger.traffic(VISITORS):
        for place in range(cuts):
            cut = _Cut(power, server, dice, book)
            if place % 5 == 4:
                server.launch()
                await asyncio.sleep(dice.uniform(0.3, 1.2))
                cut.make()
                continue
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(ledger.check, server.file)
            if place % 5 == 2:
                await asyncio.sleep(0.2)
                cut.arm(6)
                cut.process.send_signal(signal.SIGTERM)
                await asyncio.sleep(dice.uniform(0.1, 0.5))
            else:
                if place % 2:
                    cut.arm(60)
                await asyncio.sleep(dice.uniform(0.02, 0.6))
            cut.make()
        await asyncio.to_thread(server.start)
    await ledger.settle()


class _Cut:
    """One cut: now, or in place of one of the next fsyncs."""

    def __init__(self, power: Power, server: Server, dice: Random, book: Counter[str]) -> None:
        self._power, self._server, self._dice, self._book = power, server, dice, book
        self._loss: Loss = dice.choice(LOSSES)
        self._seed = dice.randrange(1 << 30)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._server.process is not None
        return self._server.process

    def arm(self, syncs: int) -> None:
        self._power.arm(self._loss, self._seed, self._dice.randint(1, syncs))

    def make(self) -> None:
        self._book.update({f"{what}_not_fsynced": count for what, count in self._power.cut(self._loss, self._seed, self.process).items()})
        self._book.update({"cuts": 1, f"cuts_{self._loss}": 1})


def _one_disk(folder: Path, dice: Random, cuts: int, told: Callable[..., None]) -> int:
    """A collector from its first start to its end, with cuts between; how many."""
    folder.mkdir()
    power, server = Power(folder), Server(folder)
    book: Counter[str] = Counter()
    power.on()
    server.file = power.point / "webleads.sqlite"
    try:
        server.command("site", "add", "example.com", "--id", "42", "--name", "Example")
        server.start()
        ledger = Ledger(server.port, dice)
        server.kill()
        asyncio.run(_cuts(power, server, ledger, dice, cuts - 1, book))
        assert server.stop() == 0
        _Cut(power, server, dice, book).make()  # and after a stop
        told(**book, **prove(server, ledger, exports=True))
    finally:
        server.kill()
        power.off()
    return book["cuts"]


def test_no_acknowledged_event_is_lost_or_doubled_by_a_power_cut(
    power: Power, tmp_path: Path, dice: Random, lane: int, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    power.off()  # it can be mounted here; each disk below is a new one
    wanted, done, place = figure(20, 500), 0, 0
    while done < wanted:
        done += _one_disk(tmp_path / f"disk{place}", dice, min(EACH_DISK, wanted - done), told)
        place += 1
