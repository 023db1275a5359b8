"""Erasure: everything personal of a person, in every table; a key stays that stops imports, and counts without the person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from ..domain.edits import Edit, standing
from ..domain.fields import email as normal_email
from ..domain.fields import phone as normal_phone
from ..domain.identity import Span, identifier_id
from ..domain.leads import fold_text
from ..domain.rollups import Tally
from ..store import bulk, derived, erased, erasure, identities, mail, merges, people, requests, rollups, views, visiting
from ..store.erased import Erasure, Window
from . import runs
from .refold import Context, context, refold, standing_leads
from .unlink import NOT_YET, Looked, drop_refused, forget_browser, hidden
from .withdraw import withdraw

STEP = 500
_ADDRESS = re.compile(r"[^\s\"'<>,;:()\[\]?&=]{1,64}@[^\s\"'<>,;:()\[\]?&=]{1,255}")


class Unknown(ValueError):
    """Nobody of this address is known."""


class Person(msgspec.Struct):
    """Whom an address names: the keys of its readings, the leads and their visitors' time, by what refused events know them, and
    where somebody has corrected a lead to that address."""

    keys: list[bytes]
    leads: set[bytes]
    spans: list[Span]
    values: set[str]
    corrections: list[Edit]


def find(conn: Connection, address: str, *, secret: bytes, account: int = 1) -> Person:
    """Looks for the lead of an e-mail address or phone number."""
    readings = _readings(address)
    keys = [identifier_id(secret, account, kind, value) for kind, value in readings]
    leads = set(standing_leads(conn, account, keys).values())
    corrections = people.corrections(conn, account, {value for _kind, value in readings})
    stands = {one.id for one in standing(people.edits(conn, account, {one.lead_id for one in corrections}))}
    corrected = {one.lead_id for one in corrections if one.id in stands}
    now = merges.resolve(conn, account, corrected)
    leads |= {now.get(one, one) for one in corrected}
    spans = identities.spans_of_leads(conn, account, leads)
    values = {address.strip(), *(value for _kind, value in readings), *(span.visitor for span in spans)}
    values |= {one["value"] for one in identities.values(conn, account, erasure.with_members(conn, account, leads))}
    return Person(keys, leads, spans, values, corrections)


def erase(conn: Connection, address: str, *, secret: bytes, now: int, account: int = 1, looked: Looked = NOT_YET) -> dict[str, Any]:
    """Erases the lead of an e-mail address or phone number. Answers counts. Raises Unknown.

    `looked` are the refused events of theirs that a reader found, and up to which one it looked.
    """
    given, person = context(conn, account, secret), find(conn, address, secret=secret, account=account)
    refused = drop_refused(conn, account, person.values, *looked)
    people.drop_edits(conn, account, person.corrections)
    asked = requests.forget_where(conn, account, now + 1, partial(_names, _needles(person.values)))
    told = {fold_text(one) for one in (*person.values, *views.names_of(conn, account, erasure.with_members(conn, account, person.leads)))}
    viewed = views.forget_where(conn, account, partial(_is_of, told))
    if not person.leads:
        if refused or person.corrections or asked or viewed:
            _remember(conn, given, person.keys[:1], [], now)
            return {"leads": 0, "submissions": 0, "visitors": 0, "refused": refused}
        raise Unknown(address)
    tally, names = given.tally(), runs.names(conn, account, person.leads)
    counts, found = forget(conn, given, person.leads, tally)
    found = list(dict.fromkeys([*found, *person.keys[:1]]))
    rollups.keep(conn, account, tally, of_one=True)
    runs.forget(conn, account, names)
    _remember(conn, given, found, person.spans, now)
    return counts | {"refused": refused}


def _remember(conn: Connection, given: Context, keys: Collection[bytes], spans: Collection[Span], now: int) -> None:
    """In the database, and outside of it for the day when an older copy is put back."""
    visits = [Window(hidden(given, span.visitor).hex(), span.from_at, min(span.to_at, now + 1)) for span in spans]
    erased.append(conn, Erasure(now, given.account, sorted(key.hex() for key in keys), visits))
    erasure.suppress(conn, given.account, keys, "erased", now)


def replay(conn: Connection, *, secret: bytes) -> int:
    """An action: carries out again the erasures that are known outside the database and not in it, because an older copy was put back.

    What came after an erasure stays. Answers how many there were.
    """
    known = erased.read(conn)
    missing: dict[int, list[Erasure]] = {}
    for account in {one.account for one in known}:
        mine = [one for one in known if one.account == account]
        done = erasure.suppressed_at(conn, account, {key for one in mine for key in _keys(one)})
        missing[account] = [one for one in mine if any(done.get(key, 0) < one.at for key in _keys(one))]
    for account, mine in missing.items():
        if mine:
            _replay(conn, context(conn, account, secret), mine)
    return sum(map(len, missing.values()))


def _keys(one: Erasure) -> list[bytes]:
    return [bytes.fromhex(key) for key in one.keys]


def _replay(conn: Connection, given: Context, missing: list[Erasure]) -> None:
    named = _named(conn, given, {bytes.fromhex(window.visitor) for one in missing for window in one.visits})
    for one in missing:
        keys, names = set(_keys(one)), {bytes.fromhex(window.visitor) for window in one.visits}
        tally, leads = given.tally(), set(standing_leads(conn, given.account, keys).values())
        told = runs.names(conn, given.account, leads)
        if leads:
            forget(conn, given, leads, tally)
        windows = [(named[bytes.fromhex(window.visitor)], window) for window in one.visits if bytes.fromhex(window.visitor) in named]
        erasure.drop_within(conn, given.account, [Span(name, window.since, window.until, b"", b"") for name, window in windows], tally)
        gone = {name for name, _window in windows}
        alone = {name for name in gone if hidden(given, name) in keys}  # a browser that erased itself, with what ties it to anybody
        for name in alone:
            forget_browser(conn, given, name, tally, one.at)
        erasure.drop_idle_resets(conn, given.account, gone)
        refold(conn, given, anew=gone, tally=tally)
        rollups.keep(conn, given.account, tally, of_one=True)
        runs.forget(conn, given.account, told)
        speaks = partial(_speaks, given, names, keys)
        requests.forget_where(conn, given.account, one.at + 1, speaks)
        views.forget_where(conn, given.account, partial(_speaks_text, given, names, keys))
        erasure.drop_refused_where(conn, given.account, one.at + 1, speaks)
        erasure.suppress(conn, given.account, keys, "erased", one.at)
        for name in alone:
            withdraw(conn, name, secret=given.secret, now=one.at, account=given.account, how="visitor")


def _named(conn: Connection, given: Context, sought: set[bytes]) -> dict[bytes, str]:
    """Visitors by their HMAC, of those that are sought."""
    found: dict[bytes, str] = {}
    last = ""
    while sought and (names := derived.visitors_after(conn, given.account, last, STEP)):
        found |= {key: name for name in names if (key := hidden(given, name)) in sought}
        last = names[-1]
    return found


def _speaks(given: Context, visitors: set[bytes], keys: set[bytes], body: bytes) -> bool:
    """Whether a refused event names one of these visitors or identifiers, however it is written."""
    for text in _texts(body):
        if hidden(given, text) in visitors:
            return True
        for part in (text, *_ADDRESS.findall(text)):
            if any(identifier_id(given.secret, given.account, kind, value) in keys for kind, value in _readings(part)):
                return True
    return False


def _speaks_text(given: Context, visitors: set[bytes], keys: set[bytes], text: str) -> bool:
    return _speaks(given, visitors, keys, text.encode())


def _needles(values: Collection[str]) -> re.Pattern[str]:
    """Finds one of these values by itself: no address within a longer one."""
    told = "|".join(re.escape(value.casefold()) for value in sorted(values) if value)
    return re.compile(rf"(?<![\w.+-])(?:{told})(?![\w@-]|\.\w)" if told else r"(?!)")


def _names(needles: re.Pattern[str], line: bytes) -> bool:
    return needles.search(line.decode("utf-8", "replace").casefold()) is not None


def _is_of(folded: Collection[str], text: str) -> bool:
    """Whether a search speaks of somebody: by a name, an address or its beginning, or a number, however it is written."""
    asked, digits = f" {fold_text(text)} ", re.sub(r"\D", "", text)
    for one in folded:
        number = re.sub(r"\D", "", one)[-9:] if one.startswith("+") else ""
        local, at, _domain = one.partition("@")
        if one and (f" {one} " in asked or (one in asked and at)):
            return True
        if (at and f" {local}@" in asked) or (len(number) >= 6 and number in digits):
            return True
    return False


def _texts(body: bytes) -> Iterator[str]:
    """Every text in a JSON value; of what is none, the whole."""
    try:
        waiting: list[Any] = [msgspec.json.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        waiting = [body.decode("utf-8", "replace")]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


def _readings(address: str) -> list[tuple[str, str]]:
    readings = [("email", normal_email(address)), ("phone", normal_phone(address, "FR")), ("phone", address.strip())]
    return [(kind, value) for kind, value in readings if value]


def forget_asked(conn: Connection, account: int, leads: Sequence[bytes], spans: Sequence[Span], visitors: Iterable[str]) -> None:
    """Empties what leads asked for about their data, and ends their sessions and letters."""
    requests.forget(conn, account, leads, spans)
    visiting.drop_of(conn, account, leads, sorted(visitors))
    mail.drop_of(conn, account, leads)


def forget(conn: Connection, given: Context, leads: Collection[bytes], tally: Tally) -> tuple[dict[str, int], list[bytes]]:
    """Deletes leads with their submissions and the visits that were theirs. Answers counts and their identifiers' keys."""
    account = given.account
    spans = identities.spans_of_leads(conn, account, leads)
    submissions = erasure.submissions_of(conn, account, leads)
    visitors = {span.visitor for span in spans} | erasure.visitors_of(conn, account, submissions)
    visitors |= erasure.visitors_who_gave(conn, account, leads)
    erasure.drop_within(conn, account, spans, tally)
    erasure.drop_submissions(conn, account, submissions, tally)
    everyone = erasure.with_members(conn, account, leads)
    changed = bulk.of_leads(conn, account, everyone)
    forget_asked(conn, account, everyone, spans, visitors)
    keys = erasure.drop_leads(conn, account, leads, tally)
    bulk.forget(conn, account, changed)
    erasure.drop_idle_resets(conn, account, visitors)
    refold(conn, given, anew=visitors, tally=tally)
    return {"leads": len(leads), "submissions": len(submissions), "visitors": len(visitors)}, keys
