"""A migration of many rows is killed at every step (R15): the file is as it was, the copy is sound, the next start goes through."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from collector.store import backup, migrate
from tests.builders import NOW
from tests.store import release
from tests.store.test_released import KILLED, REVISIONS, _upgrade, is_migrated, killed_at, later, steps_from  # noqa: F401 (later is a fixture)


def _count(file: Path) -> int:
    with backup.reading(file) as conn:
        (row,) = conn.execute("SELECT count(*) FROM event").fetchall()
    return int(row[0])


@pytest.mark.parametrize("stored", REVISIONS)
def test_a_long_migration_that_is_killed_at_any_step_loses_nothing(stored: str, tmp_path: Path, later: Path, full: bool) -> None:  # noqa: F811
    file = tmp_path / "webleads.sqlite"
    size = 1_000_000 if full else 20_000
    release.build(file, stored)
    release.grow(file, size)
    began = time.monotonic()
    place = 0
    for _round in range(3 if full else 1):
        for step, times in steps_from(stored):
            place += 1
            assert killed_at(file, step, times, NOW + place * 1_000) == KILLED, step
            assert not is_migrated(file, stored), step
            assert _count(file) == size, step
    print(f"{stored}: {place} kills at {size} events in {time.monotonic() - began:.0f} s, file {file.stat().st_size // 1_000_000} MB")
    began = time.monotonic()
    _upgrade(file, NOW + 999_000)
    print(f"{stored}: copied and migrated in {time.monotonic() - began:.0f} s")
    assert is_migrated(file, stored)
    assert _count(file) == size
    assert [backup.check(copy).rows["event"] for copy in migrate.copies(file)] == [size] * migrate.COPIES
