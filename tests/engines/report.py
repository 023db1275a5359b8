"""What `make browsers` says at its end: engines, counts, and the exceptions by name. A pytest plugin."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from typing import Any

from tests.serving import chromium

from . import firefox
from .exceptions import CAUSES

_KINDS = ("passed", "failed", "error", "skipped", "xfailed")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line an engine, then one an exception."""
    counts: dict[str, Counter[str]] = {}
    for kind in _KINDS:
        for report in terminalreporter.stats.get(kind, []):
            named = re.search(r"\b(chromium|firefox|webkit)\b[^:]*\](@|$)", report.nodeid)
            if report.when == "call" or kind in ("error", "skipped"):
                counts.setdefault(named[1] if named else "none", Counter())[kind] += 1
    versions = {
        "chromium": _told(chromium()),
        "firefox": _told(firefox.binary()),
        "webkit": _told("dpkg-query", "-W", "-f", "WebKitGTK ${Version}", "webkit2gtk-driver"),
    }
    terminalreporter.section("engines")
    for engine, counted in sorted(counts.items()):
        numbers = " · ".join(f"{counted[kind]} {kind}" for kind in _KINDS)
        terminalreporter.line(f"{engine}: {numbers} ({versions.get(engine) or 'any'})")
    for (engine, test), cause in sorted(CAUSES.items()):
        terminalreporter.line(f"exception: {engine} · {test}: {cause}")


def _told(command: str | None, *arguments: str) -> str:
    """What a command says of itself."""
    if not command or not shutil.which(command):
        return ""
    done = subprocess.run([command, *(arguments or ("--version",))], capture_output=True, text=True, check=False)
    return done.stdout.strip()
