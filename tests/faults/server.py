"""A real `webleads serve` on a real SQLite file, that can be killed, stopped and started again."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

WEBLEADS = [sys.executable, "-m", "collector"]
STARTING = 90.0  # seconds; a start takes one where nothing else runs
STOPPING = 10.0  # seconds that a stop may take there
COMMAND = 120.0  # seconds; a rebuild of a hundred thousand events takes some


class Server:
    """One process at a time on `folder`/webleads.sqlite; the port stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "webleads.sqlite"
        self.port = 0
        self.environment: dict[str, str] = {}  # of the next start
        self.limits: dict[int, int] = {}  # of the next start: RLIMIT_… → soft limit; the hard one stays
        self.before: list[str] = []  # words in front of the command of the next start; they end in an exec
        self.process: subprocess.Popen[bytes] | None = None
        self.pace = (
            1.0  # seconds that the last start took, at least one: what is promised in seconds takes as many times longer here and now
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        """Begins to start; a process that was there must have ended."""
        arguments = ["serve", "--port", str(self.port), "--database", f"sqlite:///{self.file}"]
        with open(self.folder / "out.txt", "wb") as out, open(self.folder / "err.txt", "ab") as err:
            self.process = subprocess.Popen(
                [*self.before, *WEBLEADS, *arguments],
                stdout=out,
                stderr=err,
                cwd=self.folder,
                env=os.environ | {"COLUMNS": "400"} | self.environment,  # no line of an error is broken
                preexec_fn=self._limit if self.limits else None,
            )

    def _limit(self) -> None:
        for kind, soft in self.limits.items():
            resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))

    def start(self) -> None:
        """Starts, and waits until batches are taken."""
        began = time.monotonic()
        self.launch()
        self.wait()
        self.pace = max(1.0, time.monotonic() - began)

    def wait(self) -> None:
        """Waits until batches are taken. An end before that is an AssertionError with what it said."""
        assert self.process is not None
        end = time.monotonic() + STARTING
        while "ready " not in (said := (self.folder / "out.txt").read_text()):
            assert self.process.poll() is None, (self.folder / "err.txt").read_text()
            assert time.monotonic() < end, "not ready in time"
            time.sleep(0.01)
        self.port = int(said.split("ready ", 1)[1].splitlines()[0].rsplit(":", 1)[1])

    @property
    def errors(self) -> str:
        """What all its processes logged."""
        return (self.folder / "err.txt").read_text()

    def memory(self, name: str) -> int:
        """Bytes, by the kernel's name: VmHWM is what was used at most, RssAnon what is its own now."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(dict(line.split(":", 1) for line in lines)[name].split()[0]) * 1_024

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code. Raises TimeoutExpired where it takes longer than it may."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPPING * self.pace)

    def try_command(self, *words: str, timeout: float = COMMAND) -> subprocess.CompletedProcess[str]:
        """A command on the same file, whether it succeeds or not."""
        arguments = [*WEBLEADS, *words, "--database", f"sqlite:///{self.file}"]
        return subprocess.run(arguments, capture_output=True, text=True, cwd=self.folder, timeout=timeout * self.pace, check=False)

    def command(self, *words: str) -> Any:
        """The JSON answer of a command on the same file."""
        done = self.try_command(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
