"""Writes and fsyncs that fail (R5): acknowledged is what is stored, and no connection outlives a failed fsync."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from .asking import get
from .ledger import Ledger, derived
from .server import Server

FIU = "libfiu's fiu-ctrl and its preload libraries (Debian package fiu-utils)"
SYNCS = ("posix/io/sync/fsync", "posix/io/sync/fdatasync")
CALLS = (*SYNCS, "posix/io/rw/pwrite", "posix/io/rw/pwrite64")


def _library(name: str) -> str | None:
    return next((str(path) for path in sorted(Path("/usr").glob(f"lib*/**/fiu/{name}"))), None)


class _Fiu:
    """Faults of one process, switched on and off while it runs."""

    def __init__(self, server: Server, needed: Callable[[str | None, str], str]) -> None:
        self._control = needed(shutil.which("fiu-ctrl"), FIU)
        libraries = [needed(_library(name), FIU) for name in ("fiu_run_preload.so", "fiu_posix_preload.so")]
        self._server = server
        server.environment = {"LD_PRELOAD": " ".join(libraries), "FIU_CTRL_FIFO": str(server.folder / "fiu")}

    def say(self, *commands: str) -> None:
        assert self._server.process is not None
        words = [word for command in commands for word in ("-c", command)]
        subprocess.run([self._control, "-f", self._server.folder / "fiu", *words, str(self._server.process.pid)], check=True, timeout=10)


async def test_acknowledged_is_what_is_stored_whatever_call_fails(
    stopped: Server, full: bool, needed: Callable[[str | None, str], str]
) -> None:
    fiu = _Fiu(stopped, needed)
    stopped.start()
    seed = time.time_ns()
    print("seed", seed)
    dice = Random(seed)
    ledger = Ledger(stopped.url, dice)
    with ledger.traffic(12):
        for place in range(300 if full else 3):  # one call fails, and all is well again
            name = CALLS[place % len(CALLS)]
            fiu.say(f"enable name={name},failinfo=5,onetime")
            await asyncio.sleep(dice.uniform(0.02, 0.1))
            fiu.say(f"disable name={name}")
        for rate in (0.01, 0.05, 0.2, 0.5, 1) if full else (0.2,):
            fiu.say(*(f"enable_random name={name},probability={rate},failinfo=5" for name in CALLS))
            await asyncio.sleep(60 if full else 1)
            assert (await asyncio.to_thread(get, stopped, "/readyz"))[0] == 200
            fiu.say(*(f"disable name={name}" for name in CALLS))
            await asyncio.to_thread(ledger.check, stopped.file)
    await ledger.settle()
    assert stopped.stop() == 0
    ledger.check(stopped.file, settled=True)
    assert ledger.answers["busy=1"] > 0
    before = derived(stopped.file)
    stopped.environment = {}
    stopped.command("rebuild")
    assert derived(stopped.file) == before
    print(f"{len(ledger.events)} events, answers {ledger.answers}, {stopped.errors.count('batch not committed')} batches not committed")
