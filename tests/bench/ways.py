"""A database of many leads, each with a way, and as many visitors who never convert; and how long its reports take."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from collector.domain.attribution import MODELS
from collector.domain.channels import CHANNELS
from collector.domain.journeys import Journey, Step
from collector.domain.reports import Question
from collector.store import journeys, migrate, reports, schema
from collector.store.database import Database
from collector.store.hot import insert
from tests.builders import DAY, NOW, SITE

STEP = 2_000
TOUCHES = 5  # of each, on average
SOURCES = [(channel, f"source-{number}", f"campaign-{number}" if number % 3 else "") for channel in CHANNELS for number in range(10)]
_session, _touch, _span = (insert(table) for table in (schema.session, schema.touch, schema.span))


def build(file: Path, leads: int) -> None:
    """Writes it: journeys, spans, sessions and touches as the fold would, over 90 days before NOW."""
    engine = Database(f"sqlite:///{file}").writing_engine()
    drawn = random.Random(1)
    with engine.begin() as conn:
        migrate.upgrade(conn, NOW)
    for start in range(0, 2 * leads, STEP):
        with engine.begin() as conn:
            _write(conn, drawn, range(start, start + STEP), leads)
    with engine.connect() as conn:
        conn.exec_driver_sql("ANALYZE")
    engine.dispose()


def _write(conn: Connection, drawn: random.Random, numbers: range, leads: int) -> None:
    made: list[Journey] = []
    sessions: list[dict[str, Any]] = []
    touches: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    for number in numbers:
        visitor, at = f"v{number:021d}", NOW - int(drawn.random() * 90 * DAY)
        way = sorted(_steps(drawn, at))
        for place, step in enumerate(way):
            identity = (number * 100 + place).to_bytes(16, "big")
            sessions.append(_session_row(identity, visitor, step))
            touches.append(_touch_row(identity, step))
        if number < leads:
            lead = number.to_bytes(16, "big")
            spans.append({"account_id": 1, "visitor": visitor, "from_at": 0, "to_at": 2**62, "lead_id": lead, "edge_id": lead, "shared": 0})
            value = drawn.randint(0, 100_000)
            made.append(Journey(lead, "lead", None, lead, visitor, SITE, at, at, value, "EUR", (at, None, None), tuple(way)))
    _session.many(conn, sessions)
    _touch.many(conn, touches)
    _span.many(conn, spans)
    journeys.save(conn, 1, made)


def _steps(drawn: random.Random, at: int) -> Iterator[Step]:
    chances = [1 / (place + 1) for place in range(len(SOURCES))]
    for channel, source, campaign in drawn.choices(SOURCES, chances, k=drawn.randint(1, 2 * TOUCHES - 1)):
        yield (at - int(drawn.random() * 90 * DAY), channel, source, campaign)


def _session_row(identity: bytes, visitor: str, step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 0 for column in schema.session.columns}
    row |= dict.fromkeys(("last_page", "entry_page", "language", "agent", "touch_key"), "")
    row |= {"account_id": 1, "id": identity, "visitor": visitor, "site_id": SITE, "started_at": step[0], "ended_at": step[0]}
    return row | {"last_id": identity, "touch_id": identity, "touch_at": step[0], "counted": 1}


def _touch_row(identity: bytes, step: Step) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys((column.name for column in schema.touch.columns), "")
    row |= {"account_id": 1, "session_id": identity, "id": identity, "site_id": SITE, "at": step[0]}
    return row | {"channel": step[1], "source": step[2], "campaign": step[3], "landing": "https://example.com/"}


async def ask(file: str, model: str, by: str) -> dict[str, Any]:
    """One report over everything: wall and CPU seconds, and the peak of this process."""
    database, last = Database(f"sqlite:///{file}"), NOW // DAY
    question = Question(model, last - 200, last + 1, by=by, look_back=90)
    started, spent = time.monotonic(), time.process_time()
    async with database.snapshot() as conn:
        read = await reports.load(conn, 1, question, [model])
    _question, (found,) = reports.answer(read, question, [model])
    told = {"wall": time.monotonic() - started, "cpu": time.process_time() - spent, "conversions": found.report.conversions}
    await database.close()
    assert found.report.used == model, found.report.why
    return told | {"nulls": found.report.nulls, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def lines(file: Path, leads: int) -> list[str]:
    """The table, each report in a process of its own."""
    started = time.monotonic()
    build(file, leads)
    made = [
        f"From a database of {leads:,} leads with {TOUCHES * leads:,} touches and as many visitors who are none, written in"
        f" {time.monotonic() - started:.0f} s ({file.stat().st_size / 1e6:.0f} MB): reading and figures, each report in a new process.",
        "",
        "| model | by | s | CPU s | peak MiB |",
        "|---|---|---|---|---|",
    ]
    for model in MODELS:
        for by in ("channel", "campaign") if model in ("linear", "markov") else ("channel",):
            asked = [sys.executable, "-m", "tests.bench.ways", str(file), model, by]
            told = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
            assert told["conversions"] == leads
            made.append(f"| {model} | {by} | {told['wall']:.2f} | {told['cpu']:.2f} | {told['peak']:.0f} |")
    return made


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask(*sys.argv[1:4]))))
