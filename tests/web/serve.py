"""The screens on a port of this machine, for a browser. `python -m tests.web.serve PORT [empty]` serves them to look at."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import uvicorn
from starlette.applications import Starlette

from collector.store import ids, migrate
from collector.store.database import Database
from collector.store.writer import Writer
from collector.web.app import create
from tests.builders import SECRET

from . import story
from .rows import NOW


class Settings(NamedTuple):
    """What the screens read of the settings."""

    url: str = ""
    consent: str = "required"
    language: str = "en"
    trusted_proxies: tuple[str, ...] = ()
    smtp: str = ""
    networks: str = ""
    seal: str = ""


def screens(database: Database, writer: Writer, clock: Callable[[], int] = lambda: NOW, fetch: Any = None, **settings: Any) -> Starlette:
    """The screens on a database, with a clock that stands; `fetch` gets the page of an install check."""
    given = Settings(**settings)
    return create(settings=given, database=database, writer=writer, secret=SECRET, clock=clock, ids=ids.uuid7, fetch=fetch)


@asynccontextmanager
async def running(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """The application behind a real uvicorn; its URL."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off", ws="none"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def _look(port: int, *words: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/look.sqlite")
        writer = Writer(database)
        await writer.start()
        try:
            await writer.run(migrate.upgrade, NOW)
            told: Any = None if "empty" in words else await writer.run(story.tell)
            async with running(screens(database, writer), port) as url:
                print(url, told.hex() if told else "", flush=True)
                await asyncio.Event().wait()
        finally:
            await writer.stop()
            await database.close()


if __name__ == "__main__":
    asyncio.run(_look(int(sys.argv[1]), *sys.argv[2:]))
