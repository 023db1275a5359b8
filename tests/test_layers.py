"""The house: arrows go down only, and rooms of one floor never import each other (DESIGN 3)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "collector"
FLOORS = (
    ("__main__",),
    ("cli",),
    ("upkeep",),
    ("serving",),
    ("app",),
    ("probes", "doctor"),
    ("commands",),
    ("settings",),
    ("ingest", "web", "api", "outbound", "jobs", "demo"),
    ("actions",),
    ("present",),
    ("store",),
    ("domain",),
)
FLOOR = {room: place for place, rooms in enumerate(FLOORS) for room in rooms}
IMPURE = {"time", "random", "secrets", "os", "socket", "asyncio", "sqlalchemy", "starlette", "aiosqlite", "asyncpg", "uvicorn"}


def _imports(path: Path) -> list[str]:
    """Dotted names that a file imports, relative ones written out."""
    package = ["collector", *path.relative_to(ROOT).parts[:-1]]
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            found += [f"{prefix}.{alias.name}" for alias in node.names]
    return found


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else path.stem


FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_go_down_only(path: Path) -> None:
    room = _room(path)
    for name in _imports(path):
        if not name.startswith("collector."):
            continue
        other = name.split(".")[1]
        if other != room:
            assert FLOOR[other] > FLOOR[room], f"{room} may not import {name}"


@pytest.mark.parametrize("path", [path for path in FILES if _room(path) == "domain"], ids=lambda path: path.stem)
def test_the_domain_is_pure(path: Path) -> None:
    for name in _imports(path):
        assert name.split(".")[0] not in IMPURE, name
        assert name != "datetime.datetime.now"
    assert "async def" not in path.read_text()


def test_only_the_store_speaks_sql() -> None:
    allowed = {"store", "actions", "commands", "web"}  # actions and commands name the connection; web reads its type
    for path in FILES:
        names = [name for name in _imports(path) if name.startswith("sqlalchemy")]
        if names and _room(path) != "store":
            assert _room(path) in allowed, path
            assert all(name.rpartition(".")[2] in _MAY_BE_NAMED for name in names), (path, names)


_MAY_BE_NAMED = {"Connection", "AsyncConnection", "InterfaceError", "OperationalError"}


def test_no_room_is_called_utils() -> None:
    assert not [path for path in FILES if path.stem in ("utils", "helpers", "misc", "common")]
