"""An erasure while the collector works: readers look through the refused events, the writer only deletes."""

from __future__ import annotations

from typing import Any

from ..actions import erase as act
from ..actions.erasing import looked
from ..store.database import Database
from ..store.writer import Writer


async def erase(writer: Writer, database: Database, address: str, *, secret: bytes, now: int, account: int = 1) -> dict[str, Any]:
    """As `actions.erase.erase`. Raises Unknown."""
    seen = await looked(writer.run, database.reader, address, secret=secret, now=now, account=account)
    return await writer.run(act.erase, address, secret=secret, now=now, account=account, looked=seen)
