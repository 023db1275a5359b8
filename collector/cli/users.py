"""Users of the screens."""

from __future__ import annotations

import sys

import rich_click as click

from ..settings import Settings
from .hand import common, explained, opened, say


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
@click.option("--role", type=click.Choice(["owner", "marketer", "viewer"]), required=True, help="What they may do.")
@click.option("--password", envvar="WEBLEADS_PASSWORD", help="Better asked for, or read from stdin.")
@common
async def user_add(config: Settings, account: int | None, as_json: bool, email: str, role: str, password: str | None) -> None:
    """Add somebody. The password is asked for, or read from stdin."""
    hashed = _hashed(_password_of(as_json, password))
    async with opened(config) as hand:
        answer = await hand.run("user add", account=await hand.account(account), email=email, password=hashed, role=role)
    say(answer, as_json, f"{answer['email']} may now log in as {answer['role']}.")


@user.command("password")
@click.argument("email")
@click.option("--password", envvar="WEBLEADS_PASSWORD", help="Better asked for, or read from stdin.")
@common
async def user_password(config: Settings, account: int | None, as_json: bool, email: str, password: str | None) -> None:
    """Give somebody another password; every login of theirs ends."""
    hashed = _hashed(_password_of(as_json, password))
    async with opened(config) as hand:
        answer = await hand.run("user password", account=await hand.account(account), email=email, password=hashed)
    if not answer["changed"]:
        raise click.ClickException(f"nobody here has the address {email}")
    say(answer, as_json, f"{email} has another password.")


def _hashed(password: str) -> str:
    from ..actions import users

    try:
        return users.hashed(password)
    except users.BadUser as wrong:
        raise click.UsageError(explained("BadUser", str(wrong))) from None
