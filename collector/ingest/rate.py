"""How much one address may send: a bucket of events each, in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

PER_SECOND = 100.0
BURST = 1_000.0
MOST = 50_000

Network = IPv4Network | IPv6Network


class Buckets:
    """100 events a second and 1,000 at once for each IPv4 address or IPv6 /64."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, address: str, events: int, now: float) -> float:
        """Takes `events` at `now` (seconds); answers 0.0, or the seconds to wait if there are too many."""
        events = min(events, int(BURST))  # more than a full bucket could never be paid
        left, then = self._buckets.pop(address, (BURST, now))
        left = min(BURST, left + (now - then) * PER_SECOND)
        short = events - left
        self._buckets[address] = (left if short > 0 else left - events, now)  # put last: the dict is in order of use
        if len(self._buckets) > MOST:
            del self._buckets[next(iter(self._buckets))]
        return max(0.0, short / PER_SECOND)


def networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks from a setting. Raises ValueError."""
    return tuple(ip_network(name.strip(), strict=False) for name in names if name.strip())


def _address(name: str) -> IPv4Address | IPv6Address | None:
    """An address, or None; an IPv4 peer of a socket that listens on both comes as ::ffff:192.0.2.1."""
    try:
        address = ip_address(name)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def client_of(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Whose bucket it is: the peer, or behind trusted proxies the right-most address that is not one of them.

    Answers "" for a loopback peer while no proxy is trusted: it is exempt.
    """
    hop = peer
    if _within(peer, trusted):
        for part in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            hop = part
            if not _within(part, trusted):
                break
    address = _address(hop)
    if address is None:
        return hop[:64]
    if not trusted and address.is_loopback:
        return ""
    return str(address) if address.version == 4 else str(ip_network(f"{address}/64", strict=False))


def _within(name: str, trusted: Sequence[Network]) -> bool:
    address = _address(name) if trusted else None
    return address is not None and any(address in network for network in trusted if network.version == address.version)
