"""Whose are a visitor's visits: identifiers, and the spans of a visitor (reference: leads 2.1).

A device is not a person: a visitor belongs to a lead for a time, from evidence to evidence. The evidence (edges) is
appended and never changed; spans follow from it.
"""

from __future__ import annotations

import hmac
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

LOOKBACK = 90 * 24 * 60 * 60_000
FOREVER = 2**62


class Edge(Struct, frozen=True):
    """A visitor gave an identifier of a lead at a time, on a site (0 where it is not known).

    `since` bounds the look-back: whoever was erased begins anew.
    """

    at: int
    id: bytes
    visitor: str
    lead_id: bytes
    site: int = 0
    since: int = 0


class Span(Struct, frozen=True):
    """A visitor was a lead from `from_at` until before `to_at`, by the evidence of an edge."""

    visitor: str
    from_at: int
    to_at: int
    lead_id: bytes
    edge_id: bytes


def identifier_id(secret: bytes, account: int, kind: str, value: str) -> bytes:
    """The key of an identifier (`email` or `phone`, normalised): 16 bytes of an HMAC, so that no table gives it away."""
    return hmac.digest(secret, f"{account}\x1f{kind}\x1f{value}".encode(), "sha256")[:16]


def spans(edges: Sequence[Edge], sessions: Sequence[tuple[int, int]]) -> list[Span]:
    """The spans of one visitor from its edges and the (start, site) of its sessions.

    Between two leads the border is the start of the session that holds the later edge, unless that session also holds
    an edge to the earlier lead: then the later edge itself is. Before the first edge, 90 days count as its lead's.
    """
    ordered = sorted(edges, key=lambda edge: (edge.at, edge.id))
    starts: dict[int, list[int]] = {0: sorted(start for start, _site in sessions)}
    for start, site in sorted(sessions):
        starts.setdefault(site, []).append(start)
    made: list[Span] = []
    for place, edge in enumerate(ordered):
        before = ordered[place - 1] if place else None
        if before is not None and before.lead_id == edge.lead_id:
            continue
        if before is None:
            border = max(edge.at - LOOKBACK, edge.since)
        else:
            border = max(_session_start(starts.get(edge.site, ()), edge.at), edge.since)
            if before.at >= border:
                border = edge.at
            made[-1] = Span(made[-1].visitor, made[-1].from_at, border, made[-1].lead_id, made[-1].edge_id)
        made.append(Span(edge.visitor, border, FOREVER, edge.lead_id, edge.id))
    return [span for span in made if span.from_at < span.to_at]


def _session_start(starts: Sequence[int], at: int) -> int:
    place = bisect_right(starts, at)
    return starts[place - 1] if place else at
