"""Deleting raw rows: the only statements that do, for erasure and for retention.

What they counted is taken back from the caller's tally, which says what stays of it (`store.rollups.keep`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, or_, select, tuple_

from ..domain.identity import Span
from ..domain.retention import Limit, of_site
from ..domain.rollups import NOWHERE, Tally
from . import conversions, events, merges, rollups
from . import schema as s
from .events import month_of
from .hot import upsert
from .retention import Borders, limits

DAY = 86_400_000
MOST_EACH = 10  # old events of a visitor that are looked for at once, in the mean


def drop_event_keys(conn: Connection, account_id: int, keys: Collection[tuple[int, bytes]], tally: Tally) -> int:
    """Deletes events by (month, id), after taking them back from the tally."""
    of_month: dict[int, list[bytes]] = {}
    for month, identity in keys:
        of_month.setdefault(month, []).append(identity)
    # A list of pairs is looked for in every event of the account (SQLite).
    return sum(
        drop_events(conn, account_id, and_(s.event.c.month == month, s.event.c.id.in_(ids)), tally) for month, ids in of_month.items()
    )


def drop_within(conn: Connection, account_id: int, spans: Collection[Span], tally: Tally) -> int:
    """Deletes the events of visitors while they were somebody, and the consents that they gave.

    A denial stays: what comes after it is refused, whoever was erased.
    """
    dropped, ordered = 0, list(spans)
    for start in range(0, len(ordered), 200):  # SQLite bounds the depth of an expression
        part = ordered[start : start + 200]
        dropped += drop_events(conn, account_id, within(s.event, part), tally)
        given = and_(s.consent.c.account_id == account_id, s.consent.c.purpose == "tracking", s.consent.c.state == "granted")
        conn.execute(delete(s.consent).where(given, within(s.consent, part)))
    return dropped


def drop_events(conn: Connection, account_id: int, which: ColumnElement[bool], tally: Tally) -> int:
    """Deletes events after taking them back from the tally."""
    which = and_(s.event.c.account_id == account_id, which)
    rollups.events_of(conn, which, tally, -1)
    return conn.execute(delete(s.event).where(which)).rowcount


def within(table: Table, spans: Collection[Span]) -> ColumnElement[bool]:
    """The rows of visitors while they were somebody."""
    return or_(*(and_(table.c.visitor == one.visitor, table.c.at >= one.from_at, table.c.at < one.to_at) for one in spans))


def old_events(conn: Connection, account_id: int, borders: Borders, *, known: bool, most: int) -> list[Any]:
    """(month, id, visitor) of the oldest events before a site's border: of visitors, or of nobody.

    Of visitors all old ones, one visitor after the other: who is folded anew for each event takes as many times as long.
    """
    mode = s.event.c.visitor.is_not(None) if known else s.event.c.visitor.is_(None)
    late = borders.old(s.event.c.site_id, s.event.c.at)
    old = and_(s.event.c.account_id == account_id, s.event.c.month <= month_bound(borders.newest), late)
    key = (s.event.c.month, s.event.c.id, s.event.c.visitor)
    page = list(conn.execute(select(*key).where(old, mode).limit(most)).all())
    if not known:
        return page
    visitors = sorted({visitor for _month, _id, visitor in page})
    theirs = select(*key).where(old, s.event.c.visitor.in_(visitors)).order_by(s.event.c.visitor)
    return list(conn.execute(theirs.limit(most * MOST_EACH)).all())


def month_bound(before: int) -> int:
    """No event from before a time has an id of a later month than this (ids may run a day ahead of the clock)."""
    return month_of(before + 2 * DAY)


def drop_submissions(conn: Connection, account_id: int, ids: Collection[bytes], tally: Tally) -> None:
    """Deletes submissions with fields, results, consents, evidence, conversions and their form events."""
    chosen = list(ids)
    for start in range(0, len(chosen), 500):
        part = chosen[start : start + 500]
        mine = s.submission.c.account_id == account_id
        tokens = [
            tuple(row)
            for row in conn.execute(select(s.submission.c.site_id, s.submission.c.token).where(mine, s.submission.c.id.in_(part)))
        ]
        result = s.submission_result
        for site_id, token in tokens:
            told = and_(result.c.account_id == account_id, result.c.site_id == site_id, result.c.token == token)
            results = [bytes(row[0]) for row in conn.execute(select(result.c.id).where(told))]
            drop_event_keys(conn, account_id, [_key(one) for one in results], tally)
            conn.execute(delete(result).where(told))
        drop_event_keys(conn, account_id, [_key(one) for one in part], tally)
        for one in conversions.of_ids(conn, account_id, part):
            tally.conversion(one, -1)
        for table, column in (
            (s.submission_field, s.submission_field.c.submission_id),
            (s.edge, s.edge.c.submission_id),
            (s.consent, s.consent.c.submission_id),
            (s.journey, s.journey.c.id),
            (s.conversion, s.conversion.c.id),
            (s.submission, s.submission.c.id),
        ):
            conn.execute(delete(table).where(table.c.account_id == account_id, column.in_(part)))


def _key(identity: bytes) -> tuple[int, bytes]:
    """An event's key: its month is that of the id's own time, and without it every event of the account would be read."""
    return month_of(int.from_bytes(identity[:6], "big")), identity


def drop_leads(conn: Connection, account_id: int, leads: Collection[bytes], tally: Tally) -> list[bytes]:
    """Deletes what is kept of leads beside their submissions, and of those that were merged into them. Answers their identifiers' keys."""
    chosen = with_members(conn, account_id, leads)
    for lead_id, row in conversions.rows_of(conn, account_id, chosen).items():
        tally.lead(row.won, -1)
        tally.origin(lead_id, row.origin, NOWHERE)
    mine = and_(s.identifier.c.account_id == account_id, s.identifier.c.lead_id.in_(chosen))
    keys = [bytes(row[0]) for row in conn.execute(select(s.identifier.c.id).where(mine))]
    for table, column, values in (
        (s.edge, s.edge.c.identifier_id, keys),
        (s.mail_link, s.mail_link.c.identifier_id, keys),
        (s.edit, s.edit.c.lead_id, chosen),
        (s.edit, s.edit.c.name, [one.hex() for one in chosen]),  # who is somebody else than they
        (s.consent, s.consent.c.lead_id, chosen),
        (s.span, s.span.c.lead_id, chosen),
        (s.likeness, s.likeness.c.lead_id, chosen),
        (s.lead_word, s.lead_word.c.lead_id, chosen),
        (s.journey, s.journey.c.lead_id, chosen),
        (s.lead, s.lead.c.id, chosen),
        (s.score, s.score.c.lead_id, chosen),
        (s.score_reason, s.score_reason.c.lead_id, chosen),
        (s.score_change, s.score_change.c.lead_id, chosen),
        (s.company_lead, s.company_lead.c.lead_id, chosen),
        (s.identifier, s.identifier.c.lead_id, chosen),
    ):
        for start in range(0, len(values), 500):
            conn.execute(delete(table).where(table.c.account_id == account_id, column.in_(values[start : start + 500])))
    merges.drop(conn, account_id, chosen)
    return keys


def with_members(conn: Connection, account_id: int, leads: Collection[bytes]) -> list[bytes]:
    """Leads, and those that were merged into them."""
    members = merges.members(conn, account_id, leads)
    return list(dict.fromkeys([*leads, *(one for of in members.values() for one in of)]))


def drop_idle_resets(conn: Connection, account_id: int, visitors: Collection[str]) -> None:
    """Forgets of visitors that somebody left, where nothing else is kept of them."""
    other = s.edge.alias()
    did = exists().where(s.event.c.account_id == s.edge.c.account_id, s.event.c.visitor == s.edge.c.visitor)
    named = exists().where(other.c.account_id == s.edge.c.account_id, other.c.visitor == s.edge.c.visitor, other.c.kind != "reset")
    chosen = list(visitors)
    for start in range(0, len(chosen), 500):
        mine = and_(s.edge.c.account_id == account_id, s.edge.c.visitor.in_(chosen[start : start + 500]), s.edge.c.kind == "reset")
        conn.execute(delete(s.edge).where(mine, ~did, ~named))


def submissions_of(conn: Connection, account_id: int, leads: Collection[bytes]) -> list[bytes]:
    """The submissions of leads, whether they count or not."""
    mine = and_(s.conversion.c.account_id == account_id, s.conversion.c.lead_id.in_(list(leads)))
    return [bytes(row[0]) for row in conn.execute(select(s.conversion.c.id).where(mine))]


def visitors_of(conn: Connection, account_id: int, submissions: Collection[bytes]) -> set[str]:
    """The visitors who sent submissions."""
    sent, chosen = s.submission, list(submissions)
    found: set[str] = set()
    for start in range(0, len(chosen), 500):
        mine = and_(sent.c.account_id == account_id, sent.c.id.in_(chosen[start : start + 500]), sent.c.visitor.is_not(None))
        found.update(row[0] for row in conn.execute(select(sent.c.visitor).where(mine)))
    return found


def visitors_who_gave(conn: Connection, account_id: int, leads: Collection[bytes]) -> set[str]:
    """The visitors of whom there is evidence for leads, or for those that were merged into them; it may be held."""
    named = s.edge.join(s.identifier, and_(s.identifier.c.account_id == s.edge.c.account_id, s.identifier.c.id == s.edge.c.identifier_id))
    chosen = with_members(conn, account_id, leads)
    found: set[str] = set()
    for start in range(0, len(chosen), 500):
        mine = and_(s.identifier.c.account_id == account_id, s.identifier.c.lead_id.in_(chosen[start : start + 500]))
        found.update(row[0] for row in conn.execute(select(s.edge.c.visitor).select_from(named).where(mine).distinct()))
    return found


def old_strays(
    conn: Connection, account_id: int, borders: Borders, most: int, *, among: Collection[bytes] | None = None
) -> list[tuple[bytes, bytes | None]]:
    """(submission, lead) of old submissions that no row of the list stands for: failed ones, and forms that speak of nobody."""
    sent, told = s.submission, s.conversion
    read = sent.outerjoin(told, and_(told.c.account_id == sent.c.account_id, told.c.id == sent.c.id))
    listed = exists().where(s.lead.c.account_id == account_id, s.lead.c.id == told.c.lead_id)
    late = borders.old(sent.c.site_id, sent.c.at)
    page = select(sent.c.id, told.c.lead_id).select_from(read).where(sent.c.account_id == account_id, late, ~listed)
    if among is not None:
        page = page.where(sent.c.id.in_(list(among)))
    return [(bytes(row[0]), bytes(row[1]) if row[1] else None) for row in conn.execute(page.limit(most))]


def without_submissions(conn: Connection, account_id: int, leads: Collection[bytes]) -> set[bytes]:
    """Those of these leads of which no submission is kept."""
    mine = and_(s.conversion.c.account_id == account_id, s.conversion.c.lead_id.in_(list(leads)))
    return set(leads) - {bytes(row[0]) for row in conn.execute(select(s.conversion.c.lead_id).where(mine))}


def refused_with(conn: Connection, account_id: int, values: Iterable[str], after: bytes, most: int) -> tuple[list[bytes], bytes | None]:
    """Of the next refused events those in which one of these values stands, however JSON writes it; and the last one, None at the end."""
    needles = {form for value in values if value for form in (value.encode().lower(), json.dumps(value)[1:-1].encode().lower())}
    mine = and_(s.refused.c.account_id == account_id, s.refused.c.id > after)
    rows = [
        (bytes(row[0]), bytes(row[1]).lower())
        for row in conn.execute(select(s.refused.c.id, s.refused.c.body).where(mine).order_by(s.refused.c.id).limit(most))
    ]
    found = [identity for identity, body in rows if any(needle in body for needle in needles)]
    return found, rows[-1][0] if len(rows) == most else None


def suppress(conn: Connection, account_id: int, keys: Collection[bytes], reason: str, at: int) -> None:
    """Keeps the keys of identifiers that imports must not bring back; of one that was kept before, the newer time."""
    rows = [{"account_id": account_id, "id": key, "reason": reason, "at": at} for key in keys]
    upsert(s.suppression).many(conn, rows)


def suppressed_at(conn: Connection, account_id: int, keys: Collection[bytes]) -> dict[bytes, int]:
    """When each of these identifiers was suppressed last, UTC milliseconds; only those that were."""
    found: dict[bytes, int] = {}
    for start in range(0, len(chosen := list(keys)), 500):
        mine = and_(s.suppression.c.account_id == account_id, s.suppression.c.id.in_(chosen[start : start + 500]))
        found.update((bytes(row[0]), int(row[1])) for row in conn.execute(select(s.suppression.c.id, s.suppression.c.at).where(mine)))
    return found


def drop_refused_where(conn: Connection, account_id: int, before: int, speaks: Callable[[bytes], bool]) -> int:
    """Deletes refused events that were received before a time and whose body `speaks` of somebody."""
    mine = and_(s.refused.c.account_id == account_id, s.refused.c.received_at < before)
    kept = conn.execute(select(s.refused.c.id, s.refused.c.body).where(mine)).all()
    gone = [bytes(row[0]) for row in kept if speaks(bytes(row[1]))]
    events.drop_refused(conn, account_id, gone)
    return len(gone)


def old_leads(conn: Connection, account_id: int, borders: Borders, most: int, *, among: Collection[bytes] | None = None) -> list[bytes]:
    """Leads and messages last heard of before their site's border."""
    late = borders.old(s.lead.c.site_id, s.lead.c.last_seen_at)
    page = select(s.lead.c.id).where(s.lead.c.account_id == account_id, late).limit(most)
    if among is not None:
        page = page.where(s.lead.c.id.in_(list(among)))
    return [bytes(row[0]) for row in conn.execute(page)]


def old_refused(conn: Connection, account_id: int, borders: Borders, most: int) -> list[bytes]:
    """Refused events received before their site's border."""
    late = borders.old(s.refused.c.site_id, s.refused.c.received_at)
    page = select(s.refused.c.id).where(s.refused.c.account_id == account_id, late).limit(most)
    return [bytes(row[0]) for row in conn.execute(page)]


def retention_of(conn: Connection, account_id: int, site_id: int = 0) -> dict[str, Limit]:
    """Kind → (months, days): what holds for a site, or for those of an account that have no limit of their own."""
    return of_site(limits(conn, account_id), site_id)


def leads_of_site(conn: Connection, account_id: int, site_id: int) -> list[bytes]:
    """Leads and messages that a site won."""
    return [
        bytes(row[0]) for row in conn.execute(select(s.lead.c.id).where(s.lead.c.account_id == account_id, s.lead.c.site_id == site_id))
    ]


def events_of_site(
    conn: Connection, account_id: int, site_id: int, after: tuple[int, bytes], most: int
) -> list[tuple[int, bytes, str | None]]:
    """The next events of a site in order, by (month, id, visitor). Without an index: for readers."""
    key = (s.event.c.month, s.event.c.id)
    mine = and_(s.event.c.account_id == account_id, s.event.c.site_id == site_id, tuple_(*key) > tuple_(*after))
    return [(row[0], bytes(row[1]), row[2]) for row in conn.execute(select(*key, s.event.c.visitor).where(mine).order_by(*key).limit(most))]


def leads_told_of(conn: Connection, account_id: int, site_id: int) -> set[bytes]:
    """Leads that a site's submissions speak of, whether they count or not."""
    told = select(s.conversion.c.lead_id).where(s.conversion.c.account_id == account_id, s.conversion.c.site_id == site_id)
    return {bytes(row[0]) for row in conn.execute(told.distinct())}


def drop_site(conn: Connection, account_id: int, site_id: int, tally: Tally) -> set[str]:
    """Deletes a site with all that is raw of it. Answers the visitors that it had."""
    of_site = (s.event.c.account_id == account_id) & (s.event.c.site_id == site_id)
    visitors = {row[0] for row in conn.execute(select(s.event.c.visitor).where(of_site, s.event.c.visitor.is_not(None)).distinct())}
    sent = select(s.submission.c.id).where(s.submission.c.account_id == account_id, s.submission.c.site_id == site_id)
    drop_submissions(conn, account_id, [bytes(row[0]) for row in conn.execute(sent)], tally)
    for table in (s.event, s.refused, s.refused_count, s.consent, s.submission_result, s.edge):
        conn.execute(delete(table).where(table.c.account_id == account_id, table.c.site_id == site_id))
    for table in (s.goal, s.retention):
        conn.execute(delete(table).where(table.c.account_id == account_id, table.c.site_id == site_id))
    conn.execute(delete(s.site).where(s.site.c.id == site_id))
    return visitors
