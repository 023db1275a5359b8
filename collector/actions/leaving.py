"""A site that goes: some of its rows at a time, with what was made of them. Leads whom another site knows stay, without this one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from ..domain.rollups import Tally
from ..store import erasure, leaving, merges, rollups
from .erase import forget_asked
from .refold import Context, context, refold


def drop_sent(conn: Connection, account: int, ids: Sequence[bytes], *, secret: bytes) -> None:
    """An action: deletes submissions, and the leads that nothing else is known of."""
    given = context(conn, account, secret)
    tally, visitors = given.tally(), erasure.visitors_of(conn, account, ids)
    leads = leaving.leads_of(conn, account, ids)
    erasure.drop_submissions(conn, account, ids, tally)
    _fold(conn, given, visitors, leads, tally)


def drop_events(conn: Connection, account: int, rows: Sequence[tuple[int, bytes, str | None]], *, secret: bytes) -> None:
    """An action: deletes events, each by (month, id, visitor)."""
    given = context(conn, account, secret)
    tally, visitors = given.tally(), {visitor for _month, _id, visitor in rows if visitor}
    erasure.drop_event_keys(conn, account, [(month, identity) for month, identity, _visitor in rows], tally)
    erasure.drop_idle_resets(conn, account, visitors)
    _fold(conn, given, visitors, (), tally)


def drop_consents(conn: Connection, account: int, ids: Sequence[bytes], *, secret: bytes) -> None:
    """An action: deletes consents that were given."""
    given = context(conn, account, secret)
    visitors, leads = leaving.drop_consents(conn, account, ids)
    _fold(conn, given, visitors, leads, given.tally())


def drop_edges(conn: Connection, account: int, ids: Sequence[bytes], *, secret: bytes) -> None:
    """An action: deletes evidence of who is who, and the leads that nothing else is known of."""
    given = context(conn, account, secret)
    visitors, leads = leaving.drop_edges(conn, account, ids)
    _fold(conn, given, visitors, leads, given.tally())


def _fold(conn: Connection, given: Context, visitors: Collection[str], leads: Collection[bytes], tally: Tally) -> None:
    now = merges.resolve(conn, given.account, leads)
    standing = {now.get(lead, lead) for lead in leads}
    refold(conn, given, anew=visitors, touched=standing, tally=tally)
    merged = merges.members(conn, given.account, standing)
    bare = leaving.unnamed(conn, given.account, {*standing, *(one for members in merged.values() for one in members)})
    if gone := sorted(lead for lead in standing & bare if merged.get(lead, {}).keys() <= bare):
        forget_asked(conn, given.account, gone, (), ())
        erasure.drop_leads(conn, given.account, gone, tally)
    rollups.save(conn, given.account, tally)
