"""What a command may ask of the writer, by name: run here, or by the server that runs on the same file."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from .actions import (
    costs,
    edit,
    erase,
    goals,
    hand,
    handing,
    invitations,
    joining,
    letter,
    merge,
    refused,
    requests,
    retention,
    runs,
    scoring,
    sites,
    users,
)
from .domain.hand import Typed
from .domain.identity import signing_key
from .domain.scoring import Rule
from .jobs import demo as undoing
from .jobs import erase as erasing
from .jobs import leave as leaving
from .jobs import rebuild as rebuilding
from .jobs import retain as retaining
from .jobs import score as scored
from .jobs import seal as sealing
from .jobs.pace import Pace
from .store import ids, merges
from .store import sites as kept_sites
from .store import users as kept_users
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


def _user(conn: Connection, account: int, email: str) -> bytes:
    """A user of an account. Raises Unknown."""
    found = kept_users.load(conn, email.strip().lower())
    if found is None or found["account_id"] != account:
        raise erase.Unknown(email)
    return bytes(found["id"])


def _user_invite(conn: Connection, secret: bytes, *, account: int, email: str, role: str, token: str) -> Any:
    now = ids.now()
    joining.invite(conn, account, email, role, token, now=now, id=ids.uuid7(now))
    return {"email": users.address(email), "role": role, "expires_at": now + joining.LASTS["invite"]}


def _user_role(conn: Connection, secret: bytes, *, account: int, email: str, role: str) -> Any:
    return {"email": email, "role": role, "changed": users.set_role(conn, account, _user(conn, account, email), role)}


def _account_add(conn: Connection, secret: bytes, *, name: str) -> Any:
    return {"id": kept_sites.add_account(conn, name, ids.now(), RETENTION), "name": name}


def _lead(conn: Connection, secret: bytes, account: int, named: str) -> bytes:
    """A lead by its id, an e-mail address or a phone number. Raises Unknown."""
    try:
        return UUID(named).bytes
    except ValueError:
        found = erase.find(conn, named, secret=secret, account=account).leads
    if len(found) != 1:
        raise erase.Unknown(named)
    return found.pop()


def _written(answer: dict[str, Any]) -> dict[str, Any]:
    """Ids as people write them."""
    return {key: [str(UUID(bytes=one)) for one in value] if isinstance(value, list) else _uuid(value) for key, value in answer.items()}


def _uuid(value: Any) -> Any:
    return str(UUID(bytes=value)) if isinstance(value, bytes) else value


def _lead_merge(conn: Connection, secret: bytes, *, account: int, one: str, other: str, keep: str, reason: str) -> Any:
    both = [_lead(conn, secret, account, named) for named in (one, other)]
    kept = merge.known_first(conn, account, both) if not keep else _lead(conn, secret, account, keep)
    if kept not in both:
        raise erase.Unknown(keep)
    both.remove(kept)
    now = ids.now()
    by: dict[str, Any] = {"actor": "", "reason": reason, "secret": secret, "now": now, "id": ids.uuid7(now), "account": account}
    return _written(merge.merge(conn, kept, both[0], **by))


def _lead_unmerge(conn: Connection, secret: bytes, *, account: int, named: str) -> Any:
    now = ids.now()
    merged = merge.merge_of(conn, account, UUID(named).bytes if _is_id(named) else _lead(conn, secret, account, named))
    return _written(merge.unmerge(conn, merged, actor="", secret=secret, now=now, id=ids.uuid7(now), account=account))


def _is_id(named: str) -> bool:
    try:
        UUID(named)
    except ValueError:
        return False
    return True


def _lead_edit(conn: Connection, secret: bytes, *, account: int, named: str, changes: list[list[str]]) -> Any:
    lead = _lead(conn, secret, account, named)
    told = [(kind, name, _owner(conn, account, value) if kind == "owner" else value) for kind, name, value in changes]
    return _written(edit.edit(conn, lead, told, actor="", secret=secret, now=ids.now(), ids=ids.uuid7, account=account))


def _owner(conn: Connection, account: int, address: str) -> str:
    found = kept_users.load(conn, address.strip().lower()) if address else None
    if address and (found is None or found["account_id"] != account):
        raise edit.BadEdit("owner")
    return bytes(found["id"]).hex() if found else ""


def _lead_undo(conn: Connection, secret: bytes, *, account: int, named: str) -> Any:
    now = ids.now()
    if not _is_id(named):
        raise erase.Unknown(named)
    return _written(edit.undo(conn, UUID(named).bytes, actor="", secret=secret, now=now, id=ids.uuid7(now), account=account))


def _lead_find(conn: Connection, secret: bytes, *, account: int, named: str) -> Any:
    lead = _lead(conn, secret, account, named)
    return str(UUID(bytes=merges.resolve(conn, account, [lead]).get(lead, lead)))


def _lead_link(conn: Connection, secret: bytes, *, account: int, named: str, token: str) -> Any:
    lead = _lead(conn, secret, account, named)
    return _written(letter.link(conn, lead, token=token, actor="", secret=secret, now=ids.now(), account=account))


def _lead_add(conn: Connection, secret: bytes, *, account: int, site: int, typed: dict[str, str], labels: dict[str, str]) -> Any:
    by: dict[str, Any] = {"labels": labels, "actor": "", "secret": secret, "now": ids.now(), "ids": ids.uuid7, "account": account}
    return _written(hand.add(conn, site, Typed(**typed), **by))


def _site_key(conn: Connection, secret: bytes, *, account: int, id: int) -> Any:
    if (found := kept_sites.find(conn, id)) is None or found["account_id"] != account:
        raise erase.Unknown(str(id))
    return {"id": id, "key": signing_key(secret, account, id)}


def _requests_add(conn: Connection, secret: bytes, *, account: int, address: str, kind: str, said: str) -> Any:
    now = ids.now()
    return {"id": _uuid(requests.file_for(conn, address, kind, said=said, secret=secret, id=ids.uuid7(now), now=now, account=account))}


def _requests_link(conn: Connection, secret: bytes, *, account: int, address: str) -> Any:
    return _written(invitations.invite_address(conn, address, secret=secret, now=ids.now(), ids=ids.uuid7, account=account))


def _requests_answer(conn: Connection, secret: bytes, *, account: int, id: str, kind: str, note: str) -> Any:
    if not _is_id(id):
        raise requests.BadRequest("unknown")
    now = ids.now()
    requests.answer(conn, UUID(id).bytes, kind, actor="", note=note, id=ids.uuid7(now), now=now, account=account)
    return {"id": id, "kind": kind}


def _site_set(conn: Connection, secret: bytes, *, account: int, id: int, **given: Any) -> Any:
    return sites.change(conn, account, id, now=ids.now(), **given)


def _site_archive(conn: Connection, secret: bytes, *, account: int, id: int) -> Any:
    return sites.archive(conn, account, id, now=ids.now())


def _site_restore(conn: Connection, secret: bytes, *, account: int, id: int) -> Any:
    return sites.restore(conn, account, id)


def _retention_set(conn: Connection, secret: bytes, *, account: int, kind: str, amount: int | None, site: int) -> Any:
    return retention.put(conn, account, kind, amount, site=site)


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


def _goal_add(conn: Connection, secret: bytes, **given: Any) -> Any:
    now = ids.now()
    return goals.add(conn, given.pop("account"), actor=ACTOR, now=now, id=ids.uuid7(now), **given)


def _goal_remove(conn: Connection, secret: bytes, *, account: int, id: str) -> Any:
    return goals.remove(conn, account, bytes.fromhex(id), actor=ACTOR, now=ids.now())


def _keep(conn: Connection, secret: bytes, *, account: int, **given: Any) -> Any:
    now = ids.now()
    return runs.keep(conn, account, id=ids.uuid7(now), actor=ACTOR, now=now, **given)


ACTOR = "command"
COMMANDS: dict[str, Callable[..., Any]] = {
    "site add": _site_add,
    "user add": _user_add,
    "user password": _user_password,
    "user invite": _user_invite,
    "user role": _user_role,
    "account add": _account_add,
    "site key": _site_key,
    "site set": _site_set,
    "site archive": _site_archive,
    "site restore": _site_restore,
    "retention set": _retention_set,
    "lead merge": _lead_merge,
    "lead unmerge": _lead_unmerge,
    "lead edit": _lead_edit,
    "lead undo": _lead_undo,
    "lead find": _lead_find,
    "lead link": _lead_link,
    "lead add": _lead_add,
    "requests add": _requests_add,
    "requests link": _requests_link,
    "requests answer": _requests_answer,
    "scoring put": _scoring_put,
    "scoring remove": _scoring_remove,
    "scoring list": _scoring_list,
    "goal add": _goal_add,
    "goal remove": _goal_remove,
    "attribution keep": _keep,
}


async def _rebuild(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int | None, as_of: int | None = None) -> Any:
    done = await rebuilding.rebuild(writer, database, secret=secret, account=account, told=told, as_of=as_of)
    return {name: done[name] for name in ("visitors", "submissions")}


async def _rescore(writer: Writer, database: Database, secret: bytes, told: Told) -> Any:
    return {"leads": await scored.rescore(writer, database, secret=secret, now=ids.now(), done={}, told=told)}


async def _purge(writer: Writer, database: Database, secret: bytes, told: Told, *, sure: bool) -> Any:
    return await retaining.purge(writer, database, secret=secret, now=ids.now(), told=told, sure=sure)


async def _erase(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, address: str) -> Any:
    return await erasing.erase(writer, database, address, secret=secret, now=ids.now(), account=account)


async def _demo_remove(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int) -> Any:
    return await undoing.remove(writer, database, secret=secret, account=account)


async def _site_delete(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, id: int, sure: str) -> Any:
    going = await writer.run(sites.leave, account, id, sure=sure, now=ids.now())
    return going | {"gone": await leaving.leave(writer, database, secret=secret, account=account, site=id, told=told)}


async def _costs_import(
    writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, name: str, file: str, currency: str
) -> Any:
    given: dict[str, Any] = {"name": name, "currency": currency, "actor": ACTOR, "now": ids.now()}
    async with database.reader() as conn:
        done = await costs.take(writer.run, conn, account, base64.b64decode(file), **given)
    return done | {"wrong": [list(row) for row in done["wrong"]]}


async def _costs_remove(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, id: str) -> Any:
    return {"id": id, "rows": await costs.remove(writer.run, account, bytes.fromhex(id))}


async def _seal(writer: Writer, database: Database, secret: bytes, told: Told, *, to: str, vacuum: bool) -> Any:
    return await sealing.turn(writer, database, to, now=ids.now(), told=told, vacuum=vacuum)


async def _replay(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, site: int | None) -> Any:
    return await refused.replay(Pace(writer).step, secret=secret, ids=ids.uuid7, account=account, site=site)


async def _user_remove(writer: Writer, database: Database, secret: bytes, told: Told, *, account: int, email: str, to: str) -> Any:
    run = Pace(writer).step
    who, heir = await run(_two_users, account, email, to)
    more: dict[str, Any] = {"actor": "", "secret": secret, "clock": ids.now, "ids": ids.uuid7}
    return {"email": await handing.leave(run, account, who, heir, **more)}


def _two_users(conn: Connection, account: int, email: str, to: str) -> tuple[bytes, str]:
    """Who leaves, and in hex who is handed their leads. Raises Unknown, BadEdit."""
    return _user(conn, account, email), _owner(conn, account, to)


LONG: dict[str, Callable[..., Awaitable[Any]]] = {
    "rebuild": _rebuild,
    "refused replay": _replay,
    "user remove": _user_remove,
    "purge": _purge,
    "rescore": _rescore,
    "erase": _erase,
    "demo remove": _demo_remove,
    "site delete": _site_delete,
    "seal": _seal,
    "costs import": _costs_import,
    "costs remove": _costs_remove,
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
