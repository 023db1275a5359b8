"""Which addresses the collector may ask for a page: public ones, on the web's own ports, and nothing that lies beside it.

Whoever names a site makes the collector ask its host; without these rules that would open the machine's own network to them
(server-side request forgery: OWASP ASVS 5.0, 1.3.6 and 13.2.4). A name is never trusted, only the addresses that it answers with.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from .hosts import BadHost, normalise

LONGEST = 2_048
_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")  # as the last label: an address in one of its odd spellings (WHATWG URL, 3.5)
_PLAIN = "/%:@!$&'()*+,;=~-._"
_UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_WRAPPED = tuple(IPv6Network(one) for one in ("2001::/32", "2002::/16"))  # Teredo and 6to4 hold another address
_RELAY = ip_network("192.88.99.0/24")


class Refused(ValueError):
    """An address that is not asked; args[0] says why: not-http | credentials | port | host."""


class Aim(NamedTuple):
    """What is asked for; `host` as `hosts.normalise` makes it, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        return self.name if self.port == _PORTS[self.scheme] else f"{self.name}:{self.port}"

    @property
    def url(self) -> str:
        """The address as text."""
        return f"{self.scheme}://{self.authority}{self.path}"


def aim(url: str, near: Collection[str] = ()) -> Aim:
    """Reads an absolute URL. Hosts of `near` may have any port. Raises Refused."""
    if len(url) > LONGEST or _UNSEEN.search(url):
        raise Refused("host")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("host") from None
    if parts.scheme not in _PORTS:
        raise Refused("not-http")
    if "@" in parts.netloc:
        raise Refused("credentials")
    host = _host(parts.hostname or "")
    if port is None:
        port = _PORTS[parts.scheme]
    if port != _PORTS[parts.scheme] and host not in near:
        raise Refused("port")
    path = quote(parts.path or "/", safe=_PLAIN)
    query = quote(parts.query, safe=_PLAIN + "?")
    return Aim(parts.scheme, host, port, f"{path}?{query}" if query else path)


def _host(text: str) -> str:
    try:
        host = normalise(text)
    except BadHost:
        raise Refused("host") from None
    if ":" not in host and _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            IPv4Address(host)
        except ValueError:
            raise Refused("host") from None
    return host


def may_ask(address: str, host: str, near: Collection[str] = ()) -> bool:
    """Whether an address that `host` answers with may be connected to.

    A host of `near` (the owner's own words, in development) may lie on this machine, or be the very address that it names.
    """
    if is_public(address):
        return True
    if host not in near:
        return False
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if host == "localhost":
        return found.is_loopback
    return str(found) == host and not (found.is_link_local or found.is_multicast or found.is_unspecified)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's: no private, local, shared, reserved one, nor one that wraps another."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found in _NAT64:
            return is_public(str(IPv4Address(int(found) & 0xFFFF_FFFF)))
        if found.scope_id or found not in _UNICAST or any(found in one for one in _WRAPPED):
            return False
    elif found in _RELAY:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)
