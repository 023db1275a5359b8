"""Unseen signs: a stranger's name turns no sentence around it, and is found as it is typed."""

from __future__ import annotations

import pytest

from collector.domain import fields, signs, sources, traits
from collector.domain.events import Field
from collector.domain.leads import fold_text

OVERRIDE = "\u202eevil\u2066"


@pytest.mark.parametrize("name", ["مرحبا", "שלום", "خرید\u200cها", "👩\u200d👩\u200d👧", "Zoé"])
def test_no_name_is_changed_that_somebody_has(name: str) -> None:
    assert signs.straight(name) == name
    assert signs.is_plain(name)


def test_what_strangers_write_turns_nothing() -> None:
    told = fields.read([Field(name="nom", value=OVERRIDE), Field(name="email", type="email", value="a@example.org")])
    assert (told.name, told.email) == ("evil", "a@example.org")
    assert traits.read({"email": "a@example.org", "name": OVERRIDE}).name == "evil"
    found = sources.read("https://example.com/?utm_source=%E2%80%AEnews&utm_campaign=%E2%80%AEoff", "", frozenset())
    assert found is not None
    assert (found.source, found.campaign) == ("news", "off")
    assert not signs.is_plain(OVERRIDE)


def test_a_name_is_found_with_and_without_its_joiners() -> None:
    assert fold_text("خرید\u200cها") == fold_text("خریدها")
    assert fold_text("co\u00adopé\u200b") == "coope"
