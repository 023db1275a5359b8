"""Ten times what it can (R18): who is taken waits little longer than before, the others are told to come again, and it is soon over."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest

from tests.bench import arrivals, load

from .asking import get
from .server import Server

pytestmark = [pytest.mark.slow, pytest.mark.fault(id="R18", minutes=2, alone=True)]
MB = 1_048_576
CONNECTIONS = 64  # at which the maximum is measured; ten times as many browsers wait at most when ten times the maximum is offered
TIMES = 10
GROWTH = 50 * MB
RECOVERED = 5.0  # seconds


def _quiet(server: Server, rate: float, events: int) -> float:
    """The p99 of two seconds at half of the maximum."""
    return arrivals.run(server.port, rate=rate / 2, seconds=2, events=events).p99


@pytest.mark.parametrize("events", [1, 20])
def test_an_overload_is_shed_and_over_when_it_ends(
    server: Server, events: int, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    most = load.run(server.port, connections=CONNECTIONS, seconds=3, events=events).rate
    normal = median(_quiet(server, most, events) for _ in range(3))
    held = server.memory("RssAnon")
    over = arrivals.run(server.port, rate=most * TIMES, seconds=figure(3, 60), events=events, lines=CONNECTIONS * TIMES)
    ended = time.monotonic()
    while _quiet(server, most, events) > 2 * normal:
        assert time.monotonic() - ended < RECOVERED + 2
    recovered = max(0.0, time.monotonic() - ended - 2)  # the last look took two
    growth = server.memory("RssAnon") - held
    told(
        **{f"accepted_{events}": over.accepted, f"shed_{events}": over.refused, f"turned_away_{events}": over.turned_away},
        **{f"p99_ms_of_{events}": over.p99, f"p99_ms_before_{events}": normal, f"growth_mb_{events}": growth / MB},
        recovered_s=recovered,
    )
    assert over.errors == 0
    assert growth < GROWTH
    assert get(server, "/readyz") == (200, "ok\n")
    assert over.p99 <= 2 * normal
