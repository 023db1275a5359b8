"""How well what arrived is read: precision and recall per label, and which forms had to arrive."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from collector.domain.fields import meanings

from .run import Asked, Line, Sending

LABELS = (
    "email", "given-name", "family-name", "name", "tel", "organization", "postal-code", "city", "country", "message", "subject",
    "consent-marketing",
)  # fmt: skip
CONTACT = {"email", "tel", "message"}
CHOICES = ("checkbox", "radio")


@dataclass
class Tally:
    """One label in one pass. `apart` counts its fields in forms that are not to be kept (DESIGN 5)."""

    right: int = 0
    wrong: int = 0  # read as this label, and is another
    missed: int = 0
    apart: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong or 1)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed or 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed or 1)


def due(fields: list[Asked], form_type: str | None) -> bool:
    """Whether the form's values had to arrive, by the corpus alone: some contact or message, no login, no search."""
    kinds = [one.kind for one in fields if one.type not in CHOICES]
    passwords = [one for one in fields if one.kind == "password" or one.type == "password"]
    typed = [one for one in fields if one.type in ("text", "email", "tel", "url", "number", "search") and one not in passwords]
    if (len(passwords) == 1 and len(typed) < 2) or form_type in ("login", "search"):
        return False
    return any(kind in CONTACT for kind in kinds)


def score(corpus: list[Line], sendings: list[Sending]) -> dict[str, dict[str, Tally]]:
    """Pass → label → tally."""
    table: dict[str, dict[str, Tally]] = {}
    for sending in sendings:
        line = corpus[sending.line]
        truth = {one["selector"].split('"')[1]: one for one in line["fields"]}
        tallies = table.setdefault(sending.change, {label: Tally() for label in LABELS})
        wanted = due(sending.fields, line["form_type"])
        arrived = [one for one in sending.fields if one.got]
        read = dict(zip(map(id, arrived), meanings([one.got for one in arrived if one.got]), strict=True))
        for one in sending.fields:
            if one.mark in truth:
                _count(tallies, one, truth[one.mark], read.get(id(one), ""), wanted, f"{line['url_or_name']} {line['language']}")
    return table


def _count(tallies: dict[str, Tally], one: Asked, truth: Line, found: str, wanted: bool, where: str) -> None:
    """Adds one field. A value that was withheld was not read."""
    got, kind = one.got, truth["expected"]
    if got and got.withheld:
        found = f"withheld as {got.withheld}"
    right = {kind, *truth.get("accept", ())}
    text = f"{where}: {kind} read as {found or 'nothing'}: {got!r}"
    if found in tallies and found not in right and not truth.get("weak_other"):
        tallies[found].wrong += 1
        tallies[found].errors.append(text)
    if kind in tallies:
        if found in right:
            tallies[kind].right += 1
        elif got or wanted:
            tallies[kind].missed += 1
            tallies[kind].errors.append(text)
        else:
            tallies[kind].apart += 1


def outcomes(corpus: list[Line], sendings: list[Sending]) -> Counter[str]:
    """How many forms of a pass arrived, and how many had to."""
    return Counter(
        f"{'due' if due(one.fields, corpus[one.line]['form_type']) else 'not due'},"
        f" {'kept' if any(asked.got for asked in one.fields) else 'counted' if one.captured else 'passed over'}"
        for one in sendings
    )
