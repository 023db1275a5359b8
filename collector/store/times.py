"""One time, UTC milliseconds, in a small file beside the database: what must be known when the database itself cannot be asked."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def read(path: Path) -> int:
    """The time in a file; 0 where there is none, or nothing that can be read."""
    try:
        return max(0, int(path.read_text()))
    except (OSError, ValueError):  # bytes that are no text are a ValueError too
        return 0


def write(path: Path, at: int) -> None:
    """Writes it whole or not at all. A disk that is full loses no more than that."""
    fresh = path.with_name(path.name + ".new")
    with suppress(OSError):
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, f"{at}\n".encode())
        finally:
            os.close(handle)
        os.replace(fresh, path)
