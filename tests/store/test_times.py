"""A time beside the database: kept whole, told as nothing where it cannot be read, and never an error where it cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.store import times


def test_what_was_written_is_read_and_nothing_else_is_left_beside_it(tmp_path: Path) -> None:
    for at in (5, 1_795_429_920_000):
        times.write(tmp_path / "alive", at)
        assert times.read(tmp_path / "alive") == at
    assert [path.name for path in tmp_path.iterdir()] == ["alive"]
    assert (tmp_path / "alive").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("held", [None, b"", b"soon", b"\xff\xfe", b"-7"])
def test_what_is_no_time_is_none(tmp_path: Path, held: bytes | None) -> None:
    if held is not None:
        (tmp_path / "alive").write_bytes(held)
    assert times.read(tmp_path / "alive") == 0


def test_a_folder_that_is_not_there_costs_only_the_note(tmp_path: Path) -> None:
    times.write(tmp_path / "gone" / "alive", 5)
    assert list(tmp_path.iterdir()) == []
