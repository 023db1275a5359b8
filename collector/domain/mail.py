"""Mail: which server takes it, what an address may be, and when a letter that was not taken is tried again."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec import Struct

MINUTE = 60_000
LONGEST_WAIT = 6 * 60 * MINUTE
GIVEN_UP = 24 * 60 * MINUTE
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,253}")


class BadRelay(ValueError):
    """A URL that names no mail server; the message says why, and repeats no password."""


class Relay(Struct, frozen=True):
    """A mail server. `tls`: from the first byte on; `needs_tls`: nothing is said to it without."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine: nobody is in between, and its certificate names nothing."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def needs_tls(self) -> bool:
        """Whether a password would be seen by others."""
        return bool(self.password) and not self.tls and not self.is_here


def relay(url: str) -> Relay:
    """Reads smtp://user:password@host:port (587 by default) or smtps://… (465). Raises BadRelay."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadRelay("that is no URL; write smtp://user:password@host:587, a password's signs as %40 or %2F") from None
    if parts.scheme not in ("smtp", "smtps"):
        raise BadRelay("it must begin with smtp:// or smtps://")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadRelay("write smtp://user:password@host:587, a password's signs as %40 or %2F")
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.hostname, port or (465 if tls else 587), user, password, tls)


def masked(url: str) -> str:
    """The URL as it may be shown: without its password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "***"
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{host}"))


def is_address(text: str) -> bool:
    """Whether a letter may be sent to (or from) this: one bare address, and nothing that a header would read otherwise."""
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= 254


def again(at: int, tries: int, now: int) -> int | None:
    """When a letter of a time is tried again after so many failures: 1, 2, 4 … minutes later, at most six hours; None after a day."""
    if now - at >= GIVEN_UP:
        return None
    return int(min(now + min(MINUTE << min(max(tries - 1, 0), 20), LONGEST_WAIT), max(at + GIVEN_UP, now + MINUTE)))
