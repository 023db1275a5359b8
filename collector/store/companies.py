"""Which company a lead is of, and the companies with their leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .hot import by, insert
from .schema import company_lead, lead, score

Row = dict[str, Any]


class Membership(NamedTuple):
    """A lead's company: its domain (or its network's name), and what told it: email | network."""

    company: str
    lead_id: bytes
    told_by: str


_add = insert(company_lead)
_stored = by(company_lead, "lead_id", "company", "lead_id", "told_by")


def save(conn: Connection, account_id: int, members: Iterable[Membership], leads: Iterable[bytes]) -> None:
    """Writes the companies of leads that are not as they were."""
    was = {Membership(row[0], bytes(row[1]), row[2]) for row in _stored.rows(conn, leads, account_id=account_id)}
    stand = set(members)
    lost = sorted({one.lead_id for one in was - stand})
    for start in range(0, len(lost), 500):
        mine = company_lead.c.lead_id.in_(lost[start : start + 500])
        conn.execute(delete(company_lead).where(company_lead.c.account_id == account_id, mine))
    _add.put(conn, [(account_id, *one) for one in sorted(stand - was)])


async def of_lead(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Row | None:
    """The company of a lead (`company`, `told_by`), with how many `leads` it has; None where none is known."""
    mine = (company_lead.c.account_id == account_id, company_lead.c.lead_id == lead_id)
    found = (await conn.execute(select(company_lead.c.company, company_lead.c.told_by).where(*mine))).first()
    if found is None:
        return None
    theirs = (company_lead.c.account_id == account_id, company_lead.c.company == found.company)
    count = (await conn.execute(select(func.count()).select_from(company_lead).where(*theirs))).scalar()
    return {"company": found.company, "told_by": found.told_by, "leads": int(count or 0)}


async def page(conn: AsyncConnection, account_id: int, query: str, start: int, most: int) -> list[Row]:
    """Some companies, those with the most leads first: `company`, `leads`, `name`, `last_seen_at`, and the `points` of its best lead."""
    counted = func.count().label("leads")
    asked = select(company_lead.c.company, counted).where(company_lead.c.account_id == account_id).group_by(company_lead.c.company)
    if query:
        asked = asked.where(company_lead.c.company.icontains(query, autoescape=True))
    rows = (await conn.execute(asked.order_by(counted.desc(), company_lead.c.company).offset(start).limit(most))).all()
    more = await _summed(conn, account_id, [row.company for row in rows])
    return [{"company": row.company, "leads": int(row.leads)} | more[row.company] for row in rows]


async def _summed(conn: AsyncConnection, account_id: int, companies: Sequence[str]) -> dict[str, Row]:
    mine = (company_lead.c.account_id == account_id, company_lead.c.company.in_(companies))
    joined = company_lead.join(lead, (lead.c.account_id == company_lead.c.account_id) & (lead.c.id == company_lead.c.lead_id)).outerjoin(
        score, (score.c.account_id == company_lead.c.account_id) & (score.c.lead_id == company_lead.c.lead_id)
    )
    columns = (func.max(lead.c.last_seen_at), func.max(lead.c.organization), func.coalesce(func.max(score.c.points), 0))
    asked = select(company_lead.c.company, *columns).select_from(joined).where(*mine).group_by(company_lead.c.company)
    found = {row[0]: {"last_seen_at": row[1], "name": row[2], "points": row[3]} for row in await conn.execute(asked)}
    return {one: found.get(one, {"last_seen_at": None, "name": "", "points": 0}) for one in companies}


async def count(conn: AsyncConnection, account_id: int, query: str) -> int:
    """How many companies there are."""
    asked = select(func.count(func.distinct(company_lead.c.company))).where(company_lead.c.account_id == account_id)
    if query:
        asked = asked.where(company_lead.c.company.icontains(query, autoescape=True))
    return int((await conn.execute(asked)).scalar() or 0)


async def leads_of(conn: AsyncConnection, account_id: int, company: str, most: int) -> list[Row]:
    """A company's leads, the newest first, with `told_by`, `points` and `excluded`."""
    joined = company_lead.join(lead, (lead.c.account_id == company_lead.c.account_id) & (lead.c.id == company_lead.c.lead_id)).outerjoin(
        score, (score.c.account_id == company_lead.c.account_id) & (score.c.lead_id == company_lead.c.lead_id)
    )
    named = ("id", "name", "email", "phone", "organization", "created_at", "last_seen_at", "submissions", "visits", "site_id", "kind")
    sources = tuple(f"first_{name}" for name in ("channel", "source", "medium", "campaign"))
    columns = (*(lead.c[name] for name in (*named, *sources)), company_lead.c.told_by, score.c.points, score.c.excluded)
    mine = (company_lead.c.account_id == account_id, company_lead.c.company == company)
    asked = select(*columns).select_from(joined).where(*mine).order_by(lead.c.created_at.desc(), lead.c.id.desc()).limit(most)
    return [dict(row._mapping) for row in await conn.execute(asked)]
