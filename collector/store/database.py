"""From a URL to engines: one that writes, and readers that cannot.

SQLite: the writer is a sync engine used by one at a time (`store.writer`), with WAL and synchronous=FULL, and it alone
checkpoints; readers are aiosqlite with `query_only`. PostgreSQL: one asyncpg engine for both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from . import folder, sealed

if TYPE_CHECKING:
    from .ring import Ring

PATIENCE = 5.0  # seconds that one connection waits for another
_KEPT_READERS = 2  # each keeps 8 MB of pages in memory; more are opened and closed where more are wanted at once
_MOST_READERS = 12


class BadDatabase(ValueError):
    """A URL that names no database that we speak to."""


def parse(url: str) -> URL:
    """A checked URL: `sqlite:///relative`, `sqlite:////absolute` or `postgresql://…`. Raises BadDatabase."""
    try:
        made = make_url(url)
    except Exception as wrong:
        raise BadDatabase(f"{url!r} is not a database URL; write sqlite:///file or postgresql://user@host/name") from wrong
    kind = made.get_backend_name()
    if kind == "sqlite" and made.database and made.database != ":memory:":
        return made.set(drivername="sqlite")
    if kind in ("postgresql", "postgres"):
        return made.set(drivername="postgresql+asyncpg")
    raise BadDatabase(f"{url!r}: only a SQLite file and PostgreSQL are spoken here")


def is_outage(wrong: Exception) -> bool:
    """Whether disk, memory, lock, file or connection failed, so that no row is to blame and the same may work later."""
    if isinstance(wrong, DBAPIError):
        if type(wrong.orig) is sqlite3.DatabaseError:
            return True
        # SQLSTATE classes: connection, rollback (deadlock), resources, not in state (lock), operator, system.
        state = str(getattr(wrong.orig, "sqlstate", None) or "")[:2]
        return wrong.connection_invalidated or isinstance(wrong, OperationalError) or state in ("08", "40", "53", "55", "57", "58")
    # A file that is damaged or none of SQLite's is a DatabaseError of no narrower kind.
    return type(wrong) is sqlite3.DatabaseError or isinstance(wrong, sqlite3.OperationalError | MemoryError | OSError | InvalidRequestError)


def said_by_database(wrong: Exception) -> str | None:
    """What the driver said of its failure, or None where it was not the driver's."""
    if isinstance(wrong, DBAPIError):
        return str(wrong.orig)
    return str(wrong) if isinstance(wrong, sqlite3.Error) or type(wrong).__module__.startswith("asyncpg.") else None


def file_of(conn: Connection) -> Path | None:
    """The SQLite file of a connection; None on PostgreSQL."""
    return Path(conn.engine.url.database or "").absolute() if conn.dialect.name == "sqlite" else None


def beside(conn: Connection, name: str) -> Path:
    """Where a file of ours is kept: `<file>.<name>` beside the SQLite file of a connection, else `data/<name>`."""
    file = file_of(conn)
    return Path("data").absolute() / name if file is None else file.with_name(f"{file.name}.{name}")


class Database:
    """Where everything is kept. `close` it in a finally: an open aiosqlite connection keeps the process alive.

    `ring`: the keys of sealed values (`store.ring`), where there are any.
    """

    def __init__(self, url: str, ring: Ring | None = None) -> None:
        self.url = parse(url)
        self.ring = ring
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file = Path(self.url.database or "").absolute() if self.is_sqlite else None
        self._readers: AsyncEngine | None = None

    @property
    def name(self) -> str:
        """What a person calls it: the file, or the URL without its password."""
        return str(self.file) if self.file is not None else self.url.render_as_string(hide_password=True)

    def writing_engine(self) -> Engine:
        """The one sync engine that may write (SQLite only). Its connection lives in the thread that first uses it."""
        assert self.file is not None
        folder.make(self.file.parent)
        engine = create_engine(self.url, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": PATIENCE})
        sealed.put_on(engine.dialect, self.ring)
        event.listen(engine, "connect", _writer_pragmas)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "handle_error", _on_error)
        return engine

    def async_engine(self) -> AsyncEngine:
        """The pool of readers; on PostgreSQL it writes too."""
        if self._readers is None:
            if self.is_sqlite:
                url = self.url.set(drivername="sqlite+aiosqlite")
                self._readers = create_async_engine(
                    url,
                    pool_size=_KEPT_READERS,
                    max_overflow=_MOST_READERS - _KEPT_READERS,
                    pool_use_lifo=True,  # the one whose pages are still in memory
                    connect_args={"timeout": PATIENCE},
                )
                event.listen(self._readers.sync_engine, "connect", _reader_pragmas)
                event.listen(self._readers.sync_engine, "handle_error", _on_error)
            else:
                self._readers = create_async_engine(self.url, pool_size=8, max_overflow=8, pool_pre_ping=True)
                if self.ring is not None:
                    event.listen(self._readers.sync_engine, "begin", self.ring.again)  # others write here too
            sealed.put_on(self._readers.dialect, self.ring)
        return self._readers

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncConnection]:
        """A connection for a few short reads of one moment."""
        async with self.async_engine().connect() as conn:
            yield conn

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection for many reads of one moment. On SQLite the log beside the file grows for as long."""
        async with self.async_engine().connect() as conn:
            if self.is_sqlite:
                await conn.exec_driver_sql("BEGIN")
            else:
                conn = await conn.execution_options(isolation_level="REPEATABLE READ")
            yield conn

    async def close(self) -> None:
        """Gives every connection back."""
        if self._readers is not None:
            await self._readers.dispose()
            self._readers = None


@contextmanager
def patient(engine: Engine) -> Iterator[None]:
    """Within it the writing connection waits for a lock that another process holds; outside it is told at once."""
    _wait(engine, PATIENCE)
    try:
        yield
    finally:
        with suppress(Exception):  # what is wrong with the file has been said by what was done there
            _wait(engine, 0.0)


def _wait(engine: Engine, seconds: float) -> None:
    held = engine.raw_connection()
    try:
        held.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
    finally:
        held.close()


def _writer_pragmas(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # SQLAlchemy says BEGIN itself, so that savepoints work
    _set(
        raw,
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledgement promises durability; the batch pays the fsync once
        "cache_size=-49152",
        "temp_store=MEMORY",
        "foreign_keys=ON",
        "wal_autocheckpoint=8000",  # 32 MB: a page that changes in many batches is copied back once
        "journal_size_limit=67108864",
        "busy_timeout=0",  # but for `patient` ones
    )


def _reader_pragmas(raw: Any, _record: Any) -> None:
    # Only the writer checkpoints: SQLite before 3.51.3 can lose commits when two connections do (sqlite.org/wal.html).
    _set(raw, "query_only=ON", "wal_autocheckpoint=0", "cache_size=-8192")


def _set(raw: Any, *pragmas: str) -> None:
    cursor = raw.cursor()
    try:
        for line in pragmas:
            cursor.execute(f"PRAGMA {line}")
            cursor.fetchall()
    except UnicodeDecodeError as wrong:
        raise unreadable(wrong) from wrong
    finally:
        cursor.close()


def unreadable(wrong: UnicodeDecodeError) -> sqlite3.DatabaseError:
    """A damaged file's own bytes stand in SQLite's message or in a text; Python's module then fails to decode them."""
    return sqlite3.DatabaseError(f"the file holds text that cannot be read: {wrong.object[:200].decode(errors='replace')}")


def _on_error(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, UnicodeDecodeError):
        raise unreadable(context.original_exception)


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")
