"""For the fault tests only: the process ends at a named step, as by kill -9. Off unless WEBLEADS_CRASH is set.

`WEBLEADS_CRASH=commit-after:3` ends it the third time that this step is reached. The names are in `STEPS`.
"""

from __future__ import annotations

import os

STEPS = (
    "parse-before", "parse-after", "insert-before", "insert-after", "fold-before", "fold-after",
    "commit-before", "commit-after", "answer-before", "answer-after",
    "migrate-before", "copy-before", "copy-after", "migration-before", "migration-after", "migrate-after",
    "restore-before", "restore-moved", "restore-after",
)  # fmt: skip

_wanted, _, _times = os.environ.get("WEBLEADS_CRASH", "").partition(":")
_left = int(_times or 1)


def step(name: str) -> None:
    """A step of the way is reached; answers nothing, and sometimes not at all."""
    global _left
    if name == _wanted:
        _left -= 1
        if _left <= 0:
            os._exit(137)
