"""Content-Security-Policy: whether a page's policies let the tag in (W3C CSP Level 3, 6.7 and 6.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

_FALLBACK = {
    "script-src": ("script-src-elem", "script-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
    "img-src": ("img-src", "default-src"),
}
_SECURE = {"http": ("http", "https"), "https": ("https",)}
_PORTS = {"http": 80, "https": 443}


def shut(policies: Iterable[str], directive: str, url: str, page: str, *, nonce: str = "", added: bool = False) -> bool:
    """Whether one of the policies of a page keeps it from `url`.

    `directive` is script-src, connect-src or img-src; `nonce` is the script element's, `added` says that another script makes it.
    """
    return any(not _lets(_read(policy), directive, url, page, nonce, added) for one in policies for policy in one.split(","))


def _read(policy: str) -> dict[str, list[str]]:
    """Its directives; of a repeated one the first counts."""
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        words = part.split()
        if words:
            found.setdefault(words[0].lower(), words[1:])
    return found


def _lets(policy: Mapping[str, list[str]], directive: str, url: str, page: str, nonce: str, added: bool) -> bool:
    sources = next((policy[name] for name in _FALLBACK[directive] if name in policy), None)
    if sources is None:
        return True
    if directive == "script-src":
        if nonce and f"'nonce-{nonce}'" in sources:
            return True
        if "'strict-dynamic'" in (one.lower() for one in sources):
            return added
    return any(_matches(one, url, page) for one in sources)


def _matches(source: str, url: str, page: str) -> bool:
    wanted, own = urlsplit(url), urlsplit(page)
    word = source.lower()
    if word == "'self'":
        return wanted.netloc == own.netloc and wanted.scheme in _SECURE.get(own.scheme, ())
    if word.startswith("'"):
        return False
    if word == "*":
        return wanted.scheme in ("http", "https")
    if word.endswith(":") and "/" not in word:
        return wanted.scheme in _SECURE.get(word[:-1], ())
    return _host_matches(source, url, own.scheme)


def _host_matches(source: str, url: str, own_scheme: str) -> bool:
    wanted = urlsplit(url)
    scheme, mark, rest = source.partition("://")
    if not mark:
        scheme, rest = own_scheme, source
    authority, slash, path = rest.partition("/")
    host, _, port = authority.partition(":") if not authority.startswith("[") else (authority, "", "")
    if wanted.scheme not in _SECURE.get(scheme.lower(), ()):
        return False
    name = (wanted.hostname or "").lower()
    if not (name == host.lower().strip("[]") or (host.startswith("*.") and name.endswith(host[1:].lower()))):
        return False
    asked = wanted.port or _PORTS[wanted.scheme]
    if port and port != "*" and str(asked) != port:
        return False
    if not port and asked != _PORTS[wanted.scheme]:
        return False
    whole = f"{slash}{path}"
    return not whole or whole == "/" or (wanted.path.startswith(whole) if whole.endswith("/") else wanted.path == whole)
