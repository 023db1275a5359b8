"""What is counted by day, read on both databases."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from collector.domain.rollups import PART
from collector.store import rollups, schema
from collector.store.database import Database
from collector.store.writer import Writer
from tests.web import rows


async def test_the_sources_of_one_channel_and_account_the_most_first(database: Database, writer: Writer) -> None:
    def tell(conn: Connection) -> None:
        rows.site(conn)
        rows.account(conn, 2)
        rows.site(conn, 43, account=2, domain="other.example")
        for account, site, channel, source, day, visits in (
            (1, 42, "Unassigned", "foo", 10, 2),
            (1, 42, "Unassigned", "b_r%", 11, 5),
            (1, 42, "Unassigned", "late", 30, 9),
            (1, 42, "Unassigned (no touch)", "x", 10, 9),
            (1, 42, "Email", "foo", 10, 9),
            (2, 43, "Unassigned", "theirs", 10, 9),
        ):
            counts = {"visits": visits, "views": visits, "leads": 0, "conversions": 0, "heard_at": 0}
            key = {"account_id": account, "site_id": site, "day": day, "kind": "source", "key": f"{channel}{PART}{source}"}
            conn.execute(insert(schema.rollup).values(**key, **counts))

    await writer.run(tell)
    async with database.reader() as conn:
        assert await rollups.under_on(conn, 1, "Unassigned", range(9, 12), 5) == [("b_r%", 5), ("foo", 2)]
        assert await rollups.under_on(conn, 1, "Unassigned", range(9, 12), 1) == [("b_r%", 5)]
