"""`--full`: the figures of a release instead of those of every commit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .server import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="faults: all rounds, not only those of every commit")


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the long figures were asked for."""
    return bool(request.config.getoption("--full", default=False))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A collector of its own on a new SQLite file with site 42 on example.com; started."""
    made = Server(tmp_path)
    made.command("site", "add", "example.com", "--id", "42", "--name", "Example")
    made.start()
    yield made
    made.kill()
