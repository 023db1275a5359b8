"""`--full`: the figures of a release instead of those of every commit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .server import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="faults: all rounds, not only those of every commit")


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the long figures were asked for."""
    return bool(request.config.getoption("--full", default=False))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new SQLite file that has site 42 on example.com, to be copied."""
    made = Server(tmp_path_factory.mktemp("fresh"))
    made.command("site", "add", "example.com", "--id", "42", "--name", "Example")
    return made.folder


@pytest.fixture
def stopped(fresh: Path, tmp_path: Path) -> Iterator[Server]:
    """A collector of its own on a new SQLite file with site 42 on example.com; not started."""
    shutil.copytree(fresh, tmp_path, dirs_exist_ok=True)
    made = Server(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def server(stopped: Server) -> Server:
    """The same, started."""
    stopped.start()
    return stopped


@pytest.fixture
def needed(full: bool) -> Callable[[str | None, str], str]:
    """`needed(found, what)`: what was found, or a skip that names what is missing; a failure where everything is required."""

    def need(found: str | None, what: str) -> str:
        if found is None or not Path(found).exists():
            if full and os.environ.get("WEBLEADS_REQUIRE_ALL"):
                pytest.fail(f"required here: {what}")
            pytest.skip(f"not tested, missing: {what}")
        return found

    return need
