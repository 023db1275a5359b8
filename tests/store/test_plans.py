"""No statement of the collect path walks through a whole account, however large it is."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy import Connection

import collector.store
from collector.store.database import Database
from collector.store.hot import HotIn
from collector.store.writer import Writer

_MODULES = [import_module(f"collector.store.{found.name}") for found in pkgutil.iter_modules(collector.store.__path__)]
_HOT = {f"{module.__name__}.{name}": one for module in _MODULES for name, one in vars(module).items() if isinstance(one, HotIn)}
_FIXED = {"account_id": 1, "month": 202611, "since": 0, "site_id": 42}


def _plans(conn: Connection, one: HotIn) -> list[str]:
    one.rows(conn, [b"0", b"1", b"2"], **_FIXED)
    texts = [hot._compiled(conn)[0] for hot in one._hot.values()]
    return [row[3] for text in texts for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (0,) * text.count("?"))]


@pytest.mark.parametrize("name", sorted(_HOT))
async def test_a_list_of_values_is_looked_up_in_an_index(house: tuple[Database, Writer], name: str) -> None:
    database, writer = house
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps its own figures")
    for step in await writer.run(_plans, _HOT[name]):
        assert not step.startswith("SCAN"), step
        assert not step.endswith("(account_id=?)"), step


@pytest.mark.parametrize("asked", ["SELECT kind, count(*)", "SELECT id"])
@pytest.mark.parametrize("kind", ["", "AND kind IN ('lead', 'message')"])
@pytest.mark.parametrize("what", ["search LIKE '%lefevre%' ESCAPE '/'", "(first_source = 'google' OR last_source = 'google')"])
async def test_a_search_or_a_source_reads_one_index_and_no_lead(house: tuple[Database, Writer], asked: str, kind: str, what: str) -> None:
    database, writer = house
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps its own figures")
    end = "GROUP BY kind" if "count" in asked else "ORDER BY created_at DESC, id DESC LIMIT 51"
    statement = f"{asked} FROM lead WHERE account_id = 1 AND {what} {kind} {end}"

    def plan(conn: Connection) -> list[str]:
        return [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]

    assert (await writer.run(plan))[0] == "SEARCH lead USING COVERING INDEX ix_lead_listed (account_id=?)"
