"""Requests of people about their own data: listed, written down, answered; links by which they see for themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rich_click as click

from ..domain import requests as rules
from ..present import dates
from ..present import requests as words
from ..settings import Settings
from ..store import ids, requests
from .hand import common, opened, say
from .tables import OBEYED

SHOWN = 500


@click.group("requests")
def requests_group() -> None:
    """What people asked about their own data; the law gives a month for an answer (GDPR 12)."""


@requests_group.command("list")
@click.option("--answered", is_flag=True, help="Those that had an answer, the newest first.")
@common
async def requests_list(config: Settings, account: int | None, as_json: bool, answered: bool) -> None:
    """List the requests that wait: id, until when, what, who."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await requests.listed(conn, chosen, open=not answered, most=SHOWN)
    now = ids.now()
    shown = [_shown(row, now) for row in rows]
    lines = [
        OBEYED.sub("\ufffd", f"{row['id']}  {row['due_at'][:10]}  {row['left'] or row['end']}  {row['kind']}  {row['who'] or row['by']}")
        for row in sorted(shown, key=lambda row: str(row["due_at"]))
    ]
    say(shown, as_json, "\n".join(lines) or ("No request had an answer yet." if answered else "No request waits."))


def _shown(row: dict[str, Any], now: int) -> dict[str, Any]:
    state = rules.state(row["at"], ((step["kind"], step["at"]) for step in row["steps"]))
    who = row["who"]
    return {
        "id": str(UUID(bytes=row["id"])),
        "kind": row["kind"],
        "by": row["by"],
        "who": (who["name"] or who["email"] or who["phone"]) if who else "",
        "lead": str(UUID(bytes=who["id"])) if who else None,
        "said": row["said"],
        "at": dates.iso(row["at"]),
        "due_at": dates.iso(state.due_at),
        "left": "" if state.end else words.left(state, now, "en"),
        "end": state.end,
        "steps": [{"kind": step["kind"], "at": dates.iso(step["at"]), "proof": words.proof(step["proof"], "en")} for step in row["steps"]],
    }


@requests_group.command("add")
@click.argument("address")
@click.option("--kind", type=click.Choice(rules.KINDS), default="access", show_default=True, help="What they ask for.")
@click.option("--words", "said", default="", help="Their own words.")
@common
async def requests_add(config: Settings, account: int | None, as_json: bool, address: str, kind: str, said: str) -> None:
    """Write down a request that came by letter or by phone, of whoever has this address or number."""
    async with opened(config) as hand:
        answer = await hand.run("requests add", account=await hand.account(account), address=address, kind=kind, said=said)
    say(answer, as_json, answer["id"])


@requests_group.command("link")
@click.argument("address")
@common
async def requests_link(config: Settings, account: int | None, as_json: bool, address: str) -> None:
    """Make a link for whoever has this e-mail address: by it they see what is kept. It lasts seven days and works once.

    Send it to that address only: who opens it sees everything.
    """
    async with opened(config) as hand:
        answer = await hand.run("requests link", account=await hand.account(account), address=address)
        where = await hand.run("where")
    url = f"{where.rstrip('/')}/me/link?token={answer['token']}"
    say({"url": url, "request": answer["request"], "expires_at": dates.iso(answer["expires_at"])}, as_json, url)


@requests_group.command("answer")
@click.argument("request")
@click.argument("what", type=click.Choice(["done", "refused", "extended"]))
@click.option("--note", default="", help="What was done, or why not, or why it takes longer.")
@common
async def requests_answer(config: Settings, account: int | None, as_json: bool, request: str, what: str, note: str) -> None:
    """Say that a request is done, is refused, or takes two months more. The last two need a --note with the reason."""
    async with opened(config) as hand:
        answer = await hand.run("requests answer", account=await hand.account(account), id=request, kind=what, note=note)
    say(answer, as_json, f"{answer['id']}: {answer['kind']}.")
