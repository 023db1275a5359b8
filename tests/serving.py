"""A real collector for tests: the command, as a user starts it, ended by its process id."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WEBLEADS = [sys.executable, "-m", "collector"]
ROOT = Path(__file__).parent.parent


def environment(**more: str) -> dict[str, str]:
    """The environment of a command, without settings of the person who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBLEADS_")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def command(folder: Path, *arguments: str, **settings: str) -> Any:
    """Runs a command in a folder and answers its --json value."""
    done = subprocess.run(
        [*WEBLEADS, *arguments, "--json"], cwd=folder, env=environment(**settings), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Served:
    """A running collector: what it printed, by name."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, lines: dict[str, str]) -> None:
        self.process = process
        self.folder = folder
        self.url = lines["ready"]
        self.login = lines["login"]
        self.demo = lines.get("demo", "")

    @property
    def port(self) -> int:
        """Where it listens."""
        found = re.search(r":(\d+)$", self.url)
        assert found
        return int(found[1])

    def command(self, *arguments: str) -> Any:
        """A command on the same files."""
        return command(self.folder, *arguments)

    def leads(self) -> list[dict[str, Any]]:
        """The lead list, as `webleads leads export` gives it."""
        done = subprocess.run(
            [*WEBLEADS, "leads", "export", "--format", "jsonl"],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    """Starts `webleads serve` (or what `arguments` say) on free ports, and stops it with SIGTERM."""
    given = arguments or ("serve", "--port", "0")
    with open(folder / "stderr.txt", "wb") as errors:
        process = subprocess.Popen(
            [*WEBLEADS, *given], cwd=folder, env=environment(**settings), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            wanted = 3 if given[0] == "demo" else 2
            assert process.stdout is not None
            lines = dict(process.stdout.readline().rstrip("\n").partition(" ")[::2] for _ in range(wanted))
            assert "ready" in lines, (folder / "stderr.txt").read_text()
            yield Served(process, folder, lines)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)
            if process.stdout:
                process.stdout.close()


# Chromium keeps two pages of its own in each window, for the address bar: more work than most pages under test. The rest is what
# Playwright turns off, which a second list of features replaces.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,"
    "MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
]


def chromium(*, whole: bool = False) -> str | None:
    """The Chromium to drive: the one named, the system's, or None for Playwright's own.

    Without a window it is the same engine for half the work (chromium-headless-shell, as Playwright's own), but keeps no pages
    to go back to: `whole` has that too.
    """
    shells = () if whole else ("chromium-headless-shell",)
    for name in (os.environ.get("WEBLEADS_CHROMIUM", ""), *shells, "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    return None
