"""What became of the leads to which each rule of scores applied."""

from __future__ import annotations

from sqlalchemy import and_, case, func, select
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
        .join(score, and_(score.c.account_id == edit.c.account_id, score.c.lead_id == edit.c.lead_id, score.c.excluded == ""))
        .join(lead, and_(lead.c.account_id == edit.c.account_id, lead.c.id == edit.c.lead_id, lead.c.status == WON))
        .where(edit.c.account_id == account_id, edit.c.kind == "status", edit.c.value == WON)
        .group_by(edit.c.lead_id)
        .subquery()
    )
    scored = select(func.count()).select_from(score).where(score.c.account_id == account_id, score.c.excluded == "")
    n = int((await conn.execute(scored)).scalar() or 0)
    n_won = int((await conn.execute(select(func.count()).select_from(won))).scalar() or 0)
    every = select(score_reason.c.rule, func.count()).where(score_reason.c.account_id == account_id).group_by(score_reason.c.rule)
    applied = {row[0]: int(row[1]) for row in await conn.execute(every)}
    before = func.sum(case((score_reason.c.first_at <= won.c.at, 1), else_=0))
    theirs = and_(score_reason.c.account_id == account_id, score_reason.c.lead_id == won.c.lead_id)
    asked = select(score_reason.c.rule, func.count(), before).select_from(won.join(score_reason, theirs)).group_by(score_reason.c.rule)
    of_won = {row[0]: (int(row[1]), int(row[2] or 0)) for row in await conn.execute(asked)}
    made = []
    for rule in rules.rules:
        whole, in_time = of_won.get(rule.name, (0, 0))
        made.append(tried(rule.name, applied.get(rule.name, 0) - whole + in_time, in_time, n, n_won))
    return made
