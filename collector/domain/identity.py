"""Whose are a visitor's visits: identifiers, and the spans of a visitor (reference: leads 2.1).

A device is not a person: a visitor belongs to a lead for a time, from evidence to evidence. The evidence (edges) is
appended and never changed; spans follow from it.
"""

from __future__ import annotations

import hmac
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from .events import mark_bits
from .sessions import GAP

DAY = 24 * 60 * 60_000
LOOKBACK = 90 * DAY
FOREVER = 2**62
SHARED_BY = 3  # leads on one device
SHARED_WITHIN = 30 * DAY
RETURNS = 2  # times that somebody comes back to a device after somebody else
VISITORS_MOST = 5  # new browsers that may name one identifier within a week
READERS_MOST = 2  # browsers that one link of a letter may name within a week: more, and it was passed on
WEEK = 7 * DAY
LOOKED = 2_000  # milliseconds that a page was seen before a link's visit is a person's

# Kinds of evidence, with their strength. `form`: an e-mail address or phone number in a form; `identify`: the site named it;
# `login`: the site named it and signed that; `email_link`: a link of a letter to somebody was followed; `reset`: whoever was there left.
KINDS = {"login": 3, "form": 2, "identify": 2, "email_link": 1, "reset": 0}
PROGRAM = mark_bits(("automated", "headless", "library", "crawler"))
_SITE_SAYS = frozenset({"login", "identify"})


class Edge(Struct, frozen=True):
    """A visitor gave an identifier of a lead at a time, on a site (0 where it is not known).

    `since` bounds the look-back: whoever was erased begins anew. A reset names no lead.
    """

    at: int
    id: bytes
    visitor: str
    lead_id: bytes
    site: int = 0
    since: int = 0
    kind: str = "form"


class Span(Struct, frozen=True):
    """A visitor was a lead from `from_at` until before `to_at`, by the evidence of an edge; `shared`: several people use the device."""

    visitor: str
    from_at: int
    to_at: int
    lead_id: bytes
    edge_id: bytes
    shared: int = 0


class Visit(Struct, frozen=True):
    """A session as evidence needs it; `human`: a page of it was looked at and touched by somebody who is no program."""

    start: int
    end: int
    site: int
    human: bool = False


def identifier_id(secret: bytes, account: int, kind: str, value: str) -> bytes:
    """The key of an identifier (`email` or `phone`, normalised): 16 bytes of an HMAC, so that no table gives it away."""
    return hmac.digest(secret, f"{account}\x1f{kind}\x1f{value}".encode(), "sha256")[:16]


def signature(secret: bytes, account: int, site: int, value: str) -> str:
    """What a site's server adds to `identify` so that it counts as a login: HMAC-SHA256 of the address in hex, under the site's key."""
    return hmac.new(signing_key(secret, account, site).encode(), value.encode(), "sha256").hexdigest()


def signing_key(secret: bytes, account: int, site: int) -> str:
    """The key with which a site's server signs whom it names; hex."""
    return hmac.digest(secret, f"{account}\x1fidentify\x1f{site}".encode(), "sha256").hex()


def token_id(secret: bytes, account: int, token: str) -> bytes:
    """The key of a letter's link: the token itself is not kept."""
    return hmac.digest(secret, f"{account}\x1fmail link\x1f{token}".encode(), "sha256")[:16]


# Spans of one visitor ----------------------------------------------------------------------------------------------


def spans(edges: Sequence[Edge], sessions: Sequence[Visit], lookback: int = LOOKBACK) -> list[Span]:
    """The spans of one visitor from its edges and its sessions; in the order of time, and apart from each other.

    Between two leads the border is the start of the session that holds the later edge, unless that session also holds
    an edge to the earlier lead, or the site said that the earlier one was signed in: then the later edge itself is. A reset
    ends a span, and what comes until the next edge is nobody's. Before the first edge the look-back counts as its lead's.
    On a shared device nothing is looked back at, and every span lasts as long as the session of its edge. A letter's link
    names a visit that is a person's and that nothing stronger names.
    """
    ordered = sorted(edges, key=lambda edge: (edge.at, edge.id))
    strong = [edge for edge in ordered if KINDS.get(edge.kind, 2) >= 2]
    walk = _Walk(sessions, lookback, shared_from(strong))
    for edge in ordered:
        if edge.kind == "reset":
            walk.leave(edge.at)
        elif edge.kind != "email_link":
            walk.take(edge)
    made = [span for span in walk.made if span.from_at < span.to_at]
    for edge in ordered:
        if edge.kind == "email_link":
            made += walk.by_link(edge, made)
    return sorted(made, key=lambda span: span.from_at)


def shared_from(strong: Sequence[Edge]) -> int | None:
    """The place of the edge from which a device is a shared one: three leads within 30 days, or two returns after somebody else."""
    returns = 0
    people: list[bytes] = []
    seen: dict[bytes, int] = {}
    for place, edge in enumerate(strong):
        seen[edge.lead_id] = edge.at
        if not people or people[-1] != edge.lead_id:
            returns += len(people) > 1 and people[-2] == edge.lead_id
            people.append(edge.lead_id)
        if returns >= RETURNS or sum(edge.at - at <= SHARED_WITHIN for at in seen.values()) >= SHARED_BY:
            return place
    return None


class _Walk:
    """Goes from evidence to evidence; `made` are the spans so far, the last of which may be open."""

    def __init__(self, sessions: Sequence[Visit], lookback: int, shared_from: int | None) -> None:
        self.made: list[Span] = []
        self._lookback = lookback
        self._shared_from = shared_from
        self._taken = 0
        self._before: Edge | None = None
        self._left = False  # since the last evidence, or before the first
        ordered = sorted(sessions, key=lambda one: (one.start, one.end, one.site, one.human))
        self._of_site: dict[int, list[Visit]] = {0: ordered}
        for one in ordered:
            self._of_site.setdefault(one.site, []).append(one)

    def leave(self, at: int) -> None:
        """Whoever was there left; the reset itself was still theirs."""
        self._end(at + 1)
        self._left = True

    def take(self, edge: Edge) -> None:
        """Evidence of strength 2 or more."""
        limited = self._shared_from is not None and self._taken >= self._shared_from
        before, left = self._before, self._left
        self._taken, self._before, self._left = self._taken + 1, edge, False
        last = self.made[-1] if self.made else None
        if last is not None and last.lead_id == edge.lead_id and last.to_at > edge.at and not left:
            return
        session = self.holding(edge)
        border = self._border(edge, session, before, left)
        to = FOREVER if not limited else session.end + 1 if session else edge.at + 1
        self._end(border)
        self.made.append(Span(edge.visitor, border, max(to, edge.at + 1), edge.lead_id, edge.id, int(self._shared_from is not None)))

    def _border(self, edge: Edge, session: Visit | None, before: Edge | None, left: bool) -> int:
        """From when on a visitor is the lead of this evidence."""
        if left:
            return edge.at
        if before is None and self._shared_from is None:
            return max(edge.at - self._lookback, edge.since)
        border = max(session.start if session else edge.at, edge.since)
        theirs = before is not None and (before.at >= border or (before.kind in _SITE_SAYS and before.lead_id != edge.lead_id))
        return edge.at if theirs else border

    def _end(self, at: int) -> None:
        if self.made and self.made[-1].to_at > at:
            self.made[-1] = structs.replace(self.made[-1], to_at=at)

    def by_link(self, edge: Edge, stronger: Sequence[Span]) -> list[Span]:
        """The visit that a letter's link names: none where a program followed it, or where somebody else is known to have been there."""
        session = self.holding(edge)
        if session is None or not session.human:
            return []
        begin, end = max(session.start, edge.since), session.end + 1
        if begin >= end or any(span.from_at < end and begin < span.to_at for span in stronger):
            return []
        return [Span(edge.visitor, begin, end, edge.lead_id, edge.id, int(self._shared_from is not None))]

    def holding(self, edge: Edge) -> Visit | None:
        """The session that holds evidence, on its own site."""
        known = self._of_site.get(edge.site, [])
        place = bisect_right(known, edge.at, key=lambda one: one.start)
        found = known[place - 1] if place else None
        return found if found is not None and edge.at - found.end < GAP else None


# Guards: what a link or an address names too often names nobody --------------------------------------------------------


def held(first: Mapping[str, int], most: int) -> set[str]:
    """Of visitors with the time at which each first gave one identifier: those before whom `most` others did within a week.

    Their evidence is kept and starts nothing (reference: leads 2.1, guards).
    """
    ordered = sorted((at, visitor) for visitor, at in first.items())
    found = set()
    begin = 0
    for place, (at, visitor) in enumerate(ordered):
        while at - ordered[begin][0] > WEEK:
            begin += 1
        if place - begin >= most:
            found.add(visitor)
    return found


def swayed(first: Mapping[str, int], times: Collection[int]) -> set[str]:
    """The visitors whose guard evidence of these times may have changed."""
    low, high = min(times), max(times) + WEEK
    return {visitor for visitor, at in first.items() if low <= at <= high}


def is_human(session: tuple[int, int, int], marks: int, looked: Iterable[tuple[int, int, bool]]) -> bool:
    """Whether somebody looked at a session's pages and touched them; (start, end, site), and of its facts (at, ms, touched).

    Programs that follow the links of letters open the page; they do not stay, and say what they are or do not scroll.
    """
    start, end, _site = session
    told = [(ms, touched) for at, ms, touched in looked if start <= at <= end]
    return not marks & PROGRAM and sum(ms for ms, _ in told) >= LOOKED and any(touched for _, touched in told)
