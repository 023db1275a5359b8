"""How often something may be asked for: in memory only, by keys that nobody can read there."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from hashlib import blake2b
from ipaddress import ip_address

WITHIN = 3_600_000  # milliseconds
KEPT = 10_000


class Quota:
    """So many times an hour for each key; the oldest keys are forgotten beyond a bound. The hash's key is this process's alone."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)
        self._times: OrderedDict[bytes, list[int]] = OrderedDict()

    def wait(self, now: int, **most: tuple[str, int]) -> int:
        """Counts one for each (what, how often an hour) where none is spent. Else counts nothing; answers milliseconds to wait."""
        keys = {self._key(name, what): often for name, (what, often) in most.items() if what}
        recent = {key: [at for at in self._times.get(key, ()) if at > now - WITHIN] for key in keys}
        delays = [recent[key][-often] + WITHIN - now for key, often in keys.items() if len(recent[key]) >= often]
        if delays:
            return max(delays)
        for key, times in recent.items():
            self._times.pop(key, None)
            self._times[key] = [*times, now]
        while len(self._times) > KEPT:
            self._times.popitem(last=False)
        return 0

    def _key(self, name: str, what: str) -> bytes:
        return blake2b(f"{name}\n{what}".encode("utf-8", "replace"), key=self._salt, digest_size=16).digest()


def network(host: str) -> str:
    """Whom an address is counted for: itself, or of IPv6 its /64."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    if found.version == 6 and (mapped := getattr(found, "ipv4_mapped", None)) is None:
        return found.exploded[:19]
    return str(mapped if found.version == 6 else found)
