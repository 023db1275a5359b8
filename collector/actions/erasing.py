"""The look through refused events before an erasure: by readers, a little at a time, so that the writer only deletes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from ..store import erasure
from . import erase as act
from .unlink import Looked

ROWS = 200  # read at once: some milliseconds of the loop
_LATE = 60_000  # milliseconds: so far behind the newest refused events others may still come


Reader = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


async def looked(
    run: Callable[..., Awaitable[Any]],
    reader: Reader,
    address: str,
    *,
    secret: bytes,
    now: int,
    account: int = 1,
) -> Looked:
    """As `actions.erase.erase` takes it: the refused events that speak of whoever has an address, and up to which one they were read."""
    person = await run(act.find, address, secret=secret, account=account)
    return await looked_for(reader, person.values, now=now, account=account)


async def looked_for(reader: Reader, values: Collection[str], *, now: int, account: int) -> Looked:
    """The same of refused events in which one of these values stands."""
    found: list[bytes] = []
    border = (now - _LATE).to_bytes(6, "big") + bytes(10)
    after: bytes | None = b""
    while after is not None and after < border:
        began = time.perf_counter()
        async with reader() as conn:
            more, after = await conn.run_sync(erasure.refused_with, account, values, after, ROWS)
        found += more
        await asyncio.sleep(time.perf_counter() - began)
    return found, border
