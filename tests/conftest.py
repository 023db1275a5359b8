"""What every test may ask for: a real database of either kind, a writer on it, a site."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from collector.actions import sites
from collector.actions.record import Recorder
from collector.store import ids, migrate
from collector.store.database import Database
from collector.store.writer import Writer
from tests import postgres
from tests.engines import exceptions, starting
from tests.engines.chromium import Chromium
from tests.engines.firefox import Firefox
from tests.engines.hosts import Hosts
from tests.engines.page import Engine
from tests.engines.webkit import WebKit

SECRET = b"s" * 32


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser: Playwright's loop and the async tests' cannot share a process, so they run apart."""
    for item in items:
        if {"driver", "engine"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("xdist_group"):  # a worker has a module whole, with its servers, or what the module says
                item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
            exceptions.mark(item)
            if item.path.parent.name == "demo":  # tests/e2e goes through the sample site too
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """The one Playwright of a process: two of them would share a loop that neither expects."""
    with sync_playwright() as started:
        yield started


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes an `engine` runs in each; in `make test` in Chromium only, but for the smoke scenario."""
    if "engine" in metafunc.fixturenames:
        smoke = metafunc.definition.get_closest_marker("smoke")
        others = () if smoke else (pytest.mark.engines,)
        named = [pytest.param(name, marks=() if name == "chromium" else others) for name in starting.NAMES]
        metafunc.parametrize("engine", named, indirect=True)


@pytest.fixture(scope="session")
def hosts() -> Iterator[Hosts]:
    """Which host name leads to which server of this machine, for every engine."""
    made = Hosts()
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium(driver: Playwright, hosts: Hosts) -> Iterator[Engine]:
    """Chromium."""
    with closing(Chromium(driver, hosts.address, starting.HURRY)) as started:
        yield started


@pytest.fixture(scope="session")
def whole_chromium(driver: Playwright, hosts: Hosts) -> Iterator[Engine]:
    """Chromium with all that a window has."""
    with closing(Chromium(driver, hosts.address, starting.HURRY, whole=True)) as started:
        yield started


@pytest.fixture(scope="session")
def firefox(hosts: Hosts) -> Iterator[Engine]:
    """Firefox."""
    starting.require("firefox")
    with closing(Firefox(hosts.address, starting.HURRY)) as started:
        yield started


@pytest.fixture(scope="session")
def webkit(hosts: Hosts) -> Iterator[Engine]:
    """WebKitGTK."""
    starting.require("webkit")
    with closing(WebKit(hosts.address, starting.HURRY)) as started:
        yield started


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the three in turn."""
    whole = request.param == "chromium" and request.node.get_closest_marker("whole")
    started: Engine = request.getfixturevalue("whole_chromium" if whole else request.param)
    return started


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    """The URL of a PostgreSQL, or None where there is none and none is required."""
    given = os.environ.get("WEBLEADS_TEST_POSTGRES")
    if given:
        yield given
    elif postgres.binaries() is None:
        if os.environ.get("WEBLEADS_REQUIRE_ALL"):
            pytest.fail("PostgreSQL is required here and not installed")
        yield None
    else:
        with postgres.cluster() as url:
            yield url


async def _on_postgres(server: str, statement: str) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(server.replace("postgresql://", "postgresql+asyncpg://") + "/postgres", poolclass=NullPool)
    async with engine.connect() as conn:
        await (await conn.execution_options(isolation_level="AUTOCOMMIT")).execute(text(statement))
    await engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty database, of each kind in turn; what lies beside it on PostgreSQL (`data/`) lies in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/webleads.sqlite"
        return
    server = request.getfixturevalue("postgres_server")
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    name = "t" + uuid.uuid4().hex
    asyncio.run(_on_postgres(server, f"CREATE DATABASE {name}"))
    yield f"{server}/{name}"
    asyncio.run(_on_postgres(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite file."""
    return f"sqlite:///{tmp_path}/webleads.sqlite"


async def opened(url: str) -> AsyncIterator[tuple[Database, Writer]]:
    """A migrated database with account 1, and its writer."""
    database = Database(url)
    writer = Writer(database, Recorder(SECRET, ids.uuid7).swiftly)
    try:
        await writer.start()
        await writer.run(migrate.upgrade, 1_700_000_000_000)
        yield database, writer
    finally:
        await writer.stop()
        await database.close()


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[tuple[Database, Writer]]:
    """Database and writer together, of each kind in turn."""
    async for pair in opened(database_url):
        yield pair


@pytest.fixture
def database(house: tuple[Database, Writer]) -> Database:
    """A migrated database with account 1, of each kind in turn."""
    return house[0]


@pytest.fixture
def writer(house: tuple[Database, Writer]) -> Writer:
    """The started writer of `database`."""
    return house[1]


@pytest_asyncio.fixture
async def site(writer: Writer) -> dict[str, Any]:
    """Site 42 on example.com."""
    return await writer.run(sites.add, 1, "example.com", now=1_700_000_000_000, id=42, name="Example")


def rows_of(url: str, statement: str) -> list[Any]:
    """Rows of a SQLite file, read from outside."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as conn:
            return list(conn.execute(text(statement)))
    finally:
        engine.dispose()
