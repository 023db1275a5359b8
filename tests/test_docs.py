"""The README names every setting and every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.settings import SETTINGS

from .test_cli import COMMANDS

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture(scope="module")
def readme() -> str:
    """The README's text."""
    return README.read_text("utf-8")


@pytest.mark.parametrize(("name", "default"), [(name, default) for name, default, _help in SETTINGS])
def test_every_setting_is_in_the_readme_with_its_default(readme: str, name: str, default: str) -> None:
    (row,) = [line for line in readme.splitlines() if line.startswith(f"| `{name}` |")]
    assert not default or default in row


@pytest.mark.parametrize("path", [path for path in COMMANDS if path], ids=" ".join)
def test_every_command_is_in_the_readme(readme: str, path: tuple[str, ...]) -> None:
    assert f"webleads {' '.join(path)}" in readme
