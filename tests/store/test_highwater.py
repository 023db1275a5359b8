"""The mark outside the database: a lost tail is told, an erasure and an orderly stop are not taken for one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from collector.domain.events import Batch, Event
from collector.store import events, highwater, ids
from collector.store.highwater import STEPS, HighWater

NOW = 1_790_000_000_000


def _batch(*identities: bytes) -> Batch:
    made = tuple(Event(id=identity, type="view", at=NOW) for identity in identities)
    return Batch(site=42, visitor=None, consent="unset", received=NOW, events=made, account=1)


def _add(conn: sqlite3.Connection, identity: bytes) -> None:
    month = events.month_of(int.from_bytes(identity[:6], "big"))
    conn.execute("INSERT INTO event VALUES (1, ?, ?)", (month, identity))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "webleads.sqlite"
    with closing(sqlite3.connect(made)) as conn:
        conn.execute("CREATE TABLE event (account_id INTEGER, month INTEGER, id BLOB)")
    return made


def _mark(file: Path, count: int) -> list[bytes]:
    """As many commits of one event each, every one marked."""
    made = [ids.uuid7(NOW + place) for place in range(count)]
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        mark = HighWater(file)
        mark.compare(conn)
        for identity in made:
            _add(conn, identity)
            mark.saw([_batch(identity)])
            mark.write(conn)
    return made


def _compared(file: Path) -> list[str]:
    mark = HighWater(file)
    with closing(sqlite3.connect(file)) as conn:
        mark.compare(conn)
    return mark.lost


def _execute(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        conn.execute(statement, values)


def test_nothing_is_told_of_a_new_database_or_of_a_whole_one(file: Path) -> None:
    assert _compared(file) == []
    _mark(file, 3)
    assert _compared(file) == []


def test_a_lost_tail_is_told_with_its_size_at_every_start_until_the_mark_is_removed(file: Path) -> None:
    made = _mark(file, 5)
    for identity in made[3:]:
        _execute(file, "DELETE FROM event WHERE id = ?", identity)
    [line] = _compared(file)
    assert line.startswith("up to 2 events taken between ")
    assert _compared(file) == [line]
    (file.parent / "webleads.sqlite.mark").unlink()
    assert _compared(file) == []


@pytest.mark.parametrize("loss", ["DELETE FROM event", "DROP TABLE event"])
def test_a_database_that_lost_everything_is_told(file: Path, loss: str) -> None:
    _mark(file, 4)
    _execute(file, loss)
    [line] = _compared(file)
    assert line.startswith("up to 4 events taken up to ")


def test_what_is_erased_while_the_writer_knows_of_it_is_not_missed_later(file: Path) -> None:
    made = _mark(file, 3)
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        mark = HighWater(file)
        mark.compare(conn)
        conn.execute("DELETE FROM event WHERE id = ?", (made[2],))
        mark.changed(conn)
    assert _compared(file) == []
    _execute(file, "DELETE FROM event WHERE id = ?", made[1])
    assert len(_compared(file)) == 1


def test_an_event_that_was_refused_is_no_mark(file: Path) -> None:
    taken, refused = ids.uuid7(NOW), ids.uuid7(NOW + 1)
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        mark = HighWater(file)
        mark.compare(conn)
        _add(conn, taken)
        mark.saw([_batch(taken, refused)])
        mark.write(conn)
    assert UUID(bytes=taken).hex in mark.path.read_text()
    assert _compared(file) == []


def test_marks_come_at_most_once_a_second_and_only_when_something_was_committed(file: Path) -> None:
    mark = HighWater(file)
    assert mark.wait() is None
    mark.saw([_batch(ids.uuid7(NOW))])
    assert mark.wait() == 0.0
    with closing(sqlite3.connect(file)) as conn:
        mark.write(conn)
    assert mark.wait() is None
    mark.saw([_batch(ids.uuid7(NOW))])
    left = mark.wait()
    assert left is not None
    assert 0.5 < left <= 1.0


def test_many_marks_reach_far_back_in_a_small_file(file: Path) -> None:
    made = _mark(file, 5 * STEPS)
    path = file.parent / "webleads.sqlite.mark"
    assert path.stat().st_size < 8_192
    assert path.stat().st_mode & 0o777 == 0o600
    for identity in made[40:]:
        _execute(file, "DELETE FROM event WHERE id = ?", identity)
    [line] = _compared(file)
    assert "between" in line


_DAMAGED = '{"steps": [[1, 1, 1, "%s"]], "lost": [{"since": 0, "until": %d, "events": 1, "found_at": 1}]}'


@pytest.mark.parametrize("text", ["", "{", '{"count": "many"}', "\xff", _DAMAGED % ("g" * 32, 1), _DAMAGED % ("a" * 32, 10**17)])
def test_a_damaged_mark_hinders_nothing(file: Path, text: str) -> None:
    (file.parent / "webleads.sqlite.mark").write_text(text, encoding="latin-1")
    assert _compared(file) == []
    _mark(file, 1)
    assert _compared(file) == []


def test_a_mark_that_cannot_be_written_is_said_and_hinders_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    said: list[str] = []
    monkeypatch.setattr(highwater.log, "error", lambda what, **_more: said.append(what))
    _mark(file, 3)
    assert said == ["mark not written"]
