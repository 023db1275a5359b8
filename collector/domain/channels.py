"""The channel of an arrival: twenty rules in one order (reference: leads 2.3).

The order is the one of Plausible, in GA4's words, with three changes: `medium=organic` is Organic Search, a tagged visit that
matches nothing is Unassigned (a fault of tagging, not Direct), and a click id speaks where the medium is missing.
"""

from __future__ import annotations

import re

from .referrers import NAMES, category_of, known

CHANNELS = (
    "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other",
    "Organic Shopping", "Organic Social", "Organic Video", "AI Assistants", "Organic Search", "Email", "Affiliates",
    "Audio", "SMS", "Mobile Push", "Referral", "Unassigned",
)  # fmt: skip
UNASSIGNED = CHANNELS[-1]  # tags that fit no rule

PAID = frozenset({"Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other"})

# Click ids in the order in which they are believed: parameter → (source, medium, category, paid).
# fbclid and igshid are put on shared links too, so they do not make a visit paid.
CLICKS: dict[str, tuple[str, str, str, bool]] = {
    "gclid": ("google", "cpc", "search", True),
    "gbraid": ("google", "cpc", "search", True),
    "wbraid": ("google", "cpc", "search", True),
    "msclkid": ("bing", "cpc", "search", True),
    "dclid": ("google", "display", "display", True),
    "ttclid": ("tiktok", "paid", "social", True),
    "twclid": ("twitter", "paid", "social", True),
    "li_fat_id": ("linkedin", "paid", "social", True),
    "rdt_cid": ("reddit", "paid", "social", True),
    "epik": ("pinterest", "paid", "social", True),
    "sccid": ("snapchat", "paid", "social", True),
    "qclid": ("quora", "paid", "social", True),
    "irclid": ("impact", "affiliate", "affiliate", False),
    "_kx": ("klaviyo", "email", "email", False),
    "igshid": ("instagram", "social", "social", False),
    "fbclid": ("facebook", "social", "social", False),
    "gclsrc": ("google", "cpc", "search", True),
}

_PAID = re.compile(r"(.*cp.*|ppc|retargeting|paid.*)", re.DOTALL)
_SHOP = re.compile(r"(.*(([^a-df-z]|^)shop|shopping).*)", re.DOTALL)
_MAIL = re.compile(r"e[-_ ]?mail|newsletter|gmail|courriel|infolettre|mailing")
_DISPLAY_MEDIUMS = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL_MEDIUMS = frozenset(
    {"social", "social-network", "social-media", "sm", "social network", "social media", "social_network", "social_media"}
)
_REFERRAL_MEDIUMS = frozenset({"referral", "app", "link"})
_AFFILIATE_MEDIUMS = frozenset({"affiliate", "affiliates", "affiliation"})
_DIRECT = frozenset({"(direct)", "direct"})
_NO_MEDIUM = frozenset({"", "(none)", "(not set)", "none"})

_PAID_CHANNEL = {"search": "Paid Search", "social": "Paid Social", "video": "Paid Video"}
# An id that an engine's own ad put there says paid whatever the medium says.
_OWN_CLICKS = {"gclid": "google", "gbraid": "google", "wbraid": "google", "msclkid": "bing"}

# What a rule went by: `medium`, `campaign` and `source` are tags of the address, `site` is a known host or name.
RULES = ("nothing", "said", "campaign", "medium", "click", "source", "site", "referrer", "none")


def channel(source: str, medium: str, campaign: str, host: str = "", click_kind: str = "") -> str:
    """The channel (one of CHANNELS) of an arrival; the first rule that fits wins.

    `host` is the referrer's, `click_kind` a key of CLICKS; both "" when none. A click id speaks only where the medium
    is missing, but for an ad click on the search engine's own id. Source of the rules: leads.md 2.3.
    """
    return _channel(source, medium, campaign, host, click_kind)[0]


def rule_of(source: str, medium: str, campaign: str, host: str = "", click_kind: str = "") -> str:
    """By which kind of rule `channel` decided: one of RULES."""
    return _channel(source, medium, campaign, host, click_kind)[1]


def _channel(source: str, medium: str, campaign: str, host: str, click_kind: str) -> tuple[str, str]:
    source, medium, campaign = source.strip().lower(), medium.strip().lower(), campaign.strip().lower()
    if not click_kind and ((source in _DIRECT and medium in _NO_MEDIUM) or not (source or medium or campaign or host)):
        return "Direct", "said" if source in _DIRECT else "nothing"
    medium = "" if medium in _NO_MEDIUM else medium
    category, alias_paid = category_of(source, host, medium)
    paid = bool(_PAID.fullmatch(medium))
    clicked = click_kind in CLICKS and not medium
    if clicked:
        category = category if category == "video" else CLICKS[click_kind][2]
        paid = CLICKS[click_kind][3]
    by = "click" if clicked else "medium" if paid else "source"
    bought = _bought(source, medium, campaign, category, paid, alias_paid, click_kind, by)
    return bought or _earned(source, medium, campaign, host, category, "click" if clicked else "site")


def _bought(
    source: str, medium: str, campaign: str, category: str, paid: bool, alias_paid: bool, click_kind: str, by: str
) -> tuple[str, str] | None:
    """The first paid channel that fits and what it went by, or None."""
    own_click = click_kind in _OWN_CLICKS and NAMES.get(source) == "search" and _OWN_CLICKS[click_kind] in source
    if "cross-network" in campaign:
        return "Cross-network", "campaign"
    if paid and (category == "shopping" or _SHOP.fullmatch(campaign)):
        return "Paid Shopping", by
    if own_click or (category in _PAID_CHANNEL and (paid or alias_paid)):
        return _PAID_CHANNEL["search" if own_click else category], "click" if own_click else by
    if medium in _DISPLAY_MEDIUMS or (category == "display" and not medium):
        return "Display", "medium" if medium else by
    return ("Paid Other", by) if paid or alias_paid else None


def _earned(source: str, medium: str, campaign: str, host: str, category: str, by: str) -> tuple[str, str]:
    """The first unpaid channel that fits and what it went by."""
    push = medium.endswith("push") or "mobile" in medium or "notification" in medium
    rules = (
        ("Organic Shopping", by, category == "shopping"),
        ("Organic Shopping", "campaign", _SHOP.fullmatch(campaign)),
        ("Organic Social", by, category == "social"),
        ("Organic Social", "medium", medium in _SOCIAL_MEDIUMS),
        ("Organic Video", by, category == "video"),
        ("Organic Video", "medium", "video" in medium),
        ("AI Assistants", by, category == "ai"),
        ("Organic Search", by, category == "search"),
        ("Organic Search", "medium", medium == "organic"),
        ("Email", "medium", medium == "mail" or _MAIL.search(medium)),
        ("Email", by, category == "email"),
        ("Email", "source", _MAIL.search(source)),
        ("Affiliates", by, category == "affiliate"),
        ("Affiliates", "medium", medium in _AFFILIATE_MEDIUMS),
        ("Audio", "medium", medium == "audio"),
        ("SMS", "medium", medium == "sms"),
        ("SMS", "source", source == "sms"),
        ("Mobile Push", "medium", push),
        ("Mobile Push", "source", source == "firebase"),
        ("Referral", "medium", medium in _REFERRAL_MEDIUMS),
        ("Referral", "referrer", host and not medium and source in ("", known(host)[1])),
    )
    return next(((name, rule) for name, rule, fits in rules if fits), (UNASSIGNED, "none"))
