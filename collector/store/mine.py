"""What the visitor's page reads: of one browser, or of a lead whose address was confirmed; and who has it, for how long."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.identity import FOREVER
from . import erasure, leads, sites
from .leads import Timeline
from .schema import account, consent, conversion, edge, lead, session, span, submission, user

Row = dict[str, Any]


class Holder(NamedTuple):
    """Who has it: the account's name, its sites by id, how many people have each role, and how long each kind is kept.

    `keeps` is kind → (months, days); a kind that is not named is kept until it is erased.
    """

    name: str
    sites: dict[int, Row]
    roles: dict[str, int]
    keeps: dict[str, tuple[int, int]]


async def holder(conn: AsyncConnection, account_id: int, site_id: int) -> Holder:
    """Who has what an account keeps, and how long it does so for a site."""
    name = (await conn.execute(select(account.c.name).where(account.c.id == account_id))).scalar()
    asked = select(user.c.role, func.count()).where(user.c.account_id == account_id).group_by(user.c.role)
    roles = {row[0]: int(row[1]) for row in await conn.execute(asked)}
    known = {row["id"]: row for row in await sites.all(conn, account_id)}
    return Holder(str(name or ""), known, roles, await conn.run_sync(erasure.retention_of, account_id, site_id))


async def browser(conn: AsyncConnection, account_id: int, visitor: str) -> Timeline:
    """All visits of a browser, and the forms that it sent, whoever was named in them."""
    whole = {"visitor": visitor, "from_at": 0, "to_at": FOREVER, "shared": 0, "kind": None, "edge_at": None, "submission_id": None}
    read = submission.outerjoin(conversion, and_(conversion.c.account_id == submission.c.account_id, conversion.c.id == submission.c.id))
    sent = select(
        *(submission.c[name] for name in ("id", "site_id", "at", "visitor", "form", "url", "marks")),
        *(conversion.c[name] for name in _TOLD),
        func.coalesce(conversion.c.result, "unknown").label("result"),
        func.coalesce(conversion.c.counted, 1).label("counted"),
        func.coalesce(conversion.c.marketing, 0).label("marketing"),
        conversion.c.lead_id,
    )
    mine = sent.select_from(read).where(submission.c.account_id == account_id, submission.c.visitor == visitor)
    found = await leads.with_fields(conn, account_id, mine.order_by(submission.c.at, submission.c.id))
    rows = [row | {name: row[name] or "" for name in _TOLD} for row in found]  # of a form that speaks of nobody there is none
    way = await leads.way(conn, account_id, [whole], rows)
    # All of its time is its own; that it was somebody's, and by which evidence, is another matter.
    return way._replace(spans=[whole] if way.sessions or rows else [])


_TOLD = ("email", "phone", "name", "given_name", "family_name", "organization", "subject", "message", "marketing_text")


async def links(conn: AsyncConnection, account_id: int, visitor: str) -> list[Row]:
    """Whose a browser's time is, in order: from_at, to_at, lead_id, shared, and by which kind of evidence it is tied to them."""
    joined = span.join(edge, and_(edge.c.account_id == span.c.account_id, edge.c.id == span.c.edge_id), isouter=True)
    asked = select(
        *(span.c[name] for name in ("visitor", "from_at", "to_at", "lead_id", "shared")), edge.c.kind, edge.c.at.label("edge_at")
    )
    mine = asked.select_from(joined).where(span.c.account_id == account_id, span.c.visitor == visitor)
    return [dict(row._mapping) for row in await conn.execute(mine.order_by(span.c.from_at))]


async def browsers(conn: AsyncConnection, account_id: int, lead_id: bytes) -> list[str]:
    """The browsers of a lead, the one seen last first."""
    seen = func.max(session.c.ended_at)
    joined = span.join(session, and_(session.c.account_id == span.c.account_id, session.c.visitor == span.c.visitor), isouter=True)
    asked = select(span.c.visitor).select_from(joined).where(span.c.account_id == account_id, span.c.lead_id == lead_id)
    rows = await conn.execute(asked.group_by(span.c.visitor).order_by(func.coalesce(seen, 0).desc(), span.c.visitor))
    return [str(row[0]) for row in rows]


async def consents(conn: AsyncConnection, account_id: int, visitors: list[str], submissions: list[bytes], leads: list[bytes]) -> list[Row]:
    """What was agreed to and refused, in the order of time: purpose, state, text, text_version, language, how, at, site_id."""
    wanted: list[ColumnElement[bool]] = [consent.c.visitor.in_(visitors), consent.c.submission_id.in_(submissions)]
    if leads:
        wanted.append(and_(consent.c.lead_id.in_(leads), consent.c.submission_id.is_(None)))
    columns = (consent.c[name] for name in ("purpose", "state", "text", "text_version", "language", "how", "at", "site_id"))
    asked = select(*columns).where(consent.c.account_id == account_id, or_(*wanted)).order_by(consent.c.at, consent.c.id)
    return [dict(row._mapping) for row in await conn.execute(asked)]


async def last_heard(conn: AsyncConnection, account_id: int, lead_id: bytes) -> int:
    """When a lead was last heard of, UTC milliseconds; 0 where it is not listed."""
    mine = select(lead.c.last_seen_at).where(lead.c.account_id == account_id, lead.c.id == lead_id)
    return int((await conn.execute(mine)).scalar() or 0)
