"""The stored form of an event's URL: without `https://` and the host where that is its site's own, which most are."""

from __future__ import annotations


def stored(url: str, domain: str) -> str:
    """A URL as it is kept: `/path` for a page of the site's domain."""
    own = len(domain) + 8
    return url[own:] if url.startswith("/", own) and url.startswith("https://") and url.startswith(domain, 8) else url


def whole(url: str, domain: str) -> str:
    """The URL that was kept."""
    return f"https://{domain}{url}" if url[:1] == "/" else url
