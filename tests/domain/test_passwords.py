"""Which passwords are refused, and that nothing is asked of the others but their length."""

from __future__ import annotations

import pytest

from collector.domain.passwords import COMMON, LONGEST, fault

EMAIL = "marie.durand@example.com"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("1234567", "short"),
        ("é" * 7, "short"),
        ("x1" * (LONGEST // 2) + "y", "long"),
        ("12345678", "common"),
        ("87654321", "common"),
        ("aaaaaaaa", "common"),
        ("abcabcabcabc", "common"),
        ("abcdefghij", "common"),
        ("azertyuiop", "common"),
        ("QWERTYUIOP", "common"),
        ("P@ssw0rd", "common"),
        ("Password2026!", "common"),
        ("motdepasse1", "common"),
        ("Sunshine99!", "common"),
        ("webleads2026", "common"),
        ("Webleads-Tracker", "common"),
        ("marie.durand", "yours"),
        ("Durand2026!", "yours"),
        ("marie.durand@example.com", "yours"),
        ("example1", "yours"),
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str, said: str) -> None:
    assert fault(password, EMAIL) == said


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "zurichlakerain",
        "x7Kp2mQz",
        "мой пароль тут",
        "密码是一个很长的句子",
        "9" * 4 + "kqzw",
        "the durand family dog",
    ],
)
def test_whatever_else_is_long_enough_will_do(password: str) -> None:
    assert fault(password, EMAIL) == ""


def test_sixty_four_signs_and_more_are_taken() -> None:
    assert fault("a sentence that nobody would guess, of more than sixty-four signs in all", EMAIL) == ""


def test_the_list_holds_what_the_length_lets_through() -> None:
    assert len(COMMON) > 200
    assert all(one == one.lower() for one in COMMON)
