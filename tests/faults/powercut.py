"""Power that can be cut: a mounted disk that keeps only what was fsynced (reference: SQLite's own crash tests, LazyFS)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.serving import ROOT

from .disk import Loss


class Unavailable(Exception):
    """No such file system can be mounted here; the message says why."""


class Power:
    """A disk mounted at `point`; it is the same disk after each cut, with what the cut left."""

    def __init__(self, folder: Path) -> None:
        self.point = folder / "m"  # short: the path of a socket has 108 bytes
        self.point.mkdir()
        self._image = folder / "image"
        self._errors = folder / "filesystem.txt"
        self._process: subprocess.Popen[str] | None = None

    def on(self) -> None:
        """Mounts. Raises Unavailable."""
        if find_spec("pyfuse3") is None:
            raise Unavailable("pyfuse3 is not installed (pip install -e '.[faults]')")
        if shutil.which("fusermount3") is None:
            raise Unavailable("fusermount3 is not installed (Debian package fuse3)")
        if not Path("/dev/fuse").exists():
            raise Unavailable("there is no /dev/fuse")
        with open(self._errors, "wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.filesystem", str(self.point), str(self._image)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        if self._line() != "mounted\n":
            self.off()
            raise Unavailable(f"FUSE cannot mount: {self._errors.read_text().strip().rpartition(chr(10))[2]}")

    def arm(self, loss: Loss, seed: int, syncs: int) -> None:
        """The disk stops by itself in place of the n-th fsync from now on; `cut` must follow. A reader of it then waits for ever."""
        self._say(f"arm {loss} {seed} {syncs}\n")

    def cut(self, loss: Loss, seed: int, *victims: subprocess.Popen[Any]) -> dict[str, int]:
        """The power goes while the victims run, and comes back to a mounted disk without them. Answers what was at stake."""
        assert self._process is not None
        self._say(f"cut {loss} {seed}\n")  # not heard where it was armed and has stopped: its answer waits
        at_stake: dict[str, int] = json.loads(self._line())
        for victim in victims:
            victim.kill()
        # A victim that waits for this disk dies only when the disk's process has gone.
        self._process.kill()
        for victim in victims:
            victim.wait()
        self._close()
        subprocess.run(["fusermount3", "-u", "-z", self.point], check=True)
        self.on()
        return at_stake

    def off(self) -> None:
        """Unmounts, whatever still runs on it."""
        if self._process is None:
            return
        try:
            self._close()
        finally:
            subprocess.run(["fusermount3", "-u", "-z", self.point], check=False, capture_output=True)

    def _say(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _close(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)
        self._process = None
