"""What every fault test may ask for: how many rounds, dice, collectors, and a line of counts that a long run leaves.

A test's fault is its marker `fault(id="R1", minutes=10)`: the row of the test plan, and how long it takes at full figures on two cores
(`alone=True`: it measures, and no other fault runs beside it). `python -m tests.faults` prints them all.
"""

from __future__ import annotations

import fcntl
import itertools
import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.bench import results

from . import told as counts
from .server import Server

LANES = 2  # a long test that asks for its `lane` runs so often, each time with its part of the rounds: one a core


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="faults: the figures of a release, not those of every commit")
    parser.addoption("--share", type=float, metavar="S", help="faults: a share of the figures of a release; 0.1 is a tenth")
    parser.addoption("--seed", type=int, help="faults: the dice of a run that failed")
    parser.addoption("--record", action="store_true", help="faults: append a line a fault to tests/RESULTS.md, with date and commit")


def _share(config: pytest.Config) -> float:
    """Of the full figures; 0: those of every commit."""
    share = config.getoption("--share", default=None)
    return float(share) if share is not None else float(config.getoption("--full", default=False))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lane" in metafunc.fixturenames:
        metafunc.parametrize("lane", range(LANES if _share(metafunc.config) else 1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    share = _share(config)
    reports = [report for found in terminalreporter.stats.values() for report in found if isinstance(report, pytest.TestReport)]
    lines = counts.lines(reports) if share else []
    for line in lines:
        terminalreporter.write_line(line)
    if lines and config.getoption("--record"):
        results.record("Faults" if share == 1 else f"Faults at {share:g} of the full figures", [f"* {line}" for line in lines])


@pytest.fixture(autouse=True)
def _fault(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Notes what a test was about."""
    mark = request.node.get_closest_marker("fault")
    if mark is not None:
        about = (request.module.__doc__ or "").partition(" (R")[0]
        record_property(counts.ABOUT, [mark.kwargs["id"], about, mark.kwargs["minutes"]])


@pytest.fixture(autouse=True)
def _beside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What measures waits until the other workers have nothing in hand, and they wait for it."""
    mark = request.node.get_closest_marker("fault")
    alone = mark is not None and mark.kwargs.get("alone", False)
    with open(tmp_path_factory.getbasetemp().parent / "faults.lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`told(rounds=10, slowest_s=0.5)`: whole numbers are summed over the parts of a run, of others the largest is kept."""

    def tell(**figures: float) -> None:
        print(figures)
        for name, value in figures.items():
            record_property(name, value)

    return tell


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the long figures were asked for."""
    return _share(request.config) > 0


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`figure(quick, full)`: how many; a lane's part of it where there are lanes."""
    share = _share(request.config) / (LANES if "lane" in request.fixturenames else 1)
    return lambda quick, most: max(1, math.ceil(most * share)) if share else quick


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> Random:
    """Other dice each time; what they began with is shown where the test fails."""
    seed = request.config.getoption("--seed", default=None) or time.time_ns()
    print("--seed", seed)
    return Random(seed)


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new SQLite file that has site 42 on example.com, to be copied."""
    made = Server(tmp_path_factory.mktemp("fresh"))
    made.command("site", "add", "example.com", "--id", "42", "--name", "Example")
    return made.folder


@pytest.fixture
def another(fresh: Path, tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """`another()`: a collector of its own on a new SQLite file with site 42 on example.com; not started."""
    made: list[Server] = []
    numbers = itertools.count()

    def make() -> Server:
        folder = tmp_path / f"s{next(numbers)}"  # short: the path of a socket has 108 bytes
        shutil.copytree(fresh, folder)
        made.append(Server(folder))
        return made[-1]

    yield make
    for server in made:
        server.kill()


@pytest.fixture
def stopped(another: Callable[[], Server]) -> Server:
    """One such collector; not started."""
    return another()


@pytest.fixture
def server(stopped: Server) -> Server:
    """The same, started."""
    stopped.start()
    return stopped


@pytest.fixture
def needed() -> Callable[[str | None, str], str]:
    """`needed(found, what)`: what was found, or a skip that names what is missing; a failure where everything is required."""

    def need(found: str | None, what: str) -> str:
        if found is None or not Path(found).exists():
            absent(what)
        return str(found)

    return need


def absent(what: str) -> None:
    """Skips, or fails where everything is required."""
    if os.environ.get("WEBLEADS_REQUIRE_ALL"):
        pytest.fail(f"required here: {what}")
    pytest.skip(f"not tested, missing: {what}")
