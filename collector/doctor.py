"""The doctor: looks at everything that a collector needs, and changes nothing."""

from __future__ import annotations

import asyncio
import http.client
import sqlite3
import time
import urllib.error
import urllib.request
from pathlib import Path

from .actions import retain
from .actions.backup import is_there
from .domain import health, mail
from .domain.health import Finding
from .ingest import script
from .settings import Settings
from .store import aside, control, erasure, ids, migrate, ring, seal, secret, sites
from .store import health as looking
from .store.database import Database, said_by_database

TIMEOUT = 5.0  # seconds for an answer
MOST = 1_000_000  # bytes of one that are read


async def doctor(config: Settings) -> list[Finding]:
    """What is well, what might be better and what is wrong, one finding a check."""
    try:
        keys, said = ring.load(config.seal), ""
    except ring.WrongSeal as wrong:
        keys, said = None, str(wrong)
    database, now = Database(config.database, keys), ids.now()
    try:
        found = await _files(database) if database.file is not None else await _server(database)
        if not any(one.check in ("file", "schema", "postgres") and one.code not in _READABLE for one in found):
            found += await _kept(config, database, now, said)
    finally:
        await database.close()
    found.append(health.proxy(config.url, config.trusted_proxies))
    found.append(await _mail(config))
    return found + await asyncio.to_thread(_reach, config)


async def of_account(config: Settings, database: Database, account: int, *, whole: bool) -> list[Finding]:
    """The same from within the collector, for an owner: of other accounts nothing is told.

    `whole` reads the file through and asks mail server and public address too; without it only what is quickly seen is looked at.
    """
    now = ids.now()
    found = await _files(database, whole=whole, within=True) if database.file is not None else await _server(database)
    found += [one for one in await _kept(config, database, now, "") if _concerns(one, account)]
    async with database.reader() as conn:
        mine = {row["id"] for row in await sites.all(conn, account)}
    found = [one for one in found if one.check != "site" or one.values.get("id", 0) in {0, *mine}]
    found.append(health.proxy(config.url, config.trusted_proxies))
    if whole:
        found.append(await _mail(config))
        found += await aside.in_thread(lambda: _reach(config))
    return found


def _concerns(one: Finding, account: int) -> bool:
    return one.check != "retention" or one.values["account"] == account


async def _mail(config: Settings) -> Finding:
    """Whether the mail server answers, speaks TLS where it must, and takes the password."""
    if not config.smtp:
        return health.mail("", "")
    from .outbound.relay import Connection, Fault

    relay = mail.relay(config.smtp)
    try:
        async with Connection(relay, TIMEOUT) as connection:
            await connection.open()
    except Fault as wrong:
        return health.mail(relay.host, wrong.name)
    return health.mail(relay.host, "")


_READABLE = ("file-ok", "file-open", "schema-ok", "postgres-ok", "postgres-old")


async def _files(database: Database, *, whole: bool = True, within: bool = False) -> list[Finding]:
    """`whole`: the file is read through; `within`: this is the collector that serves it."""
    file = database.file
    assert file is not None
    if not is_there(file):
        return [Finding("file", "hint", "file-none", {"file": str(file)}), _secret(database, needed=False, fits=True)]
    served = within or await control.is_listened_to(database)
    found = [] if within else [Finding("server", *(("ok", "server-runs") if served else ("hint", "server-none")))]
    try:
        seen = await aside.in_thread(lambda: looking.look(file, whole=whole))
    except OSError as wrong:
        return [*found, Finding("file", "wrong", "file-unread", {"file": str(file), "said": wrong.strerror or str(wrong)})]
    found.append(health.file(str(file), seen.mode, seen.size, seen.faults, whole=whole))
    if seen.faults == ["ok"]:
        found += [_schema(seen.schema), health.pages(seen.free_pages, seen.pages, seen.page_size)]
    found += [health.wal(looking.wal_bytes(database) or 0), health.library(sqlite3.sqlite_version)]
    found.append(health.disk(looking.free_bytes(database) or 0, seen.size))
    if seen.schema is None:
        found.append(_secret(database, needed=seen.has_identifiers, fits=True))
    return found


async def _server(database: Database) -> list[Finding]:
    began = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT), database.reader() as conn:
            version = str((await conn.exec_driver_sql("SHOW server_version")).scalar()).split()[0]
            took = int(1_000 * (time.monotonic() - began))
            stored = await conn.run_sync(migrate.version)
    except Exception as wrong:  # the driver's, the resolver's, the network's
        said = said_by_database(wrong) or getattr(wrong, "strerror", None) or str(wrong) or type(wrong).__name__
        return [Finding("postgres", "wrong", "postgres-silent", {"said": said})]
    return [health.postgres(version, took), _schema(stored)]


def _schema(stored: str | None) -> Finding:
    newest = migrate.newest()
    try:
        migrate.after(stored)
    except migrate.NewerDatabase:
        return health.schema(stored, newest, known=False)
    return health.schema(stored, newest, known=True)


async def _kept(config: Settings, database: Database, now: int, said: str) -> list[Finding]:
    """What is in a database of this version's schema."""
    path = secret.path_of(database)
    async with database.reader() as conn:
        known = await conn.run_sync(retain.last_known, now)
        keys, wrong = await conn.run_sync(seal.look_at, database.ring)
        sealed = _sealed(config, database, keys, said or wrong)
        found = [health.clock(now, known), sealed]
        try:
            if sealed.code == "seal-wrong":
                raise LookupError
            key = bytes.fromhex(path.read_text().strip()) if path.exists() else b""
            await conn.run_sync(secret.check, key)
            found.append(_secret(database, needed=False, fits=True))
        except LookupError:
            found.append(_secret(database, needed=True, fits=True))
        except (secret.WrongSecret, ValueError):
            found.append(_secret(database, needed=True, fits=False))
        for row in await conn.run_sync(sites.accounts):
            found.append(health.retention(row["id"], await conn.run_sync(erasure.retention_of, row["id"])))
        rows = await sites.all(conn)
        for row in filter(sites.is_current, rows):
            last = await sites.last_event(conn, row["account_id"], row["id"])
            quiet = await sites.quiet_since(conn, row, now) is not None
            found.append(health.site(row["id"], row["domain"], last, quiet))
    return found if rows else [*found, Finding("site", "hint", "site-none")]


def _secret(database: Database, *, needed: bool, fits: bool) -> Finding:
    path = secret.path_of(database)
    return health.secret(str(path), path.stat().st_mode if path.exists() else None, needed, fits)


def _sealed(config: Settings, database: Database, keys: dict[str, str], said: str) -> Finding:
    path = Path(config.seal)
    mode = path.stat().st_mode if config.seal and path.exists() else None
    return health.seal(config.seal, mode, keys, database.ring.newest.name if database.ring else "", said)


def _reach(config: Settings) -> list[Finding]:
    """The public address from here, as a browser would ask it."""
    if not config.url:
        return [health.address("", 0, "")]
    status, _body, said = _get(config.url + "/healthz")
    found = [health.address(config.url, status, said)]
    if status:
        status, body, _said = _get(config.url + "/js")
        found.append(health.tag(config.url, status, body == script.load(config.consent).plain))
    return found


def _get(url: str) -> tuple[int, bytes, str]:
    """Status (0: none), body and why there is none."""
    asked = urllib.request.Request(url, headers={"User-Agent": "webleads doctor"})  # noqa: S310 (http or https: a checked setting)
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310
            return int(answer.status), answer.read(MOST), ""
    except urllib.error.HTTPError as wrong:
        wrong.close()
        return wrong.code, b"", ""
    except (OSError, http.client.HTTPException, ValueError) as wrong:
        reason = getattr(wrong, "reason", wrong)
        return 0, b"", str(getattr(reason, "strerror", None) or reason)
