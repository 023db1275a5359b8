"""An erasure while the collector works: readers look through the refused events, the writer only deletes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ..actions import erase as act
from ..store import erasure
from ..store.database import Database
from ..store.writer import Writer

ROWS = 200  # read at once: some milliseconds of the loop
_LATE = 60_000  # milliseconds: so far behind the newest refused events others may still come


async def erase(writer: Writer, database: Database, address: str, *, secret: bytes, now: int, account: int = 1) -> dict[str, Any]:
    """As `actions.erase.erase`. Raises Unknown."""
    person = await writer.run(act.find, address, secret=secret, account=account)
    found: list[bytes] = []
    border = (now - _LATE).to_bytes(6, "big") + bytes(10)
    after: bytes | None = b""
    while after is not None and after < border:
        began = time.perf_counter()
        async with database.reader() as conn:
            more, after = await conn.run_sync(erasure.refused_with, account, person.values, after, ROWS)
        found += more
        await asyncio.sleep(time.perf_counter() - began)
    return await writer.run(act.erase, address, secret=secret, now=now, account=account, looked=(found, border))
