"""The schema: migrations lead to what the code declares, on both databases, and a newer one is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from collector.store import migrate, sites
from collector.store.erasure import retention_of
from collector.store.schema import metadata
from collector.store.writer import Writer
from tests.builders import NOW


async def test_migrations_from_nothing_make_the_declared_schema(writer: Writer) -> None:
    def differences(conn: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata))

    assert await writer.run(differences) == []


async def test_keys_and_indexes_are_the_declared_ones(writer: Writer) -> None:
    def check(conn: Connection) -> None:
        seen = inspect(conn)
        assert set(seen.get_table_names()) == {*metadata.tables, "alembic_version"}
        for table in metadata.sorted_tables:
            assert seen.get_pk_constraint(table.name)["constrained_columns"] == [column.name for column in table.primary_key.columns], (
                table.name
            )
            made = {tuple(index["column_names"]) for index in seen.get_indexes(table.name) if not index["unique"]}
            assert {tuple(column.name for column in index.columns) for index in table.indexes} <= made, table.name

    await writer.run(check)


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
