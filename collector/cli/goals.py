"""Goals and costs."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import rich_click as click
from click.exceptions import Exit

from ..actions import goals as goal_rows
from ..domain import costs, goals, money
from ..domain import paths as ways
from ..present import costs as told_costs
from ..present import goals as told_goals
from ..settings import Settings
from ..store import costs as cost_rows
from ..store import goals as kept_goals
from .hand import common, opened, say, some
from .tables import OBEYED


@click.group()
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
@common
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
    async with opened(config) as hand:
        more = {"site": site_id or 0, "value": worth, "currency": code if worth else ""}
        answer = await hand.run("goal add", account=await hand.account(account), name=name, kind=kind, pattern=pattern, **more)
    say(answer, as_json, f"{answer['name']} counts from now on. {told_goals.said(answer, config.language)}")


@goal.command("list")
@common
async def goal_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the goals that count now."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = [goal_rows.answer(one) for one in goals.current(await kept_goals.versions(conn, chosen))]
    lines = (f"{row['name']}  {row['kind']} {row['pattern']}  {told_goals.worth(row, config.language)}".rstrip() for row in rows)
    say(rows, as_json, "\n".join(lines) or "No goal yet: webleads goal add NAME --page /merci")


@goal.command("remove")
@click.argument("name")
@common
async def goal_remove(config: Settings, account: int | None, as_json: bool, name: str) -> None:
    """Count a goal no more; what it counted stays."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            known = {one.name.casefold(): one.id.hex() for one in goals.current(await kept_goals.versions(conn, chosen))}
        if name.casefold() not in known:
            raise click.ClickException(f"there is no goal {name}")
        answer = await hand.run("goal remove", account=chosen, id=known[name.casefold()])
    say(answer, as_json, f"{answer['name']} counts no more; what it counted stays.")


@click.group("costs")
def costs_group() -> None:
    """What visits cost: the fair price of a relation stands beside its figures."""


@costs_group.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--currency", default="EUR", show_default=True, help="Of rows that name none.")
@common
async def costs_import(config: Settings, account: int | None, as_json: bool, file: Path, currency: str) -> None:
    """Import a CSV of costs. The same file twice counts once; rows that cannot be read are named, and the others kept.

    Columns: `day` (2026-03-31 or 31/03/2026), `source`, `amount`, and where there are any `campaign`, `medium`, `currency`.
    Without a medium a cost is one of paid clicks. A file has at most 8 MB and 100,000 rows;
    UTF-8, UTF-16 or as Windows writes it.
    """
    code = money.currency(currency)
    if code is None:
        raise click.UsageError("a currency is three letters, as EUR")
    content = file.read_bytes()  # noqa: ASYNC240 (nothing else waits)
    if len(content) > costs.LARGEST:
        raise click.ClickException(f"{file} has more than {costs.LARGEST // 1024**2} MB")
    async with opened(config) as hand:
        given = {"name": file.name, "file": base64.b64encode(content).decode(), "currency": code}
        done = await hand.run("costs import", account=await hand.account(account), **given)
    wrong = [ways.BadRow(*row) for row in done.pop("wrong")]
    answer = done | {"wrong": [{"line": row.row, "reason": row.reason, "column": row.column, "text": row.text} for row in wrong]}
    said = [*told_costs.done(done, config.language), *(told_costs.wrong(row, config.language) for row in wrong)]
    say(answer, as_json, "\n".join(OBEYED.sub("\ufffd", line) for line in said))
    if not done["id"]:
        raise Exit(1)


@costs_group.command("list")
@common
async def costs_list(config: Settings, account: int | None, as_json: bool) -> None:
    """List the imported files."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await cost_rows.imports(conn, chosen)
    shown = [told_costs.answer(row) for row in rows]
    lines = (f"{one['id']}  {one['name']}  {some(one['rows'], 'row')}  {told_costs.sums(one['sums'], config.language)}" for one in shown)
    say(shown, as_json, "\n".join(lines) or "None yet: webleads costs import FILE")


@costs_group.command("remove")
@click.argument("id")
@common
async def costs_remove(config: Settings, account: int | None, as_json: bool, id: str) -> None:
    """Take an imported file out again; `costs list` tells its ID."""
    if not re.fullmatch("[0-9a-f]{32}", id):
        raise click.UsageError("an import's ID has 32 characters; webleads costs list tells it")
    async with opened(config) as hand:
        answer = await hand.run("costs remove", account=await hand.account(account), id=id)
    say(answer, as_json, f"{some(answer['rows'], 'row')} of costs taken out.")
