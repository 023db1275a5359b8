"""What the doctor makes of what it sees."""

from __future__ import annotations

import pytest

from collector.domain import health
from collector.domain.health import MB
from tests.builders import DAY, NOW


@pytest.mark.parametrize(
    ("version", "bug"),
    [
        ("3.6.23", False),
        ("3.7.0", True),
        ("3.40.1", True),
        ("3.44.5", True),
        ("3.44.6", False),
        ("3.45.0", True),
        ("3.50.6", True),
        ("3.50.7", False),
        ("3.51.0", True),
        ("3.51.2", True),
        ("3.51.3", False),
        ("3.53", False),
        ("4.0.0", False),
    ],
)
def test_which_sqlite_has_the_wal_reset_bug(version: str, bug: bool) -> None:
    assert health.has_reset_bug(version) is bug
    assert health.library(version).level == ("hint" if bug else "ok")


@pytest.mark.parametrize(
    ("mode", "faults", "code"), [(0o600, ["ok"], "file-ok"), (0o640, ["ok"], "file-open"), (0o600, ["bad"], "file-damaged")]
)
def test_a_file_is_sound_and_its_owners_alone(mode: int, faults: list[str], code: str) -> None:
    assert health.file("f", 0o100000 | mode, MB, faults).code == code


@pytest.mark.parametrize(
    ("free", "size", "level", "code"),
    [
        (49 * MB, 0, "wrong", "disk-lowest"),
        (199 * MB, 0, "wrong", "disk-low"),
        (999 * MB, 0, "hint", "disk-tight"),
        (1_000 * MB, 0, "ok", "disk-ok"),
        (5_000 * MB, 6_000 * MB, "hint", "disk-tight"),
    ],
)
def test_room_on_the_disk(free: int, size: int, level: str, code: str) -> None:
    assert (health.disk(free, size).level, health.disk(free, size).code) == (level, code)


@pytest.mark.parametrize(
    ("now", "known", "code"),
    [
        (NOW, 0, "clock-ok"),
        (NOW, NOW - 31 * DAY, "clock-ok"),
        (NOW, NOW - 32 * DAY, "clock-ahead"),
        (NOW, NOW + DAY, "clock-ok"),
        (0, NOW, "clock-behind"),
    ],
)
def test_a_clock_beside_the_last_known_time(now: int, known: int, code: str) -> None:
    assert health.clock(now, known).code == code


@pytest.mark.parametrize(
    ("url", "trusted", "code"),
    [
        ("", (), "proxy-direct"),
        ("https://s.example", (), "proxy-none"),
        ("https://s.example", ("127.0.0.1",), "proxy-ok"),
        ("https://s.example", ("0.0.0.0/0",), "proxy-everyone"),
        ("", ("::/0",), "proxy-everyone"),
    ],
)
def test_who_is_believed(url: str, trusted: tuple[str, ...], code: str) -> None:
    assert health.proxy(url, trusted).code == code


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("", 0, "address-none"),
        ("https://s.example", 200, "address-ok"),
        ("https://s.example", 502, "address-silent"),
        ("https://s.example", 0, "address-silent"),
        ("http://s.example", 200, "address-bare"),
        ("http://127.0.0.1:8000", 200, "address-ok"),
    ],
)
def test_the_public_address(url: str, status: int, code: str) -> None:
    assert health.address(url, status, "").code == code


def test_what_keeps_the_wal_and_what_is_free() -> None:
    assert [health.wal(size * MB).level for size in (0, 255, 256)] == ["ok", "ok", "wrong"]
    assert health.pages(90, 100, 4_096).level == "ok"
    assert health.pages(50_000, 60_000, 4_096).level == "hint"
    assert health.pages(0, 0, 4_096).level == "ok"


def test_an_account_without_a_time_to_keep_is_wrong() -> None:
    kept = {"leads": (36, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)}
    assert health.retention(1, kept).values == {"account": 1, "leads": 36, "history": 13, "audience": 25, "refused": 30}
    assert health.retention(1, kept | {"leads": (0, 0)}).values["kinds"] == "leads"
    assert health.retention(1, {}).level == "wrong"


def test_an_old_postgresql_is_a_hint() -> None:
    assert [health.postgres(version, 1).level for version in ("13.22", "14.0", "15.18", "18beta1")] == ["hint", "ok", "ok", "ok"]
