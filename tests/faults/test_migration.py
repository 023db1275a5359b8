"""migration killed at every step, from every schema (R15): the file is as it was, the copy is sound, the next start goes through."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.store import backup, migrate
from tests.builders import NOW
from tests.store import release
from tests.store.test_released import EACH, KILLED, _upgrade, is_migrated, killed_at, later, steps_from  # noqa: F401 (later is a fixture)

pytestmark = pytest.mark.fault(id="R15", minutes=20)


def _count(file: Path) -> int:
    with backup.reading(file) as conn:
        (row,) = conn.execute("SELECT count(*) FROM event").fetchall()
    return int(row[0])


@pytest.mark.parametrize("stored", EACH)
def test_a_long_migration_that_is_killed_at_any_step_loses_nothing(
    stored: str,
    tmp_path: Path,
    later: Path,  # noqa: F811
    figure: Callable[[int, int], int],
    told: Callable[..., None],
) -> None:
    file = tmp_path / "webleads.sqlite"
    size = figure(5_000, 1_000_000)
    release.build(file, stored)
    release.grow(file, size)
    kills = 0
    for _round in range(figure(1, 3)):
        for step, times in steps_from(stored):
            kills += 1
            assert killed_at(file, step, times, NOW + kills * 1_000) == KILLED, step
            assert not is_migrated(file, stored), step
            assert _count(file) == size, step
    began = time.monotonic()
    _upgrade(file, NOW + 999_000)
    told(kills=kills, events=size, copied_and_migrated_s=time.monotonic() - began, lost=0)
    assert is_migrated(file, stored)
    assert _count(file) == size
    assert [backup.check(copy).rows["event"] for copy in migrate.copies(file)] == [size] * migrate.COPIES
