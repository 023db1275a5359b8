"""Hosts and names of sources: which network, engine or shop they are. The list is our own (sources.json)."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList

DATA = json.loads(files(__package__).joinpath("sources.json").read_text("utf-8"))
VERSION: str = DATA["version"]
# "referral" holds hosts below a search engine's or a shop's that neither search nor sell.
CATEGORIES = ("search", "social", "video", "shopping", "ai", "email", "referral", "pass")
_HOSTS: dict[str, tuple[str, str]] = {
    host: (category, name) for category in CATEGORIES for name, hosts in DATA[category].items() for host in hosts
}
NAMES: dict[str, str] = {name: category for category in CATEGORIES[:-1] for name in DATA[category]} | {
    alias: category for category, aliases in DATA["aliases"].items() for alias in aliases
}
# A name with more than one category (orange: search and webmail) is a search engine when it stands in utm_source.
NAMES |= dict.fromkeys(DATA["search"], "search")

_SUFFIXES = PublicSuffixList()
# "google.*" means google under a country's or the common suffix, not under somebody's hosting ("google.github.io").
_COMMON_SUFFIX = re.compile(r"com|org|net|eu|[a-z]{2}|(com?|net|org)\.[a-z]{2}")
_MAIL_HOST = re.compile(r"(web|e-?)?mail\d*[a-z]?\.|messagerie\d*\.|zimbra\d*\.|roundcube\.|owa\.")
_PAID_ALIAS = re.compile(r"[-_ .]?ads?$")
_PAID_NAMES = frozenset({"adwords", "googleadwords", "gads", "sea"})
_APP = re.compile(r"(com|org)\.[\w.]+\.[\w.]+")


@lru_cache(maxsize=8192)
def registrable(host: str) -> str:
    """The registrable domain of a host (public suffix list, private part included); addresses and single labels are themselves."""
    host = host.strip().strip(".").lower()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return str(_SUFFIXES.privatesuffix(host) or host) if "." in host else host
    return host


def category_of(source: str, host: str, medium: str) -> tuple[str, bool]:
    """The category of a source ("" if unknown), and whether its name alone says that it was paid ("fb-ads")."""
    by_host, name = known(host)
    if source == name:
        return by_host, False
    if source in _PAID_NAMES:
        return NAMES[source], True
    found = NAMES.get(source) or (known(source)[0] if "." in source else "")
    if found:
        return found, False
    base = _PAID_ALIAS.sub("", source)
    if base != source and base in NAMES:
        return NAMES[base], True
    return ("" if medium else by_host), False


@lru_cache(maxsize=8192)
def known(host: str) -> tuple[str, str]:
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
