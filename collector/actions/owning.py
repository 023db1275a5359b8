"""Whose visitors are: the part of the one fold that goes from evidence to spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import structs
from sqlalchemy import Connection

from ..domain.identity import READERS_MOST, VISITORS_MOST, Edge, Span, Visit, held, is_human, spans, swayed
from ..store import conversions, events, identities, merges, visits
from ..store.identities import Given, Told

if TYPE_CHECKING:
    from .refold import Context

Times = Mapping[str, list[tuple[int, int, int, int, str]]]


def fold_spans(conn: Connection, given: Context, visitors: set[str]) -> set[bytes]:
    """Says anew whose these visitors are. Answers the leads that won or lost, or of which anything is said."""
    if not visitors:
        return set()
    account = given.account
    evidence = identities.edges(conn, account, visitors)
    kept_back, others = _guards(conn, account, evidence)
    if others - visitors:
        visitors = visitors | others
        evidence |= identities.edges(conn, account, others - evidence.keys())
        kept_back, _others = _guards(conn, account, evidence)
    before = identities.spans(conn, account, visitors)
    if not before and not evidence:
        return set()
    standing = _standing(conn, account, evidence, kept_back)
    times = visits.times(conn, account, evidence)
    looked = _looked(conn, account, standing)
    made: list[Span] = []
    for visitor, edges in standing.items():
        made += spans(edges, _sessions(visitor, times, looked))
    if set(map(structs.astuple, made)) != set(map(structs.astuple, before)):
        identities.save_spans(conn, account, visitors, made)
    told = {edge.lead_id for edges in standing.values() for edge in edges if edge.lead_id}
    return {span.lead_id for span in (*before, *made)} | told


def _guards(conn: Connection, account: int, evidence: Mapping[str, list[Told]]) -> tuple[set[tuple[str, Given]], set[str]]:
    """What is held of visitors, and the other visitors of whom that may have changed."""
    told: dict[Given, set[int]] = {}
    for edges in evidence.values():
        for one in edges:
            if one.edge.lead_id:
                told.setdefault(one.given, set()).add(one.edge.at)
    kept_back: set[tuple[str, Given]] = set()
    others: set[str] = set()
    for given, first in identities.givers(conn, account, {key for key, _link in told}).items():
        most = READERS_MOST if given[1] else VISITORS_MOST
        if given in told and len(first) > most:
            kept_back |= {(visitor, given) for visitor in held(first, most)}
            others |= swayed(first, told[given])
    return kept_back, others


def _standing(
    conn: Connection, account: int, evidence: Mapping[str, list[Told]], kept_back: set[tuple[str, Given]]
) -> dict[str, list[Edge]]:
    """The evidence that counts, with the leads that are meant today and the sites where it was given."""
    sent = {one.submission_id for edges in evidence.values() for one in edges if one.submission_id}
    of = {one.id: one for one in conversions.of_ids(conn, account, sent)}
    named = {one.edge.lead_id for edges in evidence.values() for one in edges}
    now = merges.resolve(conn, account, named)
    standing: dict[str, list[Edge]] = {}
    for visitor, edges in evidence.items():
        counted = standing[visitor] = []
        for edge, submission_id, given in edges:
            if (visitor, given) in kept_back or (submission_id and (submission_id not in of or of[submission_id].result == "failed")):
                continue
            site = of[submission_id].site_id if submission_id else edge.site
            counted.append(structs.replace(edge, lead_id=now.get(edge.lead_id, edge.lead_id), site=site))
    return standing


def _looked(conn: Connection, account: int, standing: Mapping[str, Iterable[Edge]]) -> Mapping[str, list[tuple[int, int, bool]]]:
    """What visitors did who came by a letter's link: only for them is it asked."""
    readers = {visitor for visitor, edges in standing.items() if any(edge.kind == "email_link" for edge in edges)}
    return events.looked(conn, account, readers) if readers else {}


def _sessions(visitor: str, times: Times, looked: Mapping[str, list[tuple[int, int, bool]]]) -> list[Visit]:
    did = looked.get(visitor, ())
    return [
        Visit(start, end, site, bool(did) and is_human((start, end, site), marks, did))
        for start, end, marks, site, _language in times.get(visitor, ())
    ]
