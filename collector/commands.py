"""What a command may ask of the writer, by name: run here, or by the server that runs on the same file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from .actions import refused, scoring, sites, users
from .domain.scoring import Rule
from .jobs import demo as undoing
from .jobs import erase as erasing
from .jobs import rebuild as rebuilding
from .jobs import retain as retaining
from .jobs import score as scored
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


def _scoring_put(conn: Connection, secret: bytes, *, account: int, rule: dict[str, Any], new: bool) -> Any:
    now = ids.now()
    made = msgspec.convert(rule, Rule)
    return msgspec.to_builtins(scoring.put(conn, account, made, new=new, actor="", now=now, identity=ids.uuid7(now)))


def _scoring_remove(conn: Connection, secret: bytes, *, account: int, name: str) -> Any:
    now = ids.now()
    return msgspec.to_builtins(scoring.remove(conn, account, name, actor="", now=now, identity=ids.uuid7(now)))


def _scoring_list(conn: Connection, secret: bytes, *, account: int, name: str, domains: list[str]) -> Any:
    now = ids.now()
    return msgspec.to_builtins(scoring.list_domains(conn, account, {name: domains}, actor="", now=now, identity=ids.uuid7(now)))


COMMANDS: dict[str, Callable[..., Any]] = {
    "site add": _site_add,
    "user add": _user_add,
    "user password": _user_password,
    "account add": _account_add,
    "refused replay": _replay,
    "scoring put": _scoring_put,
    "scoring remove": _scoring_remove,
    "scoring list": _scoring_list,
}


async def _rebuild(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int | None) -> Any:
    done = await rebuilding.rebuild(writer, database, secret=secret, account=account, told=told)
    return {name: done[name] for name in ("visitors", "submissions")}


async def _rescore(writer: Writer, database: Database, secret: bytes, told: Told) -> Any:
    return {"leads": await scored.rescore(writer, database, secret=secret, now=ids.now(), done={}, told=told)}


async def _purge(writer: Writer, database: Database, secret: bytes, told: Told, *, sure: bool) -> Any:
    return await retaining.purge(writer, database, secret=secret, now=ids.now(), told=told, sure=sure)


async def _erase(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, address: str) -> Any:
    return await erasing.erase(writer, database, address, secret=secret, now=ids.now(), account=account)


async def _demo_remove(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int) -> Any:
    return await undoing.remove(writer, database, secret=secret, account=account)


LONG: dict[str, Callable[..., Awaitable[Any]]] = {
    "rebuild": _rebuild,
    "purge": _purge,
    "rescore": _rescore,
    "erase": _erase,
    "demo remove": _demo_remove,
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
