"""The one composition root: settings in, a running collector out."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import structlog
from msgspec import Struct
from starlette.types import ASGIApp

from . import commands, doctor
from .actions import erase
from .actions.record import Recorder
from .domain import mail
from .domain.install import Page
from .ingest import script
from .ingest.directory import Directory
from .ingest.endpoint import Endpoint
from .ingest.networks import Networks
from .ingest.rate import networks
from .ingest.room import room_of
from .jobs.clock import Clock
from .probes import Probes
from .settings import Settings
from .store import control, ids, migrate, ring, seal, secret
from .store.database import Database
from .store.writer import Writer
from .web.app import create
from .web.house import Fetch

log = structlog.get_logger()


class Collector(Struct):
    """A running collector's parts."""

    app: ASGIApp
    database: Database
    writer: Writer
    secret: bytes
    address: str  # where browsers find it
    end: Callable[[], None] = lambda: None  # lets go of who listens, before the sockets close


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Collector]:
    """Opens database and writer, brings the schema up to date, and closes everything at the end. Raises Locked, WrongSecret, WrongSeal."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database, ring.load(settings.seal))
        stack.push_async_callback(database.close)
        key = secret.load(database)
        writer = Writer(database, Recorder(key, ids.uuid7).swiftly)
        await writer.start()
        stack.push_async_callback(writer.stop)
        await writer.run(migrate.upgrade, ids.now())
        await writer.run(seal.check, database.ring)
        await writer.run(secret.check, key)
        if again := await writer.run(erase.replay, secret=key):
            log.warning("erasures carried out again", erasures=again)
        for line in writer.lost:
            log.error("events lost", lost=line)
        look = partial(doctor.of_account, settings, database)
        screens = create(
            settings=settings,
            database=database,
            writer=writer,
            secret=key,
            clock=ids.now,
            ids=ids.uuid7,
            fetch=_fetcher(),
            doctor=look,
        )
        counted: Counter[str] = Counter()  # refusals that the clock has taken
        looked_up = None
        if settings.networks:
            looked_up = Networks(settings.networks)
            stack.callback(looked_up.close)
        endpoint = _endpoint(settings, screens, database, writer, counted, looked_up)
        clock = Clock(writer, database, secret=key, clock=ids.now, take=_taker(endpoint, counted))
        clock.start()
        stack.push_async_callback(clock.stop)
        if settings.smtp:
            from .outbound.outbox import Outbox

            outbox = Outbox(writer, database, mail.relay(settings.smtp), sender=settings.mail_from, clock=ids.now)
            outbox.start()
            stack.push_async_callback(outbox.stop)
        collector = Collector(endpoint, database, writer, key, settings.url, screens.state.house.live.close)
        if database.is_sqlite:
            server = await control.listen(database, commands.handler(writer, database, key, lambda: collector.address))
            if server is not None:
                stack.callback(control.path_of(database).unlink, missing_ok=True)
                stack.callback(server.close)
        yield collector


def _endpoint(
    settings: Settings, screens: ASGIApp, database: Database, writer: Writer, counted: Counter[str], looked_up: Networks | None
) -> Endpoint:
    """The door of the tag, in front of the probes and the screens."""

    def refused() -> Counter[str]:
        return counted + endpoint.refused + _by_reason(endpoint.counts)

    endpoint = Endpoint(
        Probes(screens, database, writer, token=settings.metrics_token, clock=ids.now, refused=refused),
        writer=writer,
        directory=Directory(database),
        room=room_of(database),
        script=script.load(settings.consent),
        others=script.others(),
        banner=script.banner(),
        trusted=networks(settings.trusted_proxies),
        clock=ids.now,
        ids=ids.uuid7,
        networks=looked_up,
    )
    return endpoint


def _fetcher() -> Fetch:
    """Who fetches pages for the install check; its library is loaded with the first one."""
    probes: list[Fetch] = []

    async def fetch(address: str, near: Collection[str] = ()) -> Page:
        if not probes:
            from .outbound.probe import Probe

            probes.append(Probe())
        return await probes[0](address, near)

    return fetch


def _taker(endpoint: Endpoint, counted: Counter[str]) -> Callable[[], dict[tuple[int, int, str], int]]:
    def take() -> dict[tuple[int, int, str], int]:
        taken = dict(endpoint.counts)
        endpoint.counts.clear()
        counted.update(_by_reason(taken))
        return taken

    return take


def _by_reason(counts: Mapping[tuple[int, int, str], int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_account, _site, reason), n in counts.items():
        found[reason] += n
    return found
