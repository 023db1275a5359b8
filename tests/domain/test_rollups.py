"""What counts, on which day and under which key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.events import mark_bits
from collector.domain.rollups import VIEWS, VISITS, Tally, Visit, language_of, page_of
from tests.builders import HOME, NOW, SITE, VISITOR

OWN = frozenset({"example.com"})
PARIS = {SITE: {"zone": "Europe/Paris"}}


def told(
    visitor: str | None = None, marks: int = 0, at: int = NOW, url: str = HOME, sites: Any = PARIS, **data: Any
) -> dict[tuple[str, str], list[int]]:
    """What one view counts, by kind and key."""
    tally = Tally(sites, OWN)
    tally.event("view", SITE, at, at, visitor, url, data, marks)
    return {key[2:]: counts for key, counts in tally.counts.items()}


@given(
    at=st.integers(0, 4_000_000_000_000),
    zone=st.sampled_from(["Europe/Paris", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"]),
)
def test_a_day_is_the_one_on_the_sites_clocks(at: int, zone: str) -> None:
    day = Tally({SITE: {"zone": zone}}, OWN).day(SITE, at)
    assert (
        day == datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
    )


def test_a_site_of_no_known_zone_has_the_days_of_utc() -> None:
    for sites in ({}, {SITE: {"zone": ""}}, {SITE: {"zone": "Mars/Olympus"}}):
        assert Tally(sites, OWN).day(SITE, NOW) == NOW // 86_400_000


@pytest.mark.parametrize(
    ("data", "visits"),
    [
        ({}, 1),
        ({"referrer": "https://www.google.com/"}, 1),
        ({"referrer": "https://example.com/a"}, 0),
        ({"nav": "reload"}, 0),
        ({"nav": "bfcache"}, 0),
        ({"nav": "route"}, 0),
        ({"nav": "prerender"}, 1),
    ],
)
def test_without_a_visitor_a_visit_is_a_view_with_no_or_an_external_referrer(data: dict[str, str], visits: int) -> None:
    counted = told(**data)["site", ""]
    assert (counted[VISITS], counted[VIEWS]) == (visits, 1)


def test_with_a_visitor_a_view_is_no_visit() -> None:
    assert told(VISITOR, language="fr-fr") == {("site", ""): [0, 1, 0, 0], ("page", "/"): [0, 1, 0, 0], ("language", "fr-FR"): [0, 1, 0, 0]}


def test_a_view_told_again_and_a_crawler_count_nowhere_and_automation_does() -> None:
    assert told(VISITOR, again=1) == told(marks=mark_bits(["crawler"])) == {}
    assert told(marks=mark_bits(["automated", "headless", "library"]))["site", ""] == [1, 1, 0, 0]


def test_an_arrival_counts_under_its_source_and_campaign() -> None:
    counted = told(url=HOME + "devis?utm_source=lettre&utm_medium=email&utm_campaign=rentree")
    assert counted["source", "Email\x1flettre"] == counted["campaign", "Email\x1flettre\x1frentree"] == [1, 1, 0, 0]
    assert counted["page", "/devis"] == [1, 1, 0, 0]


def test_a_form_that_is_seen_is_a_view_of_it() -> None:
    tally = Tally(PARIS, OWN)
    tally.event("form_view", SITE, NOW, NOW, VISITOR, HOME, {"form": "contact"}, 0)
    tally.event("form_view", SITE, NOW, NOW, VISITOR, HOME, {"form": "contact"}, mark_bits(["crawler"]))
    assert {key[2:]: counts for key, counts in tally.counts.items()} == {("form", "contact"): [0, 1, 0, 0]}


def test_each_step_of_a_form_counts_and_the_field_where_it_ended() -> None:
    tally = Tally(PARIS, OWN)
    steps = (
        ("form_start", {"form": "contact", "field": "nom"}),
        ("form_invalid", {"form": "contact", "field": "email", "reason": "typeMismatch"}),
        ("form_abandon", {"form": "contact", "field": "message"}),
        ("form_abandon", {"form": "contact"}),
        ("form_start", {"field": "nom"}),
    )
    for kind, data in steps:
        tally.event(kind, SITE, NOW, NOW, None, HOME, data, 0)
        tally.event(kind, SITE, NOW, NOW, None, HOME, data, mark_bits(["crawler"]))
    assert {key[2:]: counts[VIEWS] for key, counts in tally.counts.items()} == {
        ("form-step", "contact\x1fstart"): 1,
        ("form-step", "contact\x1finvalid"): 1,
        ("form-step", "contact\x1fabandon"): 2,
        ("form-field", "contact\x1finvalid\x1femail"): 1,
        ("form-field", "contact\x1fabandon\x1fmessage"): 1,
    }


def test_a_long_name_loses_its_end_and_never_the_step_behind_it() -> None:
    tally = Tally(PARIS, OWN)
    tally.event("form_abandon", SITE, NOW, NOW, None, HOME, {"form": "f\x1f" * 100, "field": "x" * 200}, 0)
    keys = {key[2]: key[3].split("\x1f") for key in tally.counts}
    assert keys["form-step"] == ["f " * 60, "abandon"]
    assert keys["form-field"] == ["f " * 60, "abandon", "x" * 120]
    tally = Tally(PARIS, OWN)
    tally.event("view", SITE, NOW, NOW, None, HOME + f"?utm_source={'s' * 200}&utm_campaign={'c' * 200}", {}, 0)
    (source,) = [key[3] for key in tally.counts if key[2] == "source"]
    (campaign,) = [key[3] for key in tally.counts if key[2] == "campaign"]
    assert campaign == f"{source}\x1f{'c' * 120}"


def test_a_visit_that_goes_on_adds_its_views_to_its_source_alone() -> None:
    tally = Tally(PARIS, OWN)
    before = Visit(SITE, NOW, "Email\x1flettre\x1femail\x1frentree\x1f", "/", "fr-FR", 1, 1)
    tally.visit(before)
    stood = {key[2:]: list(counts) for key, counts in tally.counts.items()}
    tally.changed(before, before._replace(views=3))
    grown = {key[2:]: counts for key, counts in tally.counts.items()}
    assert {key: counts for key, counts in grown.items() if counts != stood[key]} == {
        ("source", "Email\x1flettre"): [1, 3, 0, 0],
        ("campaign", "Email\x1flettre\x1frentree"): [1, 3, 0, 0],
    }
    tally.changed(before._replace(views=3), None)
    assert not any(map(any, tally.counts.values()))


def test_what_goes_takes_back_what_it_counted() -> None:
    tally = Tally(PARIS, OWN)
    for n in (1, -1):
        tally.event("view", SITE, NOW, NOW, None, HOME + "a", {}, 0, n)
    assert set(map(tuple, tally.counts.values())) == {(0, 0, 0, 0)}
    assert set(tally.heard.values()) == {NOW}


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://example.com", "/"),
        ("https://example.com/", "/"),
        ("https://example.com/a/b?x=/c#d", "/a/b"),
        ("https://example.com?x=/c", "/"),
        ("https://example.com/a#/b", "/a"),
        ("", "/"),
    ],
)
def test_a_page_is_a_path(url: str, page: str) -> None:
    assert page_of(url) == page


@pytest.mark.parametrize(
    ("tag", "key"), [("fr-FR", "fr-FR"), ("FR", "fr"), ("zh-Hant-tw", "zh-TW"), ("en_gb", "en-GB"), ("es-419", "es"), ("", "")]
)
def test_a_language_has_a_country_at_most(tag: str, key: str) -> None:
    assert language_of(tag) == key


def test_a_key_has_an_end() -> None:
    assert max(len(key) for _kind, key in told(url=HOME + "x" * 2_000)) == 120


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)], ids=["spring", "autumn", "summer"]
)
def test_a_day_of_another_length_is_one_day(night: str, hours: int) -> None:
    """A visit belongs to the day on which it began on the site's clocks; the day of a change has 23 or 25 hours."""
    start = datetime.fromisoformat(f"{night}T00:00:00").replace(tzinfo=ZoneInfo("Europe/Paris"))
    first = round(start.timestamp() * 1000)
    tally = Tally(PARIS, OWN)
    day = tally.day(SITE, first)
    assert [tally.day(SITE, first + hour * 3_600_000) - day for hour in (0, hours - 1, hours)] == [0, 0, 1]
    assert tally.day(SITE, first + hours * 3_600_000 - 1) == day
    assert tally.day(SITE, first - 1) == day - 1


def test_tags_on_links_of_ones_own_are_counted_by_page_and_taken_back() -> None:
    tally = Tally(PARIS, OWN)
    for url, referrer, nav in (
        (HOME + "contact?utm_source=accueil", HOME, "load"), (HOME + "contact?utm_source=accueil", HOME, "reload"), (HOME + "contact?utm_source=x", "", "load"),
        (HOME + "contact?utm_source=x", "https://www.google.com/", "load"), (HOME + "contact", HOME, "load"),
    ):  # fmt: skip
        tally.event("view", SITE, NOW, NOW, "v", url, {"referrer": referrer, "nav": nav}, 0)
    assert {key[3]: counts for key, counts in tally.counts.items() if key[2] == "own-link"} == {"/contact": [0, 1, 0, 0]}
    tally.event("view", SITE, NOW, NOW, "v", HOME + "contact?utm_source=accueil", {"referrer": HOME, "nav": "load"}, 0, -1)
    assert {tuple(counts) for key, counts in tally.counts.items() if key[2] == "own-link"} == {(0, 0, 0, 0)}
