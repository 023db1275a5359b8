"""The French catalogue is whole, and a reader gets the language that was asked for."""

import pytest

from collector.domain.channels import CHANNELS
from collector.domain.events import MARKS
from collector.present import dates, words
from collector.present.language import catalogue, choose
from tests.web.catalogue import extracted, written


def test_every_text_of_the_screens_is_in_the_french_catalogue_and_no_other() -> None:
    asked = {message.id for message in extracted() if message.id}
    kept = {message.id for message in written() if message.id}
    assert asked - kept == set()
    assert kept - asked == set()


def test_no_french_text_is_missing_fuzzy_or_loses_a_placeholder() -> None:
    for message in written():
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy, message.id
        assert [str(error) for error in message.check()] == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    spoken = catalogue("fr")
    for message in written():
        if isinstance(message.id, tuple):
            assert tuple(spoken.ngettext(*message.id, count) for count in (1, 2)) == message.string
        elif message.id:
            assert spoken.gettext(message.id) == message.string


def test_every_code_has_words() -> None:
    assert set(CHANNELS) == set(words.CHANNELS)
    assert set(MARKS) == set(words.MARKS)


@pytest.mark.parametrize(
    ("chosen", "cookie", "accepted", "language"),
    [
        ("fr", "en", "en", "fr"),
        ("", "fr", "en", "fr"),
        ("", "", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("", "", "de, en-US;q=0.5, fr;q=0.7", "fr"),
        ("", "", "de", "en"),
        ("", "xx", "*;q=abc,,;;é", "en"),
        ("", "", "fr;q=0, en;q=0.1", "en"),
    ],
)
def test_the_users_choice_beats_the_cookie_beats_the_browser(chosen: str, cookie: str, accepted: str, language: str) -> None:
    assert choose(chosen, cookie, accepted) == language


def test_dates_are_on_the_sites_clock_on_days_of_23_and_25_hours() -> None:
    assert dates.moment(1_774_745_999_000, "Europe/Paris", "fr") == "29 mars 2026 à 01:59"
    assert dates.moment(1_774_746_000_000, "Europe/Paris", "fr") == "29 mars 2026 à 03:00"
    assert dates.moment(1_792_890_000_000, "Europe/Paris", "en") == "25 Oct 2026 at 02:00"
    assert dates.moment(1_792_893_600_000, "No/Where", "en") == "25 Oct 2026 at 03:00"


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0 s"), (59_400, "59 s"), (60_000, "1 min"), (130_000, "2 min 10 s"), (3_900_000, "1 h 05 min")]
)
def test_durations_are_short(ms: int, text: str) -> None:
    assert dates.duration(ms) == text


def test_how_long_ago_is_one_unit() -> None:
    assert dates.ago(0, 59_000, "en") == "just now"
    assert dates.ago(90_000, 0, "fr") == "à l’instant"
    assert dates.ago(0, 28 * 3_600_000, "fr") == "il y a 1 jour"
