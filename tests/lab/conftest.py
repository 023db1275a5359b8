"""The lab: real pages, the real tag, a real collector."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.engines.hosts import Hosts
from tests.serving import ROOT, Served, serving

from . import runner, vendor
from .server import HERE, LabServer

SITE = "100849625"
COMPANY = pytest.StashKey[list[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts pages that are visited side by side together, so that one worker has them."""
    for engine in runner.TOGETHER:
        mine = {item.callspec.params["name"]: item for item in items if _of_page(item, engine)}  # type: ignore[attr-defined]
        for name, group in runner.company(list(mine), engine).items():
            mine[name].add_marker(pytest.mark.xdist_group(f"lab-{engine}-{group[0]}"))
            mine[name].stash[COMPANY] = group


def _of_page(item: pytest.Item, engine: str) -> bool:
    return item.path.name == "test_pages.py" and item.path.parent == HERE and item.callspec.params["engine"] == engine  # type: ignore[attr-defined]


@pytest.fixture
def company(request: pytest.FixtureRequest) -> list[str]:
    """The pages that are visited beside this one."""
    chosen = {item.name for item in request.session.items if item.path == request.node.path}
    mine = request.node.name
    return [name for name in request.node.stash[COMPANY] if mine.replace(request.node.callspec.params["name"], name) in chosen]


@pytest.fixture(scope="session")
def lab(collector: Served, client: LabServer) -> Iterator[runner.Lab]:
    """Where the pages are visited."""
    with closing(runner.Lab(collector, client)) as made:
        yield made


@pytest.fixture(scope="session")
def built() -> None:
    """The pages' programs, put together anew where a source is newer than they are."""
    assert (HERE / "node_modules").is_dir(), "npm install in tests/lab brings the libraries (make does it)"
    sources = [*(HERE / "src").iterdir(), HERE / "build.mjs", HERE / "package.json"]
    mark = HERE / "built" / "done"
    if not mark.exists() or mark.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(["node", "build.mjs"], cwd=HERE, env={**os.environ, "PATH": path}, check=True, capture_output=True)
        mark.touch()


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`webleads serve` with one site on client.test."""
    with serving(tmp_path_factory.mktemp("lab")) as served:
        served.command("site", "add", "client.test", "--id", SITE)
        yield served


@pytest.fixture(scope="session")
def client(built: None, collector: Served, hosts: Hosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """The client's web server, and the vendors'."""
    vendors = vendor.serve(tmp_path_factory.mktemp("vendors"))
    hosts.routes |= dict.fromkeys(vendor.HOSTS, vendors.server_address[1])
    server = LabServer(f'<script async src="http://stats.client.test/js" data-site="{SITE}"></script>')
    hosts.routes |= {"client.test": server.server_port, "stats.client.test": collector.port}
    yield server
    server.shutdown()
    server.server_close()
    vendors.shutdown()
    vendors.server_close()
