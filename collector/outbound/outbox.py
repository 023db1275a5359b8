"""What waits to be sent is sent: every few seconds a look, a letter after the other, and each is emptied once it has gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog

from ..actions import mail as acts
from ..domain.mail import Relay
from ..store import mail
from ..store.database import Database
from ..store.work import Busy
from ..store.writer import Writer
from .mail import BadAddress, compose
from .relay import Connection, Fault

log = structlog.get_logger()

LOOK = 3.0  # seconds between two looks
MOST = 50  # letters over one connection


class Outbox:
    """Sends while the collector runs."""

    def __init__(
        self, writer: Writer, database: Database, relay: Relay, *, sender: str, clock: Callable[[], int], look: float = LOOK
    ) -> None:
        self._writer = writer
        self._database = database
        self._relay = relay
        self._sender = sender
        self._clock = clock
        self._look = look
        self._task: asyncio.Task[None] | None = None
        self._ends = False

    def start(self) -> None:
        """Begins."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends; a letter that was on its way is sent again ten minutes later, under the same Message-ID."""
        self._ends = True  # a wait with a timeout may swallow a cancellation (asyncio.wait_for before Python 3.12)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._ends:
            try:
                await self.step()
            except Busy:
                pass
            except Exception as wrong:  # each driver has its own
                log.error("job failed", job="mail", error=type(wrong).__name__)
            if not self._ends:
                await asyncio.sleep(self._look)

    async def step(self) -> int:
        """Sends what is due now. Answers how many letters were taken."""
        async with self._database.reader() as conn:
            waiting = await mail.due(conn, self._clock(), MOST)
        if not waiting:
            return 0
        async with Connection(self._relay) as connection:
            try:
                await connection.open()
            except Fault as wrong:  # once for all of them: nobody waits fifty times for a server that is away
                for row in waiting:
                    await self._failed(row, wrong.name, final=False)
                return 0
            return sum([await self._send(connection, row) for row in waiting])

    async def _send(self, connection: Connection, row: dict[str, Any]) -> bool:
        account, id = row["account_id"], bytes(row["id"])
        if not await self._writer.run(acts.claim, account, id, now=self._clock()):
            return False
        try:
            content = json.loads(row["content"])
            await connection.send(compose(sender=self._sender, recipient=row["recipient"], **content, id=id, at=row["at"]))
        except Fault as wrong:
            await self._failed(row, wrong.name, final=wrong.is_final)
            return False
        except (ValueError, TypeError) as wrong:  # a sealed letter that cannot be opened is no JSON, and never will be
            await self._failed(row, "address" if isinstance(wrong, BadAddress) else "damaged", final=True)
            return False
        await self._writer.run(acts.sent, account, id, now=self._clock())
        return True

    async def _failed(self, row: dict[str, Any], name: str, *, final: bool) -> None:
        more = {"at": row["at"], "tries": row["tries"] + 1, "now": self._clock(), "final": final}
        given_up = await self._writer.run(acts.failed, row["account_id"], bytes(row["id"]), name, **more)
        log.warning("letter not sent", fault=name, tries=row["tries"] + 1, given_up=given_up)
