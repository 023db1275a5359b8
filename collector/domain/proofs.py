"""A visitor's proof: the SHA-256 of a secret that stays in the browser, told with the first grant (DESIGN 4.2)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

_HEX = re.compile(r"[0-9a-f]{64}")
_MOST = 100  # characters of one that is written otherwise


def kept(proof: str) -> str:
    """A proof as it is kept: hexadecimal digits as 43 characters of base64url, which is a third less in each row."""
    return urlsafe_b64encode(bytes.fromhex(proof)).decode().rstrip("=") if _HEX.fullmatch(proof) else proof[:_MOST]


def opens(secret: str, proof: str) -> bool:
    """Whether a browser's secret is the one of a kept proof; of none it never is."""
    told = kept(sha256(secret.encode("utf-8", "replace")).hexdigest())
    return bool(proof) and compare_digest(told.encode(), kept(proof).encode("utf-8", "replace"))
