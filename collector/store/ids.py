"""The only place where the clock is read and dice are thrown; everything else is given times and ids."""

from __future__ import annotations

import os
import time


def now() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


def uuid7(at: int) -> bytes:
    """Sixteen bytes of a UUIDv7 whose time is `at`, UTC milliseconds (RFC 9562, 5.7)."""
    dice = bytearray(os.urandom(10))
    dice[0] = 0x70 | dice[0] & 0x0F
    dice[2] = 0x80 | dice[2] & 0x3F
    return at.to_bytes(6, "big") + bytes(dice)
