"""Is the tag in the page, and was it heard? What a page that was fetched shows, and what follows from both.

Six states: the tag was seen, was not, or nobody could look; an event was heard, or was not. Each names its cause; the words and what
to do about it are in `present.install`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from . import hosts, policies

RECENT = 24 * 3_600_000  # milliseconds: an event of this age says that the tag works
OLD_HOST = "stats.webleads-tracker.com"

# Why nobody could look, as the fetch names it, beside those of a status.
FAULTS = (
    "dns", "private", "refused", "tls", "timeout", "redirects", "broken", "not-html",
    "not-http", "credentials", "port", "host",
)  # fmt: skip
_STATUS = {401: "password", 403: "forbidden", 404: "not-found", 410: "not-found", 407: "password", 429: "wall"}
_WALLS = ("cf-chl-", "challenges.cloudflare.com", "_incapsula_resource", "captcha-delivery.com", "px-captcha", "ddos-guard", "sgcaptcha")
_CONTAINERS = {
    "googletagmanager.com/gtm.js": "Google Tag Manager",
    "googletagmanager.com/ns.html": "Google Tag Manager",
    "tarteaucitron": "tarteaucitron",
    "axept.io": "Axeptio",
    "cookiebot.com": "Cookiebot",
    "privacy-center.org": "Didomi",
    "cookielaw.org": "OneTrust",
    "otsdkstub": "OneTrust",
    "usercentrics": "Usercentrics",
    "complianz": "Complianz",
    "iubenda": "iubenda",
    "cmp.quantcast": "Quantcast Choice",
    "consentframework.com": "Sirdata",
    "tiqcdn.com": "Tealium",
    "klaro": "Klaro",
    "osano": "Osano",
}
_ELEMENT = re.compile(r"<(script|meta|base|img)\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>", re.I)
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_SCRIPT = re.compile(r"(?:/[^?#]*)?/js(?:/[0-9a-f]{6,64})?")
_IDS = re.compile(
    r"webleads_site_ids\s*\.\s*push\(\s*['\"]?(\d{1,16})"
    r"|webleads_site_ids\s*=\s*\[\s*['\"]?(\d{1,16})"
    r"|dataset\.site\s*=\s*['\"]?(\d{1,16})"
    r"|data-site\\?['\"]?\s*[,:=]\s*\\?['\"](\d{1,16})"
    r"|getplusId\s*=\s*['\"]?(\d{1,16})"
)


class Page(Struct, frozen=True):
    """What answered when a page was asked for; `fault` (one of FAULTS, or empty) says why nothing did."""

    url: str  # of the last step
    fault: str = ""
    status: int = 0
    policies: tuple[str, ...] = ()
    text: str = ""
    cut: bool = False  # longer than was read
    walled: bool = False  # a header says that a robot was met


class Wanted(NamedTuple):
    """The tag that should stand there: the site's id, the hosts that may send for it, the collector's address."""

    site: int
    hosts: Collection[str]
    base: str


class Look(Struct, frozen=True):
    """What was found: `tag` is yes, no or unknown, `cause` a code of `present.install.CAUSES`, `values` what stands in its words."""

    tag: str
    cause: str
    values: dict[str, str] = {}
    url: str = ""
    at: int = 0  # UTC milliseconds


class Verdict(Struct, frozen=True):
    """One of the six states: `tag` yes, no or unknown; whether it was `heard`; and the cause that explains it."""

    tag: str
    heard: bool
    cause: str
    values: dict[str, str] = {}


_BROKEN = frozenset({"csp", "mixed", "wrong-domain", "held"})


class _Found(NamedTuple):
    """A place in the page that brings a tag: its address, the sites that it names, and how."""

    src: str
    sites: frozenset[str]
    nonce: str = ""
    held: bool = False  # a consent manager keeps it from running
    added: bool = False  # a script adds it


def judge(look: Look | None, last: int | None, now: int, *, consent: str = "required", foreign: Collection[str] = ()) -> Verdict:
    """What a look at the page (None: not yet) and the last event (UTC milliseconds, None: none) say together.

    `foreign` are the hosts from which batches were refused in the last hour, `consent` is the site's mode.
    """
    heard = last is not None and now - last < RECENT
    tag, cause, values = (look.tag, look.cause, look.values) if look is not None else ("unknown", "not-looked", {})
    if tag == "yes":
        if cause in _BROKEN:
            return Verdict(tag, heard, cause, values)
        return Verdict(tag, heard, "works" if heard else _silent(consent, foreign), {"hosts": ", ".join(sorted(foreign)), **values})
    if heard:
        also = {"no": "heard-elsewhere", "unknown": "heard-hidden" if cause == "container" else "heard-unseen"}[tag]
        return Verdict(tag, heard, also, values)
    return Verdict(tag, heard, cause, values)


def _silent(consent: str, foreign: Collection[str]) -> str:
    """Why a tag that stands in the page was not heard."""
    if foreign:
        return "foreign"
    return "consent-off" if consent == "off" else "open-it"


def look(page: Page, wanted: Wanted, at: int = 0) -> Look:
    """What a page shows of the tag."""
    tag, cause, values = _look(page, wanted)
    return Look(tag, cause, values, page.url, at)


def _look(page: Page, wanted: Wanted) -> tuple[str, str, dict[str, str]]:
    host = hosts.of_url(page.url)
    if page.fault:
        return "unknown", page.fault, {"host": host}
    if wall := _wall(page):
        return "unknown", wall, {"host": host, "status": str(page.status)}
    shown, hidden = _without_comments(page.text)
    found = list(_tags(shown, page.url, wanted))
    mine = [one for one in found if _is_ours(one.src, wanted.base)]
    right = [one for one in mine if str(wanted.site) in one.sites]
    if right:
        return _standing(page, shown, wanted, right, host)
    if mine:
        named = sorted(set().union(*(one.sites for one in mine)))
        return "no", "other-site" if named else "no-id", {"ids": ", ".join(named)}
    return _absent(page, wanted, shown, hidden, found, host)


def _wall(page: Page) -> str:
    """Why a page that answered is not the one that visitors see; empty where it is."""
    small = page.text[:60_000].lower()
    if page.walled or any(sign in small for sign in _WALLS if page.status != 200) or "<title>just a moment" in small:
        return "wall"
    if page.status in _STATUS:
        return _STATUS[page.status]
    if urlsplit(page.url).path == "/password":  # a shop that is not open yet
        return "password"
    if page.status >= 500:
        return "server-error"
    return "" if 200 <= page.status < 300 else "status"


def _standing(page: Page, shown: str, wanted: Wanted, found: list[_Found], host: str) -> tuple[str, str, dict[str, str]]:
    """The tag is there; what may keep it from being heard."""
    if not hosts.covers(host, wanted.hosts):
        return "yes", "wrong-domain", {"host": host}
    if all(one.held for one in found):
        return "yes", "held", {}
    found = [one for one in found if not one.held]
    if page.url.startswith("https:") and all(one.src.startswith("http:") for one in found):
        return "yes", "mixed", {}
    rules = (*page.policies, *_meta_policies(shown))
    missing = _shut(rules, page.url, wanted, found)
    if missing:
        return "yes", "csp", {"directives": ", ".join(missing)}
    return "yes", "works", {}


def _shut(rules: Collection[str], page: str, wanted: Wanted, found: list[_Found]) -> list[str]:
    """The directives that keep the tag out, or its events in."""
    missing = []
    if all(policies.shut(rules, "script-src", one.src, page, nonce=one.nonce, added=one.added) for one in found):
        missing.append("script-src")
    if policies.shut(rules, "connect-src", f"{wanted.base}/in", page):
        missing.append("connect-src")
    if missing and policies.shut(rules, "img-src", f"{wanted.base}/{wanted.site}ns.gif", page):
        missing.append("img-src")
    return missing


def _absent(page: Page, wanted: Wanted, shown: str, hidden: str, found: list[_Found], host: str) -> tuple[str, str, dict[str, str]]:
    """The tag is not in the page; what is there instead."""
    small, own = shown.lower(), urlsplit(wanted.base).netloc
    for one in found:
        other = hosts.of_url(one.src)
        return "no", "old-host" if other == OLD_HOST else "other-host", {"host": other}
    if not hosts.covers(host, wanted.hosts):
        return "no", "elsewhere", {"host": host}
    if f"{own}/js" in hidden and str(wanted.site) in hidden:
        return "no", "commented", {}
    if f"{own}/{wanted.site}ns.gif" in shown:
        return "no", "pixel-only", {}
    if names := sorted({name for sign, name in _CONTAINERS.items() if sign in small}):
        return "unknown", "container", {"names": ", ".join(names)}
    return ("unknown", "too-large", {}) if page.cut else ("no", "missing", {})


# Reading -----------------------------------------------------------------------------------------------------------


def _tags(shown: str, url: str, wanted: Wanted) -> Iterator[_Found]:
    """Every tag of this product in a page, whosever it is."""
    base, pushed = url, _ids(shown)
    for found in _ELEMENT.finditer(shown):
        name, told = found[1].lower(), _attributes(found[2])
        if name == "base" and told.get("href"):
            base = _joined(url, told["href"])
        if name != "script":
            continue
        if src := told.get("src"):
            whole = _joined(base, src)
            named = told.get("data-site", "").strip()
            if _is_tag(whole, named, wanted):
                yield _Found(whole, frozenset({named} if named else pushed), told.get("nonce", ""), _is_held(told))
            continue
        end = shown.find("</", found.end())
        while end != -1 and not shown[end : end + 8].lower().startswith("</script"):
            end = shown.find("</", end + 2)
        inside = shown[found.end() : end if end != -1 else len(shown)]
        for whole in _added(inside, url, wanted.base):
            yield _Found(whole, frozenset(_ids(inside) | pushed), told.get("nonce", ""), _is_held(told), added=True)


def _is_tag(whole: str, named: str, wanted: Wanted) -> bool:
    path = urlsplit(whole).path
    if not _SCRIPT.fullmatch(path):
        return False
    return _is_ours(whole, wanted.base) or named.isdigit() or hosts.of_url(whole) == OLD_HOST


def _is_ours(whole: str, base: str) -> bool:
    """Whether a script is this collector's, by either scheme."""
    bare, own = whole.split("?", 1)[0].partition("://")[2], base.partition("://")[2]
    return bare == f"{own}/js" or bare.startswith(f"{own}/js/")


def _added(inside: str, url: str, base: str) -> Iterator[str]:
    """The scripts of this product that an inline script adds."""
    for host in (base.partition("://")[2], OLD_HOST):
        places = [inside.find(f"{scheme}//{host}/js") for scheme in ("https:", "http:")]
        if places[0] != -1:
            yield f"https://{host}/js"
        elif places[1] != -1:
            yield f"http://{host}/js"
        elif f"//{host}/js" in inside:
            yield _joined(url, f"//{host}/js")


def _is_held(told: Mapping[str, str]) -> bool:
    """Whether a consent manager keeps a script from running: its type is none that browsers run."""
    kind = told.get("type", "").strip().lower()
    return kind not in ("", "module") and "javascript" not in kind and "ecmascript" not in kind


def _ids(text: str) -> set[str]:
    return {next(filter(None, found)) for found in _IDS.findall(text)} if "webleads" in text or "site" in text else set()


def _meta_policies(shown: str) -> list[str]:
    told = (_attributes(found[2]) for found in _ELEMENT.finditer(shown) if found[1].lower() == "meta")
    return [one.get("content", "") for one in told if one.get("http-equiv", "").lower() == "content-security-policy"]


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(next(filter(None, values), "")))
    return found


def _without_comments(text: str) -> tuple[str, str]:
    """What a browser reads of a page, and what stands in its comments."""
    shown: list[str] = []
    hidden: list[str] = []
    start = 0
    while (opens := text.find("<!--", start)) != -1 and (closes := text.find("-->", opens + 4)) != -1:
        shown.append(text[start:opens])
        hidden.append(text[opens:closes])
        start = closes + 3
    return "".join((*shown, text[start:])), "".join(hidden)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def foreign_hosts(urls: Iterable[str]) -> list[str]:
    """The hosts of refused events, each once; what has none is left out."""
    return sorted({host for url in urls if (host := hosts.of_url(url))})
