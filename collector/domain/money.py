"""Money: whole smallest units of a currency, so that every sum is exact."""

from __future__ import annotations

import re

# ISO 4217: the currencies whose smallest unit is not a hundredth.
_DIGITS = dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0)
_DIGITS |= dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)

LARGEST = 10**11  # of one amount, a billion: sums of 90 million of them stay within 64 bits
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,](\d+))?", re.ASCII)
_TWO_MEANINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)  # thousands, or decimals


def digits(currency: str) -> int:
    """How many decimals an amount of a currency has."""
    return _DIGITS.get(currency, 2)


def currency(text: str) -> str | None:
    """A currency's code, or None: three letters."""
    found = text.strip().upper()
    return found if _CURRENCY.fullmatch(found) else None


def amount(text: str, code: str) -> int | None:
    """An amount in smallest units; None where it is none, below zero, too large or too fine for its currency.

    Decimals follow a point or a comma; thousands may be parted by blanks, by nothing else: `1,234` would mean two things, and so
    would `1,500` and `1.500` where no smallest unit is a thousandth.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    if digits(code) < 3 and _TWO_MEANINGS.fullmatch(text.strip()):
        return None
    whole, part = re.sub(r"\D", "", found[1]), (found[2] or "").rstrip("0")
    if len(part) > digits(code) or len(whole) > 16:
        return None
    made = int(whole + part.ljust(digits(code), "0"))
    return made if made <= LARGEST else None
