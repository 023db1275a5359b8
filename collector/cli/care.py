"""The care of what is kept: rebuild, erasure, purge, refused events, backup, doctor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import rich_click as click
from click.exceptions import Exit
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from .. import upkeep
from ..doctor import doctor as doctor_of
from ..domain.health import Finding
from ..present import dates, health
from ..settings import Settings
from ..store import events, ids
from .hand import common, opened, say, some
from .retention import dry_run


@click.command()
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Score as on this day (UTC). While a server runs it soon scores as today again."
)
@common
async def rebuild(config: Settings, account: int | None, as_json: bool, as_of: datetime | None) -> None:
    """Make all derived rows again from the raw ones; the answer must be the same."""
    day = None if as_of is None else round(as_of.replace(tzinfo=UTC).timestamp() * 1000)
    async with opened(config) as hand:
        answer = await hand.watch("rebuild", as_json, account=None if account is None else await hand.account(account), as_of=day)
    say(answer, as_json, f"{some(answer['visitors'], 'visitor')} and {some(answer['submissions'], 'submission')} folded anew.")


@click.command()
@click.argument("address")
@common
async def erase(config: Settings, account: int | None, as_json: bool, address: str) -> None:
    """Erase everything that is known of a person, by e-mail address or phone number."""
    async with opened(config) as hand:
        answer = await hand.run("erase", account=await hand.account(account), address=address)
    say(
        answer,
        as_json,
        f"Erased: {some(answer['leads'], 'lead')}, {some(answer['submissions'], 'submission')}, "
        f"the visits of {some(answer['visitors'], 'visitor')}.",
    )


@click.command()
@click.option("--clock-is-right", "sure", is_flag=True, help="Although it is weeks ahead of the last time that is known.")
@click.option("--dry-run", "dry", is_flag=True, help="Delete nothing: count by site and kind what would go.")
@common
async def purge(config: Settings, account: int | None, as_json: bool, sure: bool, dry: bool) -> None:
    """Delete now what has been kept long enough. A running server does it every hour by itself."""
    async with opened(config) as hand:
        if dry:
            return await dry_run(hand, await hand.account(account), as_json)
        total = await hand.watch("purge", as_json, sure=sure)
    if held := total.pop("held"):
        raise click.ClickException(
            f"the clock says {dates.iso(ids.now())}, and nothing is known of any time after {dates.iso(held)}: only what was due then was"
            " deleted. If the clock is right, say --clock-is-right"
        )
    events_gone = total["history"] + total["audience"]
    say(
        total,
        as_json,
        f"Deleted: {some(total['leads'], 'lead')}, {some(events_gone, 'event')}, {some(total['refused'], 'refused event')}.",
    )


@click.group()
def refused() -> None:
    """Events that were not taken, and why."""


@refused.command("list")
@common
async def refused_list(config: Settings, account: int | None, as_json: bool) -> None:
    """Count the refused events by day, site and reason."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rows = await events.refused_counts(conn, chosen)
    for row in rows:
        row["day"] = _day_of(row["day"])
        row.pop("account_id")
    say(
        rows,
        as_json,
        "\n".join(f"{row['day']}  {row['site_id'] or 'unknown site':>16}  {row['reason']:<16}  {row['n']}" for row in rows) or "None.",
    )


def _day_of(days: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


@refused.command("replay")
@click.option("--site", "site_id", type=int, help="Of one site only.")
@common
async def refused_replay(config: Settings, account: int | None, as_json: bool, site_id: int | None) -> None:
    """Read the refused events again, by today's rules and hosts."""
    async with opened(config) as hand:
        answer = await hand.run("refused replay", account=await hand.account(account), site=site_id)
    say(answer, as_json, f"{answer['taken']} taken, {answer['left']} still refused.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
def backup(config: Settings, _account: int | None, as_json: bool, file: Path, force: bool) -> None:
    """Copy the database to FILE and its secret to FILE.secret, also while a server runs, and read the copy back.

    The two together are a backup. Keep them where nobody else reads: they hold what you know of people.
    """
    with _bar("Copying") as progress:
        answer = upkeep.backup(config, file, force=force, progress=progress)
    what = f"{some(answer['events'], 'event')}, {some(answer['leads'], 'lead')}"
    apart = f" The key file {answer['seal']} is not in it: keep a copy of it in another place." if answer["seal"] else ""
    say(answer, as_json, f"{what}: copied to {' and '.join(filter(None, (answer['file'], answer['secret'])))}, and read back.{apart}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common
def restore(config: Settings, _account: int | None, as_json: bool, file: Path) -> None:
    """Put the backup FILE in the database's place, with this version's schema; stop the server first.

    What was erased since the backup is erased again. The replaced database is kept beside, under a name with the date.
    """
    with _bar("Restoring") as progress:
        answer = upkeep.restore(config, file, progress=progress)
    what = f"{some(answer['events'], 'event')}, {some(answer['leads'], 'lead')} restored"
    kept = f" What was there is kept as {answer['kept']}." if answer["kept"] else ""
    say(answer, as_json, f"{what}, {some(answer['erased'], 'erasure')} made again.{kept}")


@click.command()
@common
async def doctor(config: Settings, _account: int | None, as_json: bool) -> None:
    """Look at everything that the collector needs and say what is wrong, and what to do. Ends with 1 if anything is."""
    with Console(stderr=True).status("Looking…"):
        found = await doctor_of(config)
    told = [
        {"check": one.check, "level": one.level, "says": health.sentence(one, config.language), "fix": health.fix(one, config.language)}
        | {"code": one.code, "values": one.values}
        for one in found
    ]
    say(told, as_json, "\n".join(_finding(one, config.language) for one in found))
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
