"""Which engines there are, and what each of their pages runs first."""

from __future__ import annotations

import os

import pytest

from . import firefox, webkit

NAMES = ("chromium", "firefox", "webkit")

# An event waits a second for company; a hundred tests need not.
HURRY = "{ const slow = setTimeout; window.setTimeout = (work, time, ...given) => slow(work, time === 1000 ? 100 : time, ...given) }"


def require(name: str) -> None:
    """Skips the test, by name, where an engine is not installed; fails it where all are required."""
    found, packages = {"firefox": (firefox.binary(), "firefox-esr"), "webkit": (webkit.binary(), "webkit2gtk-driver and xvfb")}[name]
    if not found:
        (pytest.fail if os.environ.get("WEBLEADS_REQUIRE_ALL") else pytest.skip)(f"{name} is not installed (Debian: {packages})")
