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
