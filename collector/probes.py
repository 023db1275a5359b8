"""What machines ask of a collector: /healthz, /readyz, and /metrics for who has the token."""

from __future__ import annotations

import hmac
import platform
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from .store import health, sites
from .store.database import Database
from .store.meter import Spread
from .store.writer import Writer

SITES = 1_000  # whose last event is told: a label has its bound
_PATHS = ("/healthz", "/readyz", "/metrics")

Answer = tuple[int, bytes, list[tuple[bytes, bytes]]]


class Probes:
    """/healthz: batches are taken. /readyz: the database answers too; its body tells what was lost before this start.

    /metrics: 404 without the setting `metrics_token`, else for `Authorization: Bearer TOKEN` only. `refused()` answers reason → n.
    """

    def __init__(
        self,
        app: ASGIApp,
        database: Database,
        writer: Writer,
        *,
        token: str,
        clock: Callable[[], int],
        refused: Callable[[], Mapping[str, int]],
    ) -> None:
        self._app = app
        self._database = database
        self._writer = writer
        self._token = token.encode()
        self._clock = clock
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the three, passes on the rest."""
        if scope["type"] != "http" or scope["path"] not in _PATHS:
            await self._app(scope, receive, send)
            return
        status, body, more = await self._answer(scope)
        headers = [(b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode()), *more]
        if not any(name == b"content-type" for name, _value in more):
            headers.append((b"content-type", b"text/plain; charset=utf-8"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, b"", [(b"allow", b"GET, HEAD")]
        if scope["path"] == "/healthz":
            return 200, b"ok\n", []
        if scope["path"] == "/readyz":
            return await self._ready()
        if not self._token:
            return 404, b"", []
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not hmac.compare_digest(given, b"Bearer " + self._token):
            return 401, b"the token is missing or wrong\n", [(b"www-authenticate", b"Bearer")]
        return await self._metrics()

    async def _ready(self) -> Answer:
        try:
            async with self._database.reader() as conn:
                await conn.exec_driver_sql("SELECT 1")
        except Exception:
            return 503, b"the database does not answer\n", []
        return 200, "".join(f"{line}\n" for line in ("ok", *self._writer.lost)).encode(), []

    async def _metrics(self) -> Answer:
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        found = _Once(list(_families(self._writer, self._refused(), self._database, await self._heard())))
        return 200, generate_latest(found), [(b"content-type", CONTENT_TYPE_LATEST.encode())]

    async def _heard(self) -> dict[int, float]:
        """Seconds since the last event, by site; nothing where the database does not answer."""
        now = self._clock()
        try:
            async with self._database.reader() as conn:
                known = [row for row in await sites.all(conn) if sites.is_current(row)][:SITES]
                last = {row["id"]: await sites.last_event(conn, row["account_id"], row["id"]) for row in known}
        except Exception:
            return {}
        return {site: max(0, now - at) / 1_000 for site, at in last.items() if at}


class _Once:
    """What prometheus_client takes for a registry."""

    def __init__(self, families: list[Any]) -> None:
        self._families = families

    def collect(self) -> list[Any]:
        """All families."""
        return self._families


def _families(writer: Writer, refused: Mapping[str, int], database: Database, heard: Mapping[int, float]) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

    meter = writer.meter
    yield InfoMetricFamily("webleads_build", "Versions", _build(database))
    yield CounterMetricFamily("webleads_events", "Events answered after their commit, those kept among the refused with them", meter.events)
    no = CounterMetricFamily("webleads_refused", "Batches and events refused", labels=["reason"])
    for reason, n in sorted(refused.items()):
        no.add_metric([reason], n)
    yield no
    yield CounterMetricFamily("webleads_batches_failed", "Batches that could not be committed: they were answered 503", meter.failed)
    yield _histogram("webleads_commit_seconds", "From gathering a batch to its answer", meter.seconds)
    yield _histogram("webleads_batch_events", "Events a batch", meter.sizes)
    yield GaugeMetricFamily("webleads_waiting_events", "Events that wait for their commit", writer.waiting)
    for name, help_, value in (
        ("webleads_wal_bytes", "Size of the -wal file", health.wal_bytes(database)),
        ("webleads_disk_free_bytes", "Room beside the database", health.free_bytes(database)),
    ):
        if value is not None:
            yield GaugeMetricFamily(name, help_, value)
    ages = GaugeMetricFamily("webleads_last_event_age_seconds", "Since a site's tag was last heard", labels=["site"])
    for site, age in heard.items():
        ages.add_metric([str(site)], age)
    yield ages


def _histogram(name: str, help_: str, spread: Spread) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    buckets, total = [], 0
    for bound, n in zip((*map(str, spread.bounds), "+Inf"), spread.counts, strict=True):
        total += n
        buckets.append((bound, total))
    return HistogramMetricFamily(name, help_, buckets, spread.sum)


def _build(database: Database) -> dict[str, str]:
    engine = {"sqlite": sqlite3.sqlite_version} if database.is_sqlite else {"database": "postgresql"}
    return {"version": version("webleads-tracker"), "python": platform.python_version(), **engine}
