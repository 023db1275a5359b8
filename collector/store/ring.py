"""The keys that a process holds, and which of them it writes with: the database says so (table `sealing`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import structlog
from sqlalchemy import Connection, select

from ..domain.seals import BadKeys, BadSeal, Key, name_of, name_of_bytes, parse
from .schema import sealing

log = structlog.get_logger()


class WrongSeal(Exception):
    """Values are sealed and their key is not here, or the key file cannot be read; the message says what to do."""


class Ring:
    """Keys by name, the newest first. Without an `active` one values are written open; sealed ones are opened whatever is active.

    `held` says that something in the database may be sealed, `settled` that everything is. `damaged` counts values that could not be
    opened, by column.
    """

    def __init__(self, keys: Iterable[bytes], path: Path | None = None) -> None:
        self.path = path
        self.keys = {key.name: key for key in map(Key, keys)}
        self.active: Key | None = None
        self.held = False
        self.settled = False
        self.watched = False  # the database has been looked at
        self.damaged: Counter[str] = Counter()

    @property
    def newest(self) -> Key:
        """The first key of the file."""
        return next(iter(self.keys.values()))

    def reload(self) -> None:
        """Reads the file again: it may have got a new first line. Raises WrongSeal."""
        if self.path is not None:
            self.keys = {key.name: key for key in map(Key, _read(self.path))}

    def opened(self, place: str, value: str) -> str | None:
        """A text as it was, whether it is sealed or not; None where it cannot be opened."""
        name = name_of(value)
        if name is None:
            return value
        try:
            return self.keys[name].open(place, value)
        except (KeyError, BadSeal):
            self._damaged(place)
            return None

    def opened_bytes(self, place: str, value: bytes) -> bytes | None:
        """The same of bytes."""
        name = name_of_bytes(value)
        if name is None or name not in self.keys:
            return value  # anybody may send bytes that begin like sealed ones
        try:
            return self.keys[name].open_bytes(place, value)
        except BadSeal:
            self._damaged(place)
            return None

    def _damaged(self, place: str) -> None:
        self.damaged[place] += 1
        log.error("sealed value damaged", column=place)

    def look(self, conn: Connection) -> None:
        """Reads which key is active. Raises WrongSeal."""
        rows = conn.execute(select(sealing.c.key, sealing.c.state, sealing.c.proof)).all()
        if any(row.key not in self.keys for row in rows):
            self.reload()
        for row in rows:
            prove(self, row.key, row.proof)
        self.active = next((self.keys[row.key] for row in rows if row.state != LEAVING), None)
        self.held = bool(rows)
        self.settled = len(rows) == 1 and rows[0].state == SEALED
        self.watched = True

    def again(self, conn: Connection) -> None:
        """The same at the beginning of a transaction where several processes write; not before the first look."""
        if self.watched:
            self.look(conn)


SEALING, SEALED, LEAVING = "sealing", "sealed", "leaving"  # of a key: values are being sealed with it, all are, it is being left
PLACE, PROOF = "sealing.proof", "webleads"


def prove(ring: Ring | None, name: str, proof: str) -> None:
    """Whether a ring has the key that the database was sealed with. Raises WrongSeal."""
    if ring is None:
        raise WrongSeal(f"values in the database are sealed with the key {name}: set WEBLEADS_SEAL to the file that holds it")
    key = ring.keys.get(name)
    if key is None:
        raise WrongSeal(f"values in the database are sealed with the key {name}, which is not in {ring.path}: put it back there")
    try:
        fits = key.open(PLACE, proof) == PROOF
    except BadSeal:
        fits = False
    if not fits:
        raise WrongSeal(f"the key {name} in {ring.path} is not the one that the database was sealed with: put the old one back")


def load(path: str) -> Ring | None:
    """The ring of the setting `seal`; None where it is empty. Raises WrongSeal."""
    return Ring(_read(Path(path)), Path(path)) if path else None


def _read(path: Path) -> list[bytes]:
    try:
        return parse(path.read_text("ascii"))
    except FileNotFoundError:
        raise WrongSeal(f"{path}: there is no such key file; webleads seal make FILE writes one") from None
    except OSError as wrong:
        raise WrongSeal(f"{path}: {wrong.strerror}") from wrong
    except (BadKeys, UnicodeDecodeError) as wrong:
        raise WrongSeal(f"{path} is no key file: {wrong}") from wrong
