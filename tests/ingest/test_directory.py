"""The collect path's copy of the sites."""

from __future__ import annotations

from typing import Any

import pytest

from collector.ingest.directory import Directory
from collector.store.database import Database
from collector.store.work import Busy
from collector.store.writer import Writer


async def test_a_site_is_found_with_what_it_keeps(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    directory = Directory(database)
    found = await directory.find(42)
    assert found is not None
    assert (found.account, found.hosts, found.kept, found.consent) == (1, {"example.com"}, frozenset(), "required")
    assert await directory.find(43) is None


async def test_a_database_that_does_not_answer_is_busy() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Busy):
        await Directory(database).find(42)
    await database.close()
