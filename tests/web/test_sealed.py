"""The screens where values are sealed: they say what the search finds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from collector.actions.record import Recorder
from collector.jobs.seal import turn
from collector.store import ids, migrate
from collector.store.database import Database
from collector.store.ring import Ring
from collector.store.writer import Writer
from tests import builders
from tests.builders import SECRET, body, field, form

from . import rows
from .conftest import Clock, Place, browser_of
from .rows import NOW
from .serve import screens


@pytest_asyncio.fixture
async def sealed(sqlite_url: str) -> AsyncIterator[Place]:
    """Screens with an owner signed in, on a database whose process has a key."""
    database = Database(sqlite_url, Ring([b"k" * 64]))
    writer = Writer(database, Recorder(SECRET, ids.uuid7).swiftly)
    await writer.start()
    try:
        await writer.run(migrate.upgrade, NOW)
        await writer.run(rows.user)
        await writer.run(rows.site)
        told = form(NOW - 5, "camille@example.org", fields=[field("nom", "Camille Durand")])
        await writer.run(builders.store, body(told, visitor=None, consent="unset", sent=NOW))
        app = screens(database, writer)
        async with browser_of(app) as browser:
            place = Place(app, browser, database, writer, Clock())
            assert (await place.login()).status_code == 303
            yield place
    finally:
        await writer.stop()
        await database.close()


async def test_the_search_box_says_what_it_finds_only_where_values_are_sealed(sealed: Place) -> None:
    assert "Values are sealed" not in (await sealed.browser.get("/leads")).text
    await turn(sealed.writer, sealed.database, "on", now=NOW)
    page = (await sealed.browser.get("/leads?q=dur")).text
    assert "Values are sealed" in page
    assert "camille@example.org" in page
    assert "camille@example.org" not in (await sealed.browser.get("/leads?q=urand")).text
    (lead,) = await sealed.writer.run(builders.rows, "lead")
    assert "Values are sealed" in (await sealed.browser.get(f"/leads/{lead['id'].hex()}/merge")).text
    assert "Camille Durand" in (await sealed.browser.get(f"/leads/{lead['id'].hex()}")).text
