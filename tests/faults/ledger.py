"""The client that keeps books: what it sent, what was acknowledged, and what the file must hold therefore."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from collector.store import ids
from collector.store.schema import DERIVED

from .line import Line
from .traffic import Item, Visitor, body


class Ledger:
    """Event id → whether it was acknowledged; of submissions also their token and e-mail address."""

    def __init__(self, port: int, dice: Random) -> None:
        self.events: dict[bytes, bool] = {}
        self.submissions: dict[bytes, tuple[str, str]] = {}
        self.answers: dict[int | str, int] = {}
        self.answered = asyncio.Event()  # set with every acknowledgement, for who wants to strike just then
        self._port = port
        self._dice = dice
        self._waiting: list[list[Item]] = []
        self._over = False

    @property
    def acknowledged(self) -> set[bytes]:
        """The ids that the collector said it has."""
        return {identity for identity, known in self.events.copy().items() if known}  # a copy, in one step: visitors are at work

    @contextmanager
    def traffic(self, visitors: int) -> Iterator[None]:
        """Visitors at work until the block ends; call `settle` afterwards."""
        self._over = False
        self._waiting += [[] for _ in range(visitors - len(self._waiting))]
        self._tasks = [asyncio.create_task(self._browse(waiting)) for waiting in self._waiting]
        try:
            yield
        finally:
            self._over = True

    async def settle(self) -> None:
        """Sends again until everything is acknowledged."""
        await asyncio.gather(*self._tasks)
        with self._line() as line:
            for waiting in self._waiting:
                while waiting:
                    await self._flush(line, waiting)

    def took(self, sent: dict[str, Any], email: str) -> None:
        """A form that somebody else sent was acknowledged."""
        identity = UUID(sent["id"]).bytes
        self.events[identity] = True
        self.submissions[identity] = (sent["submission"], email)

    def _line(self) -> closing[Line]:
        return closing(Line(self._port))

    async def _browse(self, waiting: list[Item]) -> None:
        visitor = Visitor(self._dice)
        with self._line() as line:
            while not self._over:
                for _ in range(self._dice.randrange(1, 6)):
                    self._note(visitor, waiting)
                await self._flush(line, waiting)
                if self._dice.random() < 0.1:
                    visitor = Visitor(self._dice)
                await asyncio.sleep(self._dice.uniform(0, 0.02))

    def _note(self, visitor: Visitor, waiting: list[Item]) -> None:
        for item in visitor.step():
            identity = item.stored
            self.events[identity] = False
            if item.event["type"] == "form_submit":
                self.submissions[identity] = (item.event["submission"], visitor.email)
            waiting.append(item)

    async def _flush(self, line: Line, waiting: list[Item]) -> None:
        """Sends what waits as the tag does; what is not acknowledged waits on, with the same ids."""
        groups: dict[tuple[str, bool], list[Item]] = {}
        for item in waiting:
            groups.setdefault((item.head, item.alone), []).append(item)
        chance = self._dice.random()
        for items in groups.values():
            batch = items[-10:] if chance < 0.05 else items[:20]  # the younger half first: a beacon overtakes
            patience = 0.002 if 0.05 < chance < 0.1 else 15.0  # the visitor leaves before the answer
            status = await self._post(line, batch, patience)
            if status == 204 and 0.1 < chance < 0.15:
                status = await self._post(line, batch, 15.0)  # fetch and beacon both came through
            if status == 204:
                for item in batch:
                    waiting.remove(item)
                    self.events[item.stored] = True
                self.answered.set()
            else:
                await asyncio.sleep(0.05)

    async def _post(self, line: Line, batch: list[Item], patience: float) -> int | str:
        try:
            code, refused = await line.post(body(batch, ids.now()), patience)
            status: int | str = refused or code
        except (OSError, EOFError) as wrong:  # a TimeoutError is an OSError
            status = type(wrong).__name__
        self.answers[status] = self.answers.get(status, 0) + 1
        return status

    def check(self, file: Path, *, settled: bool = False) -> None:
        """Every acknowledged id is stored exactly once, no id twice, nothing that was never sent; the file is sound."""
        known = self.acknowledged
        assert rows(file, "PRAGMA integrity_check") == [("ok",)]
        stored = [row[0] for row in rows(file, "SELECT id FROM event")]
        kept = {row[0]: row[1:] for row in rows(file, _SUBMISSIONS)}
        assert len(stored) == len(set(stored))
        assert not known - set(stored), "acknowledged and lost"
        assert set(stored) <= set(self.events)
        assert known & set(self.submissions) <= set(kept) <= set(self.submissions)
        assert all(pair == self.submissions[identity] for identity, pair in kept.items())
        assert rows(file, "SELECT count(*) FROM refused") == [(0,)]
        assert not {status for status in self.answers if isinstance(status, int)} - {204, 503}, self.answers
        if settled:
            assert set(stored) == known == set(self.events)
            assert set(kept) == set(self.submissions)


_SUBMISSIONS = """
    SELECT s.id, s.token, f.value FROM submission s
    JOIN submission_field f ON f.account_id = s.account_id AND f.submission_id = s.id AND f.name = 'email'
"""


def rows(file: Path, statement: str) -> list[Any]:
    """Rows of the file, read from outside; this connection neither writes nor checkpoints."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as conn:
        conn.execute("PRAGMA query_only=ON")
        return conn.execute(statement).fetchall()


def derived(file: Path) -> dict[str, list[Any]]:
    """All derived rows, by table, in order of their keys."""
    return {
        table.name: rows(file, f"SELECT * FROM {table.name} ORDER BY {', '.join(column.name for column in table.primary_key)}")
        for table in DERIVED
    }
