"""What a command may ask of the writer, by name: run here, or by the server that runs on the same file."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection

from .actions import costs, goals, refused, runs, sites, users
from .jobs import demo as undoing
from .jobs import erase as erasing
from .jobs import rebuild as rebuilding
from .jobs import retain as retaining
from .store import ids
from .store import sites as kept_sites
from .store.control import Handle, Told
from .store.database import Database
from .store.migrate import RETENTION
from .store.writer import Writer


def _site_add(conn: Connection, secret: bytes, **given: Any) -> Any:
    return sites.add(conn, given.pop("account"), given.pop("domain"), now=ids.now(), **given)


def _user_add(conn: Connection, secret: bytes, *, account: int, email: str, password: str, role: str) -> Any:
    now = ids.now()
    made = users.add(conn, account, email, password, role, now=now, id=ids.uuid7(now))
    return {key: made[key] for key in ("email", "role")}


def _user_password(conn: Connection, secret: bytes, *, account: int, email: str, password: str) -> Any:
    return {"email": email, "changed": users.set_password(conn, account, email, password)}


def _account_add(conn: Connection, secret: bytes, *, name: str) -> Any:
    return {"id": kept_sites.add_account(conn, name, ids.now(), RETENTION), "name": name}


def _replay(conn: Connection, secret: bytes, *, account: int, site: int | None) -> Any:
    return refused.replay(conn, secret=secret, ids=ids.uuid7, account=account, site=site)


def _goal_add(conn: Connection, secret: bytes, **given: Any) -> Any:
    now = ids.now()
    return goals.add(conn, given.pop("account"), actor=ACTOR, now=now, id=ids.uuid7(now), **given)


def _goal_remove(conn: Connection, secret: bytes, *, account: int, id: str) -> Any:
    return goals.remove(conn, account, bytes.fromhex(id), actor=ACTOR, now=ids.now())


def _costs_remove(conn: Connection, secret: bytes, *, account: int, id: str) -> Any:
    return {"id": id, "rows": costs.remove(conn, account, bytes.fromhex(id))}


def _keep(conn: Connection, secret: bytes, *, account: int, **given: Any) -> Any:
    now = ids.now()
    return runs.keep(conn, account, id=ids.uuid7(now), actor=ACTOR, now=now, **given)


ACTOR = "command"
COMMANDS: dict[str, Callable[..., Any]] = {
    "site add": _site_add,
    "user add": _user_add,
    "user password": _user_password,
    "account add": _account_add,
    "refused replay": _replay,
    "goal add": _goal_add,
    "goal remove": _goal_remove,
    "costs remove": _costs_remove,
    "attribution keep": _keep,
}


async def _rebuild(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int | None) -> Any:
    done = await rebuilding.rebuild(writer, database, secret=secret, account=account, told=told)
    return {name: done[name] for name in ("visitors", "submissions")}


async def _purge(writer: Writer, database: Database, secret: bytes, told: Told, *, sure: bool) -> Any:
    return await retaining.purge(writer, database, secret=secret, now=ids.now(), told=told, sure=sure)


async def _erase(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, address: str) -> Any:
    return await erasing.erase(writer, database, address, secret=secret, now=ids.now(), account=account)


async def _demo_remove(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int) -> Any:
    return await undoing.remove(writer, database, secret=secret, account=account)


async def _costs_import(
    writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, name: str, file: str, currency: str
) -> Any:
    given: dict[str, Any] = {"name": name, "currency": currency, "actor": ACTOR, "now": ids.now()}
    async with database.reader() as conn:
        done = await costs.take(writer.run, conn, account, base64.b64decode(file), **given)
    return done | {"wrong": [list(row) for row in done["wrong"]]}


LONG: dict[str, Callable[..., Awaitable[Any]]] = {
    "rebuild": _rebuild,
    "purge": _purge,
    "erase": _erase,
    "demo remove": _demo_remove,
    "costs import": _costs_import,
}


def handler(writer: Writer, database: Database, secret: bytes, where: Callable[[], str]) -> Handle:
    """Runs commands by name on a writer; `where` answers the collector's address, for the command of that name."""

    async def handle(name: str, arguments: dict[str, Any], told: Told) -> Any:
        if name == "where":
            return where()
        if name in LONG:
            return await LONG[name](writer, database, secret, told, **arguments)
        return await writer.run(COMMANDS[name], secret, **arguments)

    return handle
