"""Consent and privacy texts: each sentence follows from a setting or a number of the code, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from collector.domain import privacy
from collector.present import tag, texts
from collector.present.texts import Facts

LIMITS = {"leads": (36, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)}
PLAIN = Facts("Durand & Fils", "example.com", "required", "", (), LIMITS, "https://stats.example.com", False)
BOTH = pytest.mark.parametrize("language", ["en", "fr"])


def _lines(made: texts.Texts) -> set[str]:
    return {made.title, made.consent, *(line for part in made.privacy for line in part.sentences)}


@BOTH
@pytest.mark.parametrize(
    ("changed", "fresh"),
    [
        ({"account": "Martin SA"}, {"en": "Martin SA measures", "fr": "Martin SA mesure"}),
        ({"domain": "shop.example"}, {"en": "shop.example", "fr": "shop.example"}),
        ({"consent": "off"}, {"en": "nothing is sent: no page and no form", "fr": "rien n’est envoyé : ni page ni formulaire"}),
        ({"consent": "granted", "reason": "in our app"}, {"en": "elsewhere: in our app.", "fr": "ailleurs : in our app."}),
        ({"kept": ("ref", "promo")}, {"en": "these parameters: ref, promo.", "fr": "ces paramètres : ref, promo."}),
        ({"limits": LIMITS | {"leads": (12, 0)}}, {"en": "12 months after our last contact", "fr": "12 mois après notre dernier contact"}),
        ({"limits": LIMITS | {"history": (6, 0)}}, {"en": "Visits are kept for 6 months.", "fr": "Les visites sont conservées 6 mois."}),
        ({"limits": LIMITS | {"audience": (1, 0)}}, {"en": "they are kept for 1 month.", "fr": "conservés 1 mois."}),
        ({"limits": LIMITS | {"refused": (0, 7)}}, {"en": "kept for 7 days", "fr": "conservés 7 jours"}),
        ({"url": "https://other.example"}, {"en": "At https://other.example/me you see", "fr": "https://other.example/me"}),
        ({"companies": True}, {"en": "which organisation’s network you use", "fr": "quelle organisation"}),
        ({"letters_by": "mail.example.net"}, {"en": "by e-mail through mail.example.net", "fr": "par e-mail via mail.example.net"}),
        ({"dnt": False}, {"en": "sends Global Privacy Control has refused", "fr": "Global Privacy Control a refusé"}),
    ],
    ids=lambda given: ", ".join(given) if isinstance(given, dict) and "en" not in given else "",
)
def test_each_setting_changes_its_sentence(changed: dict[str, Any], fresh: dict[str, str], language: str) -> None:
    before, after = texts.write(PLAIN, language), texts.write(structs.replace(PLAIN, **changed), language)
    new = " ".join(_lines(after) - _lines(before))
    assert fresh[language] in new
    assert before.version != after.version


@BOTH
def test_numbers_are_those_of_the_code(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = " ".join(_lines(texts.write(PLAIN, language)))
    for said in ("_jsuid", "13 months" if language == "en" else "13 mois", "webleads_", "24"):
        assert said in words
    monkeypatch.setattr(privacy, "COOKIE_LIFE", privacy.COOKIE_LIFE // 2)
    monkeypatch.setattr(privacy, "QUEUE_HOURS", 7)
    monkeypatch.setattr(privacy, "COOKIE", "_other")
    other = " ".join(_lines(texts.write(PLAIN, language)))
    for said in ("_other", "6 months" if language == "en" else "6 mois", " 7 "):
        assert said in other
    assert "_jsuid" not in other


def test_the_two_languages_say_as_much_and_not_the_same_words() -> None:
    english, french = texts.write(PLAIN, "en"), texts.write(PLAIN, "fr")
    assert [len(part.sentences) for part in english.privacy] == [len(part.sentences) for part in french.privacy]
    sentences = [{one for line in _lines(made) for one in line.replace("?", ".").split(". ")} for made in (english, french)]
    assert not sentences[0] & sentences[1]


@BOTH
def test_what_no_setting_knows_is_left_open(language: str) -> None:
    made = texts.write(structs.replace(PLAIN, account="main", consent="granted"), language)
    assert len(made.open) == 4  # who, why consent is granted, where the data are, whom to write to
    assert all(one in texts.as_text(made) for one in made.open)
    assert len(texts.write(PLAIN, language).open) == 2


def test_without_consent_none_of_the_texts_promises_a_number() -> None:
    for consent in ("required", "granted"):
        made = texts.write(structs.replace(PLAIN, consent=consent), "en")
        without = next(part for part in made.privacy if "refuse" in part.title)
        assert "_jsuid" not in " ".join(without.sentences)


def test_the_version_is_the_texts_own() -> None:
    assert texts.write(PLAIN, "fr").version == texts.write(PLAIN, "fr").version
    assert texts.write(PLAIN, "fr").version.startswith("fr-")


def test_the_banner_line_carries_text_and_version_and_cannot_be_broken_out_of() -> None:
    line = tag.banner("https://stats.example.com/", 'a "b" <c>', "fr-12345678")
    assert 'data-text="a &quot;b&quot; &lt;c&gt;"' in line
    assert 'data-version="fr-12345678"' in line
    assert 'src="https://stats.example.com/consent.js"' in line


def test_of_a_mail_server_only_the_host_is_told() -> None:
    assert texts.host_of("smtp://user:password@mail.example.net:587") == "mail.example.net"
    assert texts.host_of("") == ""
