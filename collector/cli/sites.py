"""Sites, accounts, and what the settings are."""

from __future__ import annotations

import json

import rich_click as click

from .. import settings
from ..domain import mail
from ..settings import Settings
from ..store import sites
from ..store.database import Database
from ..store.erasure import retention_of
from .hand import common, opened, say, some


@click.group()
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
@common
async def site_add(
    config: Settings, account: int | None, as_json: bool, domain: str, site_id: int | None, name: str, consent: str | None, reason: str
) -> None:
    """Add a site and print the tag to paste."""
    from ..present.tag import tag

    async with opened(config) as hand:
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
    say(answer, as_json, f"Site {answer['id']}, {answer['domain']}. Paste this into every page:\n\n{answer['tag']}")


@site.command("list")
@common
async def site_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the sites."""
    async with opened(config) as hand:
        chosen = None if account is None else await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await sites.all(conn, chosen)
    shown = [{key: row[key] for key in ("id", "domain", "name", "consent")} | {"archived": not sites.is_current(row)} for row in rows]
    say(
        shown,
        as_json,
        "\n".join(f"{row['id']}  {row['domain']}  {row['name']}{'  (archived)' if row['archived'] else ''}" for row in shown)
        or "No site yet: webleads site add DOMAIN",
    )


@site.command("set")
@click.argument("site_id", type=int)
@click.option("--name", help="What you call it.")
@click.option("--consent", type=click.Choice(["required", "granted", "off"]), help="How the tag starts on pages that do not say.")
@click.option("--reason", metavar="TEXT", help="Why consent is taken as granted; the audit table shows it.")
@click.option("--kept", metavar="A,B", help="URL parameters whose values are kept, by name; all of them, with commas.")
@click.option("--hosts", metavar="A,B", help="Other host names whose pages may carry the tag; all of them, with commas.")
@click.option("--zone", help="Its time zone, as Europe/Paris.")
@click.option("--country", help="Two letters: national phone numbers are read as its own. Before the first form only.")
@common
async def site_set(
    config: Settings, account: int | None, as_json: bool, site_id: int, kept: str | None, hosts: str | None, **given: str | None
) -> None:
    """Change settings of a site; what is not said stays. The tag obeys within seconds."""
    lists = {name: text.split(",") for name, text in (("kept", kept), ("hosts", hosts)) if text is not None}
    if not lists and not any(value is not None for value in given.values()):
        raise click.UsageError("say what to change; --help tells what there is")
    async with opened(config) as hand:
        answer = await hand.run("site set", account=await hand.account(account), id=site_id, **given, **lists)
    again = answer.pop("rebuild")
    words = "\n".join(f"{name:<8} {', '.join(value) if isinstance(value, list) else value}" for name, value in answer.items())
    say(
        answer | {"rebuild": again},
        as_json,
        words + ("\nDays are counted anew by webleads rebuild, or at the next start." if again else ""),
    )


@site.command("archive")
@click.argument("site_id", type=int)
@common
async def site_archive(config: Settings, account: int | None, as_json: bool, site_id: int) -> None:
    """Lay a site aside: nothing more is taken for it, what is known of it stays. `webleads site restore` takes it up again."""
    async with opened(config) as hand:
        answer = await hand.run("site archive", account=await hand.account(account), id=site_id)
    say(answer, as_json, f"{answer['domain']} is laid aside; what its pages send from now on is refused.")


@site.command("restore")
@click.argument("site_id", type=int)
@common
async def site_restore(config: Settings, account: int | None, as_json: bool, site_id: int) -> None:
    """Take up a site again that was laid aside."""
    async with opened(config) as hand:
        answer = await hand.run("site restore", account=await hand.account(account), id=site_id)
    say(answer, as_json, f"{answer['domain']} is taken up again.")


@site.command("delete")
@click.argument("site_id", type=int)
@click.option("--sure", metavar="DOMAIN", required=True, help="The site's domain, to show that you mean it.")
@common
async def site_delete(config: Settings, account: int | None, as_json: bool, site_id: int, sure: str) -> None:
    """Delete a site with its leads, visits and counts, in short steps while the collector goes on. It does not come back.

    Leads that another site knows stay, without what this one knew. Browsers that refused stay refused.
    """
    async with opened(config) as hand:
        answer = await hand.watch("site delete", as_json, account=await hand.account(account), id=site_id, sure=sure)
    gone = ", ".join(some(n, _PIECES[name]) for name, n in answer["gone"].items() if n)
    say(answer, as_json, f"{answer['domain']} is gone{f', with {gone}' if gone else ''}.")


_PIECES = {"submissions": "submission", "events": "event", "consents": "consent", "evidence": "login", "refused": "refused event"}


@site.command("texts")
@click.argument("site_id", type=int)
@click.option("--language", type=click.Choice(["en", "fr"]), help="Of the texts; the setting's by default.")
@click.option("--dnt-ignored", is_flag=True, help='The tag on the pages carries data-dnt="ignored".')
@common
async def site_texts(config: Settings, account: int | None, as_json: bool, site_id: int, language: str | None, dnt_ignored: bool) -> None:
    """Print a consent text and a privacy paragraph that say what this site's settings do.

    Read them before you publish them: what stands in [brackets] is yours to fill in.
    """
    from ..present import texts

    async with opened(config) as hand:
        chosen = await hand.account(account)
        url = await hand.run("where")
        async with hand.database.reader() as conn:
            row = await conn.run_sync(sites.find, site_id)
            names = {one["id"]: one["name"] for one in await conn.run_sync(sites.accounts)}
            limits = await conn.run_sync(retention_of, chosen, site_id)
    if row is None or row["account_id"] != chosen:
        raise click.ClickException(f"there is no site {site_id}; webleads site list tells which there are")
    companies = bool(config.networks)
    letters_by = texts.host_of(config.smtp)
    facts = texts.facts(row, names[chosen], limits, url, companies=companies, letters_by=letters_by, dnt=not dnt_ignored)
    made = texts.write(facts, language or config.language)
    say(texts.plain(made), as_json, texts.as_text(made))


@site.command("key")
@click.argument("site_id", type=int)
@common
async def site_key(config: Settings, account: int | None, as_json: bool, site_id: int) -> None:
    """Print the key with which the site's server signs who is logged in.

    Beside the `email` that it gives to `webleads('identify', …)` it gives as `signature` the HMAC-SHA256 of that address in
    hexadecimal under this key: then it counts as a login. Keep the key on the server.
    """
    async with opened(config) as hand:
        answer = await hand.run("site key", account=await hand.account(account), id=site_id)
    say(answer, as_json, answer["key"])


@click.group()
def account() -> None:
    """Accounts: who is answerable for sites and leads."""


@account.command("add")
@click.argument("name")
@common
async def account_add(config: Settings, _account: int | None, as_json: bool, name: str) -> None:
    """Add an account."""
    async with opened(config) as hand:
        answer = await hand.run("account add", name=name)
    say(answer, as_json, f"Account {answer['id']}, {answer['name']}.")


@click.group("config")
def config() -> None:
    """Settings."""


@config.command("show")
@common
def config_show(config: Settings, _account: int | None, as_json: bool) -> None:
    """Print every setting and where it comes from."""
    shown = {name: {"value": getattr(config, name), "from": config.origins[name]} for name, *_rest in settings.SETTINGS}
    if config.database.startswith("postgres"):
        shown["database"]["value"] = Database(config.database).url.set(drivername="postgresql").render_as_string(hide_password=True)
    if config.metrics_token:
        shown["metrics_token"]["value"] = "***"
    shown["smtp"]["value"] = mail.masked(config.smtp)
    lines = [f"{name} = {json.dumps(told['value'])}  ({told['from']})" for name, told in shown.items()]
    say(shown, as_json, "\n".join(lines))
