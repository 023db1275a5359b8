"""What a report of attribution reads, and its figures; and the reports that were kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.costs import Sum
from ..domain.journeys import PART, Names, Paths
from ..domain.paths import DAY
from ..domain.reports import KINDS, Figures, Question, currency_of, figures
from ..domain.rollups import midnight
from . import costs, cycles, journeys
from .schema import run

STEP = 5_000  # rows read at once
TIMED = frozenset({"decay", "u", "w", "full-path"})  # models that ask when a touch was


class Material(NamedTuple):
    """What a report is made of, all of one moment: conversions, arrivals of who did not convert, costs."""

    won: journeys.Reader
    others: dict[str, list[tuple[int, str]]]
    sums: list[Sum]
    paths: Paths


def asked_of(question: Question) -> journeys.Asked:
    """Which conversions a question is about."""
    since, until = midnight(question.first, question.zone), midnight(question.last + 1, question.zone)
    return journeys.Asked(since, until, KINDS[question.of], bytes.fromhex(question.goal), question.site or None)


async def load(conn: AsyncConnection, account_id: int, question: Question, models: Iterable[str]) -> Material:
    """Reads what the models need, a little at a time: the loop is left to others meanwhile."""
    asked, names, chosen = asked_of(question), Names(question.by), set(models)
    paths = Paths(names, question.look_back, bool(chosen & TIMED))
    told = Material(journeys.Reader(paths), {}, await costs.sums(conn, account_id, question.first, question.last), paths)
    with cycles.unsought():
        async with conn.stream(journeys.won(account_id, asked)) as rows:
            async for part in rows.partitions(STEP):
                await asyncio.to_thread(told.won.take, part)
        if "markov" in chosen:
            async with conn.stream(journeys.others(account_id, asked, asked.since - question.look_back * DAY)) as rows:
                async for part in rows.partitions(STEP):
                    await asyncio.to_thread(_take, told.others, names, part)
    return told


def _take(visits: dict[str, list[tuple[int, str]]], names: Names, rows: Iterable[Any]) -> None:
    for visitor, at, channel, source, campaign in rows:
        step = (at, names[f"{channel}{PART}{source}{PART}{campaign}"])
        if (known := visits.get(visitor)) is None:
            visits[visitor] = [step]
        else:
            known.append(step)


def answer(told: Material, question: Question, models: Sequence[str]) -> tuple[Question, list[Figures]]:
    """The figures of each model, and the question with its currency. Takes a second of CPU for 100,000 conversions: not for a loop."""
    paths, codes = told.won.paths, set(told.won.codes) - {""}
    if not question.currency:
        question = msgspec.structs.replace(question, currency=currency_of(filter(None, told.won.codes), told.sums))
    left_out = 0
    if codes - {question.currency}:
        paths = [
            path if code in ("", question.currency) else path._replace(value=0) for path, code in zip(paths, told.won.codes, strict=True)
        ]
        left_out = sum(code not in ("", question.currency) for code in told.won.codes)
    made, since = [], asked_of(question).since
    with cycles.unsought():
        for model in models:
            known = chain(paths, told.paths.unconverted(told.others, since)) if model == "markov" else paths
            made.append(figures(known, question, model, told.sums, left_out))
    return question, made


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
