"""Money is read in whole smallest units, or not at all."""

from __future__ import annotations

import pytest

from collector.domain.money import LARGEST, amount, currency


@pytest.mark.parametrize(
    ("text", "code", "units"),
    [
        ("12.50", "EUR", 1_250),
        ("12,5", "EUR", 1_250),
        (" 7 ", "EUR", 700),
        ("1 234,56", "EUR", 123_456),
        ("1\u202f234\u00a0567.80", "EUR", 123_456_780),
        ("12.5000", "EUR", 1_250),
        ("0.500", "EUR", 50),
        ("1500.000", "EUR", 150_000),
        ("1 500,000", "EUR", 150_000),
        ("0", "EUR", 0),
        ("1500", "JPY", 1_500),
        ("1.5", "KWD", 1_500),
        ("1.500", "KWD", 1_500),
        ("1,234", "EUR", None),  # a thousand or a thousandth
        ("1,500", "EUR", None),
        ("1.000", "EUR", None),
        ("12.500", "EUR", None),
        ("1,000", "JPY", None),
        ("1,234.50", "EUR", None),
        ("12.505", "EUR", None),
        ("1.5", "JPY", None),
        ("-1", "EUR", None),
        ("", "EUR", None),
        ("€12", "EUR", None),
        ("١٢", "EUR", None),
        ("12 34", "EUR", None),
        ("9" * 40, "EUR", None),
        (str(LARGEST // 100 + 1), "EUR", None),
    ],
)
def test_an_amount(text: str, code: str, units: int | None) -> None:
    assert amount(text, code) == units


@pytest.mark.parametrize(("text", "code"), [("eur", "EUR"), (" CHF ", "CHF"), ("", None), ("€", None), ("EURO", None), ("ÉÜR", None)])
def test_a_currency(text: str, code: str | None) -> None:
    assert currency(text) == code
