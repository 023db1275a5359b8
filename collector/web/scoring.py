"""Scores: the panel of a lead, the rules under Settings, and what each rule was worth."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import scoring as acts
from ..domain.scoring import KINDS, SIGNALS, WORDED, BadRule, Rule, find
from ..present import scores as words
from ..present.why import Said
from ..store import backtest, scores
from . import auth, house, render

WRITERS = ("owner", "marketer")


async def panel(conn: AsyncConnection, account_id: int, lead_id: bytes, language: str) -> dict[str, Any] | None:
    """What the page of a lead says of its score; None where there is none."""
    found = await scores.of_lead(conn, account_id, lead_id)
    if found is None:
        return None
    rules = (await scores.terms_of(conn, account_id)).rules
    excluded = words.unscored(found["excluded"], language)
    reasons = [Said(words.said(one, rules, language), tuple(one["evidence"])) for one in found["reasons"]]
    return {"points": words.whole(found["points"]), "excluded": excluded, "reasons": reasons, "as_of": found["as_of"]}


async def points(conn: AsyncConnection, account_id: int, leads: list[bytes]) -> dict[bytes, int]:
    """The scores of leads as they are shown, by id, of those that have one."""
    found = await scores.points_of(conn, account_id, leads)
    return {lead: words.whole(row["points"]) for lead, row in found.items() if not row["excluded"]}


async def listed(request: Request) -> Response:
    """The rules in words, with what each was worth, and the domains that are not scored."""
    user = auth.required(request)
    async with house.of(request).database.reader() as conn:
        terms = await scores.terms_of(conn, user.account_id)
        tried = {one.rule: one for one in await backtest.outcomes(conn, user.account_id, terms.rules)}
        versions = await scores.versions(conn, user.account_id)
    return render.page(
        request,
        "scoring.html",
        rules=terms.rules.rules,
        tried=tried,
        any_won=any(one.with_it.won + one.without_it.won for one in tried.values()),
        lists={name: getattr(terms.rules, name) for name in acts.LISTS},
        versions=versions,
        may_write=user.role in WRITERS,
        words=words,
    )


async def one(request: Request) -> Response:
    """One rule, to change or to take out."""
    user, name = auth.required(request, *WRITERS), request.path_params["name"]
    async with house.of(request).database.reader() as conn:
        rule = find((await scores.terms_of(conn, user.account_id)).rules, name)
    if rule is None:
        raise HTTPException(404)
    if request.method != "POST":
        return _form(request, rule, _typed(rule))
    sent = await auth.form(request)
    if "remove" in sent:
        return await _done(request, rule, sent, acts.remove, name)
    return await _done(request, rule, sent, acts.put, sent_rule(sent | {"name": name, "kind": rule.kind, "signal": rule.signal}), new=False)


async def new(request: Request) -> Response:
    """Another rule."""
    auth.required(request, *WRITERS)
    start = Rule("", "engagement", "page", 5, 1, 14)
    if request.method != "POST":
        return _form(request, None, _typed(start))
    sent = await auth.form(request)
    return await _done(request, None, sent, acts.put, sent_rule(sent), new=True)


async def lists(request: Request) -> Response:
    """Who is not scored, and which further mail providers there are: a domain a line."""
    user = auth.required(request, *WRITERS)
    if request.method == "POST":
        sent = await auth.form(request)
        typed = {name: sent.get(name, "") for name in acts.LISTS}
        try:
            await _write(request, acts.list_domains, {name: text.replace(",", "\n").split("\n") for name, text in typed.items()})
        except BadRule as wrong:
            return render.page(request, "scoring_lists.html", 422, typed=typed, fault=wrong.args[0], words=words)
        return RedirectResponse("/settings/scoring", 303)
    async with house.of(request).database.reader() as conn:
        rules = (await scores.terms_of(conn, user.account_id)).rules
    typed = {name: "\n".join(getattr(rules, name)) for name in acts.LISTS}
    return render.page(request, "scoring_lists.html", typed=typed, fault="", words=words)


def sent_rule(sent: dict[str, str]) -> Rule:
    """The rule that a form speaks of; what is no number is refused by `checked`."""
    numbers = {name: _number(sent.get(name, "")) for name in ("points", "cap", "half_life", "hold", "per")}
    listed = tuple(sent.get("words", "").replace(",", "\n").split("\n"))
    return Rule(
        sent.get("name", "").strip(), sent.get("kind", ""), sent.get("signal", ""), words=listed, on=sent.get("on") == "1", **numbers
    )


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return float("nan")


def _typed(rule: Rule) -> dict[str, str]:
    numbers = {name: f"{getattr(rule, name):g}" for name in ("points", "cap", "half_life", "hold", "per")}
    return numbers | {
        "name": rule.name,
        "kind": rule.kind,
        "signal": rule.signal,
        "words": "\n".join(rule.words),
        "on": "1" if rule.on else "",
    }


async def _done(request: Request, rule: Rule | None, sent: dict[str, str], act: Any, *given: Any, **more: Any) -> Response:
    try:
        await _write(request, act, *given, **more)
    except BadRule as wrong:
        typed = _typed(rule or Rule("", "engagement", "page", 5)) | {"on": ""} | sent
        return _form(request, rule, typed, wrong.args[0], 422)
    return RedirectResponse("/settings/scoring", 303)


async def _write(request: Request, act: Any, *given: Any, **more: Any) -> None:
    user, made = auth.required(request, *WRITERS), house.of(request)
    now = made.clock()
    await made.writer.run(act, user.account_id, *given, actor=user.id.hex(), now=now, identity=made.ids(now), **more)


def _form(request: Request, rule: Rule | None, typed: dict[str, str], fault: str = "", status: int = 200) -> Response:
    return render.page(
        request, "scoring_rule.html", status, rule=rule, typed=typed, fault=fault, words=words, kinds=KINDS, signals=SIGNALS, worded=WORDED
    )
