"""Sockets and signals: the collector, and the demo's site beside it, until they are asked to stop."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import logging
import os
import secrets
import signal
import socket as sockets
import sys
import traceback
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from socket import socket
from typing import Any, TextIO, cast

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from .actions import demo, users
from .actions.record import Recorder
from .app import Collector, opened
from .demo import history
from .demo import site as demo_site
from .domain.events import Batch
from .ingest import quick
from .settings import Settings
from .store import ids
from .store.users import has_owner

SETUP_FOR = 24 * 3_600_000
DEMO_FOR = 7 * 24 * 3_600_000
PATIENCE = 15  # seconds: a connection whose request does not end is closed within two of them
STEP = 100  # events of the invented past that are written at once: some 5 ms
M_ARENA_MAX = -8  # of malloc.h
DRAIN = 8  # seconds: with the last commit within the ten that a stop may take


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: a stop is ours to order, so that the database closes after the sockets."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(settings: Settings, host: str, port: int, *, demo_port: int | None = None, past: bool = False) -> None:
    """Serves until SIGTERM or SIGINT; `past` fills in the demo site's invented past. Raises Locked, OSError."""
    _log(settings.log_level)
    _share_one_heap()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings, host, port, demo_port, past))


def _share_one_heap() -> None:
    """glibc keeps a heap for each thread, and none uses what another has freed: SQLite's pages would be held twice (mallopt(3))."""
    with suppress(AttributeError, OSError, TypeError):  # other systems
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _log(level: str) -> None:
    errors = _Errors()
    handler = logging.StreamHandler(errors)
    handler.setFormatter(_Line())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, errors)),
    )


class _Errors:
    """stderr, whose disk may be full: a line that cannot be written is lost, and nothing else with it."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            os.write(2, text.encode(errors="backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


class _Line(logging.Formatter):
    """What libraries log, as one JSON object a line like our own. Of an error its kind and place: its text may quote a lead."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[0]:
            kind, _wrong, trace = record.exc_info
            said["event"] = said["event"].splitlines()[0]
            said["error"] = kind.__name__
            said["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-5:]]
        return json.dumps(said, ensure_ascii=False)


def _server(app: ASGIApp, host: str, port: int) -> tuple[_Server, socket]:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=quick.Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # X-Forwarded-For is believed by our own setting only
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=DRAIN,
    )
    made = socket_for(host, port)
    return _Server(config), made


def socket_for(host: str, port: int) -> socket:
    """A listening socket. Raises OSError."""
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    made = sockets.socket(family, sockets.SOCK_STREAM)
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(2048)
    except OSError as wrong:
        made.close()
        raise OSError(wrong.errno, f"cannot listen on {host}:{port}: {wrong.strerror}") from wrong
    made.setblocking(False)
    return made


def _url_of(host: str, bound: socket) -> str:
    shown = host
    try:
        if ip_address(host).is_unspecified:
            shown = "127.0.0.1"
    except ValueError:
        pass
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{bound.getsockname()[1]}"


async def _run(settings: Settings, host: str, port: int, demo_port: int | None, past: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(settings) as collector:
        server, bound = _server(collector.app, host, port)
        collector.address = url = settings.url or _url_of(host, bound)
        servers = [(server, bound)]
        lines = [f"ready {url}"]
        after: list[Coroutine[Any, Any, None]] = []
        if demo_port is None:
            lines.append(f"login {await _login(collector, url)}")
        else:
            beside, demo_bound = _server(demo_site.create(url, demo.SITE), host, demo_port)
            servers.append((beside, demo_bound))
            lines.append(f"login {await _demo_login(collector, url)}")
            lines.append(f"demo {(origin := _url_of(host, demo_bound))}")
            if past:
                after.append(_tell(collector, origin))
        await _serve(servers, lines, stop, after, end=collector.end)


async def _serve(
    servers: list[tuple[_Server, socket]],
    lines: list[str],
    stop: asyncio.Event,
    after: Sequence[Coroutine[Any, Any, None]] = (),
    *,
    end: Callable[[], None] = lambda: None,
) -> None:
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(server.serve(sockets=[bound])) for server, bound in servers]
    while not all(server.started for server, _bound in servers):
        await asyncio.sleep(0.01)
        for task in tasks:
            if task.done():
                task.result()
    gc.collect()
    gc.freeze()  # what was made at start stays: no collection looks at it again
    gc.set_threshold(20_000, 20, 50)
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
    silent = _close_the_silent([server for server, _bound in servers])
    beside: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait()), asyncio.create_task(silent)]
    more = [asyncio.create_task(one) for one in after]
    await asyncio.wait([*beside, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (*beside, *more):
        task.cancel()
    end()
    for server, _bound in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


async def _close_the_silent(servers: list[_Server], patience: float = PATIENCE) -> None:
    """Closes connections on which no request begins or comes to an end; uvicorn waits for an end without bound."""
    waiting: dict[Any, Any] = {}  # connection → its last request
    while True:
        await asyncio.sleep(patience)
        connections: list[Any] = [one for server in servers for one in server.server_state.connections]
        now = {one: one.cycle for one in connections if _is_unfinished(one)}
        silent = [one for one, last in now.items() if one in waiting and waiting[one] is last]
        for one in silent:
            one.transport.close()
            del now[one]
        waiting = now


def _is_unfinished(connection: Any) -> bool:
    """Whether nothing, half a request's head, or half of a batch has come, or a batch was answered (`ingest.quick` sets no timer).

    The bodies of screens are watched by `web.patience`, which can say so; here a timer for each request would cost 4 % of them all.
    """
    cycle = connection.cycle
    if cycle is None or cycle.response_complete:
        return connection.timeout_keep_alive_task is None
    return bool(cycle.more_body and cycle.scope["path"] == "/in")


async def _login(collector: Collector, url: str) -> str:
    """Where to log in: the set-up link while nobody owns the account."""
    async with collector.database.reader() as conn:
        if await has_owner(conn):
            return f"{url}/login"
    token, now = secrets.token_urlsafe(32), ids.now()
    await collector.writer.run(users.make_link, 1, "setup", token, now=now, expires_at=now + SETUP_FOR)
    return f"{url}/setup?token={token}"


async def _demo_login(collector: Collector, url: str) -> str:
    token, now = secrets.token_urlsafe(32), ids.now()
    user_id = await collector.writer.run(demo.add, 1, now=now, user_id=ids.uuid7(now))
    await collector.writer.run(users.make_link, 1, "login", token, now=now, expires_at=now + DEMO_FOR, user_id=user_id)
    return f"{url}/login/link?token={token}"


async def _tell(collector: Collector, origin: str) -> None:
    """Fills in the demo site's past, from where it was left, in small steps; after each it rests as long: visitors' events come first."""
    born, since = await collector.writer.run(demo.told, 1)
    record, clock = Recorder(collector.secret, ids.uuid7), asyncio.get_running_loop().time
    for day in history.days(demo.SITE, born, history.Sizes(), history.Place(1, demo.SITE, origin)):
        for some in _steps([batch for batch in day if batch.received >= since]):
            began = clock()
            if not await collector.writer.run(demo.tell, record, some):
                return
            await asyncio.sleep(clock() - began)


def _steps(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    some: list[Batch] = []
    for batch in batches:
        some.append(batch)
        if sum(one.size for one in some) >= STEP:
            yield some
            some = []
    if some:
        yield some
