"""Load that does not wait for its answers: half of the maximum, ten times the maximum, and half of it while commands are carried out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median

from tests.faults.ledger import rows
from tests.faults.server import Server

from . import arrivals, measure
from .arrivals import Offer

TIMES = 10  # the maximum; ten times as many browsers may wait as it is measured with, too
OPENING = 0.3  # seconds until the load's lines are open


def lines(most: dict[int, float], folder: Path, repeats: int, seconds: int) -> list[str]:
    """`most`: the maximum rate by events a body. Half of it and ten times it in turn, on one collector."""
    made = [
        f"Requests that fall due by chance, answered or not, each counted from when it fell due; medians of {repeats} runs of {seconds} s.",
        f"Of the overload at most {measure.CONNECTIONS * TIMES} wait at once; whoever falls due meanwhile is turned away by the client.",
        "",
        "| body | load | offered/s | accepted/s | 429, 503/s | turned away/s | p50 ms | p99 ms | worst ms | p99 to half's | client us/req |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    with measure.fresh(folder) as server:
        for events, maximum in most.items():
            half, over = [], []
            arrivals.run(server.port, rate=maximum / 2, seconds=1, events=events)  # it warms
            for _ in range(repeats):
                half.append(arrivals.run(server.port, rate=maximum / 2, seconds=seconds, events=events))
                over.append(
                    arrivals.run(server.port, rate=maximum * TIMES, seconds=seconds, events=events, lines=measure.CONNECTIONS * TIMES)
                )
            for name, offers in (("half", half), (f"{TIMES} times", over)):
                ratio = median(one.p99 / normal.p99 for one, normal in zip(offers, half, strict=True))
                made.append(f"| {events} | {name} | {_figures(offers)} | {ratio:.2f} | {median(one.cpu for one in offers):.0f} |")
    return made


def _figures(offers: list[Offer]) -> str:
    rates = [median(getattr(one, name) / one.seconds for one in offers) for name in ("offered", "accepted", "refused", "turned_away")]
    waits = [median(getattr(one, name) for one in offers) for name in ("p50", "p99", "worst")]
    return " | ".join([*(f"{rate:.0f}" for rate in rates), *(f"{wait:.1f}" for wait in waits)])


def command_lines(server: Server, folder: Path, rate: float, repeats: int, seconds: int) -> list[str]:
    """`rate` bodies of one event a second, alone and beside each command in turn."""
    made = [
        f"{rate:.0f} one-event bodies a second, alone for {seconds} s and beside a command until it ends, {repeats} times in turn.",
        "",
        "| command | it takes s | refused | turned away | p99 ms alone | p99 ms beside it | ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, words in _words(server, folder).items():
        alone, beside, took = [], [], []
        for _ in range(repeats):
            alone.append(arrivals.run(server.port, rate=rate, seconds=seconds))
            offer, spent = _beside(server, words(), rate)
            beside.append(offer)
            took.append(spent)
        refused, away = (sum(getattr(one, name) for one in beside) for name in ("refused", "turned_away"))
        ratio = median(one.p99 / other.p99 for one, other in zip(beside, alone, strict=True))
        waits = [median(one.p99 for one in side) for side in (alone, beside)]
        made.append(f"| {name} | {median(took):.1f} | {refused} | {away} | {waits[0]:.1f} | {waits[1]:.1f} | {ratio:.2f} |")
    return made


def _words(server: Server, folder: Path) -> dict[str, Callable[[], list[str]]]:
    """Commands, each time with something new to do."""
    numbers = count()
    known: Iterator[str] = iter([row[0] for row in rows(server.file, "SELECT DISTINCT email FROM lead WHERE email <> '' LIMIT 100")])
    return {
        "site add": lambda: ["site", "add", f"site-{next(numbers)}.example.org"],
        "erase": lambda: ["erase", next(known)],
        "rebuild": lambda: ["rebuild"],
        "backup": lambda: ["backup", str(folder / f"backup-{next(numbers)}.sqlite")],
    }


def _beside(server: Server, words: list[str], rate: float) -> tuple[Offer, float]:
    with arrivals.started(server.port, rate=rate) as process:
        time.sleep(OPENING)
        began = time.perf_counter()
        done = server.try_command(*words, timeout=600)
        took = time.perf_counter() - began
        time.sleep(OPENING)
        assert done.returncode == 0, done.stderr
        return arrivals.ended(process), took
