"""The commands."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import update_wrapper
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import msgspec
import rich_click as click
import structlog
from click.exceptions import Exit
from msgspec import structs
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from . import commands, settings, upkeep
from .actions import erase as erasing
from .actions import goals as goal_rows
from .actions import scoring as acts
from .domain import attribution as models
from .domain import costs, edits, goals, journeys, letters, money
from .domain import paths as ways
from .domain import scoring as points
from .domain.health import Finding
from .domain.reports import DAYS, LOOK_BACK, Figures, Question
from .domain.rollups import day_of
from .ingest.networks import BadNetworks
from .present import attribution as told_of
from .present import costs as told_costs
from .present import dates, export, health, people, report
from .present import goals as told_goals
from .present import scores as told_scores
from .settings import BadSetting, Settings
from .store import backtest, control, dossier, events, ids, leads, migrate, reports, scores, secret, sites, users
from .store import costs as cost_rows
from .store import goals as kept_goals
from .store import journeys as journey_rows
from .store.backup import BadBackup
from .store.database import BadDatabase, Database, said_by_database
from .store.lock import Locked
from .store.writer import Writer

click.rich_click.TEXT_MARKUP = "markdown"
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # what a terminal would obey
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
            raise click.ClickException(_explained(*failed.args)) from None
        except (ValueError, LookupError, migrate.NewerDatabase) as wrong:
            raise click.ClickException(_explained(type(wrong).__name__, str(wrong))) from None

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
    ("BadUser", "email"): "that is not an e-mail address",
    ("BadUser", "short"): "a password has at least 8 characters",
    ("BadUser", "long"): "that password is too long",
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
    ("BadEdit", "undone"): "no such entry stands",
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
    ("BadGoal", "site"): "there is no such site; webleads site list tells which there are",
}


def _explained(kind: str, says: str) -> str:
    known = {"Taken": f"{says} is taken", "Unknown": f"nothing is known of {says}"}
    return _WORDS.get((kind, says)) or known.get(kind) or f"{kind}: {says}"


@asynccontextmanager
async def _hand(config: Settings) -> AsyncIterator[Hand]:
    database = Database(config.database)
    try:
        if database.is_sqlite and await control.is_listened_to(database):
            yield Hand(database, lambda name, arguments, told: control.ask(database, name, arguments, told))
            return
        writer = Writer(database)
        await _start(writer)
        try:
            await writer.run(migrate.upgrade, ids.now())
            key = secret.load(database)
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


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    """--database, --account and --json, and the answers to what can go wrong with them."""

    def run(*, database: str | None, account: int | None, as_json: bool, **given: Any) -> None:
        try:
            config = settings.load(database=database)
            made = command(config, account, as_json, **given)
            if isinstance(made, Coroutine):
                asyncio.run(made)
        except (BadSetting, BadDatabase) as wrong:
            raise click.UsageError(str(wrong)) from None
        except (Locked, migrate.NewerDatabase, secret.WrongSecret, BadBackup, BadNetworks, upkeep.NotDone) as wrong:
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


def _some(count: int, one: str) -> str:
    """`1 lead`, `2 leads`."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def _say(answer: Any, as_json: bool, words: str) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(words)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="webleads-tracker", prog_name="webleads")
def main() -> None:
    """Every lead that your site wins, with the whole way that led to it, and why."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is the answer's


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one.")
@_common
def serve(config: Settings, _account: int | None, _as_json: bool, host: str, port: int) -> None:
    """Serve the collector and its screens."""
    from .serving import run

    run(config, host, port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The collector's port; 0 takes a free one.")
@click.option("--demo-port", type=click.IntRange(0, 65535), help="The sample site's port; the one after --port by default.")
@click.option("--history", is_flag=True, help="Give the sample site 90 days of invented visits and leads.")
@click.option("--remove", is_flag=True, help="Take the sample site out, with its leads and visits.")
@_common
def demo(
    config: Settings, account: int | None, as_json: bool, host: str, port: int, demo_port: int | None, history: bool, remove: bool
) -> Any:
    """Serve the collector, and a small French site beside it to try it on."""
    if remove:
        return _remove_demo(config, account, as_json)
    from .serving import run

    run(config, host, port, demo_port=(port + 1 if 0 < port < 65535 else 0) if demo_port is None else demo_port, past=history)
    return None


async def _remove_demo(config: Settings, account: int | None, as_json: bool) -> None:
    async with _hand(config) as hand:
        answer = await hand.run("demo remove", account=await hand.account(account))
    _say(answer, as_json, f"The sample site is gone, with {_some(answer['leads'], 'lead')} and {_some(answer['visitors'], 'visitor')}.")


@main.group()
def site() -> None:
    """Sites that carry the tag."""


@site.command("add")
@click.argument("domain")
@click.option("--id", "site_id", type=int, help="A whole number; nine digits are found if you say none.")
@click.option("--name", default="", help="What you call it; the domain if you say nothing.")
@click.option(
    "--consent",
    type=click.Choice(["required", "granted", "off"]),
    help="How the tag starts on pages that do not say; the collector's setting by default.",
)
@click.option("--reason", default="", help="Why consent is taken as granted; the audit table shows it.")
@_common
async def site_add(
    config: Settings, account: int | None, as_json: bool, domain: str, site_id: int | None, name: str, consent: str | None, reason: str
) -> None:
    """Add a site and print the tag to paste."""
    from .present.tag import tag

    async with _hand(config) as hand:
        answer = await hand.run(
            "site add",
            account=await hand.account(account),
            domain=domain,
            id=site_id,
            name=name,
            consent=consent or config.consent,
            reason=reason,
        )
        answer["tag"] = tag(await hand.run("where"), answer["id"])
    _say(answer, as_json, f"Site {answer['id']}, {answer['domain']}. Paste this into every page:\n\n{answer['tag']}")


@site.command("list")
@_common
async def site_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the sites."""
    async with _hand(config) as hand:
        chosen = None if account is None else await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await sites.all(conn, chosen)
    shown = [{key: row[key] for key in ("id", "domain", "name", "consent")} for row in rows]
    _say(
        shown,
        as_json,
        "\n".join(f"{row['id']}  {row['domain']}  {row['name']}" for row in shown) or "No site yet: webleads site add DOMAIN",
    )


@site.command("key")
@click.argument("site_id", type=int)
@_common
async def site_key(config: Settings, account: int | None, as_json: bool, site_id: int) -> None:
    """Print the key with which the site's server signs who is logged in.

    Beside the `email` that it gives to `webleads('identify', …)` it gives as `signature` the HMAC-SHA256 of that address in
    hexadecimal under this key: then it counts as a login. Keep the key on the server.
    """
    async with _hand(config) as hand:
        answer = await hand.run("site key", account=await hand.account(account), id=site_id)
    _say(answer, as_json, answer["key"])


@main.group()
def user() -> None:
    """People who may see the screens."""


def _password_of(as_json: bool, given: str | None) -> str:
    if given:
        return given
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(["owner", "marketer", "viewer"]), required=True, help="What they may do.")
@click.option("--password", envvar="WEBLEADS_PASSWORD", help="Better asked for, or read from stdin.")
@_common
async def user_add(config: Settings, account: int | None, as_json: bool, email: str, role: str, password: str | None) -> None:
    """Add somebody. The password is asked for, or read from stdin."""
    hashed = _hashed(_password_of(as_json, password))
    async with _hand(config) as hand:
        answer = await hand.run("user add", account=await hand.account(account), email=email, password=hashed, role=role)
    _say(answer, as_json, f"{answer['email']} may now log in as {answer['role']}.")


@user.command("password")
@click.argument("email")
@click.option("--password", envvar="WEBLEADS_PASSWORD", help="Better asked for, or read from stdin.")
@_common
async def user_password(config: Settings, account: int | None, as_json: bool, email: str, password: str | None) -> None:
    """Give somebody another password; every login of theirs ends."""
    hashed = _hashed(_password_of(as_json, password))
    async with _hand(config) as hand:
        answer = await hand.run("user password", account=await hand.account(account), email=email, password=hashed)
    if not answer["changed"]:
        raise click.ClickException(f"nobody here has the address {email}")
    _say(answer, as_json, f"{email} has another password.")


def _hashed(password: str) -> str:
    from .actions import users

    try:
        return users.hashed(password)
    except users.BadUser as wrong:
        raise click.UsageError(_explained("BadUser", str(wrong))) from None


@main.group()
def account() -> None:
    """Accounts: who is answerable for sites and leads."""


@account.command("add")
@click.argument("name")
@_common
async def account_add(config: Settings, _account: int | None, as_json: bool, name: str) -> None:
    """Add an account."""
    async with _hand(config) as hand:
        answer = await hand.run("account add", name=name)
    _say(answer, as_json, f"Account {answer['id']}, {answer['name']}.")


@main.group()
def lead() -> None:
    """One lead: merged, taken apart, edited. It is named by its id, an e-mail address or a phone number."""


@lead.command("merge")
@click.argument("one")
@click.argument("other")
@click.option("--keep", default="", help="Which of the two stays; the one that was known first if you say none.")
@click.option("--reason", default="", help="Why; it stands on the lead's page.")
@_common
async def lead_merge(config: Settings, account: int | None, as_json: bool, one: str, other: str, keep: str, reason: str) -> None:
    """Say that two leads are one person. Nothing is lost: `lead unmerge` takes them apart as they were."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        answer = await hand.run("lead merge", account=chosen, one=one, other=other, keep=keep, reason=reason)
    _say(
        answer, as_json, f"{answer['merged']} leads to {answer['kept']} now. Take them apart again: webleads lead unmerge {answer['merge']}"
    )


@lead.command("unmerge")
@click.argument("merge")
@_common
async def lead_unmerge(config: Settings, account: int | None, as_json: bool, merge: str) -> None:
    """Take two leads apart again: MERGE is what `lead merge` answered, or the id of the lead that was merged."""
    async with _hand(config) as hand:
        answer = await hand.run("lead unmerge", account=await hand.account(account), named=merge)
    _say(answer, as_json, f"{answer['apart']} stands by itself again.")


@lead.command("suggestions")
@_common
async def lead_suggestions(config: Settings, account: int | None, as_json: bool) -> None:
    """List leads that may be one person, with the reasons. Nothing is merged by itself."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            found, persons = await conn.run_sync(dossier.suggestions, chosen)
    rows: list[dict[str, Any]] = [
        {"keep": str(UUID(bytes=one.keep)), "other": str(UUID(bytes=one.other)), "reasons": list(one.reasons), "points": one.points}
        | {"emails": [persons[lead].email for lead in (one.keep, one.other)]}
        for one in found
    ]
    lines = [f"{row['keep']}  {row['other']}  {people.reasons(row['reasons'], 'en')}" for row in rows]
    _say(rows, as_json, "\n".join(lines) or "No two leads look like one person.")


@lead.command("edit")
@click.argument("lead")
@click.option("--status", type=click.Choice(edits.STATUSES), help="How far it is.")
@click.option("--owner", help="Who takes care of it: the address of somebody who may log in; empty for nobody.")
@click.option("--tag", "tags", multiple=True, help="A tag to add; again for more.")
@click.option("--untag", "untags", multiple=True, help="A tag to take off.")
@click.option("--note", help="A note to add.")
@click.option("--correct", "corrections", multiple=True, metavar="FIELD=VALUE", help=f"A correction of {', '.join(edits.FIELDS)}.")
@_common
async def lead_edit(config: Settings, account: int | None, as_json: bool, lead: str, **given: Any) -> None:
    """Say something of a lead. `lead undo` takes an entry back, `lead history` shows them all."""
    changes = _changes(**given)
    if not changes:
        raise click.UsageError("say what: --status, --owner, --tag, --untag, --note or --correct")
    async with _hand(config) as hand:
        answer = await hand.run("lead edit", account=await hand.account(account), named=lead, changes=changes)
    _say(answer, as_json, "\n".join(answer["edits"]) or "Nothing changed.")


def _changes(
    status: str | None, owner: str | None, tags: Iterable[str], untags: Iterable[str], note: str | None, corrections: Iterable[str]
) -> list[list[str]]:
    made = [["status", "", status]] if status else []
    made += [["owner", "", owner]] if owner is not None else []
    made += [["tag", "", tag] for tag in tags] + [["untag", "", tag] for tag in untags]
    made += [["note", "", note]] if note else []
    for one in corrections:
        name, sign, value = one.partition("=")
        if not sign:
            raise click.UsageError(_explained("BadEdit", "field"))
        made.append(["field", name.strip(), value])
    return made


@lead.command("undo")
@click.argument("entry")
@_common
async def lead_undo(config: Settings, account: int | None, as_json: bool, entry: str) -> None:
    """Take back an entry of `lead history`: what stood before stands again."""
    async with _hand(config) as hand:
        answer = await hand.run("lead undo", account=await hand.account(account), named=entry)
    _say(answer, as_json, "Taken back.")


@lead.command("history")
@click.argument("lead")
@_common
async def lead_history(config: Settings, account: int | None, as_json: bool, lead: str) -> None:
    """List what people said of a lead, and whom it was merged with: time, id, who, what."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        named = UUID(await hand.run("lead find", account=chosen, named=lead)).bytes
        async with hand.database.reader() as conn:
            told = await conn.run_sync(dossier.of_lead, chosen, named)
            known = {one["id"].hex(): one["email"] for one in await users.all(conn, chosen)}
    rows = [
        {"at": dates.iso(one.at), "id": str(UUID(bytes=one.id)), "kind": one.kind, "name": one.name, "value": one.value}
        | {"by": people.actor(one.actor, known, "en"), "says": people.edit(one, known, "en")}
        for one in told.edits
    ]
    rows += [
        {"at": dates.iso(one["at"]), "id": str(UUID(bytes=one["id"])), "kind": "merge", "name": str(UUID(bytes=one["from_lead"]))}
        | {"value": one["reason"], "by": people.actor(one["actor"], known, "en"), "says": "Another lead was merged into it"}
        for one in told.merges
    ]
    rows.sort(key=lambda row: row["at"])
    lines = [_OBEYED.sub("\ufffd", f"{row['at']}  {row['id']}  {row['by']}  {row['says']}") for row in rows]
    _say(rows, as_json, "\n".join(lines) or "Nothing yet.")


@lead.command("link")
@click.argument("lead")
@click.argument("url")
@_common
async def lead_link(config: Settings, account: int | None, as_json: bool, lead: str, url: str) -> None:
    """Make a link for a letter to one lead: the visit of whoever follows it is probably theirs, for 30 days.

    It holds a random token and no address. Programs that look through mail do not count, nor does one that was passed on.
    """
    token = secrets.token_urlsafe(16)
    async with _hand(config) as hand:
        answer = await hand.run("lead link", account=await hand.account(account), named=lead, token=token)
    made = {"lead": answer["lead"], "url": letters.link(url, token), "expires_at": dates.iso(answer["expires_at"])}
    _say(made, as_json, made["url"])


@main.group("leads")
def leads_group() -> None:
    """Leads."""


@leads_group.command("export")
@click.option("--site", "site_id", type=int, help="Of one site only.")
@click.option("--query", default="", help="What you would type into the search box.")
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; stdout if you say none.")
@click.option("--header", type=click.Choice(["keys", "words"]), default="keys", show_default=True, help="The first line of a CSV.")
@_common
async def leads_export(
    config: Settings, account: int | None, as_json: bool, site_id: int | None, query: str, kind: str, output: Path | None, header: str
) -> None:
    """Write the leads as CSV or JSON Lines: UTF-8, times in UTC."""
    if as_json and output is None:
        raise click.UsageError("--json answers on stdout: say --output FILE for the leads")
    count = 0
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        await _known_site(hand, chosen, site_id)
        filters = leads.Filters(query=query, site=site_id)
        with open(output, "wb") if output else nullcontext(sys.stdout.buffer) as out:  # noqa: ASYNC230 (nothing else waits)
            async with hand.database.reader() as conn:
                count = await _export(leads.export(conn, chosen, filters), kind, header, config.language, out)
            out.flush()
    if output:
        _say({"leads": count, "output": str(output)}, as_json, f"{_some(count, 'lead')} in {output}")


async def _known_site(hand: Hand, account_id: int, site_id: int | None) -> None:
    async with hand.database.reader() as conn:
        known = [row["id"] for row in await sites.all(conn, account_id)]
    if site_id is not None and site_id not in known:
        raise click.UsageError(f"there is no site {site_id}; webleads site list tells which there are")


async def _export(rows: AsyncIterator[dict[str, Any]], kind: str, header: str, language: str, out: IO[bytes]) -> int:
    file = export.Jsonl() if kind == "jsonl" else export.Csv(header=header, language=language)
    out.write(file.head())
    count = 0
    async for row in rows:
        out.write(file.line(row))
        count += 1
    return count


@main.command()
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Score as on this day (UTC). While a server runs it soon scores as today again."
)
@_common
async def rebuild(config: Settings, account: int | None, as_json: bool, as_of: datetime | None) -> None:
    """Make all derived rows again from the raw ones; the answer must be the same."""
    day = None if as_of is None else round(as_of.replace(tzinfo=UTC).timestamp() * 1000)
    async with _hand(config) as hand:
        answer = await hand.watch("rebuild", as_json, account=None if account is None else await hand.account(account), as_of=day)
    _say(answer, as_json, f"{_some(answer['visitors'], 'visitor')} and {_some(answer['submissions'], 'submission')} folded anew.")


@main.command()
@click.argument("address")
@_common
async def erase(config: Settings, account: int | None, as_json: bool, address: str) -> None:
    """Erase everything that is known of a person, by e-mail address or phone number."""
    async with _hand(config) as hand:
        answer = await hand.run("erase", account=await hand.account(account), address=address)
    _say(
        answer,
        as_json,
        f"Erased: {_some(answer['leads'], 'lead')}, {_some(answer['submissions'], 'submission')}, "
        f"the visits of {_some(answer['visitors'], 'visitor')}.",
    )


@main.command()
@click.option("--clock-is-right", "sure", is_flag=True, help="Although it is weeks ahead of the last time that is known.")
@_common
async def purge(config: Settings, _account: int | None, as_json: bool, sure: bool) -> None:
    """Delete now what has been kept long enough. A running server does it every hour by itself."""
    async with _hand(config) as hand:
        total = await hand.watch("purge", as_json, sure=sure)
    if held := total.pop("held"):
        raise click.ClickException(
            f"the clock says {dates.iso(ids.now())}, and nothing is known of any time after {dates.iso(held)}: only what was due then was"
            " deleted. If the clock is right, say --clock-is-right"
        )
    events_gone = total["history"] + total["audience"]
    _say(
        total,
        as_json,
        f"Deleted: {_some(total['leads'], 'lead')}, {_some(events_gone, 'event')}, {_some(total['refused'], 'refused event')}.",
    )


@main.group()
def refused() -> None:
    """Events that were not taken, and why."""


@refused.command("list")
@_common
async def refused_list(config: Settings, account: int | None, as_json: bool) -> None:
    """Count the refused events by day, site and reason."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await events.refused_counts(conn, chosen)
    for row in rows:
        row["day"] = _day(row["day"])
        row.pop("account_id")
    _say(
        rows,
        as_json,
        "\n".join(f"{row['day']}  {row['site_id'] or 'unknown site':>16}  {row['reason']:<16}  {row['n']}" for row in rows) or "None.",
    )


def _day(days: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


@refused.command("replay")
@click.option("--site", "site_id", type=int, help="Of one site only.")
@_common
async def refused_replay(config: Settings, account: int | None, as_json: bool, site_id: int | None) -> None:
    """Read the refused events again, by today's rules and hosts."""
    async with _hand(config) as hand:
        answer = await hand.run("refused replay", account=await hand.account(account), site=site_id)
    _say(answer, as_json, f"{answer['taken']} taken, {answer['left']} still refused.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@_common
def backup(config: Settings, _account: int | None, as_json: bool, file: Path, force: bool) -> None:
    """Copy the database to FILE and its secret to FILE.secret, also while a server runs, and read the copy back.

    The two together are a backup. Keep them where nobody else reads: they hold what you know of people.
    """
    with _bar("Copying") as progress:
        answer = upkeep.backup(config, file, force=force, progress=progress)
    what = f"{_some(answer['events'], 'event')}, {_some(answer['leads'], 'lead')}"
    _say(answer, as_json, f"{what}: copied to {' and '.join(filter(None, (answer['file'], answer['secret'])))}, and read back.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_common
def restore(config: Settings, _account: int | None, as_json: bool, file: Path) -> None:
    """Put the backup FILE in the database's place, with this version's schema; stop the server first.

    What was erased since the backup is erased again. The replaced database is kept beside, under a name with the date.
    """
    with _bar("Restoring") as progress:
        answer = upkeep.restore(config, file, progress=progress)
    what = f"{_some(answer['events'], 'event')}, {_some(answer['leads'], 'lead')} restored"
    kept = f" What was there is kept as {answer['kept']}." if answer["kept"] else ""
    _say(answer, as_json, f"{what}, {_some(answer['erased'], 'erasure')} made again.{kept}")


@main.command()
@_common
async def doctor(config: Settings, _account: int | None, as_json: bool) -> None:
    """Look at everything that the collector needs and say what is wrong, and what to do. Ends with 1 if anything is."""
    with Console(stderr=True).status("Looking…"):
        found = await upkeep.doctor(config)
    told = [
        {"check": one.check, "level": one.level, "says": health.sentence(one, config.language), "fix": health.fix(one, config.language)}
        | {"code": one.code, "values": one.values}
        for one in found
    ]
    _say(told, as_json, "\n".join(_finding(one, config.language) for one in found))
    if any(one.level == "wrong" for one in found):
        raise Exit(1)


def _finding(one: Finding, language: str) -> str:
    colon = " : " if language == "fr" else ": "
    line = f"{health.level(one, language):<8}{health.check(one, language)}{colon}{health.sentence(one, language)}"
    fix = health.fix(one, language)
    return f"{line}\n        → {fix}" if fix else line


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how far something is, on a terminal only."""
    console = Console(stderr=True)
    with Progress(TextColumn(title), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=None, visible=console.is_terminal)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


@main.command()
@click.option("--paths", "file", metavar="FILE", type=click.Path(path_type=Path), help="A CSV of paths instead; - reads stdin.")
@click.option("--model", type=click.Choice(models.MODELS), help="How a conversion is shared among its touches; linear by default.")
@click.option("--look-back", type=click.IntRange(1, journeys.LONGEST), help="Days before a conversion; 90 by default.")
@click.option("--transform", "transforms", metavar="T", multiple=True, help="unique, exposure, first, remove_if_not_all(NAME), …")
@click.option("--half-life", type=click.FloatRange(0.1, 3650), help="Days; of time decay, 7 by default.")
@click.option("--from", "first", metavar="DAY", help="The first day, as 2026-03-01; 90 days are shown by default.")
@click.option("--to", "last", metavar="DAY", help="The last day; today by default.")
@click.option("--by", type=click.Choice(journeys.BY), help="What figures are told by; channel by default.")
@click.option("--of", type=click.Choice(journeys.OF), help="What counts: leads by default, each once.")
@click.option("--goal", metavar="NAME", help="One goal instead of leads.")
@click.option("--site", "site_id", type=int, help="Of one site only.")
@click.option("--currency", metavar="CODE", help="Of values and costs; the most frequent one by default.")
@click.option("--keep", metavar="NAME", help="Keep these figures, so that they stay as they were told.")
@click.option("--kept", is_flag=True, help="List the reports that were kept.")
@click.option("--then", metavar="ID", help="A kept report beside what is known now.")
@_common
async def attribution(config: Settings, account: int | None, as_json: bool, file: Path | None, model: str | None, **given: Any) -> None:
    """Share the leads and goals of a period, or the conversions of a file of paths, among their channels.

    Beside every figure stand the model, the look-back, the transform and n. Markov and Shapley answer as linear does where
    there are fewer than 300 conversions, and say so. Leads without a known visit are `Unassigned (no touch)`. Costs stand
    beside where `webleads costs import` brought any; values are those of goals. Before somebody's first form at most 90 days
    are known to be theirs, however far one looks back.

    With `--paths` no database is needed: the file is UTF-8 CSV; its first row names the columns `path`, `conversions`,
    `value` and `nulls` (journeys on that path without a conversion), in any order; others are passed over. Cells are parted
    by commas, or by semicolons where the first row is; decimals follow a point. A path is its channels, the oldest first,
    joined by `>` with a blank on each side. `direct` and `(direct)` in any case are Direct. Touch i of n lies n - i days
    before the conversion; time decay halves every 7 days. All touches of a path count as they stand, however few conversions
    there are. Conversions of an empty path are listed as `Unassigned (no touch)`. Where nothing was converted, or there are
    more than 300 channels, markov answers as linear does, and says so.
    """
    if file is not None:
        return _of_paths(config, as_json, file, model, given)
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        if given["kept"]:
            return await _kept_reports(hand, chosen, as_json)
        if given["then"]:
            return await _then(hand, chosen, given["then"], config.language, as_json)
        await _known_site(hand, chosen, given["site_id"])
        asked = await _question(hand, chosen, model or "linear", given)
        with Console(stderr=True).status("Reading…"):
            async with hand.database.snapshot() as conn:
                names = {one.id.hex(): one.name for one in await kept_goals.versions(conn, chosen)}
                read = await reports.load(conn, chosen, asked, [asked.model])
            asked, (found,) = reports.answer(read, asked, [asked.model])
        told = report.answer(found, asked)
        if given["keep"]:
            more = {"asked": reports.asked_text(asked), "figures": json.dumps(told), "code": version("webleads-tracker")}
            told["kept"] = (await hand.run("attribution keep", account=chosen, name=given["keep"], **more))["id"]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        _report(found, asked, names, config.language)


def _of_paths(config: Settings, as_json: bool, file: Path, model: str | None, given: dict[str, Any]) -> None:
    if model is None:
        raise click.UsageError(f"say --model: one of {', '.join(models.OF_PATHS)}")
    if model not in models.OF_PATHS:
        raise click.UsageError(f"--model {model} is not one of {', '.join(models.OF_PATHS)}: a file of paths knows no milestones")
    if strange := [name for name, value in given.items() if value]:
        raise click.UsageError(f"--paths goes without --{strange[0].replace('_', '-').replace('transforms', 'transform')}")
    with _reading(file, as_json) as lines:
        made = models.attribute(_paths(lines, file), models.Terms(model, floor=0))
    if as_json:
        click.echo(json.dumps(told_of.answer(made), ensure_ascii=False))
    else:
        _table(told_of.heads(config.language), told_of.rows(made, config.language))
        _under(told_of.terms(made, config.language), told_of.why(made, config.language))


async def _question(hand: Hand, account: int, model: str, given: dict[str, Any]) -> Question:
    """What the options ask for."""
    async with hand.database.reader() as conn:
        known = await sites.all(conn, account)
        goals = {one.name.casefold(): one.id.hex() for one in await kept_goals.versions(conn, account)}
    zone = next((row["zone"] for row in known if given["site_id"] in (None, row["id"])), dates.DEFAULT_ZONE)
    last = _days(given["last"]) if given["last"] else day_of(ids.now(), zone)
    first = _days(given["first"]) if given["first"] else last - DAYS + 1
    transforms = [ways.transform_of(text) for text in given["transforms"]]
    if None in transforms:
        raise click.UsageError(f"a transform is one of {', '.join(ways.TRANSFORMS)}; the last two name a touch: remove_if_not_all(Direct)")
    if given["goal"] and given["goal"].casefold() not in goals:
        raise click.UsageError(f"there is no goal {given['goal']}; webleads goal list tells which there are")
    currency = money.currency(given["currency"]) if given["currency"] else ""
    if currency is None:
        raise click.UsageError("a currency is three letters, as EUR")
    asked = Question(
        model, first, last, zone, "goals" if given["goal"] else given["of"] or "leads", given["by"] or "channel",
        goals[given["goal"].casefold()] if given["goal"] else "", given["site_id"] or 0, given["look_back"] or LOOK_BACK,
        tuple(one for one in transforms if one), given["half_life"] or models.HALF_LIFE, currency,
    )  # fmt: skip
    if asked.fault():
        raise click.UsageError("the period ends before it begins")
    return asked


def _days(text: str) -> int:
    """Days since 1970 of a day as 2026-03-31."""
    found = costs.day_of(text)
    if found is None:
        raise click.UsageError(f"{text} is not a day: write 2026-03-31")
    return found


async def _kept_reports(hand: Hand, account: int, as_json: bool) -> None:
    async with hand.database.reader() as conn:
        rows = await reports.kept(conn, account)
    shown = [{"id": row["id"].hex(), "name": row["name"], "at": dates.iso(row["at"]), **json.loads(row["figures"])} for row in rows]
    lines = (f"{row['id']}  {row['at'][:10]}  {row['name']}  {row['model']}, {row['from']} to {row['to']}" for row in shown)
    _say(shown, as_json, "\n".join(lines) or "None was kept: webleads attribution --keep NAME")


async def _then(hand: Hand, account: int, text: str, language: str, as_json: bool) -> None:
    """A kept report, and the same question asked today."""
    async with hand.database.snapshot() as conn:
        row = await reports.one(conn, account, bytes.fromhex(text)) if re.fullmatch("[0-9a-f]{32}", text) else None
        if row is None:
            raise click.UsageError(f"no report {text} was kept; webleads attribution --kept lists them")
        asked = reports.asked_back(row["asked"])
        read = await reports.load(conn, account, asked, [asked.model])
        late = await journey_rows.late(conn, account, reports.asked_of(asked), row["at"])
    asked, (now,) = reports.answer(read, asked, [asked.model])
    then = report.kept(json.loads(row["figures"]), asked)
    counts = then.report.conversions, now.report.conversions
    if as_json:
        click.echo(json.dumps({"name": row["name"], "then": json.loads(row["figures"]), "now": report.answer(now, asked), "late": late}))
        return
    said = report.moved(row["name"], *counts, late, language)
    _table(report.heads_then(asked, language), report.differences(then.lines, now.lines, asked, language))
    _under(said, report.terms(then, asked, {}, language))


@contextmanager
def _reading(file: Path, as_json: bool) -> Iterator[Iterable[bytes]]:
    """The lines of a file, with a bar on a terminal; - is stdin."""
    is_file = str(file) != "-"
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    shown = is_file and not as_json and sys.stderr.isatty()
    with (
        open(file, "rb") if is_file else nullcontext(sys.stdin.buffer) as lines,
        Progress(*columns, console=Console(stderr=True), disable=not shown, transient=True) as bar,
    ):
        yield bar.wrap_file(lines, total=file.stat().st_size, description="Reading") if shown else lines


def _paths(lines: Iterable[bytes], file: Path) -> Iterator[ways.Path]:
    for path in ways.read(lines):
        if isinstance(path, ways.BadRow):
            raise click.ClickException(f"{'stdin' if str(file) == '-' else file}, {told_of.wrong(path)}")
        yield path


def _report(found: Figures, asked: Question, goals: dict[str, str], language: str) -> None:
    rows = [*report.rows(found, asked, language), report.total(found, asked, language)]
    keep = [place for place in range(len(rows[0])) if place < 3 or any(row[place] for row in rows)]
    heads = report.heads(asked, language)
    _table([heads[place] for place in keep], ([row[place] for place in keep] for row in rows))
    _under(report.terms(found, asked, goals, language), *report.notes(found, language))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(heads[0], *(Column(head, justify="right") for head in heads[1:]))
    for name, *numbers in rows:
        table.add_row(Text(_OBEYED.sub("\ufffd", name)), *numbers)
    Console().print(table)


def _under(*lines: str) -> None:
    Console().print(Text("\n".join(filter(None, lines))))


@main.group()
def goal() -> None:
    """Goals: pages, events, forms and contact clicks that count as conversions."""


@goal.command("add")
@click.argument("name")
@click.option("--page", metavar="PATH", help="Reached by a view of that path; * is any text: /merci*")
@click.option("--event", metavar="NAME", help="Reached by a custom event of that name.")
@click.option("--form", metavar="KEY", help="Reached by a sending of that form that did not fail.")
@click.option("--click", "click_", type=click.Choice(goals.CLICKS), help="Reached by a click of that kind.")
@click.option("--value", help="What one is worth, as 49.90.")
@click.option("--currency", default="EUR", show_default=True, help="Of the value.")
@click.option("--site", "site_id", type=int, help="On one site only.")
@_common
async def goal_add(
    config: Settings, account: int | None, as_json: bool, name: str, value: str | None, currency: str, site_id: int | None, **given: Any
) -> None:
    """Add a goal, or change the one of that NAME. It counts from now on, once a session, of visitors in leads mode."""
    chosen = {kind.rstrip("_"): text for kind, text in given.items() if text is not None}
    if len(chosen) != 1:
        raise click.UsageError("say one of --page, --event, --form and --click")
    ((kind, pattern),) = chosen.items()
    code = money.currency(currency)
    if code is None:
        raise click.UsageError("a currency is three letters, as EUR")
    worth = money.amount(value, code) if value else 0
    if worth is None:
        raise click.UsageError(f"{value} is not an amount: write 49.90")
    async with _hand(config) as hand:
        more = {"site": site_id or 0, "value": worth, "currency": code if worth else ""}
        answer = await hand.run("goal add", account=await hand.account(account), name=name, kind=kind, pattern=pattern, **more)
    _say(answer, as_json, f"{answer['name']} counts from now on. {told_goals.said(answer, config.language)}")


@goal.command("list")
@_common
async def goal_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the goals that count now."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = [goal_rows.answer(one) for one in goals.current(await kept_goals.versions(conn, chosen))]
    lines = (f"{row['name']}  {row['kind']} {row['pattern']}  {told_goals.worth(row, config.language)}".rstrip() for row in rows)
    _say(rows, as_json, "\n".join(lines) or "No goal yet: webleads goal add NAME --page /merci")


@goal.command("remove")
@click.argument("name")
@_common
async def goal_remove(config: Settings, account: int | None, as_json: bool, name: str) -> None:
    """Count a goal no more; what it counted stays."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            known = {one.name.casefold(): one.id.hex() for one in goals.current(await kept_goals.versions(conn, chosen))}
        if name.casefold() not in known:
            raise click.ClickException(f"there is no goal {name}")
        answer = await hand.run("goal remove", account=chosen, id=known[name.casefold()])
    _say(answer, as_json, f"{answer['name']} counts no more; what it counted stays.")


@main.group("costs")
def costs_group() -> None:
    """What visits cost: the fair price of a relation stands beside its figures."""


@costs_group.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--currency", default="EUR", show_default=True, help="Of rows that name none.")
@_common
async def costs_import(config: Settings, account: int | None, as_json: bool, file: Path, currency: str) -> None:
    """Import a CSV of costs. The same file twice counts once; rows that cannot be read are named, and the others kept.

    Columns: `day` (2026-03-31 or 31/03/2026), `source`, `amount`, and where there are any `campaign`, `medium`, `currency`.
    Without a medium a cost is one of paid clicks. A file has at most 8 MB.
    """
    code = money.currency(currency)
    if code is None:
        raise click.UsageError("a currency is three letters, as EUR")
    content = file.read_bytes()  # noqa: ASYNC240 (nothing else waits)
    if len(content) > costs.LARGEST:
        raise click.ClickException(f"{file} has more than {costs.LARGEST // 1024**2} MB")
    async with _hand(config) as hand:
        given = {"name": file.name, "file": base64.b64encode(content).decode(), "currency": code}
        done = await hand.run("costs import", account=await hand.account(account), **given)
    wrong = [ways.BadRow(*row) for row in done.pop("wrong")]
    answer = done | {"wrong": [{"line": row.row, "reason": row.reason, "column": row.column, "text": row.text} for row in wrong]}
    said = [*told_costs.done(done, config.language), *(told_costs.wrong(row, config.language) for row in wrong)]
    _say(answer, as_json, "\n".join(_OBEYED.sub("\ufffd", line) for line in said))
    if not done["id"]:
        raise Exit(1)


@costs_group.command("list")
@_common
async def costs_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the imported files."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await cost_rows.imports(conn, chosen)
    shown = [told_costs.answer(row) for row in rows]
    lines = (f"{one['id']}  {one['name']}  {_some(one['rows'], 'row')}  {told_costs.sums(one['sums'], config.language)}" for one in shown)
    _say(shown, as_json, "\n".join(lines) or "None yet: webleads costs import FILE")


@costs_group.command("remove")
@click.argument("id")
@_common
async def costs_remove(config: Settings, account: int | None, as_json: bool, id: str) -> None:
    """Take an imported file out again; `costs list` tells its ID."""
    if not re.fullmatch("[0-9a-f]{32}", id):
        raise click.UsageError("an import's ID has 32 characters; webleads costs list tells it")
    async with _hand(config) as hand:
        answer = await hand.run("costs remove", account=await hand.account(account), id=id)
    _say(answer, as_json, f"{_some(answer['rows'], 'row')} of costs taken out.")


# Scores --------------------------------------------------------------------------------------------------------------


@main.group("scoring")
def scoring_group() -> None:
    """The rules of scores. Each change is another version; leads follow at once."""


@scoring_group.command("show")
@_common
async def scoring_show(config: Settings, account: int | None, as_json: bool) -> None:
    """Print the rules that stand, and the domains that are not scored."""
    async with _hand(config) as hand, hand.database.reader() as conn:
        rules = (await scores.terms_of(conn, await hand.account(account))).rules
    _say_rules(msgspec.to_builtins(rules), as_json, config.language)


@scoring_group.command("set")
@click.argument("name")
@click.option("--new", is_flag=True, help="Another rule; --signal says what it speaks of.")
@click.option("--kind", type=click.Choice(points.KINDS), default="engagement", show_default=True, help="Of a new rule.")
@click.option("--signal", type=click.Choice(points.SIGNALS), default="page", show_default=True, help="Of a new rule.")
@click.option("--points", "worth", type=float, help="For one time; 5 in a new rule.")
@click.option("--cap", type=float, help="At most so many times; 1 in a new rule.")
@click.option("--half-life", type=float, help="Days in which it halves; 0 never fades.")
@click.option("--hold", type=float, help="Days before it begins to fade.")
@click.option("--per", type=float, help="How much is one time: seconds of reading, visits within seven days.")
@click.option("--word", "words", multiple=True, help="Which pages, forms or countries; several times; instead of those there are.")
@click.option("--on/--off", "on", default=None, help="Whether it counts.")
@_common
async def scoring_set(
    config: Settings, account: int | None, as_json: bool, name: str, new: bool, kind: str, signal: str, worth: float | None, **given: Any
) -> None:
    """Change the rule NAME, or add it with --new."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rule = points.find((await scores.terms_of(conn, chosen)).rules, name)
        if (rule is None) != new:
            raise click.UsageError(f"there is a rule {name}: leave --new out" if rule else f"there is no rule {name}: say --new")
        made = rule or points.Rule(name, kind, signal, 5.0)
        changes = {key: value for key, value in (given | {"points": worth}).items() if value not in (None, ())}
        asked = msgspec.to_builtins(structs.replace(made, **changes))
        answer = await hand.run("scoring put", account=chosen, rule=asked, new=new)
        await hand.watch("rescore", as_json)
    _say_rules(answer, as_json, config.language)


@scoring_group.command("remove")
@click.argument("name")
@_common
async def scoring_remove(config: Settings, account: int | None, as_json: bool, name: str) -> None:
    """Take the rule NAME out."""
    async with _hand(config) as hand:
        answer = await hand.run("scoring remove", account=await hand.account(account), name=name)
        await hand.watch("rescore", as_json)
    _say_rules(answer, as_json, config.language)


@scoring_group.command("list")
@click.argument("name", type=click.Choice(acts.LISTS))
@click.argument("domains", nargs=-1)
@_common
async def scoring_list(config: Settings, account: int | None, as_json: bool, name: str, domains: tuple[str, ...]) -> None:
    """Set the DOMAINS of e-mail addresses of staff, customers or competitors, who are not scored, or of more free mail providers."""
    async with _hand(config) as hand:
        answer = await hand.run("scoring list", account=await hand.account(account), name=name, domains=list(domains))
        await hand.watch("rescore", as_json)
    _say_rules(answer, as_json, config.language)


@scoring_group.command("backtest")
@_common
async def scoring_backtest(config: Settings, account: int | None, as_json: bool) -> None:
    """Tell for each rule how many of the leads with it and without it were won, with the interval at 95 of 100."""
    async with _hand(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rules = (await scores.terms_of(conn, chosen)).rules
            tried = await backtest.outcomes(conn, chosen, rules)
    told = [
        {"rule": one.rule, "with": one.with_it._asdict(), "without": one.without_it._asdict(), "advice": one.advice or None}
        for one in tried
    ]
    lines = [
        f"{one.rule:<12}  {told_scores.rate(one.with_it, config.language)}  |  {told_scores.rate(one.without_it, config.language)}"
        f"  {told_scores.advice(one, config.language)}"
        for one in tried
    ]
    _say(told, as_json, "\n".join(lines))


def _say_rules(rules: dict[str, Any], as_json: bool, language: str) -> None:
    made = msgspec.convert(rules, points.Rules)
    lines = [f"{one.name:<12}  {told_scores.rule(one, language)}{'' if one.on else '  (off)'}" for one in made.rules]
    lines += [f"{name}: {', '.join(getattr(made, name))}" for name in acts.LISTS if getattr(made, name)]
    told = msgspec.to_builtins(made)
    full = {"rules": [_whole_rule(one) for one in made.rules]} | {name: told.get(name, []) for name in acts.LISTS}
    _say(full, as_json, "\n".join(lines))


def _whole_rule(rule: points.Rule) -> dict[str, Any]:
    return {**structs.asdict(rule), "words": list(rule.words)}


@main.group("config")
def config_group() -> None:
    """Settings."""


@config_group.command("show")
@_common
def config_show(config: Settings, _account: int | None, as_json: bool) -> None:
    """Print every setting and where it comes from."""
    shown = {name: {"value": getattr(config, name), "from": config.origins[name]} for name, *_rest in settings.SETTINGS}
    if config.database.startswith("postgres"):
        shown["database"]["value"] = Database(config.database).url.set(drivername="postgresql").render_as_string(hide_password=True)
    if config.metrics_token:
        shown["metrics_token"]["value"] = "***"
    lines = [f"{name} = {json.dumps(told['value'])}  ({told['from']})" for name, told in shown.items()]
    _say(shown, as_json, "\n".join(lines))
