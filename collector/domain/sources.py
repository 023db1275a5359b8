"""Where an arrival came from: source, medium, campaign, click id, and the channel that follows.

The order of the channels is the one of Plausible, in GA4's words, with three changes: `medium=organic` is Organic
Search, a tagged visit that matches nothing is Unassigned (a fault of tagging, not Direct), and a click id speaks where
the medium is missing. The list of hosts is our own (sources.json).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

import msgspec
from publicsuffixlist import PublicSuffixList

CHANNELS = (
    "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other",
    "Organic Shopping", "Organic Social", "Organic Video", "AI Assistants", "Organic Search", "Email", "Affiliates",
    "Audio", "SMS", "Mobile Push", "Referral", "Unassigned",
)  # fmt: skip

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

_DATA = json.loads(files(__package__).joinpath("sources.json").read_text("utf-8"))
VERSION: str = _DATA["version"]
# "referral" holds hosts below a search engine's or a shop's that neither search nor sell.
_CATEGORIES = ("search", "social", "video", "shopping", "ai", "email", "referral", "pass")
_MEDIUM = {"search": "organic", "social": "social", "video": "video", "shopping": "shopping", "ai": "ai", "email": "email"}
_HOSTS: dict[str, tuple[str, str]] = {
    host: (category, name) for category in _CATEGORIES for name, hosts in _DATA[category].items() for host in hosts
}
_NAMES: dict[str, str] = {name: category for category in _CATEGORIES[:-1] for name in _DATA[category]} | {
    alias: category for category, aliases in _DATA["aliases"].items() for alias in aliases
}
# A name with more than one category (orange: search and webmail) is a search engine when it stands in utm_source.
_NAMES |= dict.fromkeys(_DATA["search"], "search")

_SUFFIXES = PublicSuffixList()
# "google.*" means google under a country's or the common suffix, not under somebody's hosting ("google.github.io").
_COMMON_SUFFIX = re.compile(r"com|org|net|eu|[a-z]{2}|(com?|net|org)\.[a-z]{2}")
_MAIL_HOST = re.compile(r"(web|e-?)?mail\d*[a-z]?\.|messagerie\d*\.|zimbra\d*\.|roundcube\.|owa\.")

_PAID = re.compile(r"(.*cp.*|ppc|retargeting|paid.*)", re.DOTALL)
_SHOP = re.compile(r"(.*(([^a-df-z]|^)shop|shopping).*)", re.DOTALL)
_MAIL = re.compile(r"e[-_ ]?mail|newsletter|gmail|courriel|infolettre|mailing")
_PAID_ALIAS = re.compile(r"[-_ .]?ads?$")
_DISPLAY_MEDIUMS = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL_MEDIUMS = frozenset(
    {"social", "social-network", "social-media", "sm", "social network", "social media", "social_network", "social_media"}
)
_REFERRAL_MEDIUMS = frozenset({"referral", "app", "link"})
_AFFILIATE_MEDIUMS = frozenset({"affiliate", "affiliates", "affiliation"})
_DIRECT = frozenset({"(direct)", "direct"})
_NO_MEDIUM = frozenset({"", "(none)", "(not set)", "none"})

_TAGS = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_id", "utm_term", "utm_content"})
_PAID_CHANNEL = {"search": "Paid Search", "social": "Paid Social", "video": "Paid Video"}
# An id that an engine's own ad put there says paid whatever the medium says.
_OWN_CLICKS = {"gclid": "google", "gbraid": "google", "wbraid": "google", "msclkid": "bing"}
_PAID_NAMES = frozenset({"adwords", "googleadwords", "gads", "sea"})

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_SCHEMES = frozenset({"", "http", "https", "android-app", "ios-app"})
_HOST = re.compile(r"[^\s/\\@?#<>\"'\x00-\x1f\ud800-\udfff]{1,253}")
_APP = re.compile(r"(com|org)\.[\w.]+\.[\w.]+")
_URL_LIMIT = 8192
_TEXT_LIMIT = 200
_CLICK_LIMIT = 512
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Source(msgspec.Struct, frozen=True):
    """One arrival. All texts, "" when none; source and medium in lower case; `referrer` is a host only."""

    channel: str = "Direct"
    source: str = "(direct)"
    medium: str = "(none)"
    campaign: str = ""
    term: str = ""
    content: str = ""
    click_kind: str = ""
    click_id: str = ""
    referrer: str = ""


@lru_cache(maxsize=2048)
def read(url: str, referrer: str, own: frozenset[str]) -> Source | None:
    """The source of a view of `url` reached from `referrer` (both absolute URLs or ""), or None for an internal step.

    `own` holds the account's host names; a host below one of them is own too. Internal is: the page's registrable
    domain, an own domain, a payment or sign-in host, this very machine. Campaign parameters on an internal step are ignored (they are a
    fault of tagging). Nothing that the URLs hold makes it raise.
    """
    page, via = _host(url), _host(referrer)
    if via and _internal(page, via, own):
        return None
    query = _query(url)
    kind = next((name for name in CLICKS if name in query), "")
    if not query and not via:
        return Source()
    source, medium = query.get("utm_source", "").lower(), query.get("utm_medium", "").lower()
    campaign = query.get("utm_campaign") or query.get("utm_id", "")
    if not source:
        source = _source(via, kind)
    name = channel(source, medium, campaign, via, kind)
    if name == "Direct":
        source, medium = "(direct)", "(none)"
    if not medium:
        medium = CLICKS[kind][1] if kind else _medium(via) if source == _known(via)[1] else ""
    return Source(
        name, source, medium, campaign, query.get("utm_term", ""), query.get("utm_content", ""),
        kind, query.get(kind, ""), via,
    )  # fmt: skip


def channel(source: str, medium: str, campaign: str, host: str = "", click_kind: str = "") -> str:
    """The channel (one of CHANNELS) of an arrival; the first rule that fits wins.

    `host` is the referrer's, `click_kind` a key of CLICKS; both "" when none. A click id speaks only where the medium
    is missing, but for an ad click on the search engine's own id. Source of the rules: leads.md 2.3.
    """
    source, medium, campaign = source.strip().lower(), medium.strip().lower(), campaign.strip().lower()
    if not click_kind and ((source in _DIRECT and medium in _NO_MEDIUM) or not (source or medium or campaign or host)):
        return "Direct"
    medium = "" if medium in _NO_MEDIUM else medium
    category, alias_paid = _category(source, host, medium)
    paid = bool(_PAID.fullmatch(medium))
    if click_kind in CLICKS and not medium:
        category = category if category == "video" else CLICKS[click_kind][2]
        paid = CLICKS[click_kind][3]
    return _bought(source, medium, campaign, category, paid, alias_paid, click_kind) or _earned(source, medium, campaign, host, category)


def _bought(source: str, medium: str, campaign: str, category: str, paid: bool, alias_paid: bool, click_kind: str) -> str:
    """The first paid channel that fits, or ""."""
    own_click = click_kind in _OWN_CLICKS and _NAMES.get(source) == "search" and _OWN_CLICKS[click_kind] in source
    if "cross-network" in campaign:
        return "Cross-network"
    if paid and (category == "shopping" or _SHOP.fullmatch(campaign)):
        return "Paid Shopping"
    if own_click or (category in _PAID_CHANNEL and (paid or alias_paid)):
        return _PAID_CHANNEL["search" if own_click else category]
    if medium in _DISPLAY_MEDIUMS or (category == "display" and not medium):
        return "Display"
    return "Paid Other" if paid or alias_paid else ""


def _earned(source: str, medium: str, campaign: str, host: str, category: str) -> str:
    """The first unpaid channel that fits."""
    rules = (
        ("Organic Shopping", category == "shopping" or _SHOP.fullmatch(campaign)),
        ("Organic Social", category == "social" or medium in _SOCIAL_MEDIUMS),
        ("Organic Video", category == "video" or "video" in medium),
        ("AI Assistants", category == "ai"),
        ("Organic Search", category == "search" or medium == "organic"),
        ("Email", category == "email" or medium == "mail" or _MAIL.search(source) or _MAIL.search(medium)),
        ("Affiliates", category == "affiliate" or medium in _AFFILIATE_MEDIUMS),
        ("Audio", medium == "audio"),
        ("SMS", "sms" in (source, medium)),
        ("Mobile Push", medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase"),
        ("Referral", medium in _REFERRAL_MEDIUMS or (host and not medium and source in ("", _known(host)[1]))),
    )
    return next((name for name, fits in rules if fits), "Unassigned")


@lru_cache(maxsize=8192)
def registrable(host: str) -> str:
    """The registrable domain of a host (public suffix list, private part included); addresses and single labels are themselves."""
    host = host.strip().strip(".").lower()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return str(_SUFFIXES.privatesuffix(host) or host) if "." in host else host
    return host


def _internal(page: str, via: str, own: frozenset[str]) -> bool:
    if page and registrable(page) == registrable(via):
        return True
    if any(via == host or via.endswith("." + host) for host in (name.lower().removeprefix("www.") for name in own)):
        return True
    return via in _HERE or via.endswith(".localhost") or _known(via)[0] == "pass"


def _source(via: str, kind: str) -> str:
    """The source where the tags name none: the referrer's name, unless a click id tells the network and the referrer another."""
    category, name = _known(via)
    return CLICKS[kind][0] if kind and category != CLICKS[kind][2] and category != "video" else name


def _medium(via: str) -> str:
    return _MEDIUM.get(_known(via)[0], "referral") if via else ""


def _category(source: str, host: str, medium: str) -> tuple[str, bool]:
    """The category of a source ("" if unknown), and whether its name alone says that it was paid ("fb-ads")."""
    known, name = _known(host)
    if source == name:
        return known, False
    if source in _PAID_NAMES:
        return _NAMES[source], True
    found = _NAMES.get(source) or (_known(source)[0] if "." in source else "")
    if found:
        return found, False
    base = _PAID_ALIAS.sub("", source)
    if base != source and base in _NAMES:
        return _NAMES[base], True
    return ("" if medium else known), False


@lru_cache(maxsize=8192)
def _known(host: str) -> tuple[str, str]:
    """Category ("" if unknown) and readable name of a referrer's host; ("", "") for no host."""
    if not host or _APP.match(host):
        return _HOSTS.get(host, ("", host))
    plain = host.removeprefix("www.")
    domain = registrable(plain)
    first, _, suffix = domain.partition(".")
    starred = f"{plain.removesuffix(domain)}{first}.*" if _COMMON_SUFFIX.fullmatch(suffix) else ""
    for form in (plain, starred):
        labels = form.split(".")
        for start in range(len(labels) - 1):
            if found := _HOSTS.get(".".join(labels[start:])):
                # "mail.example.*" beats "example.com": the longer of the two forms is asked first below.
                return found if form == starred else _longer(found, starred, len(labels) - start)
    return ("email" if _MAIL_HOST.match(plain) else ""), domain


def _longer(found: tuple[str, str], starred: str, length: int) -> tuple[str, str]:
    """The entry of the starred form where it is more exact than `found` (of `length` labels)."""
    labels = starred.split(".")
    for start in range(max(len(labels) - length, 0)):
        if exact := _HOSTS.get(".".join(labels[start:])):
            return exact
    return found


def _host(url: str) -> str:
    """The host of an absolute URL (http, https, android-app) or of a bare host; "" if there is none."""
    url = url.strip()[:_URL_LIMIT]
    try:
        parts = urlsplit(url if "://" in url else "//" + url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(host):
        return ""
    return host.strip(".")


def _query(url: str) -> dict[str, str]:
    """The campaign parameters and click ids of a URL; of duplicates the first that is not empty."""
    try:
        pairs = parse_qsl(urlsplit(url[:_URL_LIMIT]).query)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for key, value in pairs:
        name = key.lower().removeprefix("amp;")
        limit = _CLICK_LIMIT if name in CLICKS else _TEXT_LIMIT if name in _TAGS else 0
        if limit and name not in found and (text := _clean(value, limit)):
            found[name] = text
    return found


def _clean(value: str, limit: int) -> str:
    text = _CONTROL.sub(" ", value).strip()[:limit].rstrip()
    return "" if text == "~" else text.encode("utf-8", "replace").decode()
