"""The lines for each platform: short, and the very ones of the README."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from collector.present.platforms import platforms

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
ALL = platforms("https://stats.example.com", 100849625)
BLOCKS = [(f"{one.key}-{place}", block.lines) for one in ALL for place, block in enumerate(one.blocks)]


@pytest.mark.parametrize(("name", "lines"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_the_readme_shows_the_same_and_tests_run_it(name: str, lines: str) -> None:
    assert len(lines.splitlines()) <= 10
    if name == "pixel-0":
        assert lines in README  # within its noscript
    else:
        assert all(textwrap.indent(part, "    ") in README for part in lines.split("\n\n"))


def test_every_platform_that_people_ask_for() -> None:
    assert [one.key for one in ALL] == ["html", "wordpress", "gtm", "next", "nuxt", "shopify", "webflow", "consent", "csp", "pixel", "old"]


def test_a_mode_stands_in_every_line_that_brings_the_tag() -> None:
    for one in platforms("https://stats.example.com", 7, "granted"):
        if one.key in ("html", "wordpress", "gtm", "next", "nuxt", "shopify", "webflow"):
            assert all("granted" in block.lines for block in one.blocks), one.key


def test_the_collectors_own_address() -> None:
    for one in platforms("http://127.0.0.1:8000", 7):
        assert "stats.example.com" not in "".join(block.lines for block in one.blocks)
