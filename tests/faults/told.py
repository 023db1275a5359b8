"""The lines that a long run leaves: a fault each, with its counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

ABOUT = "fault"  # of a report's properties: [id, what it is, minutes]; the others are counts


def lines(reports: Iterable[pytest.TestReport]) -> list[str]:
    """`R1 kill -9 under load: 1,000 rounds, 0 lost; 2 passed in 610 s, stated 10 min`, in the order of the plan."""
    found: dict[str, _Fault] = {}
    for report in reports:
        properties: dict[str, Any] = dict(report.user_properties)
        if ABOUT in properties and (report.when == "call" or report.outcome != "passed"):
            number, about, minutes = properties[ABOUT]
            found.setdefault(number, _Fault(number, about)).add(report, minutes)
    return [str(found[number]) for number in sorted(found, key=lambda name: int(name[1:]))]


class _Fault:
    def __init__(self, number: str, about: str) -> None:
        self._name = f"{number} {about}"
        self._counts: dict[str, float] = {}
        self._outcomes: dict[str, int] = {}
        self._minutes: dict[str, float] = {}
        self._seconds = 0.0

    def add(self, report: pytest.TestReport, minutes: float) -> None:
        self._outcomes[report.outcome] = self._outcomes.get(report.outcome, 0) + 1
        self._minutes[report.nodeid.partition("::")[0]] = minutes
        self._seconds += report.duration
        for name, value in report.user_properties:
            if isinstance(value, int | float):
                had = self._counts.get(name, 0)
                self._counts[name] = had + value if isinstance(value, int) else max(had, value)

    def __str__(self) -> str:
        shown = [
            f"{f'{value:,}' if isinstance(value, int) else f'{value:,.2f}'} {name.replace('_', ' ')}"
            for name, value in self._counts.items()
        ]
        ended = ", ".join(f"{count} {name}" for name, count in self._outcomes.items())
        return f"{self._name}: {', '.join(shown) or 'no counts'}; {ended} in {self._seconds:.0f} s of tests, stated {sum(self._minutes.values()):g} min"
