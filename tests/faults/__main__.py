"""`python -m tests.faults [R1]`: the faults that are tested, and how long each takes at full figures on two cores that nobody else uses."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def plan() -> list[tuple[str, str, float, str]]:
    """Id, what it is, minutes, file; in order."""
    found = []
    for path in Path(__file__).parent.glob("test_*.py"):
        module = import_module(f"tests.faults.{path.stem}")
        marks = getattr(module, "pytestmark", [])
        for mark in marks if isinstance(marks, list) else [marks]:
            if mark.name == "fault":
                found.append((mark.kwargs["id"], named(module.__doc__ or ""), mark.kwargs["minutes"], path.name))
    return sorted(found, key=lambda row: int(row[0][1:]))


def named(doc: str) -> str:
    """What a module's fault is called: the words before its id."""
    return doc.partition(" (R")[0]


if __name__ == "__main__":
    chosen = [row for row in plan() if not sys.argv[1:] or row[0] in sys.argv[1:]]
    for number, about, minutes, file in chosen:
        print(f"{number:4} {minutes:3g} min  {about}  (make faults ONLY={number}, {file})")
    print(f"{sum(row[2] for row in chosen):g} minutes, or half of it where two run side by side")
