"""The line that is pasted into a page."""

from __future__ import annotations

from html import escape


def tag(url: str, site_id: int, consent: str = "") -> str:
    """The tag and its noscript pixel (DESIGN 4.1). `url` is the collector's public address; `consent` is written only where given."""
    base = escape(url.rstrip("/"), quote=True)
    mode = f' data-consent="{escape(consent, quote=True)}"' if consent else ""
    return (
        f'<script async src="{base}/js" data-site="{site_id}"{mode}></script>\n'
        f'<noscript><img src="{base}/{site_id}ns.gif" alt="" width="1" height="1"></noscript>'
    )


def banner(url: str, text: str, version: str) -> str:
    """The collector's own banner, asking in these words; the link opens it again."""
    base, words, name = (escape(one, quote=True) for one in (url.rstrip("/"), text, version))
    return (
        f'<script async src="{base}/consent.js" data-privacy="/privacy" data-version="{name}" data-text="{words}"></script>\n'
        f'<a href="#" data-webleads-consent>Cookies</a>'
    )
