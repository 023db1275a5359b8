"""What was erased, told in a file outside the database, so that putting back an older copy brings nobody back.

A backup from before an erasure holds the person again, and cannot know better. So every erasure is appended to `<file>.erased`
(mode 0600) before it is committed: it lasts although the database's file is replaced. It names nobody: identifiers and visitors
stand in it as HMACs under the collector's secret, the same that key the suppressed; what else stands there is times. A line is on
the disk before the erasure is acknowledged; one whose commit failed is carried out at the next start, as it was asked for.
"""

from __future__ import annotations

import os

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Connection

from . import folder
from .database import beside

log = structlog.get_logger()


class Window(Struct, frozen=True, array_like=True):
    """A visitor (hex HMAC) whose events from `since` until before `until`, UTC milliseconds, were erased."""

    visitor: str
    since: int
    until: int


class Erasure(Struct, frozen=True):
    """One erasure: when (UTC milliseconds), of which account, the keys of identifiers (hex) and the visits that were theirs."""

    at: int
    account: int
    keys: list[str]
    visits: list[Window] = []


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Erasure).decode


def append(conn: Connection, one: Erasure) -> None:
    """Part of an action: from then on the erasure is known outside the database. Raises OSError."""
    path = beside(conn, "erased")
    folder.make(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"  # a power cut in the middle of a line
        os.write(handle, (b"\n" if torn else b"") + _encode(one) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    if size == 0:
        folder.sync(path.parent)


def read(conn: Connection) -> list[Erasure]:
    """All erasures that are known, the oldest first. A line that cannot be read is said and left out. Raises OSError."""
    path = beside(conn, "erased")
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for place, line in enumerate(lines, 1):
        try:
            found.append(_decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            if line:
                log.error("erasure not read", file=str(path), line=place)
    return found
