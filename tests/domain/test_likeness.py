"""What makes two leads alike, and when that is worth a suggestion."""

from __future__ import annotations

import pytest

from collector.domain.likeness import Person, keys, suggest

ONE, TWO = b"1" * 16, b"2" * 16


def _reasons(email: str, other: str, *shared: str, names: tuple[str, str] = ("Camille Durand", "DURAND Camille")) -> tuple[str, ...]:
    people = {ONE: Person(ONE, names[0], email, "", 1), TWO: Person(TWO, names[1], other, "", 2)}
    found = suggest({frozenset((ONE, TWO)): set(shared)}, people, ())
    return found[0].reasons if found else ()


@pytest.mark.parametrize("private", ["gmail.com", "numericable.fr", "mailinator.com"])
def test_a_private_and_a_work_address_are_told_by_the_one_list_of_mail_providers(private: str) -> None:
    assert _reasons(f"c@{private}", "c@durand.fr", "name") == ("name", "domains")
    assert _reasons(f"c@{private}", "c@gmail.com", "name") == ()


def test_two_names_on_one_browser_speak_against_one_person() -> None:
    assert _reasons("c@gmail.com", "n@durand.fr", "visitor", names=("Camille Durand", "Nora Petit")) == ()
    assert _reasons("c@durand.fr", "n@durand.fr", "phone", names=("Camille Durand", "Nora Petit")) == ()


def test_dots_and_tags_and_the_order_of_names_are_one_key() -> None:
    assert keys("Zoé Le Goff", "z.oe+x@a.fr", "") == keys("LE GOFF, Zoe", "zoe@a.fr", "")
    assert "name" not in keys("Camille", "c@a.fr", ""), "a given name alone is many people's"
