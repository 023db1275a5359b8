"""Where an arrival came from: source, medium, campaign, click id, and the channel that follows (`channels`)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

import msgspec

from .channels import CLICKS, channel
from .referrers import known, registrable
from .signs import straight

_MEDIUM = {"search": "organic", "social": "social", "video": "video", "shopping": "shopping", "ai": "ai", "email": "email"}
_TAGS = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_id", "utm_term", "utm_content"})
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_SCHEMES = frozenset({"", "http", "https", "android-app", "ios-app"})
_HOST = re.compile(r"[^\s/\\@?#<>\"'\x00-\x1f\ud800-\udfff]{1,253}")
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
    domain, an own domain, a payment or sign-in host, this very machine. Campaign parameters on an internal step are ignored (they are
    a fault of tagging). Nothing that the URLs hold makes it raise.
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
        medium = CLICKS[kind][1] if kind else _medium(via) if source == known(via)[1] else ""
    return Source(
        name, source, medium, campaign, query.get("utm_term", ""), query.get("utm_content", ""),
        kind, query.get(kind, ""), via,
    )  # fmt: skip


def told(url: str, host: str) -> tuple[str, str, str, str]:
    """What the address of an arrival from `host` said: source, medium, campaign and kind of click id, as `channel` takes them."""
    query = _query(url)
    kind = next((name for name in CLICKS if name in query), "")
    source = query.get("utm_source", "").lower() or _source(host, kind)
    return source, query.get("utm_medium", "").lower(), query.get("utm_campaign") or query.get("utm_id", ""), kind


def is_own_link(url: str, referrer: str, own: frozenset[str]) -> bool:
    """Whether a page with campaign tags was reached from one of the account's own: a fault of tagging, which is counted (`rollups`)."""
    if "utm_" not in url or not referrer:
        return False
    via = _host(referrer)
    return bool(via) and _is_ours(_host(url), via, own) and not _TAGS.isdisjoint(_query(url))


def _internal(page: str, via: str, own: frozenset[str]) -> bool:
    return _is_ours(page, via, own) or via in _HERE or via.endswith(".localhost") or known(via)[0] == "pass"


@lru_cache(maxsize=4096)
def _is_ours(page: str, via: str, own: frozenset[str]) -> bool:
    if page and registrable(page) == registrable(via):
        return True
    return any(via == host or via.endswith("." + host) for host in (name.lower().removeprefix("www.") for name in own))


def _source(via: str, kind: str) -> str:
    """The source where the tags name none: the referrer's name, unless a click id tells the network and the referrer another."""
    category, name = known(via)
    return CLICKS[kind][0] if kind and category != CLICKS[kind][2] and category != "video" else name


def _medium(via: str) -> str:
    return _MEDIUM.get(known(via)[0], "referral") if via else ""


@lru_cache(maxsize=2048)
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
    text = straight(_CONTROL.sub(" ", value)).strip()[:limit].rstrip()
    return "" if text == "~" else text.encode("utf-8", "replace").decode()
