"""What is run seldom can be run: each bench is loaded, and those of their own data make a little of it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from . import grown, purged, ways


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_it_is_loaded(path: Path) -> None:
    import_module(f"tests.bench.{path.stem}")


async def test_reports_are_read_from_a_database_of_ways(tmp_path: Path) -> None:
    file = tmp_path / "ways.sqlite"
    ways.build(file, 400)
    for model in ("linear", "markov"):
        told = await ways.ask(str(file), model, "channel")
        assert told["conversions"] == 400


def test_a_grown_database_has_leads(tmp_path: Path) -> None:
    built = grown.build(tmp_path, 0.0005)
    assert built.rows["event"] > 1_000
    assert built.rows["lead"] > 10


@pytest.mark.slow
def test_a_purge_is_measured_beside_load(tmp_path: Path) -> None:
    grown.build(tmp_path, 0.01)
    told = purged.lines(tmp_path, repeats=1, each=3)
    assert told[-1].startswith("p99 beside the purge")
