"""A collector whose writes and fsyncs fail by plan: a library of ours is preloaded into it (failing.c)."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from .server import Server

Kind = Literal["write", "sync"]
KINDS: tuple[Kind, ...] = ("write", "sync")
EIO = 5
SHORT = 0  # in an error's place: half is written
_NUMBERS = ("calls", "at", "rate", "failed", "error")  # of each kind, 64 bits each, as in failing.c


class Plan:
    """Which calls of a collector fail; it may be changed while the collector runs."""

    def __init__(self, server: Server, needed: Callable[[str | None, str], str]) -> None:
        compiler = needed(shutil.which("cc"), "a C compiler (Debian package gcc)")
        library, file = server.folder / "failing.so", server.folder / "plan"
        source = Path(__file__).with_name("failing.c")
        subprocess.run([compiler, "-Wall", "-Werror", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        file.write_bytes(bytes(8 * len(_NUMBERS) * len(KINDS)))
        with open(file, "r+b") as held:
            self._mapped = mmap.mmap(held.fileno(), 0)
        server.environment = {"LD_PRELOAD": str(library), "FAILING_PLAN": str(file)}

    def _place(self, kind: Kind, number: str) -> int:
        return 8 * (KINDS.index(kind) * len(_NUMBERS) + _NUMBERS.index(number))

    def _read(self, kind: Kind, number: str) -> int:
        return int(struct.unpack_from("q", self._mapped, self._place(kind, number))[0])

    def _write(self, kind: Kind, number: str, value: int) -> None:
        struct.pack_into("q", self._mapped, self._place(kind, number), value)

    def failed(self, kind: Kind) -> int:
        """How many calls did."""
        return self._read(kind, "failed")

    def once(self, kind: Kind, call: int, error: int = EIO) -> None:
        """The n-th call from now fails, and no other before or after it."""
        self._write(kind, "error", error)
        self._write(kind, "at", self._read(kind, "calls") + call)

    def often(self, share: float) -> None:
        """So many of all calls of each kind fail from now on."""
        for kind in KINDS:
            self._write(kind, "error", EIO)
            self._write(kind, "rate", int(share * 1_000_000))
