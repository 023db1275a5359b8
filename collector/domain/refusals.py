"""What may be told of a refused event: its kind and the host of its page. Nothing that anybody typed, no address, no id."""

from __future__ import annotations

from typing import NamedTuple

from . import hosts, protocol
from .events import TYPES

MOST = 5  # kinds that are named


class Sample(NamedTuple):
    """Kinds of events (`events.TYPES`) and the hosts of their pages."""

    types: tuple[str, ...]
    hosts: tuple[str, ...]


def sample(body: bytes) -> Sample:
    """Of a body as it is kept; what cannot be read tells nothing."""
    wire = protocol.decode(body)
    if isinstance(wire, protocol.Rejected):
        return Sample((), ())
    types = dict.fromkeys(one.type for one in wire.events if one.type in TYPES)
    named = dict.fromkeys(host for one in wire.events if (host := hosts.of_url(one.url or "")))
    return Sample(tuple(types)[:MOST], tuple(named)[:MOST])
