"""What to do next about a lead: one thing, by what is known of it. And since when a morning looks."""

from __future__ import annotations

from typing import NamedTuple

DAY = 86_400_000
PAUSE = 30 * 60_000  # after it was contacted: the same visit going on is no return
CHASE = 7  # days of silence after which somebody asks once more
# In this order: what stands first is done first.
STEPS = (
    "answer-request", "release", "objected", "excluded", "message", "won", "lost-back", "lost", "qualified", "back", "chase", "wait",
    "call", "write",
)  # fmt: skip
DUE = frozenset({"answer-request", "release", "lost-back", "qualified", "back", "chase", "call", "write"})  # something is to be done now


class Facts(NamedTuple):
    """What a step is decided by. Times are UTC milliseconds; `contacted_at` is when somebody last said that it was contacted or lost,
    `due_at` until when a request about its own data is to be answered."""

    kind: str  # lead | message
    email: str
    phone: str
    status: str
    last_seen_at: int
    contacted_at: int | None = None
    due_at: int | None = None
    excluded: str = ""
    objected: bool = False
    quarantine: str = ""


class Step(NamedTuple):
    """One of STEPS; `days` since it was contacted, or until a request is due."""

    code: str
    days: int = 0

    @property
    def is_due(self) -> bool:
        """Whether somebody should do something now."""
        return self.code in DUE


def next_step(facts: Facts, now: int) -> Step:
    """The next step about a lead."""
    if facts.due_at is not None:
        return Step("answer-request", max(0, (facts.due_at - now) // DAY))
    if facts.quarantine:
        return Step("release")
    if facts.objected:
        return Step("objected")
    if facts.excluded:
        return Step("excluded")
    if facts.kind == "message" or not (facts.email or facts.phone):
        return Step("message")
    if facts.status in ("", "new"):
        return Step("call" if facts.phone else "write")
    came_back = facts.contacted_at is not None and facts.last_seen_at > facts.contacted_at + PAUSE
    if facts.status == "contacted":
        days = 0 if facts.contacted_at is None else max(0, (now - facts.contacted_at) // DAY)
        return Step("back" if came_back else "chase" if days >= CHASE else "wait", days)
    if facts.status == "lost":
        return Step("lost-back" if came_back else "lost")
    return Step(facts.status if facts.status in STEPS else "wait")


def morning(today: int) -> int:
    """The day from which a morning looks: the last working day before today, both days since 1970 (1970-01-01 was a Thursday)."""
    weekday = (today + 3) % 7  # Monday is 0
    return today - {0: 3, 6: 2}.get(weekday, 1)
