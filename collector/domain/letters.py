"""Links in letters that say whom they were sent to: a random token in the page's address, weak evidence (reference: leads 2.1).

The parameter is named as click ids are, so that every tag sends it with consent only, and no tag without.
"""

from __future__ import annotations

import re

from .identity import DAY

PARAMETER = "wlclid"
LASTS = 30 * DAY
AFTER = 60_000  # milliseconds from its making: who follows it sooner looks through mail for harm
_TOKEN = re.compile(r"(?<=[?&]" + PARAMETER + r"=)([A-Za-z0-9_-]{22})(?![^&#])")


def token_of(url: str) -> str:
    """The token in an address, or empty."""
    if PARAMETER not in url:
        return ""
    found = _TOKEN.search(url)
    return found[1] if found else ""


def without(url: str) -> str:
    """The address without its token: whoever reads it later could send others there in somebody's name."""
    return _TOKEN.sub("~", url) if PARAMETER in url else url


def link(url: str, token: str) -> str:
    """An address with a token."""
    bare, sign, fragment = url.partition("#")
    return f"{bare}{'&' if '?' in bare else '?'}{PARAMETER}={token}{sign}{fragment}"


def counts(at: int, made_at: int, expires_at: int) -> bool:
    """Whether a link that was followed at a time may name somebody."""
    return made_at + AFTER <= at < expires_at
