"""The lab: real pages, the real tag, a real collector."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.engines.hosts import Hosts
from tests.serving import ROOT, Served, serving

from . import vendor
from .server import HERE, LabServer

SITE = "100849625"


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


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`webleads serve` with one site on client.test."""
    with serving(tmp_path_factory.mktemp("lab")) as served:
        served.command("site", "add", "client.test", "--id", SITE)
        yield served


@pytest.fixture(scope="module")
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
