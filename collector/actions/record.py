"""What happens to the events of a batch: load, decide, save, all in the writer's one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import structlog
from msgspec import Struct, structs
from sqlalchemy import Connection

from ..domain import fields as reading
from ..domain import leads as summing
from ..domain.events import Batch, Event, Refused
from ..domain.identity import identifier_id
from ..domain.privacy import coarse
from ..domain.protocol import is_exact, time_of, told
from ..domain.sessions import GAP, Fact, digest
from ..store import crash, events, identities, rollups, submissions, urls, visits
from ..store.database import is_outage
from ..store.visits import Standing
from ..store.work import Spoilt
from .evidence import Evidence, consent_row, edge_row, field_rows, mint
from .refold import Context, context, refold

log = structlog.get_logger()

REFUSED_MOST = 10_000
DAY = 86_400_000

Ids = Callable[[int], bytes]  # UTC milliseconds → 16 bytes of a UUIDv7


class Outcome(Struct, frozen=True):
    """What became of one request's events: how many were refused, by reason."""

    refused: dict[str, int]


_NONE_REFUSED = Outcome({})

Store = Callable[[Connection, Context, list[Batch], Ids], list[Outcome]]


class Recorder:
    """The action that all requests share. It holds the secret, and nothing that a restart would lose."""

    def __init__(self, secret: bytes, ids: Ids) -> None:
        self._secret = secret
        self._ids = ids

    def swiftly(self, conn: Connection, batches: Sequence[Batch]) -> list[Outcome]:
        """What the writer shares among requests: taken as if no event had come before, which saves a look for each.

        Raises Spoilt where one had.
        """
        try:
            return self._all(conn, batches, _record_new)
        except Repeated as wrong:
            raise Spoilt(self) from wrong

    def __call__(self, conn: Connection, batches: Sequence[Batch]) -> list[Outcome]:
        """Stores requests in one transaction; one outcome each, in order. Raises Spoilt: a savepoint for each batch would cost a tenth."""
        return self._all(conn, batches, record)

    def _all(self, conn: Connection, batches: Sequence[Batch], store: Store) -> list[Outcome]:
        try:
            return self._each_account(conn, batches, store)
        except Repeated:
            raise
        except Exception as wrong:
            if is_outage(wrong):
                raise  # nothing is committed and everybody may try again
            raise Spoilt(self.carefully) from wrong

    def carefully(self, conn: Connection, batches: Sequence[Batch]) -> list[Outcome]:
        """The same, for a batch that one event spoils: it is found and kept among the refused."""
        return self._each_account(conn, batches, _bisect)

    def _each_account(self, conn: Connection, batches: Sequence[Batch], store: Store) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        accounts: dict[int, list[int]] = {}
        for place, batch in enumerate(batches):
            accounts.setdefault(batch.account, []).append(place)
        for account, places in accounts.items():
            given = context(conn, account, self._secret)
            mine = [batches[place] for place in places]
            for place, outcome in zip(places, store(conn, given, mine, self._ids), strict=True):
                outcomes[place] = outcome
        return [outcomes[place] for place in range(len(batches))]


def _bisect(conn: Connection, given: Context, batches: list[Batch], ids: Ids) -> list[Outcome]:
    """Records all; where one poisonous event spoils it, halves until that event stands alone and is refused."""
    try:
        with conn.begin_nested():
            return record(conn, given, batches, ids)
    except Exception as wrong:
        if is_outage(wrong):
            raise  # nothing is committed and everybody may try again
        if len(batches) > 1:
            half = len(batches) // 2
            return _bisect(conn, given, batches[:half], ids) + _bisect(conn, given, batches[half:], ids)
        log.error("poisonous event", error=type(wrong).__name__)
        return [_bisect_events(conn, given, batches[0], ids)]


def _bisect_events(conn: Connection, given: Context, batch: Batch, ids: Ids) -> Outcome:
    if len(batch.events) <= 1:
        poison = tuple(Refused("poison", told(batch, event), exact=is_exact(batch, event.type)) for event in batch.events)
        return record(conn, given, [structs.replace(batch, events=(), refused=batch.refused + poison)], ids)[0]
    half = len(batch.events) // 2
    counts: Counter[str] = Counter()
    for part, refused in ((batch.events[:half], batch.refused), (batch.events[half:], ())):
        outcomes = _bisect(conn, given, [structs.replace(batch, events=part, refused=refused)], ids)
        counts.update(outcomes[0].refused)
    return Outcome(dict(counts))


class Repeated(Exception):
    """An event came before: what is known must be asked."""


def _record_new(conn: Connection, given: Context, batches: Sequence[Batch], ids: Ids) -> list[Outcome]:
    if not events.counts_new(conn):
        return record(conn, given, batches, ids)
    return _Work(given, ids, new=True).all(conn, batches)


def record(conn: Connection, given: Context, batches: Sequence[Batch], ids: Ids) -> list[Outcome]:
    """Stores the events of one account's batches and folds them."""
    work = _Work(given, ids)
    work.known = events.known(conn, given.account, (event.id for batch in batches for event in batch.events))
    return work.all(conn, batches)


class _Work:
    """The rows that a batch makes, gathered before anything is written. With `new`, Repeated is raised for what came before."""

    def __init__(self, given: Context, ids: Ids, new: bool = False) -> None:
        self.new = new
        self.given = given
        self.ids = ids
        self.known: set[bytes] = set()
        self.withdrawn: set[str] = set()
        self.standing: dict[str, Standing] = {}
        self.events: list[tuple[Any, ...]] = []
        self.facts: dict[str, list[Fact]] = {}
        self.submissions: list[tuple[Batch, Event]] = []
        self.results: list[dict[str, Any]] = []
        self.consents: list[dict[str, Any]] = []
        self.evidence = Evidence(given, ids)
        self.refused: list[dict[str, Any]] = []
        self.counts: Counter[tuple[int, int, int, str]] = Counter()
        self.tally = given.tally()

    def all(self, conn: Connection, batches: Sequence[Batch]) -> list[Outcome]:
        """Takes every request's events, writes and folds them."""
        subjects = {batch.subject for batch in batches if batch.subject}
        first = min([event.at for batch in batches for event in batch.events], default=0)
        self.standing = visits.standing(conn, self.given.account, subjects, first - GAP)
        self.withdrawn = {visitor for visitor, one in self.standing.items() if one.withdrawn_at is not None}
        self.evidence.look_up(conn, batches)
        outcomes = [self.batch(batch) for batch in batches]
        self.save(conn)
        return outcomes

    def batch(self, batch: Batch) -> Outcome:
        """Takes one request's events."""
        withdrawn = batch.subject in self.withdrawn
        counts: Counter[str] = Counter()
        for refused in batch.refused:
            self._refuse(batch, refused, counts)
        for event in batch.events:
            if event.id in self.known:
                continue  # a repeat is answered as the first was, and counted once
            if withdrawn and self.new:
                raise Repeated  # perhaps: it may have come before the withdrawal
            if withdrawn and (batch.visitor is not None or event.type == "consent"):
                self._refuse(batch, Refused("withdrawn", b""), counts)
                continue
            self.known.add(event.id)
            self._event(batch, event)
        return Outcome(dict(counts)) if counts else _NONE_REFUSED

    def _refuse(self, batch: Batch, refused: Refused, counts: Counter[str]) -> None:
        counts[refused.reason] += refused.n
        self.counts[self.given.account, batch.site, batch.received // DAY, refused.reason] += refused.n
        received = batch.received if refused.exact or batch.visitor is not None else coarse(batch.received)
        self.refused.append(
            {
                "account_id": self.given.account,
                "id": self.ids(received),
                "site_id": batch.site,
                "received_at": received,
                "reason": refused.reason,
                "body": refused.body,
            }
        )

    def _event(self, batch: Batch, event: Event) -> None:
        domain = self.given.domain(batch.site)
        if event.url[:1] == "/":  # read back it would be a page of the site's own: so it is one from the beginning
            event = structs.replace(event, url=urls.whole(event.url, domain))
        data: dict[str, Any] = event.data
        marks = self.evidence.take(batch, event) if batch.visitor is not None else batch.marks
        if event.type == "view" and batch.visitor is not None:
            data = {**data, "language": batch.language, "agent": batch.agent}
            if batch.company:
                data["company"] = batch.company
        received = batch.received if is_exact(batch, event.type) else coarse(batch.received)
        self.tally.event(event.type, batch.site, event.at, received, batch.visitor, event.url, data, marks)
        self.events.append(
            (
                self.given.account,
                events.month_of(time_of(event.id)),
                event.id,
                batch.site,
                events.type_code(event.type),
                event.at,
                received,
                batch.visitor,
                event.page,
                event.n,
                urls.stored(event.url, domain),
                events.packed(event.type, data if event.type != "consent" else {**data, "proof": ""}),  # its consent's row has it
                marks,
            )
        )
        if batch.visitor is not None:
            made = events.fact(event.at, event.page, event.n, event.id, event.type, batch.site, event.url, data, marks)
            self.facts.setdefault(batch.visitor, []).append(made)
        if event.type == "form_submit":
            self.submissions.append((batch, event))
        elif event.type == "form_result":
            self._result(batch, event)
        elif event.type == "consent" and batch.subject is not None:
            self._consent(batch, event)

    def _result(self, batch: Batch, event: Event) -> None:
        self.results.append(
            {
                "account_id": self.given.account,
                "id": event.id,
                "site_id": batch.site,
                "token": event.data["submission"],
                "result": event.data["result"],
                "by": event.data.get("by", ""),
                "at": event.at,
            }
        )

    def _consent(self, batch: Batch, event: Event) -> None:
        assert batch.subject is not None
        data = event.data
        self.consents.append(
            consent_row(self.given.account, event.id, batch.site, event.at)
            | {name: data.get(name, "") for name in ("state", "purpose", "text_version", "language", "how", "proof")}
            | {"visitor": batch.subject}
        )
        # The visitor's own row must say so, even where the batch came without the right to more.
        made = Fact(event.at, event.page, event.n, event.id, event.type, batch.site, event.url, "", "", 0, "", "", 0)
        if batch.visitor is None:
            self.facts.setdefault(batch.subject, []).append(made)
        if data["state"] == "denied" and data["purpose"] == "tracking":
            self.withdrawn.add(batch.subject)

    def save(self, conn: Connection) -> None:
        """Writes everything and folds it."""
        account = self.given.account
        crash.step("insert-before")
        if events.add(conn, self.events) != len(self.events) and self.new:
            raise Repeated
        crash.step("insert-after")
        sent = self._save_submissions(conn)
        named = self.evidence.save(conn)
        submissions.add_results(conn, self.results)
        if self.results:
            stored = submissions.known(conn, account, {row["token"] for row in self.results})
            sent |= {stored[key] for row in self.results if (key := (row["site_id"], row["token"])) in stored}
        identities.add_consents(conn, self.consents)
        events.refuse(conn, self.refused, REFUSED_MOST)
        events.count_refused(conn, self.counts)
        crash.step("fold-before")
        refold(conn, self.given, fresh=self.facts, known=self.standing, sent=sent, named=named, tally=self.tally)
        rollups.save(conn, account, self.tally)
        crash.step("fold-after")

    def _save_submissions(self, conn: Connection) -> set[bytes]:
        """New submissions with fields, identifiers and evidence. Answers their ids."""
        if not self.submissions:
            return set()
        account = self.given.account
        tokens = {str(event.data["submission"]) for _batch, event in self.submissions}
        taken = dict(submissions.known(conn, account, tokens))
        new: list[tuple[Batch, Event]] = []
        for batch, event in self.submissions:
            key = (batch.site, str(event.data["submission"]))
            if key not in taken:
                taken[key] = event.id
                new.append((batch, event))
        rows = [row for batch, event in new for row in field_rows(account, event.id, event.fields, summing.worth_keeping(event.fields))]
        submissions.add(conn, [_submission_row(account, *one) for one in new], rows)
        self._save_evidence(conn, new)
        return {event.id for _batch, event in new}

    def _save_evidence(self, conn: Connection, new: Iterable[tuple[Batch, Event]]) -> None:
        account = self.given.account
        named: list[tuple[Batch, Event, reading.Contact, tuple[str, str], bytes]] = []
        for batch, event in new:
            country = str(self.given.sites.get(batch.site, {}).get("country", "FR"))
            contact = reading.read(event.fields, country)
            pair = summing.identifier(contact, country)
            if pair is not None:
                named.append((batch, event, contact, pair, identifier_id(self.given.secret, account, *pair)))
        given = [(identity, *pair, event.at, batch.received) for batch, event, _contact, pair, identity in named]
        minted = mint(conn, account, given, self.ids)
        identities.add_edges(conn, [edge_row(account, one[0], one[1], one[4], "form") for one in named if one[0].visitor])
        identities.add_consents(
            conn,
            [
                consent_row(account, digest("marketing", event.id), batch.site, event.at)
                | {"purpose": "marketing", "state": "granted", "how": "form", "text": contact.marketing_text}
                | {"lead_id": minted[identity], "submission_id": event.id}
                for batch, event, contact, _pair, identity in named
                if contact.marketing
            ],
        )


def _submission_row(account: int, batch: Batch, event: Event) -> dict[str, Any]:
    return {
        "account_id": account,
        "id": event.id,
        "site_id": batch.site,
        "token": event.data["submission"],
        "at": event.at,
        "visitor": batch.visitor,
        "form": event.data.get("form", ""),
        "how": event.data.get("how", ""),
        "action": event.data.get("action", ""),
        "url": event.url,
        "marks": batch.marks,
        "received_at": batch.received,
    }
