"""What is promised about the device and about audience mode: the numbers that the tag, the collector and the texts share."""

from __future__ import annotations

COOKIE = "_jsuid"
COOKIE_LIFE = 34_128_000  # 13 months in seconds, never prolonged; as in snippet/src/device.js
STORED = "webleads_"  # with it begins every name in the browser's storage
QUEUE_HOURS = 24  # as long an event that could not be sent may wait on the device; as in snippet/src/send.js

# In audience mode, but for what is sent by a form, a time is kept no finer than this: by the millisecond, a view could be told to be
# of whoever sent a form in it. Every zone's midnight falls on a whole quarter, so that days are counted right.
STEP = 15 * 60_000


def coarse(at: int) -> int:
    """A time in UTC milliseconds, as audience mode keeps it."""
    return at - at % STEP


def coarse_id(identity: bytes) -> bytes:
    """A UUIDv7 whose time is coarse. The same id always becomes the same one, and two do not become one: 74 random bits stay."""
    return coarse(int.from_bytes(identity[:6], "big")).to_bytes(6, "big") + identity[6:]
