"""What became of the leads to which each rule of scores applied."""

from __future__ import annotations

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.backtest import Tried, tried
from ..domain.scoring import Rules
from .schema import edit, lead, score, score_reason

WON = "won"


async def outcomes(conn: AsyncConnection, account_id: int, rules: Rules) -> list[Tried]:
    """Each rule held against the leads that were won, in the rules' order.

    Only scored leads count; a rule that first applied after a lead was won says nothing of it.
    """
    won = (
        select(edit.c.lead_id, func.max(edit.c.at).label("at"))
        .where(edit.c.account_id == account_id, edit.c.kind == "status", edit.c.value == WON)
        .group_by(edit.c.lead_id)
        .subquery()
    )
    scored = score.join(lead, and_(lead.c.account_id == score.c.account_id, lead.c.id == score.c.lead_id)).outerjoin(
        won, won.c.lead_id == score.c.lead_id
    )
    mine = (score.c.account_id == account_id, score.c.excluded == "")
    is_won = func.sum(case((won.c.at.is_not(None), 1), else_=0))
    every = (await conn.execute(select(func.count(), is_won).select_from(scored).where(*mine))).one()
    joined = scored.join(score_reason, and_(score_reason.c.account_id == score.c.account_id, score_reason.c.lead_id == score.c.lead_id))
    before = or_(won.c.at.is_(None), score_reason.c.first_at <= won.c.at)
    asked = select(score_reason.c.rule, func.count(), is_won).select_from(joined).where(*mine, before).group_by(score_reason.c.rule)
    found = {row[0]: (int(row[1]), int(row[2] or 0)) for row in await conn.execute(asked)}
    return [tried(one.name, *found.get(one.name, (0, 0)), int(every[0]), int(every[1] or 0)) for one in rules.rules]
