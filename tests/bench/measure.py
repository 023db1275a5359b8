"""Bare and ours in turn, so that whatever else the machine does falls on both."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from msgspec import Struct

from tests.faults.ledger import rows
from tests.faults.server import Server

from . import load

CONNECTIONS = 64
_TICK = os.sysconf("SC_CLK_TCK")


class Sample(Struct):
    """One run against one server: the load's figures, and the CPU microseconds a request of the server's process."""

    run: load.Run
    cpu: float


class Side(Struct):
    """All runs against one server, and its memory in MiB at its highest."""

    samples: list[Sample]
    peak: float = 0.0
    anonymous: float = 0.0

    def rate(self) -> float:
        """Requests a second, median."""
        return median(sample.run.rate for sample in self.samples)

    def middle(self, name: str) -> float:
        """The median of `p50`, `p99` (ms) or `cpu` (us)."""
        return median(sample.cpu if name == "cpu" else getattr(sample.run, name) for sample in self.samples)


class Result(Struct):
    """Bare and ours at one size of body; `stored` counts events, of `sent` that were acknowledged."""

    bare: Side
    ours: Side
    events: int
    sent: int
    stored: int

    def ratio(self) -> float:
        """The median of ours / bare, in requests a second, of runs that stood side by side."""
        return median(b.run.rate / a.run.rate for a, b in zip(self.bare.samples, self.ours.samples, strict=True))


def compare(events: int, repeats: int, seconds: int) -> Result:
    """Runs both, `repeats` times each in turn, with bodies of `events` events."""
    with tempfile.TemporaryDirectory() as folder, _bare() as (bare_pid, bare_port), fresh(Path(folder)) as server:
        assert server.process is not None
        bare, ours = Side([]), Side([])
        warm = load.run(server.port, connections=CONNECTIONS, seconds=1, events=events)
        load.run(bare_port, connections=CONNECTIONS, seconds=1, events=events)
        for _ in range(repeats):
            _sample(bare, bare_pid, bare_port, events, seconds)
            _sample(ours, server.process.pid, server.port, events, seconds)
        stored = rows(server.file, "SELECT count(*) FROM event")[0][0]
        sent = warm.requests + sum(sample.run.requests for sample in ours.samples)
        return Result(bare, ours, events, sent * events, stored)


def _sample(side: Side, pid: int, port: int, events: int, seconds: int) -> None:
    before = _cpu(pid)
    run = load.run(port, connections=CONNECTIONS, seconds=seconds, events=events)
    side.samples.append(Sample(run, (_cpu(pid) - before) / max(1, run.requests)))
    memory = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    side.peak = max(side.peak, int(memory["VmHWM"].split()[0]) / 1024)
    side.anonymous = max(side.anonymous, int(memory["RssAnon"].split()[0]) / 1024)


def _cpu(pid: int) -> float:
    """Microseconds of CPU that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1e6 / _TICK


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.bare"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.kill()
        process.wait()


@contextmanager
def fresh(folder: Path) -> Iterator[Server]:
    """A collector on a new database, with site 42."""
    server = Server(folder)
    server.command("site", "add", "example.com", "--id", "42")
    server.start()
    try:
        yield server
    finally:
        server.kill()
