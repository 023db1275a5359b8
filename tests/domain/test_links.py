"""Campaign links: what is made, and what is amiss."""

from __future__ import annotations

import pytest

from collector.domain.links import KEYS, Asked, alike, build
from collector.domain.sources import read
from collector.present.links import FAULTS, FIELDS, HELP

OWN = {"example.com"}
GOOD = Asked("https://example.com/offer", "newsletter", "email", "rentree-2026")


def faults(**more: str) -> set[tuple[str, str]]:
    return set(build(GOOD._replace(**more), OWN, ["Spring", "autumn"]).faults)


def test_nothing_asked_is_nothing_amiss() -> None:
    assert build(Asked(), OWN) == ("", "", ())
    assert build(Asked(url="  "), OWN).faults == ()


def test_a_good_link() -> None:
    made = build(GOOD, OWN)
    assert made.link == "https://example.com/offer?utm_source=newsletter&utm_medium=email&utm_campaign=rentree-2026"
    assert (made.channel, made.faults) == ("Email", ())


def test_the_pages_own_parameters_and_fragment_stay_and_old_tags_go() -> None:
    made = build(GOOD._replace(url="example.com/a?x=1&y=&utm_source=old#top", content="a b&c"), OWN)
    assert made.link.startswith("https://example.com/a?x=1&y=&utm_source=newsletter&")
    assert made.link.endswith("utm_content=a%20b%26c#top")
    assert ("tagged", "url") in made.faults


@pytest.mark.parametrize(
    ("source", "medium", "campaign"),
    [("google", "cpc", "x"), ("linkedin", "social", "x"), ("partner", "affiliate", ""), ("x", "banner", ""), ("x", "carrier-pigeon", "")],
)
def test_the_channel_is_the_one_that_the_collector_will_read(source: str, medium: str, campaign: str) -> None:
    made = build(Asked("https://example.com/", source, medium, campaign), OWN)
    found = read(made.link, "", frozenset(OWN))
    assert found is not None
    assert found.channel == made.channel


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"url": ""}, ("no-page", "url")),
        ({"url": "not a page"}, ("bad-page", "url")),
        ({"url": "javascript:alert(1)"}, ("bad-page", "url")),
        ({"url": "https://example.org/"}, ("not-ours", "url")),
        ({"url": "https://example.com/?gclid=x"}, ("click-id", "url")),
        ({"source": ""}, ("no-source", "source")),
        ({"source": "https://partner.example/"}, ("is-url", "source")),
        ({"medium": ""}, ("no-medium", "medium")),
        ({"source": "acme", "medium": "carrier-pigeon"}, ("unknown-medium", "medium")),
        ({"source": "google", "medium": "banniere"}, ("guessed", "medium")),
        ({"campaign": ""}, ("no-campaign", "campaign")),
        ({"campaign": "spring"}, ("other-case", "campaign")),
        ({"campaign": "Rentrée"}, ("case", "campaign")),
        ({"content": "my button"}, ("space", "content")),
        ({"content": "x" * 201}, ("long", "content")),
        ({"term": "camille@example.org"}, ("email", "term")),
        ({"content": "06 12 34 56 07"}, ("phone", "content")),
    ],
)  # fmt: skip
def test_what_is_amiss(more: dict[str, str], fault: tuple[str, str]) -> None:
    assert fault in faults(**more)


@pytest.mark.parametrize("medium", ["CPC", "email", "social", "display", "paid_social", "referral", "organic"])
def test_a_medium_that_is_known_is_not_guessed(medium: str) -> None:
    assert ("guessed", "medium") not in faults(source="google", medium=medium)


def test_every_fault_and_field_has_words() -> None:
    assert {"url", *KEYS} == FIELDS.keys() == HELP.keys()
    assert all(FAULTS.values())


def test_names_that_are_nearly_one_are_named_and_years_are_not() -> None:
    names = ["chauffage-automne", "rentree", "ete-2026", "ete-2025", "promo-a", "promo-b", "Rentrée", "chauffage-autome", "~", "-"]
    assert alike(names) == [("Rentrée", "rentree"), ("chauffage-autome", "chauffage-automne")]
    assert ("alike", "campaign") in faults(campaign="autümn")
    assert ("alike", "campaign") not in faults(campaign="autumn")
