"""Countries by their names, for a choice."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from .language import locale


@cache
def named(language: str) -> list[tuple[str, str]]:
    """(code, name) of every country, by name."""
    known = [(code, str(name)) for code, name in locale(language).territories.items() if re.fullmatch(r"[A-Z]{2}", code)]
    kept = [pair for pair in known if pair[0] not in ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")]
    return sorted(kept, key=lambda pair: unicodedata.normalize("NFD", pair[1]).casefold())
