"""The collect path's copy of the sites."""

from __future__ import annotations

from typing import Any

import pytest

from collector.actions import sites as acts
from collector.ingest.directory import Directory
from collector.store.database import Database
from collector.store.work import Busy
from collector.store.writer import Writer
from tests.builders import NOW


async def test_a_site_is_found_with_what_it_keeps(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    directory = Directory(database)
    found = await directory.find(42)
    assert found is not None
    assert (found.account, found.hosts, found.kept, found.consent) == (1, {"example.com"}, frozenset(), "required")
    assert await directory.find(43) is None


async def test_a_site_that_was_laid_aside_is_none(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(acts.archive, 1, 42, now=NOW)
    directory = Directory(database)
    assert await directory.find(42) is None
    assert directory.known(42) is None
    laid = directory.laid_aside(42)
    assert laid is not None
    assert (laid.account, laid.id) == (1, 42)
    await writer.run(acts.restore, 1, 42)
    assert await Directory(database).find(42) is not None


async def test_a_database_that_does_not_answer_is_busy() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Busy):
        await Directory(database).find(42)
    await database.close()
