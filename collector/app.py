"""The one composition root: settings in, a running collector out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from . import commands
from .actions.record import Recorder
from .ingest import script
from .ingest.directory import Directory
from .ingest.endpoint import Endpoint
from .ingest.rate import networks
from .ingest.room import room_of
from .jobs.clock import Clock
from .settings import Settings
from .store import control, ids, migrate, secret
from .store.database import Database
from .store.writer import Writer
from .web.app import create

log = structlog.get_logger()


class Collector(Struct):
    """A running collector's parts."""

    app: ASGIApp
    database: Database
    writer: Writer
    secret: bytes
    address: str  # where browsers find it


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Collector]:
    """Opens database and writer, brings the schema up to date, and closes everything at the end. Raises Locked, WrongSecret."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        key = secret.load(database)
        writer = Writer(database, Recorder(key, ids.uuid7).swiftly)
        await writer.start()
        stack.push_async_callback(writer.stop)
        await writer.run(migrate.upgrade, ids.now())
        await writer.run(secret.check, key)
        for line in writer.lost:
            log.error("events lost", lost=line)
        screens = create(settings=settings, database=database, writer=writer, secret=key, clock=ids.now, ids=ids.uuid7)
        endpoint = Endpoint(
            Probes(screens, database, writer),
            writer=writer,
            directory=Directory(database),
            room=room_of(database),
            script=script.load(settings.consent),
            others=script.others(),
            banner=script.banner(),
            trusted=networks(settings.trusted_proxies),
            clock=ids.now,
            ids=ids.uuid7,
        )
        clock = Clock(writer, database, secret=key, clock=ids.now, take=_taker(endpoint))
        clock.start()
        stack.push_async_callback(clock.stop)
        collector = Collector(endpoint, database, writer, key, settings.url)
        if database.is_sqlite:
            server = await control.listen(database, commands.handler(writer, database, key, lambda: collector.address))
            if server is not None:
                stack.callback(control.path_of(database).unlink, missing_ok=True)
                stack.callback(server.close)
        yield collector


def _taker(endpoint: Endpoint) -> Callable[[], dict[tuple[int, int, str], int]]:
    def take() -> dict[tuple[int, int, str], int]:
        taken = dict(endpoint.counts)
        endpoint.counts.clear()
        return taken

    return take


class Probes:
    """/healthz: batches are taken. /readyz: the database answers too; its body tells what was lost before this start."""

    def __init__(self, app: ASGIApp, database: Database, writer: Writer) -> None:
        self._app = app
        self._database = database
        self._writer = writer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the two, passes on the rest."""
        if scope["type"] != "http" or scope["path"] not in ("/healthz", "/readyz"):
            await self._app(scope, receive, send)
            return
        status, body = 200, b"ok\n"
        if scope["path"] == "/readyz":
            status, body = await self._ready()
        headers: list[Any] = [
            (b"content-type", b"text/plain"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _ready(self) -> tuple[int, bytes]:
        try:
            async with self._database.reader() as conn:
                await conn.exec_driver_sql("SELECT 1")
        except Exception:
            return 503, b"the database does not answer\n"
        return 200, "".join(f"{line}\n" for line in ("ok", *self._writer.lost)).encode()
