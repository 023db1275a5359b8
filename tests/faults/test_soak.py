"""Load for long (R17): memory, open files, threads and the -wal stay as they were in the second minute of ten.

`--share 144` is a day.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from random import Random
from statistics import median

import pytest
from msgspec import Struct

from tests.bench import arrivals, load

from .ledger import Ledger, rows
from .server import Server

pytestmark = [pytest.mark.slow, pytest.mark.fault(id="R17", minutes=11, alone=True)]
MB = 1_048_576
SHARE = 0.3  # of the maximum rate
WINDOWS = 10  # the second and the last are compared
WHOLE = 600  # seconds; a day grows no more
GROWTH = 3 * MB  # that the anonymous memory may show
SPARE = 8  # files and threads that may come and go: readers


class _Sample(Struct):
    """What a process holds."""

    anonymous: int
    files: int
    threads: int
    wal: int


def _sample(server: Server) -> _Sample:
    assert server.process is not None
    held = f"/proc/{server.process.pid}"
    wal = server.file.with_name(server.file.name + "-wal").stat().st_size
    return _Sample(server.memory("RssAnon"), len(os.listdir(f"{held}/fd")), len(os.listdir(f"{held}/task")), wal)


async def _window(server: Server, rate: float, seconds: float) -> tuple[list[_Sample], arrivals.Offer]:
    """A sample a second while the load runs."""
    samples, end = [], time.monotonic() + seconds
    with arrivals.started(server.port, rate=rate, seconds=seconds) as process:
        while time.monotonic() < end:
            await asyncio.sleep(1)
            samples.append(_sample(server))
        return samples, await asyncio.to_thread(arrivals.ended, process)


async def test_nothing_grows_but_the_database(
    server: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    seconds = figure(30, 600)
    most = (await asyncio.to_thread(load.run, server.port, connections=64, seconds=3, events=1)).rate
    ledger = Ledger(server.port, dice)
    windows, offers = [], []
    with ledger.traffic(4):  # forms and consents between the views
        for _ in range(WINDOWS):
            samples, offer = await _window(server, most * SHARE, seconds / WINDOWS)
            windows.append(samples)
            offers.append(offer)
    await ledger.settle()
    second, last = windows[1], windows[-1]
    growth = median(one.anonymous for one in last) - median(one.anonymous for one in second)
    print("anonymous MB", [round(median(one.anonymous for one in samples) / MB, 1) for samples in windows])
    told(
        seconds=seconds,
        requests=sum(offer.accepted for offer in offers),
        refused=sum(offer.refused for offer in offers),
        turned_away=sum(offer.turned_away for offer in offers),
        errors=sum(offer.errors for offer in offers),
        anonymous_mb=max(one.anonymous for one in last) / MB,
        growth_mb=growth / MB,
        files=max(one.files for one in last),
        threads=max(one.threads for one in last),
        wal_mb=max(one.wal for one in last) / MB,
        p99_ms_of_second=offers[1].p99,
        p99_ms_of_last=offers[-1].p99,
    )
    assert ledger.acknowledged <= {row[0] for row in rows(server.file, "SELECT id FROM event")}
    assert all(offer.refused == offer.errors == 0 for offer in offers)
    assert growth <= GROWTH or seconds < WHOLE  # before that SQLite's page cache has not filled
    for name in ("files", "threads"):
        assert max(getattr(one, name) for one in last) <= max(getattr(one, name) for one in second) + SPARE, name
    assert max(one.wal for one in last) <= 1.25 * max(one.wal for one in second)
