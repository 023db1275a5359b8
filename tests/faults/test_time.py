"""The clock jumps (R8): nothing ends before it began, events are taken or refused by name, and no request waits for the past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from .asking import ask, form, get, view
from .ledger import Ledger, derived, rows
from .server import Server

pytestmark = pytest.mark.fault(id="R8", minutes=3)
HOUR, DAY = 3_600, 86_400
# The collector's clock, and what it says of events whose ids are from now: more than a day before, 31 days after.
JUMPS = {
    "+0": "",
    f"+{HOUR}": "",
    f"-{HOUR}": "",
    f"+{DAY}": "",
    f"-{DAY - 60}": "",
    f"-{DAY + 60}": "bad-id=1",
    f"+{32 * DAY}": "bad-id=1",
    "@1970-01-01 00:00:10": "bad-id=1",
    "@2038-01-19 03:14:06": "bad-id=1",  # one second before 31 bits of seconds are full
    "@2040-06-30 23:59:59": "bad-id=1",
    "-0": "",
}
FULL_ONLY = ("+0", "-0", f"+{HOUR}", "@2040-06-30 23:59:59")
_SANE = (
    "SELECT count(*) FROM session WHERE ended_at < started_at OR engaged_ms < 0",
    "SELECT count(*) FROM event WHERE at > received_at OR at < 0",
    "SELECT count(*) FROM span WHERE to_at < from_at",
    "SELECT count(*) FROM lead WHERE last_seen_at < created_at",
)


class _Clock:
    """What time the collector thinks it is."""

    def __init__(self, server: Server, library: str) -> None:
        self._file = server.folder / "time"
        self.set("+0")
        server.environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
            "TZ": "UTC",
        }

    def set(self, said: str) -> None:
        fresh = self._file.with_name("time.new")
        fresh.write_text(said + "\n")
        fresh.rename(self._file)


@pytest.fixture
def clock(stopped: Server, needed: Callable[[str | None, str], str]) -> _Clock:
    found = next((str(path) for path in sorted(Path("/usr").glob("lib*/**/faketime/libfaketimeMT.so.1"))), None)
    return _Clock(stopped, needed(found, "libfaketime (Debian package faketime)"))


async def test_a_clock_that_jumps_loses_nothing_and_nothing_ends_before_it_began(
    stopped: Server, clock: _Clock, dice: Random, full: bool, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    stopped.start()
    ledger = Ledger(stopped.port, dice)
    visitor = "clockAAAAAAAAAAAAAAAAA"
    jumps = {said: refused for said, refused in JUMPS.items() if full or said not in FULL_ONLY}
    for said, refused in jumps.items():
        for _ in range(times := figure(1, 10)):
            clock.set(said)
            for event, name in ((view(), visitor), (form(), None)):
                answer = ask(stopped, event, visitor=name)
                assert (answer.status, answer.refused) == (204, refused), said
            assert get(stopped, "/readyz") == (200, "ok\n")
            assert get(stopped, "/login")[0] == 200
            for statement in _SANE:
                assert rows(stopped.file, statement) == [(0,)], (said, statement)
    clock.set("+0")
    others = {row[0] for row in rows(stopped.file, "SELECT id FROM event")}
    assert len(others) >= 2 * sum(not refused for refused in jumps.values())
    with ledger.traffic(4):
        await asyncio.sleep(0.3)
        clock.set(f"-{HOUR}")  # under load
        await asyncio.sleep(0.3)
        clock.set(f"+{HOUR}")
        await asyncio.sleep(0.3)
    await ledger.settle()
    assert stopped.stop() == 0
    stored = {row[0] for row in rows(stopped.file, "SELECT id FROM event")}
    assert stored - others == ledger.acknowledged == set(ledger.events)
    for statement in _SANE:
        assert rows(stopped.file, statement) == [(0,)], statement
    before = derived(stopped.file)
    stopped.environment = {}
    stopped.command("rebuild")
    assert derived(stopped.file) == before
    assert "Traceback" not in stopped.errors
    told(jumps=times * len(jumps), events=len(stored), acknowledged=len(ledger.acknowledged), lost=0, rebuilds_identical=1)


@pytest.mark.parametrize("said", ["@1970-01-01 00:00:10", pytest.param("@2038-01-19 03:14:06", marks=pytest.mark.slow)])
def test_a_start_with_a_wrong_clock_serves_and_refuses_by_name(stopped: Server, clock: _Clock, said: str) -> None:
    clock.set(said)
    stopped.start()
    assert ask(stopped, view()).refused == "bad-id=1"
    clock.set("+0")
    assert ask(stopped, view()).refused == ""
    assert stopped.stop() == 0
    assert "Traceback" not in stopped.errors
