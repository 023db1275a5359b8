"""Signs that are not seen: what turns the direction of a text, and what joins or parts its letters (Unicode 16, 23.2)."""

from __future__ import annotations

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # one of them in a name turns the sentence around it
JOINING = "\u200c\u200d"  # part of how Persian and some emoji are written
_TURNING = dict.fromkeys(map(ord, TURNING))
_UNSEEN = dict.fromkeys(map(ord, TURNING + JOINING + "\u00ad\u200b\u200e\u200f\u2060\ufeff"))


def straight(text: str) -> str:
    """A stranger's text without what would turn the words around it; Arabic and Hebrew need none of that."""
    return text if text.isascii() else text.translate(_TURNING)


def bare(text: str) -> str:
    """A text without any sign that is not seen: what is looked for and what is found are alike."""
    return text if text.isascii() else text.translate(_UNSEEN)


def is_plain(text: str) -> bool:
    """Whether a text has no unseen signs but those that letters need."""
    return all(char.isprintable() or char in JOINING for char in text)
