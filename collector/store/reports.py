"""What a report of attribution reads, and its figures; and the reports that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.costs import Sum
from ..domain.journeys import Step, Ways, unconverted
from ..domain.paths import DAY, Path
from ..domain.reports import KINDS, Figures, Question, currency_of, figures
from ..domain.rollups import midnight
from . import costs, journeys
from .schema import run


class Material(NamedTuple):
    """Rows as they are read, all of one moment: conversions, arrivals of who did not convert, costs."""

    won: Sequence[Any]
    others: Sequence[Any]
    sums: list[Sum]


def asked_of(question: Question) -> journeys.Asked:
    """Which conversions a question is about."""
    since, until = midnight(question.first, question.zone), midnight(question.last + 1, question.zone)
    return journeys.Asked(since, until, KINDS[question.of], bytes.fromhex(question.goal), question.site or None)


async def load(conn: AsyncConnection, account_id: int, question: Question, models: Iterable[str]) -> Material:
    """Reads what the models need."""
    asked = asked_of(question)
    others: Sequence[Any] = ()
    if "markov" in models:
        others = await journeys.others(conn, account_id, asked, asked.since - question.look_back * DAY)
    sums = await costs.sums(conn, account_id, question.first, question.last)
    return Material(await journeys.page(conn, account_id, asked), others, sums)


def answer(told: Material, question: Question, models: Sequence[str]) -> tuple[Question, list[Figures]]:
    """The figures of each model, and the question with its currency. Takes a second of CPU for 100,000 conversions: not for a loop."""
    read = [journeys.told(row) for row in told.won]
    if not question.currency:
        question = msgspec.structs.replace(question, currency=currency_of((one.currency for one in read if one.value), told.sums))
    ways = Ways(question.by)
    paths = [ways.path(one.way, one.at, one.value if one.currency == question.currency else 0, one.milestones) for one in read]
    left_out = sum(1 for one in read if one.value and one.currency != question.currency)
    made = []
    for model in models:
        known = [*paths, *_nulls(told, question, ways)] if model == "markov" else paths
        made.append(figures(known, question, model, told.sums, left_out))
    return question, made


def _nulls(told: Material, question: Question, ways: Ways) -> Iterable[Path]:
    visits: dict[str, list[Step]] = {}
    for visitor, *step in told.others:
        visits.setdefault(visitor, []).append(tuple(step))
    since = midnight(question.first, question.zone)
    return (ways.path(way, end, converted=False) for end, way in unconverted(visits, question.look_back, since))


_question = msgspec.json.Decoder(Question).decode


def asked_text(question: Question) -> str:
    """A question as it is stored."""
    return msgspec.json.encode(question).decode()


def asked_back(text: str) -> Question:
    """A stored question."""
    return _question(text)


# Kept reports -----------------------------------------------------------------------------------------------------


def keep(conn: Connection, row: dict[str, Any]) -> None:
    """Appends a report; `asked` and `figures` are JSON."""
    conn.execute(run.insert().values(**row))


def write(conn: Connection, account_id: int, id: bytes, text: str) -> None:
    """Replaces the figures of a report by the same without a name."""
    conn.execute(run.update().where(run.c.account_id == account_id, run.c.id == id).values(figures=text))


def all_kept(conn: Connection, account_id: int) -> list[dict[str, Any]]:
    """Every report that was kept."""
    return [dict(row._mapping) for row in conn.execute(select(run).where(run.c.account_id == account_id).order_by(run.c.id))]


async def kept(conn: AsyncConnection, account_id: int) -> list[dict[str, Any]]:
    """The reports that were kept, the newest first."""
    asked = select(run).where(run.c.account_id == account_id).order_by(run.c.at.desc(), run.c.id.desc())
    return [dict(row._mapping) for row in await conn.execute(asked)]


async def one(conn: AsyncConnection, account_id: int, id: bytes) -> dict[str, Any] | None:
    """One that was kept, or None."""
    found = (await conn.execute(select(run).where(run.c.account_id == account_id, run.c.id == id))).first()
    return None if found is None else dict(found._mapping)
