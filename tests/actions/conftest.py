"""The core on a real SQLite file, without sockets and threads: many short stories a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from collector.actions import sites
from collector.store import migrate
from collector.store.database import Database
from tests import builders
from tests.builders import NOW, SITE


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated file with site 42 on example.com and site 43 on other.example."""
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('core')}/webleads.sqlite").writing_engine()
    with made.begin() as conn:
        migrate.upgrade(conn, NOW)
        sites.add(conn, 1, "example.com", now=NOW, id=SITE)
        sites.add(conn, 1, "other.example", now=NOW, id=43)
    with made.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA synchronous=OFF")
        conn.exec_driver_sql("BEGIN")
    yield made
    made.dispose()


@pytest.fixture
def conn(core: Engine) -> Iterator[Connection]:
    """A transaction on an empty account; nothing of it stays."""
    with core.connect() as made:
        builders.clear(made)
        yield made
        made.rollback()
