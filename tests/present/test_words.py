"""Codes become words; a stranger's words become nothing else."""

import pytest

from collector.present import words
from collector.present.tag import tag


@pytest.mark.parametrize(
    ("parts", "english", "french"),
    [
        (
            ("Email", "lettre", "email", "rentree"),
            "Email: lettre, campaign “rentree”",
            "E-mail\u00a0: lettre, campagne «\u00a0rentree\u00a0»",
        ),
        (("Direct", "(direct)", "(none)", ""), "Direct visit", "Visite directe"),
        (("Unassigned", "foo", "bar", ""), "Other tagged link: foo, medium “bar”", None),
        (("", "", "", ""), "", ""),
        (("Some Future", "x", "", ""), "Some Future: x", "Some Future\u00a0: x"),
    ],
)
def test_an_origin_is_said_in_both_languages(parts: tuple[str, str, str, str], english: str, french: str | None) -> None:
    assert words.came_from(*parts, language="en") == english
    if french is not None:
        assert words.came_from(*parts, language="fr") == french


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("contact", "contact"),
        ("", ""),
        ("9f86d081884c7d65", ""),
        ("cafe", "cafe"),
        ("f1dpbpzf", ""),
        ("form2024", "form2024"),
        ("facture", "facture"),
        ("feedback", "feedback"),
    ],
)
def test_a_form_that_is_known_by_a_hash_has_no_name(key: str, name: str) -> None:
    assert words.form(key) == name


@pytest.mark.parametrize(
    ("agent", "french"),
    [
        ("Chrome 156 · Linux · desktop", "Chrome 156 · Linux · ordinateur"),
        ("Safari 18 · iOS · mobile", "Safari 18 · iOS · téléphone"),
        ("other", ""),
        ("Chrome 156 · other", "Chrome 156"),
        ("", ""),
    ],
)
def test_a_device_is_said_in_words_and_an_unknown_one_not_at_all(agent: str, french: str) -> None:
    assert words.agent(agent, "fr") == french


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://e.com/a/b?x=1", "/a/b"),
        ("https://e.com/", "home page"),
        ("https://e.com", "home page"),
        ("", ""),
        ("http://[x", "http://[x"),
    ],
)
def test_a_page_is_named_by_its_path(url: str, name: str) -> None:
    assert words.page(url, "en") == name


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " https://e.com", "https://", "ftp://e.com"])
def test_only_web_addresses_become_links(url: str) -> None:
    assert not words.is_link(url)


def test_a_mail_link_carries_the_address_alone() -> None:
    assert words.mail_link("a@example.com?bcc=b@example.com&body=x") == "mailto:a@example.com%3Fbcc%3Db@example.com%26body%3Dx"
    assert words.phone_link("06 12-34.56/78") == "tel:0612345678"
    assert words.phone_link("javascript:1") == ""
    assert words.phone("+33612345678") == "+33 6 12 34 56 78"


def test_the_tag_is_the_one_of_the_contract() -> None:
    assert tag("https://stats.example.com/", 100849625) == (
        '<script async src="https://stats.example.com/js" data-site="100849625"></script>\n'
        '<noscript><img src="https://stats.example.com/100849625ns.gif" alt="" width="1" height="1"></noscript>'
    )
    assert ' data-consent="granted">' in tag("https://stats.example.com", 1, "granted")
