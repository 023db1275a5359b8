"""A full disk (R4): 503 with Retry-After and never a 2xx, reading goes on, and it is over soon after space has come back."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from collector.ingest.room import MB

from .asking import ask, form, get, view
from .conftest import absent
from .ledger import Ledger, rows
from .proof import prove
from .server import Server

pytestmark = pytest.mark.fault(id="R4", minutes=3)
RECOVERED = 5.0  # seconds after space has come back
SIZE = 260  # MB of the small disk


async def _full(server: Server, ledger: Ledger, tighten: Callable[[], None] = lambda: None) -> None:
    """What must be true while nothing can be written. `tighten` takes more room, as long as there is some: a -wal that begins anew has all
    of its own."""
    before = ledger.answers.get("busy=1", 0)
    end = time.monotonic() + 30 * server.pace
    while ledger.answers.get("busy=1", 0) < before + 3:
        assert time.monotonic() < end, f"not full: {ledger.answers}"
        await asyncio.sleep(0.2)
        tighten()
    while not await _refuses(server, ledger):  # a -wal that begins anew has room once more, and then every 204 is true
        assert time.monotonic() < end + 10 * server.pace, "not full for long"
    await asyncio.to_thread(ledger.check, server.file)


async def _refuses(server: Server, ledger: Ledger) -> bool:
    """Whether it refuses twice, and between that takes nothing but what was on its way; reading goes on all the while."""
    known = len(ledger.acknowledged)
    for _ in range(2):
        answer = await asyncio.to_thread(ask, server, sent := form())
        if answer.status == 204:
            ledger.took(sent, sent["fields"][0]["value"])
            return False
        assert answer.status == 503, answer
        assert answer.retry > 0
        assert answer.refused == "busy=1"
        assert (await asyncio.to_thread(get, server, "/readyz"))[0] == 200
        assert (await asyncio.to_thread(get, server, "/login"))[0] == 200
    return len(ledger.acknowledged) <= known + 60


async def _over(server: Server, ledger: Ledger) -> float:
    """Seconds until something was taken again."""
    began = time.monotonic()
    ledger.answered.clear()
    await asyncio.wait_for(ledger.answered.wait(), RECOVERED * server.pace)
    return time.monotonic() - began


async def test_a_file_that_may_not_grow_costs_nothing_acknowledged(
    server: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    ledger = Ledger(server.port, dice)
    assert server.process is not None
    kind, (free, hard) = resource.RLIMIT_FSIZE, resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    wal = server.file.with_name(server.file.name + "-wal")
    waits = []
    with ledger.traffic(8):
        for _ in range(figure(3, 50)):
            await asyncio.sleep(dice.uniform(0.1, 0.4))
            room = [wal.stat().st_size + dice.randrange(30_000)]

            def tighten(room: list[int] = room, pid: int = server.process.pid) -> None:
                room[0] = room[0] * 9 // 10
                resource.prlimit(pid, kind, (room[0], hard))

            resource.prlimit(server.process.pid, kind, (room[0], hard))
            await _full(server, ledger, tighten)
            resource.prlimit(server.process.pid, kind, (free, hard))
            waits.append(await _over(server, ledger))
    await ledger.settle()
    told(times_full=len(waits), recovered_s=max(waits), **prove(server, ledger))


@pytest.fixture
def small(stopped: Server, tmp_path: Path) -> Iterator[Server]:
    """A collector whose whole folder, logs too, lies on a disk of SIZE MB; not started."""
    if os.geteuid() != 0:
        absent("root, who may mount a small disk")
    point = tmp_path / "disk"
    point.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE * MB}", "tmpfs", point], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        absent(f"the right to mount a small disk ({mounted.stderr.strip()})")
    try:
        for name in (stopped.file.name, "secret"):
            shutil.copy(stopped.folder / name, point)
        made = Server(point)
        yield made
        made.kill()
    finally:
        subprocess.run(["umount", "-l", point], check=True)


def _leave(folder: Path, left: int) -> None:
    """Fills the disk until `left` bytes are free."""
    with open(folder / "filler", "ab") as file:
        disk = os.statvfs(folder)
        size = os.fstat(file.fileno()).st_size
        wanted = size + disk.f_bavail * disk.f_frsize - left
        if wanted > size:
            os.posix_fallocate(file.fileno(), 0, wanted)
        else:
            os.truncate(file.fileno(), wanted)


def _fill_up(folder: Path) -> None:
    """Takes the last byte, while the collector takes bytes too."""
    _leave(folder, 2 * MB)
    with suppress(OSError), open(folder / "filler", "ab", buffering=0) as file:
        while file.write(bytes(4_096)):
            pass


async def test_a_full_disk_costs_nothing_acknowledged_and_the_log_on_it_hinders_nothing(
    small: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    small.start()
    ledger = Ledger(small.port, dice)
    waits = []
    with ledger.traffic(8):
        for _ in range(figure(2, 50)):
            await asyncio.sleep(dice.uniform(0.1, 0.4))
            _fill_up(small.folder)
            await _full(small, ledger)
            (small.folder / "filler").unlink()
            waits.append(await _over(small, ledger))
    await ledger.settle()
    told(times_full=len(waits), recovered_s=max(waits), **prove(small, ledger))


def _soon(server: Server, status: int, *events: dict[str, object]) -> None:
    """Asks until it is answered so: the disk is looked at once a second."""
    end = time.monotonic() + 3 * server.pace
    while ask(server, *events).status != status:
        assert time.monotonic() < end, status
        time.sleep(0.05)


def test_a_disk_that_fills_refuses_views_first_and_forms_last(small: Server) -> None:
    small.start()
    assert ask(small, view()).status == 204
    _leave(small.folder, 150 * MB)
    _soon(small, 503, view())
    assert ask(small, form()).status == 204
    assert ask(small, view(), form()).status == 204
    assert get(small, "/42ns.gif")[0] == 200  # the picture comes, the view is only counted
    stored = rows(small.file, "SELECT count(*) FROM event")
    _leave(small.folder, 40 * MB)
    _soon(small, 503, form())
    assert ask(small, form()).retry > 0
    (small.folder / "filler").unlink()
    _soon(small, 204, view())
    assert rows(small.file, "SELECT count(*) FROM event") > stored
    assert small.stop() == 0
    assert small.errors.count("disk nearly full") == 1
    assert rows(small.file, "SELECT sum(n) FROM refused_count WHERE reason = 'busy' AND site_id = 42")[0][0] >= 3
