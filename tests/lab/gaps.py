"""What the tag does not do yet, page by page. Such a page must fail: one that passes is taken off this list."""

from __future__ import annotations

GAPS: dict[str, str] = {}
