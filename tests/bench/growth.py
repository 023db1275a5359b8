"""Whether what is stored slows what comes: the same load on a large database and on an empty one, in turn."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from tests.faults.server import Server

from . import load, measure

BODIES = (1, 20)  # events


def lines(loaded: Path, empty: Path, repeats: int, seconds: int) -> list[str]:
    """Folders of the two databases; both grow."""
    made = ["| events a body | empty, events/s | loaded, events/s | ratio | p99 ms, empty | p99 ms, loaded |", "|---|---|---|---|---|---|"]
    with running(loaded) as many, running(empty) as few:
        settle(many)
        for events in BODIES:
            sides: dict[Server, list[load.Run]] = {few: [], many: []}
            for round_ in range(repeats + 1):
                for server, runs in sides.items():
                    run = load.run(server.port, connections=measure.CONNECTIONS, seconds=seconds if round_ else 1, events=events)
                    assert not run.errors
                    runs += [run] if round_ else []
            ratio = median(b.rate / a.rate for a, b in zip(sides[few], sides[many], strict=True))
            rates = [median(run.rate for run in runs) * events for runs in sides.values()]
            waits = [median(run.p99 for run in runs) for runs in sides.values()]
            made.append(f"| {events} | {rates[0]:,.0f} | {rates[1]:,.0f} | {ratio:.3f} | {waits[0]:.1f} | {waits[1]:.1f} |")
    return made


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A collector on the database of a folder."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def settle(server: Server) -> None:
    """Waits until every lead is scored by the day that stands: the first start of a day works on it, as one at midnight does."""
    old = "SELECT count(*) FROM score JOIN account ON account.id = score.account_id WHERE score.as_of <> account.scored_at"
    with closing(sqlite3.connect(f"file:{server.file}?mode=ro", uri=True)) as conn:
        time.sleep(1)
        while conn.execute(old).fetchone()[0]:
            time.sleep(2)
