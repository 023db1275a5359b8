"""`python -m tests.bench`: the collect path beside a bare Starlette app, memory, and the tag's bytes, as a table."""

from __future__ import annotations

import argparse
import gzip
import shutil
from pathlib import Path

import brotli

from . import measure, results
from .measure import Result

ROOT = Path(__file__).parents[2]
TAG = ROOT / "collector" / "ingest" / "tag.js"


def _lines(results: list[Result], repeats: int, seconds: int) -> list[str]:
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
    tag = TAG.read_bytes()
    lines.append(f"\nThe tag: {len(tag)} bytes, gzip {len(gzip.compress(tag, 9, mtime=0))}, brotli {len(brotli.compress(tag))}.")
    return lines


def main() -> None:
    """Prints the table; `--record` also appends it to tests/RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="runs of 1 s, under 40 s in all")
    parser.add_argument("--record", action="store_true", help="append to tests/RESULTS.md, with date and commit")
    chosen = parser.parse_args()
    repeats, seconds = 5, 1 if chosen.quick else 5
    lines = _lines([measure.compare(events, repeats, seconds) for events in (1, 20)], repeats, seconds)
    print("\n".join(lines))
    if chosen.record:
        results.record("Bench", lines)


if __name__ == "__main__":
    main()
