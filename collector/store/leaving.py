"""What is left of a site that is being deleted, for readers: most tables have no index for it, so a look goes through them once."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, func, select

from . import schema as s


class Left(NamedTuple):
    """How much is left of a site: leads that it won, and submissions."""

    leads: int
    submissions: int


def left(conn: Connection, account_id: int, site_id: int) -> Left:
    """Counts by what is indexed; the events are not."""
    n = func.count()
    leads = select(n).where(s.lead.c.account_id == account_id, s.lead.c.site_id == site_id)
    sent = select(n).where(s.submission.c.account_id == account_id, s.submission.c.site_id == site_id)
    return Left(*(int(conn.execute(one).scalar() or 0) for one in (leads, sent)))


def visits(conn: Connection, account_id: int, site_id: int) -> int:
    """The visits that it ever had, as they are counted."""
    mine = (s.rollup.c.account_id == account_id, s.rollup.c.site_id == site_id, s.rollup.c.kind == "site", s.rollup.c.key == "")
    return int(conn.execute(select(func.sum(s.rollup.c.visits)).where(*mine)).scalar() or 0)


def submissions(conn: Connection, account_id: int, site_id: int, most: int) -> list[bytes]:
    """Some of its submissions."""
    sent = s.submission
    mine = select(sent.c.id).where(sent.c.account_id == account_id, sent.c.site_id == site_id).order_by(sent.c.token)
    return [bytes(row[0]) for row in conn.execute(mine.limit(most))]


def consents(conn: Connection, account_id: int, site_id: int, after: bytes, most: int) -> list[bytes]:
    """The next consents that were given on it. Refusals stay: a browser that refused is refused on the account's other sites too."""
    told = s.consent
    mine = and_(told.c.account_id == account_id, told.c.id > after, told.c.site_id == site_id, told.c.state == "granted")
    return [bytes(row[0]) for row in conn.execute(select(told.c.id).where(mine).order_by(told.c.id).limit(most))]


def edges(conn: Connection, account_id: int, site_id: int, after: bytes, most: int) -> list[bytes]:
    """The next pieces of evidence of who is who that it gave by itself (identify, login)."""
    mine = and_(s.edge.c.account_id == account_id, s.edge.c.id > after, s.edge.c.site_id == site_id)
    return [bytes(row[0]) for row in conn.execute(select(s.edge.c.id).where(mine).order_by(s.edge.c.id).limit(most))]


def refused(conn: Connection, account_id: int, site_id: int, most: int) -> list[bytes]:
    """Some of its refused events."""
    mine = (s.refused.c.account_id == account_id, s.refused.c.site_id == site_id)
    return [bytes(row[0]) for row in conn.execute(select(s.refused.c.id).where(*mine).order_by(s.refused.c.received_at).limit(most))]


def leads_of(conn: Connection, account_id: int, sent: Collection[bytes]) -> set[bytes]:
    """The leads and messages that submissions speak of."""
    mine = and_(s.conversion.c.account_id == account_id, s.conversion.c.id.in_(list(sent)))
    return {bytes(row[0]) for row in conn.execute(select(s.conversion.c.lead_id).where(mine))}


def drop_consents(conn: Connection, account_id: int, ids: Collection[bytes]) -> tuple[set[str], set[bytes]]:
    """Deletes consents. Answers the visitors and the leads who gave them."""
    mine = and_(s.consent.c.account_id == account_id, s.consent.c.id.in_(list(ids)))
    rows = conn.execute(select(s.consent.c.visitor, s.consent.c.lead_id).where(mine)).all()
    conn.execute(delete(s.consent).where(mine))
    return {row[0] for row in rows if row[0]}, {bytes(row[1]) for row in rows if row[1]}


def drop_edges(conn: Connection, account_id: int, ids: Collection[bytes]) -> tuple[set[str], set[bytes]]:
    """Deletes evidence. Answers its visitors, and the leads that it named."""
    mine = and_(s.edge.c.account_id == account_id, s.edge.c.id.in_(list(ids)))
    named = s.edge.outerjoin(
        s.identifier, and_(s.identifier.c.account_id == s.edge.c.account_id, s.identifier.c.id == s.edge.c.identifier_id)
    )
    rows = conn.execute(select(s.edge.c.visitor, s.identifier.c.lead_id).select_from(named).where(mine)).all()
    conn.execute(delete(s.edge).where(mine))
    return {row[0] for row in rows}, {bytes(row[1]) for row in rows if row[1]}


def unnamed(conn: Connection, account_id: int, leads: Collection[bytes]) -> set[bytes]:
    """Those of these leads of whom neither a submission nor other evidence is left."""
    chosen = list(leads)
    told = select(s.conversion.c.lead_id).where(s.conversion.c.account_id == account_id, s.conversion.c.lead_id.in_(chosen))
    named = s.identifier.join(s.edge, and_(s.edge.c.account_id == s.identifier.c.account_id, s.edge.c.identifier_id == s.identifier.c.id))
    known = (
        select(s.identifier.c.lead_id).select_from(named).where(s.identifier.c.account_id == account_id, s.identifier.c.lead_id.in_(chosen))
    )
    return set(chosen) - {bytes(row[0]) for one in (told, known) for row in conn.execute(one)}


def finish(conn: Connection, account_id: int, site_id: int) -> None:
    """Deletes the site itself, and what is set for it."""
    for table in (s.goal, s.retention, s.refused_count):
        conn.execute(delete(table).where(table.c.account_id == account_id, table.c.site_id == site_id))
    conn.execute(delete(s.site).where(s.site.c.id == site_id, s.site.c.account_id == account_id))
