"""Leads: merged, edited, exported."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import rich_click as click
from msgspec import structs

from ..domain import edits, hand, letters, listing
from ..present import dates, export, people
from ..present.hand import labels
from ..settings import Settings
from ..store import dossier, sites, users
from ..store import listing as rows
from ..store.filters import Filters
from ..store.ids import now
from .hand import Hand, common, explained, known_site, opened, say, some
from .tables import OBEYED


@click.group()
def lead() -> None:
    """One lead: merged, taken apart, edited. It is named by its id, an e-mail address or a phone number."""


@lead.command("merge")
@click.argument("one")
@click.argument("other")
@click.option("--keep", default="", help="Which of the two stays; the one that was known first if you say none.")
@click.option("--reason", default="", help="Why; it stands on the lead's page.")
@common
async def lead_merge(config: Settings, account: int | None, as_json: bool, one: str, other: str, keep: str, reason: str) -> None:
    """Say that two leads are one person. Nothing is lost: `lead unmerge` takes them apart as they were."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        answer = await hand.run("lead merge", account=chosen, one=one, other=other, keep=keep, reason=reason)
    say(
        answer, as_json, f"{answer['merged']} leads to {answer['kept']} now. Take them apart again: webleads lead unmerge {answer['merge']}"
    )


@lead.command("unmerge")
@click.argument("merge")
@common
async def lead_unmerge(config: Settings, account: int | None, as_json: bool, merge: str) -> None:
    """Take two leads apart again: MERGE is what `lead merge` answered, or the id of the lead that was merged."""
    async with opened(config) as hand:
        answer = await hand.run("lead unmerge", account=await hand.account(account), named=merge)
    say(answer, as_json, f"{answer['apart']} stands by itself again.")


@lead.command("suggestions")
@common
async def lead_suggestions(config: Settings, account: int | None, as_json: bool) -> None:
    """List leads that may be one person, with the reasons. Nothing is merged by itself."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            found, persons = await conn.run_sync(dossier.suggestions, chosen)
    rows: list[dict[str, Any]] = [
        {"keep": str(UUID(bytes=one.keep)), "other": str(UUID(bytes=one.other)), "reasons": list(one.reasons), "points": one.points}
        | {"emails": [persons[lead].email for lead in (one.keep, one.other)]}
        for one in found
    ]
    lines = [f"{row['keep']}  {row['other']}  {people.reasons(row['reasons'], 'en')}" for row in rows]
    say(rows, as_json, "\n".join(lines) or "No two leads look like one person.")


@lead.command("edit")
@click.argument("lead")
@click.option("--status", type=click.Choice(edits.STATUSES), help="How far it is.")
@click.option("--owner", help="Who takes care of it: the address of somebody who may log in; empty for nobody.")
@click.option("--tag", "tags", multiple=True, help="A tag to add; again for more.")
@click.option("--untag", "untags", multiple=True, help="A tag to take off.")
@click.option("--note", help="A note to add.")
@click.option("--correct", "corrections", multiple=True, metavar="FIELD=VALUE", help=f"A correction of {', '.join(edits.FIELDS)}.")
@common
async def lead_edit(config: Settings, account: int | None, as_json: bool, lead: str, **given: Any) -> None:
    """Say something of a lead. `lead undo` takes an entry back, `lead history` shows them all."""
    changes = _changes(**given)
    if not changes:
        raise click.UsageError("say what: --status, --owner, --tag, --untag, --note or --correct")
    async with opened(config) as hand:
        answer = await hand.run("lead edit", account=await hand.account(account), named=lead, changes=changes)
    say(answer, as_json, "\n".join(answer["edits"]) or "Nothing changed.")


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
            raise click.UsageError(explained("BadEdit", "field"))
        made.append(["field", name.strip(), value])
    return made


@lead.command("undo")
@click.argument("entry")
@common
async def lead_undo(config: Settings, account: int | None, as_json: bool, entry: str) -> None:
    """Take back an entry of `lead history`: what stood before stands again."""
    async with opened(config) as hand:
        answer = await hand.run("lead undo", account=await hand.account(account), named=entry)
    say(answer, as_json, "Taken back.")


@lead.command("history")
@click.argument("lead")
@common
async def lead_history(config: Settings, account: int | None, as_json: bool, lead: str) -> None:
    """List what people said of a lead, and whom it was merged with: time, id, who, what."""
    async with opened(config) as hand:
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
    lines = [OBEYED.sub("\ufffd", f"{row['at']}  {row['id']}  {row['by']}  {row['says']}") for row in rows]
    say(rows, as_json, "\n".join(lines) or "Nothing yet.")


@lead.command("link")
@click.argument("lead")
@click.argument("url")
@common
async def lead_link(config: Settings, account: int | None, as_json: bool, lead: str, url: str) -> None:
    """Make a link for a letter to one lead: the visit of whoever follows it is probably theirs, for 30 days.

    It holds a random token and no address. Programs that look through mail do not count, nor does one that was passed on.
    """
    token = secrets.token_urlsafe(16)
    async with opened(config) as hand:
        answer = await hand.run("lead link", account=await hand.account(account), named=lead, token=token)
    made = {"lead": answer["lead"], "url": letters.link(url, token), "expires_at": dates.iso(answer["expires_at"])}
    say(made, as_json, made["url"])


@click.group("leads")
def leads_group() -> None:
    """Leads."""


@leads_group.command("export")
@click.option("--site", "site_id", type=int, help="Of one site only.")
@click.option("--query", default="", help="What you would type into the search box, or what stands behind the ? of a list's address.")
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl", "xlsx"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; stdout if you say none.")
@click.option("--header", type=click.Choice(["keys", "words"]), default="keys", show_default=True, help="The first line of a CSV.")
@common
async def leads_export(
    config: Settings, account: int | None, as_json: bool, site_id: int | None, query: str, kind: str, output: Path | None, header: str
) -> None:
    """Write the leads as CSV or JSON Lines (UTF-8, times in UTC), or as an XLSX workbook."""
    if as_json and output is None:
        raise click.UsageError("--json answers on stdout: say --output FILE for the leads")
    if kind == "xlsx" and output is None:
        raise click.UsageError("say --output FILE for a workbook")
    async with opened(config) as hand:
        chosen = await hand.account(account)
        await known_site(hand, chosen, site_id)
        # Messages too, as it always was; what is in quarantine only where it is asked for.
        asked = listing.read_query(query) if listing.is_query(query) else listing.Asked(q=listing.clean(query), kind="all")
        if site_id is not None:
            asked = structs.replace(asked, site=(site_id,))
        with open(output, "wb") if output else nullcontext(sys.stdout.buffer) as out:  # noqa: ASYNC230 (nothing else waits)
            async with hand.database.reader() as conn:
                ids = await rows.ids(conn, chosen, Filters(asked, listing.bounds(asked, now(), "UTC")))
                file = export.Xlsx(out, zone="UTC", language=config.language) if kind == "xlsx" else None
                count = await _export(rows.export(conn, chosen, ids), file or _lines(kind, header, config.language), out)
            out.flush()
    if output:
        say({"leads": count, "output": str(output)}, as_json, f"{some(count, 'lead')} in {output}")


@leads_group.command("add")
@click.option("--site", "site_id", type=int, help="Its site; the only one if you say none.")
@click.option("--name", default="", help="Who it is.")
@click.option("--email", default="", help="An e-mail address; this or --phone is needed.")
@click.option("--phone", default="", help="A phone number.")
@click.option("--company", "organization", default="", help="Where they work.")
@click.option("--note", "message", default="", help="What they want.")
@click.option("--source", default="", help="How they heard of you, in their words.")
@click.option("--permission", default="", help="The text by which they allowed letters, word for word.")
@click.option("--given", type=click.Choice(hand.GIVEN), default=None, help="How they gave it.")
@common
async def leads_add(config: Settings, account: int | None, as_json: bool, site_id: int | None, given: str | None, **typed: str) -> None:
    """Type in a lead that came by no form. Who is known by the address or number stays one lead."""
    async with opened(config) as made:
        chosen = await made.account(account)
        site = site_id if site_id is not None else await _only_site(made, chosen)
        told = {name: text.strip() for name, text in typed.items()} | {"given": given or ""}
        answer = await made.run("lead add", account=chosen, site=site, typed=told, labels=labels("en"))
    say(answer, as_json, f"{answer['lead']} was known; this stands with the rest." if answer["known"] else answer["lead"])


async def _only_site(made: Hand, account: int) -> int:
    async with made.database.reader() as conn:
        known = [row["id"] for row in await sites.all(conn, account)]
    if len(known) != 1:
        raise click.UsageError("say --site; webleads site list tells which there are")
    return int(known[0])


@leads_group.command("spam")
@click.argument("lead")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@common
async def leads_spam(config: Settings, account: int | None, as_json: bool, lead: str, answer: str) -> None:
    """Say that a lead is spam (yes), or release it (no). It is named by its id, an e-mail address or a phone number."""
    async with opened(config) as made:
        done = await made.run("lead edit", account=await made.account(account), named=lead, changes=[["spam", "", answer]])
    say(done, as_json, "It stands apart." if answer == "yes" else "It is released.")


def _lines(kind: str, header: str, language: str) -> export.Jsonl | export.Csv:
    return export.Jsonl() if kind == "jsonl" else export.Csv(header=header, language=language)


async def _export(parts: AsyncIterator[list[dict[str, Any]]], file: export.Xlsx | export.Jsonl | export.Csv, out: IO[bytes]) -> int:
    """Writes rows. Answers how many."""
    if isinstance(file, export.Xlsx):
        async for some in parts:
            file.add(some)
        file.close()
        return file.rows
    out.write(file.head())
    count = 0
    async for some in parts:
        for row in some:
            out.write(file.line(row))
        count += len(some)
    return count
