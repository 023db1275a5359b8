"""What of a person is shown to whoever has shown a browser's secret, and not yet that the address is theirs.

A device is not a person: whoever sits at it may see that something was typed, and know it again if it was them, but not read
another's address. So a value keeps its shape and the letters that it begins with; what has none keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "•••"
_EMAIL = re.compile(r"([^\s@]+)@([^\s@]+)\.([^\s@.]+)")
_PHONE = re.compile(r"[+(]?\d[\d\s().+/-]*")
_LEAST_DIGITS = 9  # of a phone number: fewer are a postal code or a date
_MOST_LETTERS = 60  # of a name; what is longer, or has more words, is a text
_MOST_WORDS = 6
_CHOICES = frozenset({"radio", "checkbox", "select", "select-one", "select-multiple"})


def mask(value: str) -> str:
    """A value with its shape alone: `j•••@e•••.fr`, `••• 78`, `J••• D•••`; of any other only that there is one."""
    text = value.strip()
    if not text:
        return ""
    if (found := _EMAIL.fullmatch(text)) is not None:
        return f"{_first(found[1])}@{_first(found[2])}.{found[3]}"
    if _PHONE.fullmatch(text) and sum(char.isdigit() for char in text) >= _LEAST_DIGITS:
        return f"{HIDDEN} {''.join(char for char in text if char.isdigit())[-2:]}"
    words = text.split()
    if len(text) > _MOST_LETTERS or len(words) > _MOST_WORDS or "\n" in text or not all(map(_is_word, words)):
        return HIDDEN
    return " ".join(map(_first, words))


def _first(word: str) -> str:
    """The letter that a word begins with; of one without a letter nothing."""
    return word[0] + HIDDEN if word[0].isalnum() else HIDDEN


def _is_word(word: str) -> bool:
    """Whether it may stand in a name: no digit, no address."""
    return not any(char.isdigit() or char in "@/\\:=_" for char in word)


def mask_field(row: Mapping[str, Any]) -> dict[str, Any]:
    """A field of a sent form (as a row) with its label, without its value; which box was ticked and which option chosen is a value too.

    Of a radio button the label is the answer, and its legend the question.
    """
    if row["withheld"]:
        return dict(row)
    if row["type"] not in _CHOICES:
        return {**row, "value": mask(row["value"] or ""), "text": mask(row["text"] or "")}
    answer = {"label": "", "field_id": ""} if row["type"] == "radio" else {}
    return {**row, **answer, "value": HIDDEN, "text": None, "checked": None}
