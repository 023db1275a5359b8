"""Whether visitors wait while much goes: the same load alone, and while the collector purges millions of events."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from statistics import median

from . import arrivals, growth
from .arrivals import Offer

RATE = 1_500  # one-event bodies a second


def lines(loaded: Path, repeats: int, each: float) -> list[str]:
    """`loaded` is the folder of a large database. All its events become old, and the collector purges them by itself; so many
    times `each` seconds beside that and as many alone.
    """
    with growth.running(loaded) as server:
        arrivals.run(server.port, rate=RATE, seconds=2)  # it warms
        alone = [arrivals.run(server.port, rate=RATE, seconds=each) for _ in range(repeats)]
    _age(loaded)
    with growth.running(loaded) as server:
        stored = _events(loaded)
        beside = [arrivals.run(server.port, rate=RATE, seconds=each) for _ in range(repeats)]
        gone = stored - _events(loaded) + sum(one.accepted for one in beside)
    assert gone > 0, "the purge had nothing to do"
    ratio = median(one.p99 for one in beside) / median(one.p99 for one in alone)
    return [
        f"Purge: {stored:,} events of which all but a day's are old, {RATE:,} one-event bodies a second, {repeats} runs of {each:g} s.",
        f"Meanwhile {gone:,} events went ({gone / (repeats * each):,.0f}/s).",
        "",
        "| load | accepted/s | refused | turned away | p50 ms | p99 ms | worst ms |",
        "|---|---|---|---|---|---|---|",
        _row("alone", alone),
        _row("beside the purge", beside),
        "",
        f"p99 beside the purge to p99 alone: {ratio:.2f}.",
    ]


def _row(name: str, offers: list[Offer]) -> str:
    refused, away = (sum(getattr(one, name) for one in offers) for name in ("refused", "turned_away"))
    waits = " | ".join(f"{median(getattr(one, name) for one in offers):.1f}" for name in ("p50", "p99", "worst"))
    return f"| {name} | {median(one.rate for one in offers):.0f} | {refused} | {away} | {waits} |"


def _age(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "webleads.sqlite")) as conn, conn:
        conn.execute("UPDATE retention SET months = 0, days = 1 WHERE kind IN ('history', 'audience')")


def _events(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / 'webleads.sqlite'}?mode=ro", uri=True)) as conn:
        return int(conn.execute("SELECT count(*) FROM event").fetchone()[0])
