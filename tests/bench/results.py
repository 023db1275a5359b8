"""tests/RESULTS.md: what was measured, with date and commit."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "tests" / "RESULTS.md"


def record(name: str, lines: list[str]) -> None:
    """Appends a section."""
    with open(RESULTS, "a") as file:
        file.write("\n".join(["", f"## {name}, {datetime.now(UTC).date()}, commit {commit()}", "", *lines, ""]))


def commit() -> str:
    """The commit that is checked out, and whether the collector has changed since."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run([*git, "status", "--porcelain", "collector"], capture_output=True, text=True, check=False).stdout
    return f"{found or 'unknown'}{' and changes' if changed else ''}"
