"""Host names: what a site's domain may be, and which pages may carry its tag."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

_suffixes = PublicSuffixList()

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")

_WRITTEN = re.compile(r"[a-z0-9._:-]*")  # as browsers write a host: a backslash would end it there and not here


class BadHost(ValueError):
    """Not a host name; args[0] is `empty` or `not-a-host`."""


def normalise(text: str) -> str:
    """A host name as it is kept: lower case, A-labels, no port, no scheme, no path. Raises BadHost."""
    typed = text.strip().lower()
    if not typed:
        raise BadHost("empty")
    typed = re.sub(r"^[a-z][a-z0-9+.-]*://", "", typed).removeprefix("//").split("/", 1)[0].rpartition("@")[2]
    if len(typed) > 300:  # the IDNA codec takes its time with more
        raise BadHost("not-a-host")
    bare = _without_port(typed)
    try:
        return str(ip_address(bare.strip("[]")))
    except ValueError:
        pass
    try:
        name = bare.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        raise BadHost("not-a-host") from None
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise BadHost("not-a-host")
    return name


def _without_port(typed: str) -> str:
    if typed.startswith("["):
        return typed.split("]", 1)[0] + "]"
    return typed.split(":", 1)[0] if typed.count(":") == 1 else typed


@lru_cache(4096)
def of_url(url: str) -> str:
    """The host of an http(s) URL or origin, lower case, without its port; empty where there is none (`null` too)."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return ""
        host = (parts.hostname or "").rstrip(".")
        return host if _WRITTEN.fullmatch(host) else ""
    except ValueError:
        return ""


def covers(host: str, allowed: Collection[str]) -> bool:
    """Whether a page on `host` may send for a site: its domain, a subdomain of it, or an allowed host."""
    return host in allowed or any(host.endswith("." + name) for name in allowed)


def shared(page: str, own: str) -> str:
    """The domain of which both hosts are, the widest that may hold a cookie (publicsuffix.org); empty where there is none."""
    if not ("." in page and "." in own) or _is_address(page):
        return ""
    domain = _suffixes.privatesuffix(page) or ""
    return domain if domain and covers(own, (domain,)) else ""


def is_suffix(host: str) -> bool:
    """Whether a host is nobody's domain but the end of many: `com`, `co.uk`, `asso.fr`."""
    return not _is_address(host) and _suffixes.privatesuffix(host) is None


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
