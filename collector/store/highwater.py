"""What was committed last, in a file beside the database: a database that lost its tail does not know it.

SQLite drops a damaged end of its -wal without a word, and an old copy of the file looks as sound as a new one. So the newest
committed event ids are written to `<file>.mark`, at most once a second, and looked for at the next start.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta, Struct

from ..domain.events import Batch
from . import ids
from .events import month_of

log = structlog.get_logger()

SPACING = 1.0  # seconds between two marks
STEPS = 64  # marks that are kept; of the older half every other one goes when they are full
TOLD = 8  # losses that are remembered
# Checked when the file is read: it may be damaged as the database may.
_Time = Annotated[int, Meta(ge=0, lt=253_402_300_800_000)]  # UTC milliseconds before the year 10000
_Number = Annotated[int, Meta(ge=0, lt=2**53)]
_Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
_FIND = "SELECT 1 FROM event WHERE account_id = ? AND month = ? AND id = ?"


class Step(Struct, array_like=True):
    """A mark: when (UTC milliseconds), how many events had been taken by then, the newest one's account and id (hex)."""

    at: _Time
    count: _Number
    account: _Number
    id: _Id


class Loss(Struct):
    """A tail that was gone at a start: up to `events` between two marks (UTC milliseconds; `since` 0: nothing marked is left)."""

    since: _Time
    until: _Time
    events: _Number
    found_at: _Time


class _Kept(Struct):
    count: _Number = 0
    steps: list[Step] = []
    lost: list[Loss] = []


class HighWater:
    """The mark of one SQLite file. Used by the writer's thread; it never fails, it logs."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(file.name + ".mark")
        self._kept = _Kept()
        self._new: list[tuple[int, bytes]] = []
        self._compared = False
        self._due = 0.0
        self._silent_until = 0.0

    @property
    def lost(self) -> list[str]:
        """What was lost, a line each; told at every start until the file of the mark is removed."""
        return [_told(loss) for loss in self._kept.lost]

    def compare(self, conn: sqlite3.Connection) -> None:
        """At the start: reads the marks and looks which of them the database still holds."""
        try:
            self._kept = msgspec.json.decode(self.path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as wrong:
            log.error("mark not read", file=str(self.path), error=type(wrong).__name__)
            return
        self._compare(conn)

    def _compare(self, conn: sqlite3.Connection) -> None:
        marked = self._kept.steps
        if self._step_back(conn):
            left, last = self._kept.steps[-1] if self._kept.steps else Step(0, 0, 0, ""), marked[-1]
            self._kept.lost = [*self._kept.lost, Loss(left.at, last.at, max(1, last.count - left.count), ids.now())][-TOLD:]
            self._save()

    def saw(self, items: Sequence[object]) -> None:
        """These were committed."""
        new = [(item.account, event.id) for item in items if isinstance(item, Batch) for event in item.events]
        if new:
            self._new = new
            self._kept.count += len(new)

    def changed(self, conn: sqlite3.Connection) -> None:
        """Something else was committed, perhaps an erasure: a marked event that has gone rightly is not missed later."""
        if not self._compared:
            self._compare(conn)  # the start could not
        elif self._step_back(conn):
            self._save()

    def wait(self) -> float | None:
        """Seconds until the next mark is due, None where nothing is to be marked."""
        return max(0.0, self._due - time.monotonic()) if self._new else None

    def write(self, conn: sqlite3.Connection) -> None:
        """Marks the newest committed event; of one request some may have been refused, so they are looked for."""
        if not self._compared:
            self._compare(conn)
        new, self._new = self._new, []
        self._due = time.monotonic() + SPACING
        for account, identity in reversed(new):
            step = Step(ids.now(), self._kept.count, account, identity.hex())
            if self._holds(conn, step):
                steps = [*self._kept.steps, step]
                half = STEPS // 2
                self._kept.steps = steps if len(steps) <= STEPS else steps[:half:2] + steps[half:]
                self._save()
                return

    def _step_back(self, conn: sqlite3.Connection) -> bool:
        """Forgets the newest marks that the database does not hold; whether there were any."""
        steps = self._kept.steps
        try:
            while steps and not self._holds(conn, steps[-1]):
                steps = steps[:-1]
        except sqlite3.Error as wrong:
            self._say("mark not compared", wrong)
            return False
        self._compared = True
        gone = len(steps) < len(self._kept.steps)
        self._kept.steps = steps
        return gone

    def _holds(self, conn: sqlite3.Connection, step: Step) -> bool:
        identity = bytes.fromhex(step.id)
        try:
            return conn.execute(_FIND, (step.account, month_of(int.from_bytes(identity[:6], "big")), identity)).fetchone() is not None
        except sqlite3.OperationalError as wrong:
            if "no such table" in str(wrong):
                return False
            raise

    def _save(self) -> None:
        """Never torn: a new file, fsynced, takes the old one's name. An older mark than the last is still a true one."""
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(handle, msgspec.json.encode(self._kept) + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
            os.replace(fresh, self.path)
        except OSError as wrong:
            self._say("mark not written", wrong)

    def _say(self, what: str, wrong: Exception) -> None:
        """Once a minute: a full disk would say it every second."""
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + 60
            log.error(what, file=str(self.path), error=type(wrong).__name__)


def _told(loss: Loss) -> str:
    since = f"between {_time(loss.since)} and" if loss.since else "up to"
    return f"up to {loss.events} events taken {since} {_time(loss.until)} are not in the database (seen {_time(loss.found_at)})"


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
