"""The tag as it is served: the built files, the first with the collector's own consent setting in it."""

from __future__ import annotations

import base64
import gzip
import hashlib
from importlib.resources import files

import brotli
from msgspec import Struct

_PLACE = b"__WEBLEADS_CONSENT__"
_OTHERS = ("forms.js", "more.js", "signs.js")  # the first file asks for them by their version and their place in this list


class Script(Struct, frozen=True):
    """Bytes by encoding, and their names."""

    plain: bytes
    gzip: bytes
    br: bytes
    hash: str  # of the plain bytes: the name of the version that never changes
    integrity: str  # for the integrity attribute

    def pick(self, accepted: str) -> tuple[bytes, str]:
        """Body and Content-Encoding for an Accept-Encoding header."""
        wanted = {part.split(";", 1)[0].strip() for part in accepted.lower().split(",") if "q=0" not in part.replace("q=0.", "")}
        if "br" in wanted:
            return self.br, "br"
        return (self.gzip, "gzip") if "gzip" in wanted else (self.plain, "")


def load(consent: str) -> Script:
    """The script for a consent setting, compressed at start: the setting is part of its bytes."""
    return _made(_built("tag.js").replace(_PLACE, consent.encode()))


def others() -> dict[str, Script]:
    """The other files by the names that the first one asks for: a hash of all (snippet/build.mjs) and their place."""
    built = [_built(name) for name in _OTHERS]
    version = hashlib.sha256(b"".join(built)).hexdigest()[:6]
    return {f"{version}{place}": _made(plain) for place, plain in enumerate(built)}


def banner() -> Script:
    """The small optional consent banner."""
    return _made(_built("consent.js"))


def _built(name: str) -> bytes:
    return (files("collector.ingest") / name).read_bytes()


def _made(plain: bytes) -> Script:
    digest = hashlib.sha384(plain)
    return Script(
        plain=plain,
        gzip=gzip.compress(plain, 9, mtime=0),
        br=brotli.compress(plain, quality=11),
        hash=digest.hexdigest()[:32],
        integrity="sha384-" + base64.b64encode(digest.digest()).decode(),
    )
