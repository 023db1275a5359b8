"""The one fold: visitors, submissions and leads in, derived rows out.

Record calls it with what has just come, rebuild with everything, withdraw and erase with what they touched. Facts that
come after all that is folded are folded on; whatever comes late makes its visitor fold anew, so that the order of
arrival leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection

from ..domain import fields as reading
from ..domain import goals, sources
from ..domain import hand as by_hand
from ..domain import leads as summing
from ..domain.events import HAND, LETTER, TRAP
from ..domain.identity import FOREVER, Span, identifier_id
from ..domain.leads import Conversion
from ..domain.rollups import NOWHERE, Tally, Visit, origin_of, visit_of, won_of
from ..domain.sessions import Fact, Folded, Session, SourceOf, Touch, Watched, fold
from ..store import conversions, events, identities, merges, rollups, sites, submissions, visits
from ..store import goals as kept_goals
from ..store.visits import Standing
from . import credits, summed
from .judge import judge
from .owning import fold_spans


class Context(Struct, frozen=True):
    """What every fold of one account is given: its sites by id, the collector's secret, its goals."""

    account: int
    sites: Mapping[int, dict[str, Any]]
    secret: bytes
    goals: goals.Goals

    @property
    def own(self) -> frozenset[str]:
        """The account's own host names: links between them are no arrivals."""
        return frozenset(host for site in self.sites.values() for host in (site["domain"], *site["hosts"]))

    def domain(self, site: int) -> str:
        """The host name of a site's own pages."""
        known = self.sites.get(site)
        return str(known["domain"]) if known is not None else ""

    @property
    def homes(self) -> summing.Homes:
        """Country and domain of each site."""
        return {key: (str(site["country"]), str(site["domain"])) for key, site in self.sites.items()}

    @property
    def watched(self) -> Watched | None:
        """Which goals a fact reaches; None where the account never had one."""
        return None if self.goals.empty else self.goals.of_fact

    def tally(self) -> Tally:
        """Where an action gathers what rollups count."""
        return Tally(self.sites, self.own)


def context(conn: Connection, account: int, secret: bytes) -> Context:
    """Loads what a fold is given."""
    known = {row["id"]: row for row in sites.load(conn, account)}
    return Context(account, known, secret, goals.of(kept_goals.load(conn, account)))


def refold(
    conn: Connection,
    given: Context,
    *,
    fresh: Mapping[str, list[Fact]] | None = None,
    known: Mapping[str, Standing] | None = None,
    anew: Iterable[str] = (),
    sent: Iterable[bytes] = (),
    touched: Iterable[bytes] = (),
    named: Iterable[str] = (),
    tally: Tally | None = None,
) -> None:
    """Brings the derived rows up to date; rollups too, unless the caller gives the `tally` of what they are to count.

    `fresh` are new facts by visitor, already stored, and `known` how these visitors stood before; `anew` are
    visitors to fold from nothing; `sent` are submissions that came, or whose result did; `touched` are leads to sum up anyway;
    `named` are visitors of whom there is other evidence than before.
    """
    visitors = set(anew)
    known = known or {}
    counts = tally or given.tally()
    late, arrived, loose = fold_visitors(conn, given, counts, fresh or {}, visitors, known)
    dirty = set(touched)
    evidence = {*late, *visitors, *named}
    if sent:
        changed, owners = fold_submissions(conn, given, counts, set(sent))
        dirty |= changed
        evidence |= owners
    credits.reach_by_form(conn, given.account, given.goals, counts, evidence)
    # A visitor of whom nothing was left may have been a lead's: what named them is kept for longer than their visits are.
    owned = [visitor for visitor in fresh or () if visitor not in known or known[visitor].owned]
    held = identities.spans(conn, given.account, owned)
    evidence |= {span.visitor for span in held if span.to_at != FOREVER}  # it may last as long as a session does
    evidence |= {visitor for visitor, facts in (fresh or {}).items() if _by_letter(facts, known.get(visitor))}
    dirty |= fold_spans(conn, given, evidence)
    moved = dirty | {span.lead_id for span in held if span.visitor in arrived}
    fold_leads(conn, given, counts, dirty | {span.lead_id for span in held}, moved)
    credits.fold_visitors(conn, given, late | visitors | loose | (set() if given.goals.empty else evidence))
    if tally is None:
        rollups.save(conn, given.account, counts)


def _by_letter(facts: Iterable[Fact], before: Standing | None) -> bool:
    """Whether a letter's link led to an open visit: what is done in it tells whether it was a person."""
    return any(fact.marks & LETTER for fact in facts) or (before is not None and any(one.marks & LETTER for one in before.open))


class Went(NamedTuple):
    """What a fold of visitors did: who was folded from nothing, who arrived anew, whose goals or earlier ways it changed."""

    late: set[str]
    arrived: set[str]
    loose: set[str]


class _Made:
    """The rows that a fold of visitors makes."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.touches: list[Touch] = []
        self.gone: dict[bytes, bytes] = {}
        self.hits: list[credits.Hit] = []
        self.loose: set[str] = set()

    def add(self, visitor: str, folded: Folded, ended_at: int) -> None:
        """What was folded of a visitor, whose last fact before was at a time."""
        self.sessions += folded.sessions.values()
        self.touches += folded.touches.values()
        if folded.gone or folded.hits or any(touch.at <= ended_at for touch in folded.touches.values()):
            self.gone |= folded.gone
            self.hits += folded.hits
            self.loose.add(visitor)


def fold_visitors(
    conn: Connection,
    given: Context,
    tally: Tally,
    fresh: Mapping[str, list[Fact]],
    anew: set[str],
    known: Mapping[str, Standing],
) -> Went:
    """Folds new facts onto open sessions, late ones from nothing."""
    account, made = given.account, _Made()
    again = set(anew)
    stood: dict[bytes, Visit | None] = {}
    source_of: SourceOf = _source_reader(given)
    for visitor, facts in fresh.items():
        before = known[visitor].open if visitor in known else []
        first = min(facts)[:4]
        if visitor in again or any(session.last >= first for session in before):
            again.add(visitor)
            continue
        latest = _latest(before) if len(before) > 1 else before
        for one in latest:
            stood[one.id] = visit_of(one)  # the fold goes on with them
        ended_at = max((one.ended_at for one in before), default=0)
        made.add(visitor, fold(visitor, facts, source_of, latest, given.watched), ended_at)
    whole = events.facts_of(conn, account, again, given.domain) if again else {}
    if again:
        for one in visits.sessions(conn, account, again):
            tally.visit(visit_of(one), -1)
        visits.drop(conn, account, again)
        for visitor, facts in whole.items():
            made.add(visitor, fold(visitor, facts, source_of, watched=given.watched), 0)
    visits.save(conn, account, made.sessions, made.touches, made.gone, given.domain)
    for one in made.sessions:
        tally.changed(stood.get(one.id), visit_of(one))
    credits.reach(conn, account, tally, made.hits, again)
    _fold_rows(conn, account, fresh, {visitor: whole.get(visitor, []) for visitor in again}, known)
    return Went(again, {touch.visitor for touch in made.touches} | made.loose, made.loose)


def _source_reader(given: Context) -> SourceOf:
    own = given.own
    return lambda _site, url, referrer: sources.read(url, referrer, own)


def _latest(sessions: Iterable[Session]) -> list[Session]:
    """The last session of each site."""
    newest: dict[int, Session] = {}
    for session in sessions:
        if session.site_id not in newest or newest[session.site_id].last < session.last:
            newest[session.site_id] = session
    return list(newest.values())


def _fold_rows(
    conn: Connection, account: int, fresh: Mapping[str, list[Fact]], whole: Mapping[str, list[Fact]], known: Mapping[str, Standing]
) -> None:
    """The visitors' own rows: from what is new, or for those in `whole` from everything. Most events change none."""
    going_on = {visitor: facts for visitor, facts in fresh.items() if visitor not in whole} if whole else fresh
    told = identities.consents(conn, account, {*whole, *_consenting(going_on)})
    made: list[dict[str, Any]] = []
    for visitor, facts in going_on.items():
        old = known.get(visitor)
        first = min(facts).at
        if old is not None and visitor not in told and first >= old.first_at:
            continue
        withdrawn = _withdrawn(told.get(visitor, ())) if visitor in told or old is None else old.withdrawn_at
        made.append(_row(account, visitor, min(first, old.first_at) if old else first, withdrawn))
    for visitor, facts in whole.items():
        times = [fact.at for fact in facts] + [consent[0] for consent in told.get(visitor, ())]
        if times:
            made.append(_row(account, visitor, min(times), _withdrawn(told.get(visitor, ()))))
    visits.save_visitors(conn, made)


def _consenting(fresh: Mapping[str, list[Fact]]) -> list[str]:
    return [visitor for visitor, facts in fresh.items() if any(fact.type == "consent" for fact in facts)]


def _row(account: int, visitor: str, first_at: int, withdrawn_at: int | None) -> dict[str, Any]:
    return {"account_id": account, "id": visitor, "first_at": first_at, "withdrawn_at": withdrawn_at}


def _withdrawn(told: Iterable[tuple[int, bytes, str]]) -> int | None:
    """The withdrawal that follows from a visitor's consents: the first denial ends it."""
    return next((at for at, _id, state in sorted(told) if state == "denied"), None)


def fold_submissions(conn: Connection, given: Context, tally: Tally, ids: set[bytes]) -> tuple[set[bytes], set[str]]:
    """Reads submissions into conversions and says which count. Answers the leads that changed, and the visitors."""
    account = given.account
    rows = submissions.load(conn, account, ids)
    fields = submissions.fields_of(conn, account, ids)
    results = submissions.results(conn, account, [row["token"] for row in rows])
    read = [_Read(given, row, fields.get(bytes(row["id"]), [])) for row in rows]
    minted = standing_leads(conn, account, [one.identifier for one in read if one.identifier])
    made: dict[bytes, Conversion] = {}
    for one in read:
        conversion = one.conversion(minted, summing.result_of(results.get((one.row["site_id"], one.row["token"]), ())))
        if conversion is not None:
            made[conversion.id] = conversion
    groups: dict[bytes, dict[bytes, Conversion]] = {}
    before = conversions.of_digests(conn, account, {one.digest for one in made.values()})
    for conversion in (*before, *made.values()):
        groups.setdefault(conversion.digest, {})[conversion.id] = conversion
    counted = [conversion for group in groups.values() for conversion in summing.count(group.values())]
    conversions.save(conn, account, counted)
    for conversion in before:
        tally.conversion(conversion, -1)
    for conversion in counted:
        tally.conversion(conversion)
    owners = {str(row["visitor"]) for row in rows if row["visitor"]}
    return {conversion.lead_id for conversion in counted}, owners


def standing_leads(conn: Connection, account: int, identifiers: Iterable[bytes]) -> dict[bytes, bytes]:
    """Identifier → the lead that it names now, of those that are stored."""
    minted = identities.leads_of(conn, account, identifiers)
    now = merges.resolve(conn, account, minted.values()) if minted else {}
    return {key: now.get(lead, lead) for key, lead in minted.items()}


class _Read:
    """One submission, read."""

    def __init__(self, given: Context, row: dict[str, Any], fields: list[Any]) -> None:
        self.row = row
        country = str(given.sites.get(row["site_id"], {}).get("country", "FR"))
        self.marks = row["marks"] | (TRAP if reading.is_trapped(fields) else 0)
        self.contact = by_hand.read(fields, country) if row["marks"] & HAND else reading.read(fields, country)
        self.digest = summing.same_digest(row["site_id"], row["form"], self.contact, fields)
        named = summing.identifier(self.contact, country)
        self.identifier = identifier_id(given.secret, given.account, *named) if named else None

    def conversion(self, minted: Mapping[bytes, bytes], result: str) -> Conversion | None:
        """The conversion, or None for a form that speaks of nobody (or of one who was erased)."""
        contact, row = self.contact, self.row
        if contact.kind == "none" or (self.identifier is not None and self.identifier not in minted):
            return None
        return Conversion(
            id=bytes(row["id"]),
            site_id=row["site_id"],
            lead_id=minted[self.identifier] if self.identifier else bytes(row["id"]),
            kind=contact.kind,
            at=row["at"],
            visitor=row["visitor"],
            result=result,
            digest=self.digest,
            form=row["form"],
            url=row["url"],
            marketing=int(contact.marketing),
            marks=self.marks,
            received_at=row["received_at"],
            **{name: getattr(contact, name) for name in _CONTACT},
        )


_CONTACT = ("email", "phone", "name", "given_name", "family_name", "organization", "subject", "message", "marketing_text")


def fold_leads(conn: Connection, given: Context, tally: Tally, leads: set[bytes], moved: set[bytes]) -> None:
    """Sums leads up, and writes the ways of those that `moved`."""
    if not leads:
        return
    account = given.account
    told: dict[bytes, list[Conversion]] = {}
    for conversion in conversions.of_leads(conn, account, leads):
        told.setdefault(conversion.lead_id, []).append(conversion)
    owned: dict[bytes, list[Span]] = {}
    for span in identities.spans_of_leads(conn, account, leads):
        owned.setdefault(span.lead_id, []).append(span)
    names = {span.visitor for held in owned.values() for span in held}
    times, ways = visits.times(conn, account, names), visits.touches(conn, account, names, given.domain)
    before = conversions.rows_of(conn, account, leads)
    known, homes = summed.load(conn, given, leads), given.homes
    made: list[summing.Lead] = []
    gone: list[bytes] = []
    for lead_id in sorted(leads):
        held = owned.get(lead_id, [])
        lasted = [one for span in held for one in times.get(span.visitor, ()) if _within(span, one[0])]
        mine = [summing.Visit(start, end, marks, language) for start, end, marks, _site, language in lasted]
        arrivals = [touch for span in held for touch in ways.get(span.visitor, ()) if _within(span, touch.at)]
        lead = summing.summarise(told.get(lead_id, ()), mine, arrivals, known.get(lead_id, summing.NOTHING_ELSE), homes)
        row = before.get(lead_id)
        stands, (stood, origin) = won_of(lead) if lead else None, (row.won, row.origin) if row else (None, NOWHERE)
        if stands != stood:
            tally.lead(stood, -1)
            tally.lead(stands)
        tally.origin(lead_id, origin, origin_of(lead) if lead else NOWHERE, told.get(lead_id, ()))
        if lead is None:
            gone.append(lead_id)
        else:
            made.append(lead)
    objected = {lead for lead, one in known.items() if one.objected_at is not None}
    points = judge(conn, given, made, gone, told, owned, ways, objected)
    conversions.save_leads(conn, account, made, gone, points)
    summed.keep_likeness(conn, given, before, made, gone)
    credits.fold_leads(conn, account, given.goals, moved, told, owned, ways, {lead.id for lead in made if lead.apart})


def _within(span: Span, at: int) -> bool:
    return span.from_at <= at < span.to_at
