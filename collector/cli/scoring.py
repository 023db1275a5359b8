"""The rules of scores."""

from __future__ import annotations

from typing import Any

import msgspec
import rich_click as click
from msgspec import structs

from ..actions import scoring as acts
from ..domain import scoring as points
from ..present import scores as told_scores
from ..settings import Settings
from ..store import backtest, scores
from .hand import common, opened, say


@click.group("scoring")
def scoring() -> None:
    """The rules of scores. Each change is another version; leads follow at once."""


@scoring.command("show")
@common
async def scoring_show(config: Settings, account: int | None, as_json: bool) -> None:
    """Print the rules that stand, and the domains that are not scored."""
    async with opened(config) as hand, hand.database.reader() as conn:
        rules = (await scores.terms_of(conn, await hand.account(account))).rules
    _say_rules(msgspec.to_builtins(rules), as_json, config.language)


@scoring.command("set")
@click.argument("name")
@click.option("--new", is_flag=True, help="Another rule; --signal says what it speaks of.")
@click.option("--kind", type=click.Choice(points.KINDS), default="engagement", show_default=True, help="Of a new rule.")
@click.option("--signal", type=click.Choice(points.SIGNALS), default="page", show_default=True, help="Of a new rule.")
@click.option("--points", "worth", type=float, help="For one time; 5 in a new rule.")
@click.option("--cap", type=float, help="At most so many times; 1 in a new rule.")
@click.option("--half-life", type=float, help="Days in which it halves; 0 never fades.")
@click.option("--hold", type=float, help="Days before it begins to fade.")
@click.option("--per", type=float, help="How much is one time: seconds of reading, visits within seven days.")
@click.option("--word", "words", multiple=True, help="Which pages, forms or countries; several times; instead of those there are.")
@click.option("--on/--off", "on", default=None, help="Whether it counts.")
@common
async def scoring_set(
    config: Settings, account: int | None, as_json: bool, name: str, new: bool, kind: str, signal: str, worth: float | None, **given: Any
) -> None:
    """Change the rule NAME, or add it with --new."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rule = points.find((await scores.terms_of(conn, chosen)).rules, name)
        if (rule is None) != new:
            raise click.UsageError(f"there is a rule {name}: leave --new out" if rule else f"there is no rule {name}: say --new")
        made = rule or points.Rule(name, kind, signal, 5.0)
        changes = {key: value for key, value in (given | {"points": worth}).items() if value not in (None, ())}
        asked = msgspec.to_builtins(structs.replace(made, **changes))
        answer = await hand.run("scoring put", account=chosen, rule=asked, new=new)
        await hand.watch("rescore", as_json)
    _say_rules(answer, as_json, config.language)


@scoring.command("remove")
@click.argument("name")
@common
async def scoring_remove(config: Settings, account: int | None, as_json: bool, name: str) -> None:
    """Take the rule NAME out."""
    async with opened(config) as hand:
        answer = await hand.run("scoring remove", account=await hand.account(account), name=name)
        await hand.watch("rescore", as_json)
    _say_rules(answer, as_json, config.language)


@scoring.command("list")
@click.argument("name", type=click.Choice(acts.LISTS))
@click.argument("domains", nargs=-1)
@common
async def scoring_list(config: Settings, account: int | None, as_json: bool, name: str, domains: tuple[str, ...]) -> None:
    """Set the DOMAINS of e-mail addresses of staff, customers or competitors, who are not scored, or of more free mail providers."""
    async with opened(config) as hand:
        answer = await hand.run("scoring list", account=await hand.account(account), name=name, domains=list(domains))
        await hand.watch("rescore", as_json)
    _say_rules(answer, as_json, config.language)


@scoring.command("backtest")
@common
async def scoring_backtest(config: Settings, account: int | None, as_json: bool) -> None:
    """Tell for each rule how many of the leads with it and without it were won, with the interval at 95 of 100."""
    async with opened(config) as hand:
        chosen = await hand.account(account)
        async with hand.database.reader() as conn:
            rules = (await scores.terms_of(conn, chosen)).rules
            tried = await backtest.outcomes(conn, chosen, rules)
    told = [
        {"rule": one.rule, "with": one.with_it._asdict(), "without": one.without_it._asdict(), "advice": one.advice or None}
        for one in tried
    ]
    lines = [
        f"{one.rule:<12}  {told_scores.rate(one.with_it, config.language)}  |  {told_scores.rate(one.without_it, config.language)}"
        f"  {told_scores.advice(one, config.language)}"
        for one in tried
    ]
    say(told, as_json, "\n".join(lines))


def _say_rules(rules: dict[str, Any], as_json: bool, language: str) -> None:
    made = msgspec.convert(rules, points.Rules)
    lines = [f"{one.name:<12}  {told_scores.rule(one, language)}{'' if one.on else '  (off)'}" for one in made.rules]
    lines += [f"{name}: {', '.join(getattr(made, name))}" for name in acts.LISTS if getattr(made, name)]
    told = msgspec.to_builtins(made)
    full = {"rules": [_whole_rule(one) for one in made.rules]} | {name: told.get(name, []) for name in acts.LISTS}
    say(full, as_json, "\n".join(lines))


def _whole_rule(rule: points.Rule) -> dict[str, Any]:
    return {**structs.asdict(rule), "words": list(rule.words)}
