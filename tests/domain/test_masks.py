"""What of a value can be read before an address is confirmed."""

from __future__ import annotations

import pytest

from collector.domain.masks import HIDDEN, mask, mask_field


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("", ""),
        ("   ", ""),
        ("jean.dupont@exemple.fr", "j•••@e•••.fr"),
        ("a@b.fr", "a•••@b•••.fr"),
        ("Camille@mail.exemple.co.uk", "C•••@m•••.uk"),
        ("_x@exemple.fr", "•••@e•••.fr"),
        ("écrire@exämple.fr", "é•••@e•••.fr"),
        ("jean@exemple", "•••"),
        ("écrivez à jean@exemple.fr", "•••"),
        ("+33612345678", "••• 78"),
        ("06 12 34 56 78", "••• 78"),
        ("(0)2.40-00/00 12", "••• 12"),
        ("44000", "•••"),
        ("12/05/1980", "•••"),
        ("Camille Durand", "C••• D•••"),
        ("Élodie de l’Isle-Adam", "É••• d••• l•••"),
        ("Durand & Fils", "D••• ••• F•••"),
        ("王小明", "王•••"),
        ("Nantes 44", "•••"),
        ("https://exemple.fr/camille", "•••"),
        ("C:\\camille", "•••"),
        ("Bonjour,\nmerci", "•••"),
        ("un deux trois quatre cinq six sept", "•••"),
        ("x" * 61, "•••"),
        ("<b>", "•••"),
    ],
)
def test_a_value_keeps_its_shape_and_no_more(value: str, seen: str) -> None:
    assert mask(value) == seen


def test_a_mask_does_not_tell_how_long_a_value_is() -> None:
    assert mask("Li") == mask("Leopoldine") == "L•••"
    assert mask("+33612345678") == mask("0612345678")
    assert mask("x" * 100) == mask("12") == HIDDEN


def _field(kind: str, **keys: object) -> dict[str, object]:
    empty = {
        "name": "n",
        "field_id": "i",
        "label": "L",
        "hint": "H",
        "type": kind,
        "value": None,
        "text": None,
        "checked": None,
        "withheld": None,
    }
    return {**empty, **keys}


def test_a_field_keeps_its_question_and_hides_its_answer() -> None:
    assert mask_field(_field("email", value="a@b.fr"))["value"] == "a•••@b•••.fr"
    assert mask_field(_field("text"))["value"] == ""
    box = mask_field(_field("checkbox", value="on", text="L", checked=1))
    assert (box["label"], box["value"], box["text"], box["checked"]) == ("L", HIDDEN, None, None)
    assert box == mask_field(_field("checkbox", value="on", text="L", checked=0))
    radio = mask_field(_field("radio", label="Femme", field_id="sexe-femme", text="Femme", value="f", checked=1))
    assert "Femme" not in radio.values()
    assert (radio["label"], radio["field_id"], radio["hint"]) == ("", "", "H")
    assert mask_field(_field("select-one", value="fr", text="France"))["value"] == HIDDEN
    assert mask_field(_field("password", withheld="password"))["withheld"] == "password"
