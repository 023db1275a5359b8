"""What a person may ask of whoever keeps their data, until when it is to be answered, and what is done about it (GDPR 12, 15-21)."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

KINDS = ("access", "correction", "erasure", "objection", "withdrawal")
BY = ("visitor", "confirmed", "person")  # a browser's secret; a link to the address; somebody with a role wrote it down
STEPS = ("confirmed", "extended", "done", "refused")
ENDS = frozenset({"done", "refused"})


def due(at: int, months: int = 1) -> int:
    """Until when a request of a time is to be answered, UTC milliseconds: one month later, or on the last day of a shorter one.

    Two more months may be taken where that is said within the first (GDPR 12(3)).
    """
    then = datetime.fromtimestamp(at / 1000, UTC)
    year, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    day = min(then.day, calendar.monthrange(year, month + 1)[1])
    return int(then.replace(year=year, month=month + 1, day=day).timestamp() * 1000)
