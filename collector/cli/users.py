"""Users of the screens."""

from __future__ import annotations

import secrets
import sys

import rich_click as click

from ..settings import Settings
from ..store import ids
from ..store import users as kept
from .hand import common, explained, opened, say

ROLES = click.Choice(["owner", "marketer", "viewer"])


@click.group()
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
@click.option("--role", type=ROLES, required=True, help="What they may do.")
@click.option("--password", envvar="WEBLEADS_PASSWORD", help="Better asked for, or read from stdin.")
@common
async def user_add(config: Settings, account: int | None, as_json: bool, email: str, role: str, password: str | None) -> None:
    """Add somebody. The password is asked for, or read from stdin."""
    hashed = _hashed(_password_of(as_json, password), email)
    async with opened(config) as hand:
        answer = await hand.run("user add", account=await hand.account(account), email=email, password=hashed, role=role)
    say(answer, as_json, f"{answer['email']} may now log in as {answer['role']}.")


@user.command("password")
@click.argument("email")
@click.option("--password", envvar="WEBLEADS_PASSWORD", help="Better asked for, or read from stdin.")
@common
async def user_password(config: Settings, account: int | None, as_json: bool, email: str, password: str | None) -> None:
    """Give somebody another password; every login of theirs ends."""
    hashed = _hashed(_password_of(as_json, password), email)
    async with opened(config) as hand:
        answer = await hand.run("user password", account=await hand.account(account), email=email, password=hashed)
    if not answer["changed"]:
        raise click.ClickException(f"nobody here has the address {email}")
    say(answer, as_json, f"{email} has another password.")


@user.command("list")
@common
async def user_list(config: Settings, account: int | None, as_json: bool) -> None:
    """Who may see the screens, and who was invited."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            found = await kept.people(conn, chosen, ids.now())
    rows = [{name: row[name] for name in ("email", "role", "pending", "sessions", "seen_at")} for row in found]
    words = [f"{row['email']}  {row['role']}{'  invited' if row['pending'] else ''}" for row in rows]
    say(rows, as_json, "\n".join(words) or "Nobody yet.")


@user.command("invite")
@click.argument("email")
@click.option("--role", type=ROLES, required=True, help="What they may do.")
@common
async def user_invite(config: Settings, account: int | None, as_json: bool, email: str, role: str) -> None:
    """Invite somebody: prints a link, which they open to choose a password. It lasts seven days and works once."""
    token = secrets.token_urlsafe(32)
    async with opened(config) as hand:
        chosen = await hand.account(account)
        answer = await hand.run("user invite", account=chosen, email=email, role=role, token=token)
        base = config.url or str(await hand.run("where"))
    answer["link"] = f"{base}/join?token={token}"
    say(answer, as_json, f"Give this link to {answer['email']}, and to nobody else:\n{answer['link']}")


@user.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
@common
async def user_role(config: Settings, account: int | None, as_json: bool, email: str, role: str) -> None:
    """Give somebody another role; they sign in again. The last owner stays one."""
    async with opened(config) as hand:
        answer = await hand.run("user role", account=await hand.account(account), email=email, role=role)
    say(answer, as_json, f"{email} is {role} now." if answer["changed"] else f"{email} was {role} already.")


@user.command("remove")
@click.argument("email")
@click.option("--to", default="", metavar="EMAIL", help="Who is handed their leads; nobody otherwise.")
@common
async def user_remove(config: Settings, account: int | None, as_json: bool, email: str, to: str) -> None:
    """Remove somebody, or take an invitation back. The last owner stays."""
    async with opened(config) as hand:
        answer = await hand.run("user remove", account=await hand.account(account), email=email, to=to)
    say(answer, as_json, f"{answer['email']} may no longer log in.")


def _hashed(password: str, email: str) -> str:
    from ..actions import users

    try:
        return users.hashed(password, email)
    except users.BadUser as wrong:
        raise click.UsageError(explained("BadUser", str(wrong))) from None
