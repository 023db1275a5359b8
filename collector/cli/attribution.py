"""Reports of attribution, and models over a file of paths."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ..domain import attribution as models
from ..domain import costs, journeys, money
from ..domain import paths as ways
from ..domain.reports import DAYS, LOOK_BACK, Figures, Question
from ..domain.rollups import day_of
from ..present import attribution as told_of
from ..present import dates, report
from ..settings import Settings
from ..store import goals as kept_goals
from ..store import ids, reports, sites
from ..store import journeys as journey_rows
from .hand import Hand, common, known_site, opened, say
from .tables import table, under


@click.command()
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
@common
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
    async with opened(config) as hand:
        chosen = await hand.account(account)
        if given["kept"]:
            return await _kept_reports(hand, chosen, as_json)
        if given["then"]:
            return await _then(hand, chosen, given["then"], config.language, as_json)
        await known_site(hand, chosen, given["site_id"])
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
        table(told_of.heads(config.language), told_of.rows(made, config.language))
        under(told_of.terms(made, config.language), told_of.why(made, config.language))


async def _question(hand: Hand, account: int, model: str, given: dict[str, Any]) -> Question:
    """What the options ask for."""
    async with hand.database.reader() as conn:
        known = await sites.all(conn, account)
        goals = {one.name.casefold(): one.id.hex() for one in await kept_goals.versions(conn, account)}
    zone = next((row["zone"] for row in known if given["site_id"] in (None, row["id"])), dates.DEFAULT_ZONE)
    last = day(given["last"]) if given["last"] else day_of(ids.now(), zone)
    first = day(given["first"]) if given["first"] else last - DAYS + 1
    transforms = [ways.transform_of(text) for text in given["transforms"]]
    if None in transforms:
        raise click.UsageError(f"a transform is one of {', '.join(ways.TRANSFORMS)}; the last two name a touch: remove_if_not_all(Direct)")
    if given["goal"] and given["goal"].casefold() not in goals:
        raise click.UsageError(f"there is no goal {given['goal']}; webleads goal list tells which there are")
    if given["half_life"] and not isfinite(given["half_life"]):  # nan is in every range
        raise click.UsageError("a half-life is a number of days")
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


def day(text: str) -> int:
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
    say(shown, as_json, "\n".join(lines) or "None was kept: webleads attribution --keep NAME")


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
    table(report.heads_then(asked, language), report.differences(then.lines, now.lines, asked, language))
    under(said, report.terms(then, asked, {}, language))


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
    table([heads[place] for place in keep], ([row[place] for place in keep] for row in rows))
    under(report.terms(found, asked, goals, language), *report.notes(found, language))
