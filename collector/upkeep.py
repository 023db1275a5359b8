"""What keeps a collector sound: backup, restore, the doctor's look. Each is given the settings and answers what the command says."""

from __future__ import annotations

import asyncio
import http.client
import sqlite3
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from .actions import restore as restoring
from .actions import retain
from .domain import health, mail
from .domain.health import Finding
from .ingest import script
from .settings import Settings
from .store import backup as copying
from .store import control, dump, erasure, ids, lock, migrate, ring, seal, secret, sites
from .store import health as looking
from .store.backup import Progress
from .store.database import Database, said_by_database

TIMEOUT = 5.0  # seconds for an answer
MOST = 1_000_000  # bytes of one that are read


class NotDone(Exception):
    """Something stands in the way; the message says what, and what to do."""


def backup(config: Settings, file: Path, *, force: bool, progress: Progress) -> dict[str, Any]:
    """Copies database and secret. Answers {file, secret, seal, schema, size, events, leads}; the key file `seal` is not in it.

    Raises NotDone, BadBackup, OSError.
    """
    database = Database(config.database)
    if file.exists() and not force:
        raise NotDone(f"{file} is there already: name another, or say --force")
    if not file.absolute().parent.is_dir():
        raise NotDone(f"{file.absolute().parent}: there is no such folder")
    if database.file is not None and not _is_there(database.file):
        raise NotDone(f"{database.file}: there is no database yet")
    key, second = secret.path_of(database), secret.beside(file)
    living = {key.absolute(), *(database.file.parent.glob(database.file.name + "*") if database.file is not None else ())}
    if file.exists() and any(file.samefile(one) for one in living if one.exists() and ".before-" not in one.name):
        raise NotDone(f"{file} is the database itself, or lives beside it: name another file")
    if key.exists():
        if second.exists() and not force and second.read_bytes() != key.read_bytes():
            raise NotDone(f"{second} is there already, and is another secret: name another file, or say --force")
        secret.copy(key, second)  # first: a copy without its secret is worth little
    told = _dump(database, file) if database.file is None else _copy(database.file, file, progress)
    return {"file": str(file), "secret": str(second) if key.exists() else None, "seal": config.seal or None, **told}


def _is_there(file: Path) -> bool:
    """Whether anything was ever stored: who takes the writer's lock makes an empty file."""
    return file.exists() and file.stat().st_size > 0


def _copy(source: Path, file: Path, progress: Progress) -> dict[str, Any]:
    told = copying.make(source, file, progress)
    return {"schema": told.schema, "size": told.size, **_counts(told.rows)}


def _dump(database: Database, file: Path) -> dict[str, Any]:
    if not dump.is_there():
        raise NotDone(f"PostgreSQL makes its own copies, and pg_dump is not installed here: {dump.said(database, file)}")
    return dump.make(database, file)


def _counts(rows: dict[str, int]) -> dict[str, int]:
    return {"events": rows.get("event", 0), "leads": rows.get("lead", 0)}


def restore(config: Settings, file: Path, *, progress: Progress) -> dict[str, Any]:
    """Replaces the database. Answers {schema, was, erased, kept, events, leads}. Raises Locked, NotDone, what `actions.restore` does."""
    database = Database(config.database, ring.load(config.seal))
    if database.file is None:
        raise NotDone(f"stop the collectors, then: {dump.back(database, file)}. Their next start erases again what was erased since")
    if file.exists() and database.file.exists() and file.samefile(database.file):
        raise NotDone(f"{file} is the database itself")
    try:
        held = lock.hold(database)
    except lock.Locked as taken:
        raise lock.Locked(f"{taken}: stop it first") from None
    with held:
        told = restoring.restore(file, database, now=ids.now(), progress=progress)
    rows = told.pop("rows")
    return {**told, **_counts(rows)}


# The doctor: looks at everything and changes nothing ------------------------------------------------------------------


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


async def _files(database: Database) -> list[Finding]:
    file = database.file
    assert file is not None
    if not _is_there(file):
        return [Finding("file", "hint", "file-none", {"file": str(file)}), _secret(database, needed=False, fits=True)]
    served = await control.is_listened_to(database)
    found = [Finding("server", *(("ok", "server-runs") if served else ("hint", "server-none")))]
    try:
        seen = looking.look(file)
    except OSError as wrong:
        return [*found, Finding("file", "wrong", "file-unread", {"file": str(file), "said": wrong.strerror or str(wrong)})]
    found.append(health.file(str(file), seen.mode, seen.size, seen.faults))
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
    newest = migrate.after(None)[-1]
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
