"""Sites, accounts, and what the settings are."""

from __future__ import annotations

import json

import rich_click as click

from .. import settings
from ..domain import mail
from ..settings import Settings
from ..store import sites
from ..store.database import Database
from .hand import common, opened, say


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
    shown = [{key: row[key] for key in ("id", "domain", "name", "consent")} for row in rows]
    say(
        shown,
        as_json,
        "\n".join(f"{row['id']}  {row['domain']}  {row['name']}" for row in shown) or "No site yet: webleads site add DOMAIN",
    )


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
