"""The collector's secret: 32 bytes in a file of mode 0600 beside the database, never in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sqlalchemy import Connection, select

from ..domain.identity import identifier_id
from . import folder
from .database import Database
from .schema import identifier


class WrongSecret(Exception):
    """The database was made with another secret: every known person would become a new one, and a rebuild lose them all."""


def path_of(database: Database) -> Path:
    """Where the secret lies: beside the SQLite file, else data/secret."""
    return (database.file.parent if database.file else Path("data").absolute()) / "secret"


def beside(backup: Path) -> Path:
    """Where the secret of a backup lies: the second file that a backup is."""
    return backup.with_name(backup.name + ".secret")


def load(database: Database) -> bytes:
    """The secret, made at the first start; from then on no power cut takes it. Raises OSError."""
    path = path_of(database)
    folder.make(path.parent)
    if not path.exists():
        _make(path)
    # Also where another process made it: identifiers that hang on it may be acknowledged next.
    folder.sync(path.parent)
    return bytes.fromhex(path.read_text().strip())


def _make(path: Path) -> None:
    # A name that no dead process has left behind: in a container every start has the same process id.
    fresh = path.with_name(f"secret.{secrets.token_hex(8)}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as wrong:
        raise OSError(wrong.errno, "cannot write in the folder", str(path.parent)) from wrong
    try:
        os.write(handle, secrets.token_hex(32).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(fresh, path)  # whoever is first wins; a half-written secret is never seen
    except FileExistsError:
        pass
    finally:
        os.unlink(fresh)


def copy(source: Path, target: Path) -> None:
    """Copies a secret to another place; it is there whole or not at all. Raises OSError."""
    fresh = target.with_name(f"{target.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, source.read_bytes())
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, target)
    folder.sync(target.parent)


def check(conn: Connection, secret: bytes) -> None:
    """An action: looks whether the keys in the database are this secret's. Raises WrongSecret."""
    one = conn.execute(select(identifier).limit(1)).first()
    if one is not None and identifier_id(secret, one.account_id, one.type, one.value) != bytes(one.id):
        raise WrongSecret("the file `secret` is not the one that this database was made with: put the old one back")
