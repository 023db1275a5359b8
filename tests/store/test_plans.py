"""No statement of the collect path walks through a whole account, however large it is."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy import Connection, select

import collector.store
from collector.domain.listing import FILTERS, KINDS, SORTS, Asked
from collector.store import listing
from collector.store.database import Database
from collector.store.filters import Filters, where
from collector.store.hot import HotIn
from collector.store.schema import lead
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


async def test_a_list_and_its_count_read_one_index_and_no_lead(house: tuple[Database, Writer]) -> None:
    database, _writer = house
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps its own figures")
    values = {"q": "lefevre", "site": (42,), "page": "/contact", "score": 40, "score_max": 60, "consent": "yes", "mark": ("automated",)}
    asked = [Asked(**{name: values.get(name, ("new",))}) for name in FILTERS if name != "period"]
    told = [Filters(one) for one in (*asked, *(Asked(kind=kind) for kind in KINDS), *(Asked(sort=sort) for sort in SORTS))]
    async with database.reader() as conn:
        for filters in (*told, Filters(Asked(), (1, 2))):
            narrow = await where(conn, 1, filters)
            page = listing._order(conn, filters).of(select(lead.c.id).where(narrow), False).limit(51)
            for statement in (page, listing._counted(narrow)):
                text = str(statement.compile(conn.sync_engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
                steps = [row[3] for row in await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
                read = [step for step in steps if step.split()[:2] in (["SEARCH", "lead"], ["SCAN", "lead"])]
                assert read, steps
                assert filters.asked.company or all("COVERING INDEX ix_lead_list " in step for step in read), (filters, steps)
