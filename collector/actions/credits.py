"""What credits follow from, kept by the one fold: the goals that visitors reach, and the way to each conversion.

No view pays for it: a way is written when a lead's submissions, evidence or arrivals change, or when a goal is reached.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ..domain import journeys as ways
from ..domain.goals import Goal, Goals
from ..domain.identity import Span
from ..domain.journeys import Journey, Reached
from ..domain.leads import Conversion, result_of
from ..domain.rollups import Tally
from ..domain.sessions import Fact, Session, Touch
from ..store import goals as reaching
from ..store import identities, journeys, merges, milestones, submissions, visits

if TYPE_CHECKING:
    from .refold import Context

Hit = tuple[Session, Fact, Sequence[Goal]]


def reach(conn: Connection, account: int, tally: Tally, hits: Iterable[Hit], anew: set[str]) -> None:
    """Keeps the goals that facts reached, once a session each; of visitors folded `anew` what they reached before goes first."""
    if anew:
        before = reaching.reached_by(conn, account, anew)
        _change(conn, account, tally, [one for told in before.values() for one in told], [])
    first: dict[tuple[bytes, bytes], Reached] = {}
    for session, fact, reached in hits:
        for goal in reached:
            one = _reached(session.id, goal, fact.at, session.visitor, fact.site, fact.marks)
            first.setdefault((session.id, goal.id), one)
    if first:
        known = reaching.known(conn, account, {session for session, _goal in first})
        _change(conn, account, tally, [], [one for key, one in first.items() if key not in known])


def reach_by_form(conn: Connection, account: int, goals: Goals, tally: Tally, visitors: set[str]) -> None:
    """The same for forms, whose result may be told at any later time: what these visitors sent is read anew."""
    forms = {goal.id for goal in goals.forms}
    if not forms or not visitors:
        return
    made: dict[tuple[bytes, bytes], Reached] = {}
    rows = submissions.of_visitors(conn, account, visitors)
    results = submissions.results(conn, account, [row["token"] for row in rows])
    held: dict[tuple[str, int], list[Session]] = {}
    for session in visits.sessions(conn, account, visitors):
        held.setdefault((session.visitor, session.site_id), []).append(session)
    for row in sorted(rows, key=lambda row: (row["at"], row["id"])):
        site, at = row["site_id"], row["at"]
        reached = goals.of_form(row["form"], site, at)
        if reached and result_of(results.get((site, row["token"]), ())) != "failed":
            for session in held.get((row["visitor"], site), ()):
                if session.started_at <= at <= session.ended_at:
                    for goal in reached:
                        one = _reached(session.id, goal, at, row["visitor"], site, row["marks"])
                        made.setdefault((session.id, goal.id), one)
    before = {one for told in reaching.reached_by(conn, account, visitors).values() for one in told if one.goal_id in forms}
    stands = set(made.values())
    _change(conn, account, tally, sorted(before - stands), sorted(stands - before))


def _reached(session_id: bytes, goal: Goal, at: int, visitor: str, site: int, marks: int) -> Reached:
    return Reached(session_id, goal.id, at, visitor, site, goal.value, goal.currency, marks)


def _change(conn: Connection, account: int, tally: Tally, gone: list[Reached], made: list[Reached]) -> None:
    reaching.drop(conn, account, gone)
    reaching.save(conn, account, made)
    for told, n in ((gone, -1), (made, 1)):
        for one in told:
            tally.reached(one.site_id, one.at, one.goal_id, one.marks, n)


def fold_leads(
    conn: Connection,
    account: int,
    goals: Goals,
    leads: set[bytes],
    told: Mapping[bytes, Sequence[Conversion]],
    owned: Mapping[bytes, Sequence[Span]],
    touches: Mapping[str, Sequence[Touch]],
    apart: Collection[bytes] = (),
) -> None:
    """Writes the ways of leads anew, from their conversions, their spans and the touches of their visitors. Those `apart` have none."""
    if not leads:
        return
    names = {span.visitor for lead_id in leads for span in owned.get(lead_id, ())}
    reached = {} if goals.empty else reaching.reached_by(conn, account, names)
    said = _said(conn, account, leads)
    made: list[Journey] = []
    for lead_id in sorted(leads.difference(apart)):
        held = owned.get(lead_id, ())
        mine = [touch for span in held for touch in touches.get(span.visitor, ()) if span.from_at <= touch.at < span.to_at]
        won = [one for span in held for one in reached.get(span.visitor, ()) if span.from_at <= one.at < span.to_at]
        made += ways.of_lead(lead_id, told.get(lead_id, ()), won, mine, goals, said.get(lead_id, ()))
    journeys.drop_leads(conn, account, leads)
    journeys.save(conn, account, made)


def _said(conn: Connection, account: int, leads: set[bytes]) -> dict[bytes, list[tuple[int, str]]]:
    """The statuses of leads, and of those that were merged into them."""
    owner = merges.owners(conn, account, leads)
    found: dict[bytes, list[tuple[int, str]]] = {}
    for lead, told in milestones.of_leads(conn, account, owner).items():
        found.setdefault(owner[lead], []).extend(told)
    return found


def fold_visitors(conn: Connection, given: Context, visitors: set[str]) -> None:
    """The same of visitors, for the time that is no lead's."""
    if not visitors:
        return
    account, goals = given.account, given.goals
    journeys.drop_visitors(conn, account, visitors)
    reached = {} if goals.empty else reaching.reached_by(conn, account, visitors)
    if not reached:
        return
    spans: dict[str, list[Span]] = {}
    for span in identities.spans(conn, account, reached):
        spans.setdefault(span.visitor, []).append(span)
    touches = visits.touches(conn, account, reached, given.domain)
    made: list[Journey] = []
    for visitor, told in sorted(reached.items()):
        held = spans.get(visitor, ())
        mine = [touch for touch in touches.get(visitor, ()) if not _is_leads(held, touch.at)]
        made += ways.of_visitor([one for one in told if not _is_leads(held, one.at)], mine)
    journeys.save(conn, account, made)


def _is_leads(spans: Sequence[Span], at: int) -> bool:
    return any(span.from_at <= at < span.to_at for span in spans)
