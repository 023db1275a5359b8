"""What follows from a lead beside its row: its score with the reasons, and its company. Part of the one fold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from ..domain import companies, scoring
from ..domain.channels import PAID
from ..domain.events import HAND
from ..domain.identity import Span
from ..domain.leads import Conversion, Lead, addresses
from ..domain.scoring import Rules, Score, Signal
from ..domain.sessions import Touch, page_of
from ..store import companies as kept_companies
from ..store import scores, visits
from ..store.companies import Membership

if TYPE_CHECKING:
    from .refold import Context

OBJECTED = "objected"


def judge(
    conn: Connection,
    given: Context,
    leads: Sequence[Lead],
    gone: Sequence[bytes],
    told: Mapping[bytes, Sequence[Conversion]],
    owned: Mapping[bytes, Sequence[Span]],
    ways: Mapping[str, Sequence[Touch]],
    objected: Collection[bytes] = (),
) -> dict[bytes, int]:
    """Scores leads anew and says whose they are; drops what was said of those that are `gone`.

    `told` are their conversions, `owned` their spans, `ways` the touches of the visitors in them; those who `objected` get no score, and
    what stands apart neither score nor company. Answers the points of those that have a score.
    """
    terms = scores.terms(conn, given.account)
    rules = scoring.with_countries(terms.rules, (str(site["country"]) for site in given.sites.values()))
    visitors = {span.visitor for lead in leads for span in owned.get(lead.id, ())}
    steps, stays = scores.steps(conn, given.account, visitors), scores.stays(conn, given.account, visitors)
    made: dict[bytes, Score] = {}
    members: list[Membership] = []
    for lead in leads:
        spans = owned.get(lead.id, ())
        seen, known = list(_within(spans, steps)), addresses(lead, told.get(lead.id, ()))
        work = companies.work_address(known, rules.freemail)
        members += _company(lead, work, rules, seen)
        if lead.kind != "lead" or lead.apart:
            continue
        excluded = (why for one in known if (why := scoring.excluded(rules, one, given.own)))
        if why := OBJECTED if lead.id in objected else next(excluded, ""):
            made[lead.id] = Score(excluded=why)
            continue
        said = [*_sent(told.get(lead.id, ())), *_seen(seen), *_stayed(_within(spans, stays)), *_paid(_within(spans, ways))]
        made[lead.id] = scoring.score(rules, [*said, *_fit(rules, lead, work, told.get(lead.id, ()))], terms.as_of)
    scores.save(conn, given.account, made, terms, [*gone, *(lead.id for lead in leads if lead.id not in made)])
    kept_companies.save(conn, given.account, members, [*gone, *(lead.id for lead in leads)])
    return {lead: one.points for lead, one in made.items() if not one.excluded}


_Fact = TypeVar("_Fact", scores.Step, scores.Stay, Touch)


def _within(spans: Iterable[Span], facts: Mapping[str, Sequence[_Fact]]) -> Iterator[_Fact]:
    """What visitors did while they were this lead."""
    for span in spans:
        for fact in facts.get(span.visitor, ()):
            if span.from_at <= fact.at < span.to_at:
                yield fact


def _sent(told: Iterable[Conversion]) -> Iterator[Signal]:
    for one in told:
        if one.counted:
            page = page_of(one.url)
            asked = bool(one.message or one.phone or one.organization or one.subject or one.marks & HAND)
            kind = scoring.form_kind(one.form, page, asked)
            yield Signal(one.at, one.id, kind, f"{one.form} {page}")


def _seen(steps: Iterable[scores.Step]) -> Iterator[Signal]:
    for step in steps:
        if step.kind == "view":
            if not step.is_again:
                yield Signal(step.at, step.id, "page", page_of(step.url))
        elif (data := step.data).get("kind") == "download":
            yield Signal(step.at, step.id, "download", page_of(str(data.get("href") or "")))


def _stayed(stays: Iterable[scores.Stay]) -> Iterator[Signal]:
    for stay in stays:
        yield Signal(stay.at, stay.id, "visit")
        if stay.engaged_ms > 0:
            yield Signal(stay.at, stay.id, "visible", amount=stay.engaged_ms / 1000)


def _paid(touches: Iterable[Touch]) -> Iterator[Signal]:
    for touch in touches:
        if touch.source.channel in PAID:
            yield Signal(touch.at, touch.session_id, "paid", touch.source.source)


def _fit(rules: Rules, lead: Lead, work: str, told: Sequence[Conversion]) -> list[Signal]:
    evidence = min(((one.at, one.id) for one in told if one.counted), default=(0, b""))[1]
    return scoring.fit(rules, work, companies.country_of(lead.phone, work), lead.created_at, evidence)


def _company(lead: Lead, work: str, rules: Rules, seen: Sequence[scores.Step]) -> list[Membership]:
    """By the address; where that names none, by the network of the newest page."""
    if lead.kind != "lead" or lead.apart:
        return []
    if found := companies.of_email(work, rules.freemail):
        return [Membership(found, lead.id, "email")]
    networks = [(step.at, step.id, str(name)) for step in seen if step.kind == "view" and (name := step.data.get("company"))]
    return [Membership(max(networks)[2], lead.id, "network")] if networks else []


def of_browser(conn: Connection, given: Context, visitor: str, told: Sequence[Conversion]) -> Score | None:
    """What one browser alone would be scored, by its visits and its own conversions; None where these name nobody. Writes nothing.

    Its visitor may see this before they have confirmed their address: a lead's own score tells of other devices too.
    """
    named = [one for one in told if one.counted and one.kind == "lead"]
    if not named:
        return None
    terms = scores.terms(conn, given.account)
    rules = scoring.with_countries(terms.rules, (str(site["country"]) for site in given.sites.values()))
    newest = max(named, key=lambda one: (one.at, one.id))
    if why := scoring.excluded(rules, newest.email, given.own):
        return Score(excluded=why)
    steps, stays = scores.steps(conn, given.account, [visitor]), scores.stays(conn, given.account, [visitor])
    ways = visits.touches(conn, given.account, [visitor], given.domain)
    said = [*_sent(told), *_seen(steps.get(visitor, ())), *_stayed(stays.get(visitor, ())), *_paid(ways.get(visitor, ()))]
    first = min(named, key=lambda one: (one.at, one.id))
    said += scoring.fit(rules, newest.email, companies.country_of(newest.phone, newest.email), first.at, first.id)
    return scoring.score(rules, said, terms.as_of)
