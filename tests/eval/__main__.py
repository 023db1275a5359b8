"""`python -m tests.eval CORPUS`: a corpus of forms through the real tag and the collector's reading; precision and recall, and last how
many values of secret fields left their page. Exit 1 where one did, or where it could not run."""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import re
import sys
import time
from pathlib import Path

from .run import PASSES, Line, Sending, run
from .score import LABELS, Tally, outcomes, score


def read(path: Path) -> list[Line]:
    """The corpus: one JSON object a line, packed or not."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def half(line: Line) -> int:
    """0: to develop on; 1: to check with. A site's forms are all in one."""
    return hashlib.sha256(("h" + (line.get("group") or line["url_or_name"])).encode()).digest()[0] % 2


def table(scores: dict[str, dict[str, Tally]]) -> list[str]:
    """Markdown: for each label and pass precision, recall and F1, and how many fields it stands on."""
    lines = [f"| label | {' | '.join(f'{name}: P R F1 (n)' for name in PASSES)} |", "|---" * (len(PASSES) + 1) + "|"]
    for label in LABELS:
        cells = []
        for name in PASSES:
            tally = scores.get(name, {}).get(label, Tally())
            cells.append(f"{tally.precision:.3f} {tally.recall:.3f} {tally.f1:.3f} ({tally.right + tally.missed})")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return lines


def report(corpus: list[Line], sendings: list[Sending], halves: bool, errors: str) -> list[str]:
    """All that is printed but the last line."""
    lines = []
    for part in (None, 0, 1) if halves else (None,):
        chosen = [one for one in sendings if part is None or half(corpus[one.line]) == part]
        lines += ["", "All" if part is None else f"Half {part}", "", *table(score(corpus, chosen))]
    lines.append("")
    for name in PASSES:
        told = outcomes(corpus, [one for one in sendings if one.change == name])
        lines.append(f"{name}: " + "; ".join(f"{how} {count}" for how, count in sorted(told.items())))
    if errors:
        for name, tallies in score(corpus, [one for one in sendings if half(corpus[one.line]) == 0]).items():
            lines += [f"{name}: {text}" for label in errors.split(",") for text in tallies[label].errors]
    return lines


def main() -> int:
    """Prints the table and `leaks N`."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th form")
    parser.add_argument("--jobs", type=int, default=3, help="tabs at once")
    parser.add_argument("--halves", action="store_true", help="also each half by itself, split by site")
    parser.add_argument("--errors", default="", metavar="LABELS", help="the misread fields of half 0")
    chosen = parser.parse_args()
    began = time.monotonic()
    corpus = read(chosen.corpus)[:: chosen.every]
    sendings = run(corpus, chosen.jobs)
    if not sendings:
        print("no form was sent", file=sys.stderr)
        return 1
    print(f"{len(corpus)} forms, {len(sendings)} sendings in {len(PASSES)} passes, {time.monotonic() - began:.0f} s")
    spilt = [f"{corpus[one.line]['url_or_name']}, {one.change}: {text}" for one in sendings for text in one.spilt]
    # Scripts look for the last line's word, and pages may have it in their names.
    print(re.sub("(?i)leak", "le~k", "\n".join([*report(corpus, sendings, chosen.halves, chosen.errors), *spilt])))
    print(f"leaks {len(spilt)}")
    return 1 if spilt else 0


if __name__ == "__main__":
    sys.exit(main())
