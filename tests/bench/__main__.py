"""`python -m tests.bench`: the collect path beside a bare Starlette app, paced and overloaded, beside commands, on a grown database; the tag's bytes."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from . import grown, growth, measure, paced, results
from .measure import Result

ROOT = Path(__file__).parents[2]


class _Size(NamedTuple):
    """How much is measured."""

    repeats: int
    seconds: int
    scale: float  # of the grown database: 1 is five million events


QUICK, WHOLE = _Size(2, 1, 0.01), _Size(5, 5, 0.1)


def _closed(results: list[Result], repeats: int, seconds: int) -> list[str]:
    lines = [
        f"Medians of {repeats} runs of {seconds} s, bare and ours in turn, {measure.CONNECTIONS} connections, load by"
        f" {'wrk' if shutil.which('wrk') else 'Python'}.",
        "",
        "| body | server | req/s | events/s | ratio | p50 ms | p99 ms | CPU us/req | peak MiB | anonymous MiB | errors |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        for name, side, ratio in (("bare", result.bare, 1.0), ("ours", result.ours, result.ratio())):
            rate, errors = side.rate(), sum(sample.run.errors for sample in side.samples)
            events = f"{rate * result.events:.0f}" if name == "ours" else "-"
            lines.append(
                f"| {result.events} | {name} | {rate:.0f} | {events} | {ratio:.3f} | {side.middle('p50'):.2f} | {side.middle('p99'):.2f}"
                f" | {side.middle('cpu'):.0f} | {side.peak:.0f} | {side.anonymous:.0f} | {errors} |"
            )
    for result in results:
        lines.append(f"\n{result.events}-event bodies: {result.sent} events acknowledged, {result.stored} stored.")
    return lines


def _lines(size: _Size, passing: Path) -> Iterator[list[str]]:
    """A part after the other."""
    shape = (size.repeats, size.seconds)
    closed = [measure.compare(events, *shape) for events in (1, 20)]
    yield _closed(closed, *shape)
    (passing / "paced").mkdir()
    yield paced.lines({result.events: result.ours.rate() for result in closed}, passing / "paced", *shape)
    built = grown.build(passing / "grown", size.scale)
    (passing / "empty").mkdir()
    grown.empty(passing / "empty")
    yield [f"Beside {built.rows['event']:,} stored events, {built.rows['lead']:,} leads:", ""]
    yield growth.lines(passing / "grown", passing / "empty", *shape)
    small = grown.build(passing / "commands", size.scale / 10)
    yield [f"Beside {small.rows['event']:,} stored events, {small.rows['lead']:,} leads:", ""]
    with growth.running(passing / "commands") as server:
        yield paced.command_lines(server, passing, closed[0].ours.rate() / 4, min(size.repeats, 3), max(2, size.seconds))
    yield _sizes()


def _sizes() -> list[str]:
    """The tag's files and its peers as npm has them: minified, gzip, brotli (snippet/peers.mjs)."""
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["node", "peers.mjs"], cwd=ROOT / "snippet", env={**os.environ, "PATH": path}, check=True, capture_output=True, text=True
    )
    rows = [line.split("\t") for line in told.stdout.splitlines()]
    return ["| file | bytes | gzip | brotli |", "|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]


def main() -> None:
    """Prints the tables as they are ready; `--record` also appends them to tests/RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs of 1 s, under a minute in all")
    parser.add_argument("--record", action="store_true", help="append to tests/RESULTS.md, with date and commit")
    chosen = parser.parse_args()
    told: list[str] = []
    with tempfile.TemporaryDirectory() as passing:
        for lines in _lines(QUICK if chosen.quick else WHOLE, Path(passing)):
            print("\n".join(lines), end="\n\n", flush=True)
            told += [*lines, ""]
    if chosen.record:
        results.record("Bench", told[:-1])


if __name__ == "__main__":
    main()
