"""Sealing while the collector works: first what is written from now on, then step by step what was stored before.

A stop leaves every value readable, sealed or not; the same command goes on.
"""

from __future__ import annotations

from typing import Any

from ..domain.seals import Key
from ..store import reseal, seal
from ..store.control import Told
from ..store.database import Database
from ..store.ring import Ring
from ..store.seal import BadSealing
from ..store.writer import Writer
from .pace import Pace


async def turn(
    writer: Writer, database: Database, to: str, *, now: int, told: Told = lambda _: None, pace: Pace | None = None, vacuum: bool = False
) -> dict[str, Any]:
    """Seals (`on`), seals with the newest key (`rotate`) or opens (`off`) what is stored.

    Answers {key, rows, damaged, vacuumed}: rows that were changed, and values that could not be opened and were left as they are.
    Raises BadSealing, WrongSeal.
    """
    ring = database.ring
    if ring is None:
        raise BadSealing("key")
    ring.reload()
    await writer.run(seal.check, ring)
    key = _chosen(ring, to)
    steps = pace or Pace(writer)
    await writer.run(seal.begin, key, now)
    await writer.run(seal.check, ring)  # only what is committed counts
    changed, damaged = await _pass(steps, database, key, told)
    rows = changed
    while changed and not database.is_sqlite:  # another process may have been writing as before
        changed, damaged = await _pass(steps, database, key, told)
        rows += changed
    await writer.run(seal.end, key)
    await writer.run(seal.check, ring)
    if vacuum and database.is_sqlite:
        await writer.run(seal.vacuum)
    return {"key": key.name if key else None, "rows": rows, "damaged": damaged, "vacuumed": vacuum and database.is_sqlite}


def _chosen(ring: Ring, to: str) -> Key | None:
    if to == "on":
        return ring.active or ring.newest
    if not ring.held:
        raise BadSealing("off")
    if to == "off":
        return None
    if ring.settled and ring.active is ring.newest:
        raise BadSealing("same")
    return ring.newest


async def _pass(steps: Pace, database: Database, key: Key | None, told: Told) -> tuple[int, int]:
    changed = damaged = 0
    for name in reseal.TABLES:
        async with database.reader() as conn:
            of = await conn.run_sync(reseal.size, name)
        after: tuple[Any, ...] | None = None
        seen = 0
        while True:
            done: reseal.Step = await steps.step(reseal.step, database.ring, key, name, after, steps.size)
            after, seen = done.after, seen + done.seen
            changed, damaged = changed + done.changed, damaged + done.damaged
            told({"stage": name, "done": seen, "of": max(seen, of)})
            if after is None:
                break
    return changed, damaged
