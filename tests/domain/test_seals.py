"""Sealed values: what goes in comes out, nobody else reads it, and a word is found by its beginnings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain.seals import MARK, BadKeys, BadSeal, Key, name_of, parse, words

KEY, OTHER = Key(b"k" * 64), Key(b"o" * 64)


@given(st.text(st.characters(), min_size=1))
@settings(max_examples=60)
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    sealed = KEY.seal("lead.name", text)
    assert KEY.open("lead.name", sealed) == text
    assert name_of(sealed) == KEY.name
    assert sealed.isascii()


@given(st.binary(min_size=1))
@settings(max_examples=30)
def test_any_bytes_come_out_as_they_went_in(value: bytes) -> None:
    assert KEY.open_bytes("refused.body", KEY.seal_bytes("refused.body", value)) == value


def test_equal_values_of_a_column_look_alike_and_those_of_two_columns_do_not() -> None:
    assert KEY.seal("lead.name", "Camille") == KEY.seal("lead.name", "Camille")
    assert KEY.seal("lead.name", "Camille") != KEY.seal("lead.email", "Camille")
    assert KEY.seal("lead.name", "Camille") != OTHER.seal("lead.name", "Camille")


@given(st.integers(5, 60), st.characters(min_codepoint=33, max_codepoint=126))
@settings(max_examples=60)
def test_a_changed_character_never_gives_another_value(place: int, char: str) -> None:
    sealed = KEY.seal("lead.name", "Camille Kanarienvogel du Lac Bleu")
    changed = sealed[:place] + char + sealed[place + 1 :]
    try:
        assert KEY.open("lead.name", changed) == "Camille Kanarienvogel du Lac Bleu"  # the last character has bits to spare
    except BadSeal:
        assert changed != sealed


@pytest.mark.parametrize("wrong", ["", "A", "AAAA", "é" * 30, "A" * 22, "=" * 8])
def test_what_is_no_sealed_value_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(BadSeal, match=r"lead\.name"):
        KEY.open("lead.name", MARK + KEY.name + wrong)


def test_another_key_and_another_column_do_not_open() -> None:
    sealed = KEY.seal("lead.name", "Camille")
    for key, place in ((OTHER, "lead.name"), (KEY, "lead.email")):
        with pytest.raises(BadSeal):
            key.open(place, sealed)


def test_a_key_file_has_a_key_a_line_the_newest_first() -> None:
    one, other = "ab" * 64, "cd" * 64
    assert parse(f"{one}  # of March\n\n# before\n{other}\n") == [bytes.fromhex(one), bytes.fromhex(other)]
    for wrong, says in (("", "no key"), ("# none", "no key"), ("ab" * 32, "line 1 has 32 bytes"), (f"{one}\nxyz", "line 2")):
        with pytest.raises(BadKeys, match=says):
            parse(wrong)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("camille", True), ("cam", True), ("ca", False), ("amille", False), ("camille@example.org", True), ("camille@exa", True),
        ("example.org", True), ("org", True), ("kanarienvoge", True), ("kanarienvogel", True), ("612345678", True), ("61234", True),
        ("+33612345678", True), ("33612", True), ("23456", False), ("bonjour", True), ("bon", False), ("devis", True),
    ],
)  # fmt: skip
def test_words_and_their_beginnings_are_found(asked: str, found: bool) -> None:
    told = words("bonjour a tous", "camille kanarienvogel camille@example.org +33612345678 https://example.com/devis")
    assert (asked in told) == found


def test_tokens_differ_by_account_and_key() -> None:
    assert len({KEY.token(1, "camille"), KEY.token(2, "camille"), OTHER.token(1, "camille")}) == 3
