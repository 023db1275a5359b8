"""Copies of a SQLite file, made while others write to it, and read through before they may be called copies."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from . import crash, folder
from .database import unreadable

STEP = 256  # pages that are copied at once: a megabyte
SPARE = 50_000_000  # bytes that a copy leaves free: the writer needs them

Progress = Callable[[int, int], None]  # pages copied, pages in all


class BadBackup(Exception):
    """No sound database of this product; the message says what is wrong with it."""


class Copied(Struct, frozen=True):
    """What is in a copy: the schema's version, and how many rows each table has."""

    schema: str
    rows: dict[str, int]
    size: int  # bytes


def make(source: Path, target: Path, progress: Progress | None = None, *, gently: bool = True, still: bool = False) -> Copied:
    """Copies a database as it is at one moment to `target`, which appears only when it is whole, on the disk and proven.

    Whatever was committed before this call is in it. `gently` rests as long as it works; `still` says that nobody writes to the
    source. Raises BadBackup, OSError, sqlite3.Error.
    """
    _look_for_room(source, target.parent)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)  # of one that was killed
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        rows = _copy(source, part, progress, gently, still)
        crash.step("copy-before")
        told = check(part)
        if told.rows != rows:
            raise BadBackup(f"{part}: the copy holds other rows than the database did: the disk is not to be trusted")
        _sync(part)
        os.replace(part, target)
        folder.sync(target.parent)
        crash.step("copy-after")
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return told


def check(file: Path) -> Copied:
    """Opens a copy and reads all of it. Raises BadBackup, OSError."""
    if not file.is_file():
        raise BadBackup(f"{file}: there is no such file")
    try:
        with reading(file, still=True) as conn:
            faults = [str(row[0]) for row in conn.execute("PRAGMA integrity_check(3)")]
            if faults != ["ok"]:
                raise BadBackup(f"{file} is damaged: {faults[0]}")
            rows = _rows(conn)
            if "alembic_version" not in rows:
                raise BadBackup(f"{file} is no database of Webleads Tracker")
            (schema,) = conn.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    except sqlite3.Error as wrong:
        raise BadBackup(f"{file}: {wrong}") from wrong
    return Copied(str(schema), rows, file.stat().st_size)


@contextmanager
def reading(file: Path, *, still: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that only reads: it checkpoints neither while it is open nor when it closes. `still` says that nobody writes.

    A file with a -wal beside it is read with it, even if it lies still.
    """
    alone = still and not _is_filled(file.with_name(file.name + "-wal"))
    address = f"file:{quote(str(file))}?mode=ro{'&immutable=1' if alone else ''}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=5.0)) as conn:
        try:
            conn.execute("PRAGMA query_only=ON")
            conn.execute("PRAGMA wal_autocheckpoint=0")
            yield conn
        except UnicodeDecodeError as wrong:
            raise unreadable(wrong) from wrong


def _is_filled(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _copy(source: Path, part: Path, progress: Progress | None, gently: bool, still: bool) -> dict[str, int]:
    """One read transaction holds the moment still: without it every commit of the writer would begin the copy anew."""
    began = time.monotonic()

    def stepped(_status: int, left: int, pages: int) -> None:
        nonlocal began
        if progress is not None:
            progress(pages - left, pages)
        if gently:
            time.sleep(min(0.5, time.monotonic() - began))
        began = time.monotonic()

    with reading(source, still=still) as conn, closing(sqlite3.connect(part, isolation_level=None)) as target:
        conn.execute("BEGIN")
        rows = _rows(conn)
        target.execute("PRAGMA journal_mode=OFF")  # it is thrown away if anything happens
        target.execute("PRAGMA synchronous=OFF")  # and fsynced once, at its end
        conn.backup(target, pages=STEP, progress=stepped)
    return rows


def _rows(conn: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")]
    return {name: int(conn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}  # noqa: S608 (names of the schema)


def _look_for_room(source: Path, where: Path) -> None:
    """Raises OSError before a disk is filled to the brim."""
    size = sum(path.stat().st_size for path in (source, source.with_name(source.name + "-wal")) if path.exists())
    free = shutil.disk_usage(where).free
    if free < size + SPARE:
        raise OSError(errno.ENOSPC, f"a copy needs {(size + SPARE) // 1_000_000} MB, {free // 1_000_000} MB are free", str(where))


def take_place(fresh: Path, file: Path, now: int) -> Path | None:
    """Puts a sound database in the place of another, which nobody has open. Answers under which name the old one is kept.

    At no moment is there none under the name, and never does the new one meet the old one's -wal: SQLite would take its pages in.
    """
    when = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    aside = file.with_name(f"{file.name}.replaced-{when}.{now % 1000:03d}Z")
    kept = _is_filled(file)
    if kept:
        with suppress(sqlite3.Error), closing(sqlite3.connect(file, isolation_level=None)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a damaged one may not be able to
        os.link(file, aside)
    for end in (".mark", "-wal"):  # the mark tells of events that the new one need not have
        part = file.with_name(file.name + end)
        if part.exists():
            os.rename(part, aside.with_name(aside.name + end))
    file.with_name(file.name + "-shm").unlink(missing_ok=True)
    folder.sync(file.parent)
    crash.step("restore-moved")
    os.replace(fresh, file)
    folder.sync(file.parent)
    return aside if kept else None


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
