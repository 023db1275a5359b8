"""The schema: migrations lead to what the code declares, on both databases, and a newer one is refused in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from collector.actions.record import Recorder
from collector.jobs.rebuild import resume
from collector.store import ids, migrate, sites
from collector.store.database import Database
from collector.store.erasure import retention_of
from collector.store.retention import limits
from collector.store.schema import indexes, metadata
from collector.store.writer import Writer
from tests.builders import DAY, HOME, NOW, SECRET, VISITOR, rows


@pytest_asyncio.fixture(params=["made at once", "migrated"])
async def made(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Writer]:
    """A writer on a database that has its schema in one of the two ways."""
    database = Database(database_url)
    writer = Writer(database)

    def migrated(conn: Connection) -> None:
        made = migrate.config()
        made.attributes["connection"] = conn
        command.upgrade(made, "head")

    try:
        await writer.start()
        await (writer.run(migrated) if request.param == "migrated" else writer.run(migrate.upgrade, NOW))
        yield writer
    finally:
        await writer.stop()
        await database.close()


async def test_an_empty_database_gets_the_declared_schema(made: Writer) -> None:
    def differences(conn: Connection) -> list[Any]:
        def is_here(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
            return bool(item.info.get("only", conn.dialect.name) == conn.dialect.name)

        context = MigrationContext.configure(conn, opts={"compare_type": True, "include_object": is_here})
        assert context.get_current_revision() == migrate.newest()
        return list(compare_metadata(context, metadata))

    assert await made.run(differences) == []


async def test_keys_and_indexes_are_the_declared_ones(made: Writer) -> None:
    def check(conn: Connection) -> None:
        seen = inspect(conn)
        assert set(seen.get_table_names()) == {*metadata.tables, "alembic_version"}
        for table in metadata.sorted_tables:
            assert seen.get_pk_constraint(table.name)["constrained_columns"] == [column.name for column in table.primary_key.columns], (
                table.name
            )
            made = {tuple(index["column_names"]) for index in seen.get_indexes(table.name) if not index["unique"]}
            assert {tuple(column.name for column in index.columns) for index in indexes(table, conn.dialect.name)} <= made, table.name

    await made.run(check)


async def test_upgrading_again_changes_nothing(writer: Writer) -> None:
    await writer.run(migrate.upgrade, NOW)
    await writer.run(migrate.upgrade, NOW)
    assert len(await writer.run(sites.accounts)) == 1


async def test_the_first_account_has_the_defaults_of_retention(writer: Writer) -> None:
    kept = await writer.run(retention_of, 1)
    assert kept == {"leads": (36, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)}


async def test_a_newer_database_is_refused_in_words(writer: Writer) -> None:
    def newer(conn: Connection) -> None:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))

    await writer.run(newer)
    with pytest.raises(migrate.NewerDatabase, match="9999_from_the_future"):
        await writer.run(migrate.upgrade, NOW)


def test_the_account_stands_first_in_every_key() -> None:
    for table in metadata.sorted_tables:
        if table.info["kind"] != "directory":
            assert next(iter(table.primary_key.columns)).name == "account_id", table.name
            for index in table.indexes:
                assert next(iter(index.columns)).name == "account_id", index.name
            for constraint in table.constraints:
                assert next(iter(constraint.columns)).name == "account_id", (table.name, constraint)


async def test_what_is_stored_already_is_counted_after_the_upgrade(database_url: str) -> None:
    database = Database(database_url)
    writer = Writer(database, Recorder(SECRET, ids.uuid7))

    def first(conn: Connection) -> None:
        made = migrate.config()
        made.attributes["connection"] = conn
        command.upgrade(made, "0001")
        conn.execute(text("INSERT INTO account (id, name, created_at) VALUES (1, 'main', 0)"))
        site = {"id": 42, "account_id": 1, "domain": "example.com", "name": "", "consent": "required", "reason": "", "hosts": "[]"}
        more: dict[str, Any] = {"kept": "[]", "country": "FR", "zone": "Europe/Paris", "created_at": 0}
        _insert(conn, "site", site | more)
        for number, (who, told) in enumerate(
            ((VISITOR, '{"language":"fr-FR"}'), (VISITOR, "{}"), (None, '{"referrer":"https://www.google.com/"}'))
        ):
            row = {"account_id": 1, "month": 202510, "id": bytes([number]) * 16, "site_id": 42, "type": 0, "at": NOW + number}
            _insert(
                conn,
                "event",
                row | {"received_at": NOW + number, "visitor": who, "page": "page0001", "n": 0, "url": HOME, "data": told, "marks": 0},
            )
        _insert(conn, "kept_count", {"account_id": 1, "site_id": 42, "day": 1, "kind": "view", "n": 7})

    try:
        await writer.start()
        await writer.run(first)
        await writer.run(migrate.upgrade, NOW)
        assert await resume(writer, database, secret=SECRET) == [1]
        counted = await writer.run(rows, "rollup", kind="site")
        assert [(one["day"], one["visits"], one["views"]) for one in counted] == [(1, 0, 7), (NOW // DAY, 2, 3)]
        async with database.reader() as conn:
            assert await sites.last_event(conn, 1, 42) == NOW + 2
    finally:
        await writer.stop()
        await database.close()


async def test_limits_of_before_hold_for_every_site(database_url: str) -> None:
    database = Database(database_url)
    writer = Writer(database, Recorder(SECRET, ids.uuid7))

    def before(conn: Connection) -> None:
        made = migrate.config()
        made.attributes["connection"] = conn
        command.upgrade(made, "0008")
        conn.execute(text("INSERT INTO account (id, name, created_at, stale, scored_at) VALUES (1, 'main', 0, 0, 0)"))
        for kind, months, days in (("leads", 24, 0), ("refused", 0, 7)):
            _insert(conn, "retention", {"account_id": 1, "kind": kind, "months": months, "days": days})

    try:
        await writer.start()
        await writer.run(before)
        await writer.run(migrate.upgrade, NOW)
        assert await writer.run(limits, 1) == {0: {"leads": (24, 0), "refused": (0, 7)}}
    finally:
        await writer.stop()
        await database.close()


def _insert(conn: Connection, table: str, row: dict[str, Any]) -> None:
    conn.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})"), row)


def test_the_newest_version_is_the_one_that_alembic_finds() -> None:
    assert migrate.newest() == migrate.after(None)[-1]
    assert migrate.after(migrate.newest()) == []
