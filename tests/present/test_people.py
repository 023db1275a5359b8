"""Where each value of a lead comes from, in words."""

from __future__ import annotations

from typing import Any

from collector.domain.leads import Said
from collector.present.people import sources

NOBODY = dict.fromkeys(("name", "given_name", "family_name", "email", "phone", "organization"), "")


def _told(row: dict[str, str], *, sent: dict[str, str] | None = None, said: list[Said] | None = None, **corrected: str) -> dict[str, str]:
    forms: list[dict[str, Any]] = [NOBODY | sent | {"counted": 1}] if sent else []
    return sources(NOBODY | row, said or [], forms, corrected, "en")


def _said(*, signed: bool, **told: str) -> Said:
    return Said(0, b"", b"", 42, "", **(NOBODY | told), signed=signed)


def test_each_value_says_who_said_it() -> None:
    row = {"email": "a@example.org", "phone": "+33612345678", "organization": "Durand"}
    told = _told(
        row,
        sent={"email": "a@example.org"},
        said=[_said(signed=False, email="a@example.org", phone="+33612345678"), _said(signed=True, phone="+33612345678")],
        organization="Durand",
    )
    assert told == {"email": "from a form", "phone": "said by the site", "organization": "corrected"}
    assert _told(row, said=[_said(signed=False, organization="Durand")]) == {"organization": "said by the page, unsigned"}


def test_a_full_name_comes_from_where_its_parts_do() -> None:
    row = {"name": "Camille Durand", "given_name": "Camille", "family_name": "Durand"}
    assert _told(row, sent={"given_name": "Camille"}, family_name="Durand")["name"] == "corrected"
    assert _told(row, sent={"given_name": "Camille", "family_name": "Durand"})["name"] == "from a form"


def test_a_form_that_failed_says_nothing() -> None:
    assert sources(NOBODY | {"name": "X"}, [], [NOBODY | {"name": "X", "counted": 0}], {}, "en") == {}
