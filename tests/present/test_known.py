"""Where each value of a lead and each field of a form comes from."""

from __future__ import annotations

from typing import Any

import pytest

from collector.domain.edits import Edit
from collector.domain.leads import Said
from collector.present import known

AT = 1_795_429_920_000
EMPTY = {"name": "", "given_name": "", "family_name": "", "email": "", "phone": "", "organization": ""}


def _sent(how: str = "submit", fields: tuple[str, ...] = (), **values: str) -> dict[str, Any]:
    told = [{"text": "", "value": value} for value in fields]
    return {
        **EMPTY,
        "id": b"s" * 16,
        "at": AT,
        "form": "contact",
        "counted": 1,
        "how": how,
        "marks": [],
        "action": "",
        "fields": told,
        **values,
    }


def _facts(
    row: dict[str, str], sent: list[dict[str, Any]], said: tuple[Any, ...] = (), edits: tuple[Edit, ...] = ()
) -> dict[str, tuple[str, str]]:
    found = known.facts({**EMPTY, **row}, sent, said, edits, {"aa": "nora@example.com"}, "Europe/Paris", "en")
    return {one.name: (one.value, one.source) for one in found}


def test_what_was_typed_is_told_apart_from_what_was_read_out_of_it() -> None:
    row = {"name": "Camille Durand", "given_name": "Camille", "email": "c@example.com"}
    told = _facts(row, [_sent(fields=("Camille Durand", "c@example.com"), **row)])
    assert told["email"] == ("c@example.com", "typed in the form “contact” on 23 Nov 2026 at 11:32")
    assert told["name"][1].startswith("typed in the form")
    assert told["given_name"] == ("Camille", "read out of the name in the form of 23 Nov 2026 at 11:32")
    assert "phone" not in told


def test_a_correction_names_who_and_what_the_form_had_said() -> None:
    edit = Edit(AT, b"e" * 16, b"l" * 16, "field", "name", "Camille Durant", "aa")
    told = _facts({"name": "Camille Durant"}, [_sent(name="Camille Durand")], edits=(edit,))
    assert told["name"] == ("Camille Durant", "corrected by nora@example.com on 23 Nov 2026 at 11:32; the form said “Camille Durand”")
    emptied = Edit(AT, b"e" * 16, b"l" * 16, "field", "phone", "", "visitor")
    assert _facts({}, [], edits=(emptied,))["phone"] == ("none", "corrected by the person themselves on 23 Nov 2026 at 11:32")


def test_what_the_site_said_and_what_was_added_by_hand_are_named_so() -> None:
    empty = dict.fromkeys(("url", "email", "phone", "given_name", "family_name", "organization"), "")
    said = Said(at=AT, id=b"i" * 16, lead_id=b"l" * 16, site_id=1, **{**empty, "name": "Nora"}, signed=True)
    assert _facts({"name": "Nora"}, [], said=(said,))["name"] == ("Nora", "said by the site, signed")
    by_hand = _sent(email="c@example.com") | {"marks": ["hand"], "action": "aa"}
    assert _facts({"email": "c@example.com"}, [by_hand])["email"][1] == "typed in by nora@example.com on 23 Nov 2026 at 11:32"


@pytest.mark.parametrize(
    ("field", "how", "said"),
    [
        ({"value": "x"}, "submit", "typed"),
        ({"value": "x", "type": "select-one", "text": "X"}, "submit", "chosen"),
        ({"checked": 1, "type": "checkbox"}, "submit", "ticked by hand"),
        ({"checked": 1, "type": "checkbox", "preset": 1}, "submit", "filled in by the page"),
        ({"checked": 0, "type": "checkbox"}, "submit", ""),
        ({"value": ""}, "submit", ""),
        ({"withheld": "password"}, "submit", ""),
        ({"value": "x"}, "api", "told by the site’s program"),
        ({"value": "x"}, "hand", "typed in by hand"),
    ],
)
def test_each_field_of_a_form_says_how_it_came(field: dict[str, Any], how: str, said: str) -> None:
    row = {"withheld": None, "checked": None, "text": None, "value": None, "preset": 0, "type": "text", **field}
    sent = {"how": "submit" if how == "hand" else how, "marks": ["hand"] if how == "hand" else []}
    assert known.field(row, sent, "en") == said
