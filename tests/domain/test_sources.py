"""Where an arrival came from: a table of real referrers and tagged URLs, French and English."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain import referrers, sources
from collector.domain.channels import CHANNELS, CLICKS, RULES, channel, rule_of
from collector.domain.referrers import registrable
from collector.domain.sources import is_own_link, read, told

TABLE = json.loads((Path(__file__).parents[1] / "wire" / "channels.json").read_text("utf-8"))
PAGE = "https://www.exemple.fr/contact"
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "case", TABLE["arrivals"], ids=lambda case: f"{case['url'].removeprefix(PAGE)} {case['referrer']}".strip() or "nothing"
)
def test_an_arrival_has_its_channel_source_and_medium(case: dict[str, str]) -> None:
    found = read(case["url"], case["referrer"], NONE)
    assert found is not None
    assert (found.channel, found.source, found.medium) == (case["channel"], case["source"], case["medium"])
    assert found.channel in CHANNELS


@pytest.mark.parametrize("case", TABLE["rules"], ids=lambda case: " ".join(case[:5]))
def test_each_rule_and_trap_gives_its_channel(case: list[str]) -> None:
    *given, expected, _why = case
    assert channel(*given) == expected


def test_every_rule_has_its_case_and_real_arrivals_are_sixty_or_more() -> None:
    assert {case[5] for case in TABLE["rules"]} == set(CHANNELS)
    assert len(TABLE["real"]) >= 60


@pytest.mark.parametrize("case", TABLE["real"], ids=lambda case: f"{case[0][26:90]} {case[1][:60]}".strip())
def test_a_real_arrival_has_its_channel_and_source(case: list[str]) -> None:
    url, referrer, expected, source = case
    found = read(url, referrer, NONE)
    assert found is not None
    assert (found.channel, found.source) == (expected, source)


@pytest.mark.parametrize("case", TABLE["internal"], ids=lambda case: f"{case['url']} from {case['referrer']}")
def test_an_internal_step_opens_no_touch(case: dict[str, list[str]]) -> None:
    assert read(str(case["url"]), str(case["referrer"]), frozenset(case["own"])) is None


def test_every_channel_is_reached_by_the_table() -> None:
    assert {case["channel"] for case in TABLE["arrivals"]} == set(CHANNELS)


@pytest.mark.parametrize("medium", TABLE["paid_medium"]["yes"])
def test_a_paid_medium_makes_a_paid_visit(medium: str) -> None:
    assert channel("google", medium, "") == "Paid Search"


@pytest.mark.parametrize("medium", TABLE["paid_medium"]["no"])
def test_a_medium_that_only_looks_paid_does_not(medium: str) -> None:
    assert channel("google", medium, "") == "Organic Search"


@pytest.mark.parametrize("campaign", TABLE["shop_campaign"]["yes"])
def test_a_shop_campaign_is_shopping(campaign: str) -> None:
    assert channel("lettre", "cpc", campaign) == "Paid Shopping"
    assert channel("lettre", "", campaign) == "Organic Shopping"


@pytest.mark.parametrize("campaign", TABLE["shop_campaign"]["no"])
def test_a_campaign_that_only_ends_in_shop_is_not(campaign: str) -> None:
    assert channel("lettre", "cpc", campaign) == "Paid Other"


def test_campaign_term_and_content_stay_as_typed_and_the_click_id_is_kept() -> None:
    found = read(
        f"{PAGE}?utm_source=Google&utm_medium=CPC&utm_campaign=%20Rentr%C3%A9e%20&utm_term=Devis+Toiture&utm_content=A&gclid=Xy-9", "", NONE
    )
    assert found == sources.Source(
        channel="Paid Search", source="google", medium="cpc", campaign="Rentrée", term="Devis Toiture", content="A",
        click_kind="gclid", click_id="Xy-9",
    )  # fmt: skip


def test_the_referrer_is_kept_as_a_host_only() -> None:
    found = read(PAGE, "https://www.lemonde.fr/economie/article?id=7", NONE)
    assert found is not None
    assert found.referrer == "www.lemonde.fr"


def test_texts_are_bounded() -> None:
    found = read(f"{PAGE}?utm_source={'s' * 900}&utm_campaign={'c' * 900}", "", NONE)
    assert found is not None
    assert (len(found.source), len(found.campaign)) == (200, 200)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.exemple.fr", "exemple.fr"),
        ("a.b.exemple.co.uk", "exemple.co.uk"),
        ("EXEMPLE.FR.", "exemple.fr"),
        ("voisin.github.io", "voisin.github.io"),
        ("mairie.gouv.fr", "mairie.gouv.fr"),
        ("localhost", "localhost"),
        ("192.168.1.20", "192.168.1.20"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("co.uk", "co.uk"),
        ("www.xn--caf-dma.fr", "xn--caf-dma.fr"),
        ("", ""),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable(host) == domain


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://[",
        "http://[::bad",
        "::::",
        "http://%zz?utm_source=%",
        "//",
        "http://a b/",
        "javascript:void(0)",
        "\x00",
        "\ud800",
        "?" * 9000,
        "http://" + "." * 300,
    ],
)
def test_a_garbage_url_is_direct_and_never_raises(url: str) -> None:
    found = read(url, url, NONE)
    assert found is None or found.channel == "Direct"


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_makes_it_raise(url: str, referrer: str) -> None:
    for found in (read(url, referrer, NONE), read(f"https://a.fr/?utm_source={url}&utm_medium={referrer}", f"https://{referrer}/", NONE)):
        assert found is None or found.channel in CHANNELS


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_every_tagged_visit_has_one_channel(source: str, medium: str, campaign: str) -> None:
    assert channel(source, medium, campaign) in CHANNELS


def test_a_host_of_the_list_has_one_meaning() -> None:
    seen: dict[str, str] = {}
    for category in referrers.CATEGORIES:
        for name, hosts in referrers.DATA[category].items():
            for host in hosts:
                assert seen.setdefault(host, name) == name, host
                assert host == host.lower()
                assert "/" not in host


# Why a channel is what it is ------------------------------------------------------------------------------------------


def test_each_of_the_seventeen_click_ids_has_its_arrival() -> None:
    assert len(CLICKS) == 17
    for name in CLICKS:
        assert any(f"{name}=" in case["url"] for case in TABLE["arrivals"]), name


@pytest.mark.parametrize(
    ("given", "expected", "rule"),
    [
        (("", "", "", "", ""), "Direct", "nothing"),
        (("(direct)", "(none)", "", "", ""), "Direct", "said"),
        (("google", "cpc", "cross-network", "", ""), "Cross-network", "campaign"),
        (("google", "cpc", "", "", ""), "Paid Search", "medium"),
        (("", "", "", "", "gclid"), "Paid Search", "click"),
        (("google", "organic", "", "", "gclid"), "Paid Search", "click"),
        (("fb-ads", "social", "", "", ""), "Paid Social", "source"),
        (("example.com", "banner", "", "", ""), "Display", "medium"),
        (("", "", "", "", "dclid"), "Display", "click"),
        (("criteo", "retargeting", "", "", ""), "Paid Other", "medium"),
        (("lettre", "", "eshop", "", ""), "Organic Shopping", "campaign"),
        (("amazon", "", "", "", ""), "Organic Shopping", "site"),
        (("", "", "", "www.facebook.com", ""), "Organic Social", "site"),
        (("", "", "", "", "fbclid"), "Organic Social", "click"),
        (("x1", "social", "", "", ""), "Organic Social", "medium"),
        (("", "", "", "www.google.com", ""), "Organic Search", "site"),
        (("partenaire", "organic", "", "", ""), "Organic Search", "medium"),
        (("lettre", "email", "", "", ""), "Email", "medium"),
        (("gmail-promo", "", "", "", ""), "Email", "source"),
        (("", "", "", "mail.google.com", ""), "Email", "site"),
        (("x1", "affiliate", "", "", ""), "Affiliates", "medium"),
        (("firebase", "", "", "", ""), "Mobile Push", "source"),
        (("x1", "referral", "", "", ""), "Referral", "medium"),
        (("", "", "", "www.lemonde.fr", ""), "Referral", "referrer"),
        (("salon", "flyer", "", "", ""), "Unassigned", "none"),
    ],
    ids=str,
)
def test_what_a_channel_was_told_by(given: tuple[str, str, str, str, str], expected: str, rule: str) -> None:
    assert (channel(*given), rule_of(*given)) == (expected, rule)


def test_every_kind_of_rule_is_reached_and_every_arrival_can_be_told_again() -> None:
    reached = set()
    for case in TABLE["arrivals"]:
        found = read(case["url"], case["referrer"], NONE)
        assert found is not None
        asked = told(case["url"], found.referrer)
        assert channel(asked[0], asked[1], asked[2], found.referrer, asked[3]) == found.channel, case
        reached.add(rule_of(asked[0], asked[1], asked[2], found.referrer, asked[3]))
    assert reached == set(RULES)


@pytest.mark.parametrize(
    ("url", "referrer", "is_one"),
    [
        (PAGE + "?utm_source=accueil", "https://exemple.fr/", True),
        (PAGE + "?utm_medium=banner&x=1", "https://boutique.exemple.fr/", True),
        (PAGE + "?utm_campaign=ete", "https://autre.example/x", True),
        (PAGE + "?utm_source=", "https://exemple.fr/", False),
        (PAGE + "?q=utm_source", "https://exemple.fr/", False),
        (PAGE + "?utm_source=x", "", False),
        (PAGE + "?utm_source=x", "https://www.google.com/", False),
        (PAGE + "?utm_source=x", "https://checkout.stripe.com/", False),
        (PAGE, "https://exemple.fr/", False),
        (PAGE + "?gclid=x", "https://exemple.fr/", False),
        (PAGE + "?utm_source=%ff%", "http://[", False),
    ],
)
def test_campaign_tags_on_a_link_of_ones_own_are_found(url: str, referrer: str, is_one: bool) -> None:
    assert is_own_link(url, referrer, frozenset({"autre.example"})) is is_one
