"""A large account on SQLite, told by the demo's generator and recorded by the collector's own action, in large transactions."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec import json as quick
from sqlalchemy import Connection, Engine

from collector.actions import sites, users
from collector.actions.record import Recorder
from collector.demo import history
from collector.domain.events import Batch
from collector.store import ids, migrate, secret
from collector.store.database import Database

FILE = "webleads.sqlite"
EMAIL, PASSWORD = "bench@example.com", "correct horse battery"
END = 1_795_392_000_000  # 2026-11-23T00:00:00Z
DAYS = 365
VISITS, LEADS = 1_020_000, 118_000  # of which 1,000,000 sessions, 5,000,000 events and 100,000 leads come
SHARES = {1: 0.5, 2: 0.25, 3: 0.15, 4: 0.1}  # of the traffic, by site
INGEST_SITE = 42  # load's own site
_RECORDED = 2_000  # events an action
_COMMITTED = 40_000  # events a transaction


class Built(Struct):
    """How a database was made, and what it holds: rows and bytes by table, with indexes."""

    scale: float
    seconds: float
    rows: dict[str, int]
    bytes: dict[str, int]


def build(folder: Path, scale: float) -> Built:
    """The database of that scale in `folder`; one that was made before is taken as it is."""
    told = folder / "built.json"
    if told.exists():
        return quick.decode(told.read_bytes(), type=Built)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = Database(f"sqlite:///{folder / FILE}")
    key = secret.load(database)
    engine = database.writing_engine()
    began = time.perf_counter()
    with engine.begin() as conn:
        migrate.upgrade(conn, END)
        secret.check(conn, key)
        _directory(conn)
    _hasten(engine)
    _load(engine, Recorder(key, ids.uuid7), scale)
    seconds = time.perf_counter() - began
    with engine.begin() as conn:
        made = Built(scale, seconds, *_sizes(conn))
    engine.dispose()
    told.write_bytes(quick.encode(made))
    return made


def empty(folder: Path) -> None:
    """The same account before anything has happened."""
    database = Database(f"sqlite:///{folder / FILE}")
    key = secret.load(database)
    engine = database.writing_engine()
    with engine.begin() as conn:
        migrate.upgrade(conn, END)
        secret.check(conn, key)
        _directory(conn)
    engine.dispose()


def _directory(conn: Connection) -> None:
    for site in SHARES:
        sites.add(conn, 1, f"site-{site}.example", now=END, id=site, name=f"Site {site}")
    sites.add(conn, 1, "example.com", now=END, id=INGEST_SITE)
    users.add(conn, 1, EMAIL, users.hashed(PASSWORD), "owner", now=END, id=ids.uuid7(END))


def _hasten(engine: Engine) -> None:
    """For loading only: no wait for the disk, and the whole index in memory."""
    with engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA synchronous=OFF")
        conn.exec_driver_sql("PRAGMA cache_size=-2000000")
        conn.exec_driver_sql("BEGIN")


def _load(engine: Engine, recorder: Recorder, scale: float) -> None:
    done, began = 0, time.perf_counter()
    for group in _groups(_days(scale), _COMMITTED):
        with engine.begin() as conn:
            for part in _groups([group], _RECORDED):
                recorder(conn, part)
        done += sum(batch.size for batch in group)
        print(f"\r{done:,} events, {done / (time.perf_counter() - began):,.0f}/s ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _days(scale: float) -> Iterator[list[Batch]]:
    """Each day of all sites, in the order of reception."""
    stories = [
        history.days(
            site,
            END,
            history.Sizes(DAYS, round(VISITS * scale * share), round(LEADS * scale * share), consenting=0.97),
            history.Place(1, site, f"https://site-{site}.example"),
        )
        for site, share in SHARES.items()
    ]
    for days in zip_longest(*stories, fillvalue=()):
        yield sorted((batch for day in days for batch in day), key=lambda batch: batch.received)


def _groups(parts: Any, most: int) -> Iterator[list[Batch]]:
    group: list[Batch] = []
    size = 0
    for part in parts:
        for batch in part:
            group.append(batch)
            size += batch.size
            if size >= most:
                yield group
                group, size = [], 0
    if group:
        yield group


def _sizes(conn: Connection) -> tuple[dict[str, int], dict[str, int]]:
    owners = dict(conn.exec_driver_sql("SELECT name, tbl_name FROM sqlite_schema").all())
    held: dict[str, int] = {}
    for name, size in conn.exec_driver_sql("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").all():
        owner = owners.get(name, name)
        held[owner] = held.get(owner, 0) + int(size)
    rows = {name: int(conn.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() or 0) for name in held if name != "sqlite_schema"}
    return rows, held


if __name__ == "__main__":
    print(json.dumps(quick.decode(quick.encode(build(Path(sys.argv[1]), float(sys.argv[2]))))))
