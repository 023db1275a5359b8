"""A command's hold on the database, and what every command has."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import update_wrapper
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from .. import commands, settings, upkeep
from ..actions import erase as erasing
from ..domain import edits, retention
from ..domain import hand as typed
from ..ingest.networks import BadNetworks
from ..settings import BadSetting, Settings
from ..store import control, ids, migrate, ring, seal, secret, sites
from ..store.backup import BadBackup
from ..store.database import BadDatabase, Database, said_by_database
from ..store.lock import Locked
from ..store.writer import Writer

STARTING = 5.0  # seconds a command waits for a server that holds the lock and does not listen yet


class Hand:
    """A command's hold on the database: it reads, and it writes by the running server or by itself."""

    def __init__(self, database: Database, run: Callable[..., Awaitable[Any]]) -> None:
        self.database = database
        self._run = run

    async def run(self, name: str, /, **arguments: Any) -> Any:
        """One of `commands.COMMANDS`. A failure says what it was."""
        return await self._asked(name, arguments, lambda _: None)

    async def watch(self, name: str, as_json: bool, /, **arguments: Any) -> Any:
        """One of `commands.LONG`, with a bar on a terminal for each of its stages."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), disable=as_json or not sys.stderr.isatty()) as bar:
            stages: dict[str, TaskID] = {}

            def told(far: dict[str, Any]) -> None:
                stage = far["stage"]
                if stage not in stages:
                    stages[stage] = bar.add_task(stage.capitalize())
                bar.update(stages[stage], completed=far["done"], total=far["of"])

            return await self._asked(name, arguments, told)

    async def _asked(self, name: str, arguments: dict[str, Any], told: control.Told) -> Any:
        try:
            return await self._run(name, arguments, told)
        except control.Failed as failed:
            raise click.ClickException(explained(*failed.args)) from None
        except (ValueError, LookupError, migrate.NewerDatabase) as wrong:
            raise click.ClickException(explained(type(wrong).__name__, str(wrong))) from None

    async def account(self, chosen: int | None) -> int:
        """The account that was named, or the only one."""
        async with self.database.reader() as conn:
            known = [row["id"] for row in await conn.run_sync(sites.accounts)]
        if chosen is None and len(known) == 1:
            return int(known[0])
        if chosen is not None and chosen in known:
            return chosen
        raise click.UsageError(f"say --account: one of {', '.join(map(str, known))}")


_WORDS = {
    ("BadHost", "empty"): "the domain is empty",
    ("BadHost", "not-a-host"): "that is not a host name: write example.com, localhost or an IP address",
    ("BadSite", "id"): "a site's id is a whole number above 0",
    ("BadSite", "consent"): "consent is required, granted or off",
    ("BadSite", "kept"): "a URL parameter's name has letters, digits and _ . ~ -; at most 50 of them",
    ("BadSite", "zone"): "there is no such time zone: write Europe/Paris",
    ("BadSite", "country"): "a country is two letters: FR",
    ("BadSite", "country-late"): "forms were sent already, and their phone numbers read as this country's: it cannot change any more",
    ("BadSite", "leaving"): "this site is being deleted",
    ("BadSite", "sure"): "that is not the domain of this site: say it exactly with --sure",
    ("BadSite", "unknown"): "there is no such site; webleads site list tells which there are",
    ("BadLimit", "kind"): f"a kind is one of {', '.join(retention.KINDS)}",
    ("BadLimit", "amount"): "that is too short or too long: webleads retention set --help",
    ("BadLimit", "site"): "there is no such site; webleads site list tells which there are",
    ("BadUser", "email"): "that is not an e-mail address",
    ("BadUser", "short"): "a password has at least 8 characters",
    ("BadUser", "long"): "that password is too long",
    ("BadUser", "common"): "that password is among those that are guessed first",
    ("BadUser", "yours"): "that password is little more than the e-mail address",
    ("BadUser", "last"): "nobody else owns the account: make somebody else an owner first",
    ("BadUser", "unknown"): "the leads cannot go to that person",
    ("BadMerge", "same"): "these two are one lead already",
    ("BadMerge", "unknown"): "one of these leads is not here",
    ("BadMerge", "message"): "a message has neither an address nor a number: it cannot be merged",
    ("BadMerge", "addresses"): "one person with more than five addresses is more likely several",
    ("BadMerge", "undone"): "no such merge stands",
    ("BadEdit", "unknown"): "this lead is not here",
    ("BadEdit", "status"): f"a status is one of {', '.join(edits.STATUSES)}",
    ("BadEdit", "owner"): "the owner must be somebody who may log in here",
    ("BadEdit", "tag"): f"a tag has 1 to {edits.TAG_LIMIT} characters",
    ("BadEdit", "tags"): f"a lead has at most {edits.TAGS_MOST} tags",
    ("BadEdit", "note"): f"a note has 1 to {edits.NOTE_LIMIT} characters",
    ("BadEdit", "field"): f"write FIELD=VALUE, the field one of {', '.join(edits.FIELDS)}",
    ("BadEdit", "email"): "that is not an e-mail address",
    ("BadEdit", "phone"): "that is not a phone number: it needs at least four digits",
    ("BadEdit", "spam"): "say yes or no",
    ("BadLead", "site"): "there is no such site; webleads site list tells which there are",
    ("BadLead", "contact"): "say an e-mail address or a phone number",
    ("BadLead", "email"): "that is not an e-mail address",
    ("BadLead", "phone"): "that is not a phone number",
    ("BadLead", "given"): f"say with --given how the permission was given: {', '.join(typed.GIVEN)}",
    ("BadLead", "permission"): "say with --permission what they agreed to, or leave --given out",
    **{("BadLead", f"long:{name}"): f"{name} has at most {limit} characters" for name, limit in typed.LIMITS.items()},
    ("BadEdit", "undone"): "no such entry stands",
    ("BadRequest", "note"): "say why with --note: the person must be told",
    ("BadRequest", "ended"): "this request has had its answer already",
    ("BadRequest", "extended"): "two more months can be taken once, within the first month",
    ("BadRequest", "address"): "say an address, a number or their words",
    ("BadRequest", "unknown"): "there is no such request; webleads requests list tells which there are",
    ("NoAddress", ""): "of this lead no address is known",
    ("BadRule", "name"): "a rule's name has small letters, digits and hyphens, at most 40",
    ("BadRule", "number"): "points are 0 to 100, times 0 to 1000, days 0 to 3650",
    ("BadRule", "words"): "at most 50 words of at most 60 letters, and only for pages, forms and countries; at most 2000 domains",
    ("BadRule", "domain"): "one of these is not a domain: write example.com",
    ("BadRule", "unknown"): "there is no such rule",
    ("BadGoal", "name"): "a goal has a name of at most 200 characters",
    ("BadGoal", "pattern"): "say which page, event or form",
    ("BadGoal", "path"): "a page's path begins with / or *",
    ("BadGoal", "value"): "that value is too large",
    ("BadSealing", "key"): "there is no key: webleads seal make FILE, then set WEBLEADS_SEAL to FILE (and start a running server again)",
    ("BadSealing", "off"): "nothing is sealed",
    ("BadSealing", "same"): "the first key of the file is in use already: webleads seal make FILE --more puts a new one before it",
    ("BadGoal", "site"): "there is no such site; webleads site list tells which there are",
}


def explained(kind: str, says: str) -> str:
    known = {"Taken": f"{says} is taken", "Unknown": f"nothing is known of {says}"}
    return _WORDS.get((kind, says)) or known.get(kind) or f"{kind}: {says}"


@asynccontextmanager
async def opened(config: Settings) -> AsyncIterator[Hand]:
    database = Database(config.database, ring.load(config.seal))
    try:
        if database.is_sqlite and await control.is_listened_to(database):
            async with database.reader() as conn:
                await conn.run_sync(seal.check, database.ring)
            yield Hand(database, lambda name, arguments, told: control.ask(database, name, arguments, told))
            return
        writer = Writer(database)
        await _start(writer)
        try:
            await writer.run(migrate.upgrade, ids.now())
            key = secret.load(database)
            await writer.run(seal.check, database.ring)
            await writer.run(secret.check, key)
            await writer.run(erasing.replay, secret=key)
            yield Hand(database, commands.handler(writer, database, key, lambda: config.url or "http://127.0.0.1:8000"))
        finally:
            await writer.stop()
    finally:
        await database.close()


async def _start(writer: Writer) -> None:
    for _ in range(int(STARTING * 10)):
        try:
            return await writer.start()
        except Locked:
            await asyncio.sleep(0.1)
    await writer.start()


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """--database, --account and --json, and the answers to what can go wrong with them."""

    def run(*, database: str | None, account: int | None, as_json: bool, **given: Any) -> None:
        try:
            config = settings.load(database=database)
            made = command(config, account, as_json, **given)
            if isinstance(made, Coroutine):
                asyncio.run(made)
        except (BadSetting, BadDatabase) as wrong:
            raise click.UsageError(str(wrong)) from None
        except (Locked, migrate.NewerDatabase, secret.WrongSecret, ring.WrongSeal, BadBackup, BadNetworks, upkeep.NotDone) as wrong:
            raise click.ClickException(str(wrong)) from None
        except OSError as wrong:
            raise click.ClickException(
                f"{wrong.strerror or wrong}: {wrong.filename}" if wrong.filename else wrong.strerror or str(wrong)
            ) from None
        except Exception as wrong:
            if (said := said_by_database(wrong)) is None:
                raise
            raise click.ClickException(f"the database {Database(config.database).name} says: {said}") from None

    made = update_wrapper(run, command)
    made = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON value.")(made)
    made = click.option("--account", type=int, help="The account; the only one where there is one.")(made)
    return click.option("--database", metavar="URL", help="sqlite:///file, sqlite:////absolute/file or postgresql://user@host/name.")(made)


def some(count: int, one: str) -> str:
    """`1 lead`, `2 leads`."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def say(answer: Any, as_json: bool, words: str) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(words)


async def known_site(hand: Hand, account_id: int, site_id: int | None) -> None:
    async with hand.database.reader() as conn:
        known = [row["id"] for row in await sites.all(conn, account_id)]
    if site_id is not None and site_id not in known:
        raise click.UsageError(f"there is no site {site_id}; webleads site list tells which there are")
