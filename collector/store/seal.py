"""Whether values are sealed, and with which key: the key file, and the rows that say so in the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, inspect, select, update

from ..domain.seals import SIZE, Key, parse
from . import folder, ring
from .hot import upsert
from .ring import LEAVING, PLACE, PROOF, SEALED, SEALING, Ring
from .schema import lead_word, sealing

_save = upsert(sealing)


class BadSealing(ValueError):
    """What was asked for cannot be done; the message is a word for it."""


def make(path: Path, *, more: bool) -> str:
    """Writes a key file of mode 0600 with a new key; `more` puts the new one before those that are in it. Answers its name.

    Raises FileExistsError, BadKeys, OSError.
    """
    raw = secrets.token_bytes(SIZE)
    before = ""
    if path.exists():
        if not more:
            raise FileExistsError(17, "there is a file already; --more adds a key to it", str(path))
        before = path.read_text("ascii")
        parse(before)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, f"{raw.hex()}\n{before}".encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
    folder.sync(path.absolute().parent)
    return Key(raw).name


def check(conn: Connection, of: Ring | None) -> None:
    """An action: whether the keys that the database was sealed with are here; from then on the ring knows which is active.

    Raises WrongSeal.
    """
    if not inspect(conn).has_table(sealing.name):
        return  # an older version's, which a reader may see
    if of is not None:
        of.look(conn)
        return
    for row in conn.execute(select(sealing)):
        ring.prove(None, row.key, row.proof)


def look_at(conn: Connection, of: Ring | None) -> tuple[dict[str, str], str]:
    """Key name → state, and why the keys that are here do not fit; empty where they do."""
    try:
        check(conn, of)
    except ring.WrongSeal as wrong:
        return states(conn), str(wrong)
    return states(conn), ""


def is_on(conn: Connection) -> bool:
    """Whether every value is sealed that can be (README says which)."""
    return list(states(conn).values()) == [SEALED]


def states(conn: Connection) -> dict[str, str]:
    """Key name → sealing, sealed or leaving; empty where sealing is off."""
    return {row.key: row.state for row in conn.execute(select(sealing.c.key, sealing.c.state).order_by(sealing.c.at, sealing.c.key))}


def begin(conn: Connection, to: Key | None, now: int) -> None:
    """An action: from the next `check` on values are written with that key, or open."""
    conn.execute(update(sealing).values(state=LEAVING))
    if to is not None:
        row: dict[str, Any] = {"key": to.name, "state": SEALING, "proof": to.seal(PLACE, PROOF), "at": now}
        _save.many(conn, [row])


def end(conn: Connection, to: Key | None) -> None:
    """An action: no value is open any more, or sealed with another key."""
    conn.execute(delete(sealing).where(sealing.c.state == LEAVING))
    if to is None:
        conn.execute(delete(lead_word))
    else:
        conn.execute(update(sealing).where(sealing.c.key == to.name).values(state=SEALED))


def vacuum(conn: Connection) -> None:
    """An action, on SQLite: makes the file anew, so that no free page of it holds what stood there before. Nobody else writes meanwhile."""
    driver: Any = conn.connection.driver_connection
    driver.execute("COMMIT")  # the writer's transaction: VACUUM takes none
    try:
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        driver.execute("BEGIN IMMEDIATE")
