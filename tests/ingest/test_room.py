"""A disk nearly full: what may wait is refused first, and the disk is not looked at for every request."""

from __future__ import annotations

import pytest

from collector.ingest import room
from collector.ingest.room import LOW, LOWEST, MB, Room

KINDS = [
    ({"view"}, True),
    ({"engage"}, True),
    ({"view", "engage"}, True),
    (set(), True),  # nothing in it but what is refused
    ({"view", "form_submit"}, False),
    ({"form_submit"}, False),
    ({"form_result"}, False),
    ({"consent", "engage"}, False),
    ({"click"}, False),
]


@pytest.mark.parametrize(("types", "spared"), KINDS)
def test_below_200_mb_views_and_engagement_wait_and_below_50_everything(types: set[str], spared: bool) -> None:
    assert not Room(lambda: 200 * MB).refuses(types)
    assert Room(lambda: 200 * MB - 1).refuses(types) is spared
    assert Room(lambda: 50 * MB).refuses(types) is spared
    assert Room(lambda: 50 * MB - 1).refuses(types)
    assert (LOW, LOWEST) == (200_000_000, 50_000_000)


def test_a_disk_that_nobody_can_ask_refuses_nothing() -> None:
    assert not Room(lambda: None).refuses({"view"})


def test_the_disk_is_looked_at_once_a_second() -> None:
    looks: list[float] = []
    now = [100.0]

    def free() -> int:
        looks.append(now[0])
        return 0 if now[0] < 101.5 else LOW

    made = Room(free, lambda: now[0])
    answers = []
    for tenth in range(30):
        now[0] = 100 + tenth / 10
        answers.append(made.refuses({"view"}))
    assert looks == [100.0, 101.0, 102.0]
    assert answers == [True] * 20 + [False] * 10


def test_it_is_said_once_a_minute_with_how_many_were_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[int] = []
    monkeypatch.setattr(room.log, "error", lambda _what, *, free_mb, refused: said.append(refused))
    now = [0.0]
    made = Room(lambda: 60 * MB, lambda: now[0])
    for second in range(121):
        now[0] = float(second)
        made.refuses({"view"})
        made.refuses({"form_submit"})
    assert said == [1, 60, 60]
