"""How long things are kept."""

from __future__ import annotations

from typing import Any

import rich_click as click

from ..actions import retain
from ..domain import retention as rules
from ..settings import Settings
from ..store import ids, sites
from ..store import retention as kept
from .hand import Hand, common, known_site, opened, say, some

NAMES = {"leads": "lead", "strays": "form without a lead", "history": "event", "audience": "event", "refused": "refused event"}


@click.group()
def retention() -> None:
    """How long what is kept is kept, by kind, for all sites or for one."""


@retention.command("list")
@common
async def retention_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the limits: the account's own, and those that a site has for itself."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        limits = await _limits(hand, chosen)
    rows = [_row(site, kind, limit) for site, of in sorted(limits.items()) for kind in rules.KINDS if (limit := of.get(kind))]
    say(rows, as_json, "\n".join(f"{row['site'] or 'every site':>16}  {row['kind']:<9} {row['amount']} {row['unit']}" for row in rows))


@retention.command("set")
@click.argument("kind", type=click.Choice(rules.KINDS))
@click.argument("amount", metavar="AMOUNT|default")
@click.option("--site", "site_id", type=int, help="On one site only; `default` makes it as the others.")
@click.option("--yes", "sure", is_flag=True, help="Although something is older than that and goes with the next purge.")
@common
async def retention_set(
    config: Settings, account: int | None, as_json: bool, kind: str, amount: str, site_id: int | None, sure: bool
) -> None:
    """Keep a KIND so long: leads, history and audience in months, refused in days.

    Where something is older than a shorter limit, it is counted and nothing is changed, unless you say --yes.
    """
    if amount != "default" and not (amount.isascii() and amount.isdigit()):
        raise click.UsageError("say how long in digits, or default")
    wanted = None if amount == "default" else int(amount[:9])
    async with opened(config) as hand:
        chosen = await hand.account(account)
        await known_site(hand, chosen, site_id)
        goes = await _goes(hand, chosen, kind, wanted, site_id or 0)
        if goes and not sure:
            await _tell(hand, chosen, goes, as_json)
            raise click.ClickException("this goes with the next purge; say --yes if it may")
        given = await hand.run("retention set", account=chosen, kind=kind, amount=wanted, site=site_id or 0)
    answer = {"kind": kind, "site": site_id or 0, "limit": given}
    where = f" on site {site_id}" if site_id else ""
    say(answer, as_json, f"{kind}{where}: as every site." if wanted is None else f"{kind}{where}: {wanted} {rules.BOUNDS[kind].unit}.")


async def dry_run(hand: Hand, account: int, as_json: bool) -> None:
    """Says what the purge would delete now."""
    async with hand.database.reader() as conn:
        now = await conn.run_sync(retain.believed, ids.now())
        rows = await conn.run_sync(retain.due, account, now)
    await _tell(hand, account, rows, as_json)


async def _tell(hand: Hand, account: int, rows: list[dict[str, Any]], as_json: bool) -> None:
    async with hand.database.reader() as conn:
        domains = {row["id"]: row["domain"] for row in await sites.all(conn, account)}
    lines = [f"{domains.get(row['site_id'], row['site_id']):>24}  {_many(row)}" for row in rows]
    say(rows, as_json, "\n".join(lines) or "Nothing is old enough.")


def _many(row: dict[str, Any]) -> str:
    words = some(row["n"], NAMES[row["kind"]]) if row["kind"] != "strays" else f"{row['n']} forms without a lead"
    with_or_without = {"history": " with consent", "audience": " without consent"}.get(row["kind"], "")
    return f"{'at least ' if row['n'] >= kept.COUNTED else ''}{words}{with_or_without}"


async def _limits(hand: Hand, account: int) -> dict[int, dict[str, rules.Limit]]:
    async with hand.database.reader() as conn:
        return await conn.run_sync(kept.limits, account)


async def _goes(hand: Hand, account: int, kind: str, amount: int | None, site: int) -> list[dict[str, Any]]:
    """What a limit would let go that now stays."""
    try:
        async with hand.database.reader() as conn:
            now = await conn.run_sync(retain.believed, ids.now())
            return await conn.run_sync(retain.goes, account, now, kind, amount, site)
    except rules.BadLimit:
        bound = rules.BOUNDS[kind]
        raise click.UsageError(f"{kind} may be kept {bound.least} to {bound.most} {bound.unit}") from None


def _row(site: int, kind: str, limit: rules.Limit) -> dict[str, Any]:
    return {"site": site, "kind": kind, "amount": rules.amount(kind, limit), "unit": rules.BOUNDS[kind].unit}
