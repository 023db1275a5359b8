"""`python -m tests.bench.attribution`: each model over 100,000 conversions with 500,000 touches, by itself and from a database."""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.domain.attribution import MODELS, Terms, attribute
from collector.domain.channels import CHANNELS
from collector.domain.paths import Path as Way

from . import results, ways

CONVERSIONS, TOUCHES = 100_000, 5  # of each, on average
DATA_DRIVEN = {"markov", "shapley"}


def paths(conversions: int, seed: int = 1) -> Iterator[Way]:
    """Conversions, each with its own ages and value, then as many journeys without; the first channels are the most frequent."""
    drawn = random.Random(seed)
    chances = [1 / (place + 1) for place in range(len(CHANNELS))]
    for number in range(2 * conversions):
        count = drawn.randint(1, 2 * TOUCHES - 1)
        ages = sorted((drawn.random() * 120 for _ in range(count)), reverse=True)
        converted = number < conversions
        value = drawn.randint(0, 100_000) if converted else 0
        names = tuple(drawn.choices(CHANNELS, chances, k=count))
        yield Way(names, tuple(ages), float(converted), value, float(not converted), (ages[count // 2], ages[-1], 0.0))


def lines(conversions: int) -> list[str]:
    """The table. CPU seconds, for others use the cores too."""
    told = list(paths(conversions))
    converted = told[:conversions]
    touches = sum(len(path.touches) for path in converted)
    made = [
        f"{conversions:,} conversions with {touches:,} touches of {len(CHANNELS)} channels, look-back 90 days; Markov with as many"
        " journeys without a conversion.",
        "",
        "| model | s, plain numbers | s, minor units |",
        "|---|---|---|",
    ]
    for model in MODELS:
        known = told if model == "markov" else converted
        made.append(f"| {model} | {_seconds(known, Terms(model, 90)):.2f} | {_seconds(known, Terms(model, 90, currency='EUR')):.2f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*made, "", f"Peak of the process, with all paths in memory: {peak:.0f} MiB."]


def _seconds(told: Iterable[Way], terms: Terms) -> float:
    start = time.process_time()
    report = attribute(told, terms)
    spent = time.process_time() - start
    assert report.used == terms.model
    assert abs(sum(share.conversions for share in report.shares) - report.conversions) < 1e-6
    return spent


def main() -> None:
    """Prints the table; `--record` also appends it to tests/RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.attribution", description=__doc__)
    parser.add_argument("--conversions", type=int, default=CONVERSIONS)
    parser.add_argument("--record", action="store_true", help="append to tests/RESULTS.md, with date and commit")
    chosen = parser.parse_args()
    made = lines(chosen.conversions)
    with tempfile.TemporaryDirectory() as folder:
        made += ["", *ways.lines(Path(folder) / "ways.sqlite", chosen.conversions)]
    print("\n".join(made))
    if chosen.record:
        results.record("Attribution", ["`python -m tests.bench.attribution`, CPU seconds.", "", *made])


if __name__ == "__main__":
    main()
