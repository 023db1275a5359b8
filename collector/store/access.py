"""The access file: every row that is kept of a person, table by table (GDPR 15).

Which tables that are follows from the schema: each one with a column about a lead or a visitor stands in `TABLES`, and a test fails
where one does not. Of a browser whose visitor has not confirmed an address the rows are its own alone, and what was typed is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from ..domain.events import TYPES
from ..domain.identity import FOREVER, Span
from ..domain.masks import HIDDEN, mask, mask_field
from . import bulk, erasure, identities
from . import schema as s
from .events import month_of, unpacked

Row = dict[str, Any]
Rows = list[Row]
STEP = 500
_NOT_TOLD = frozenset({"account_id", "proof", "digest"})  # the account's own number, and keys that open something
_READABLE = frozenset({"url", "action", "way"})  # of a browser's own forms: pages that it was on


class Scope(NamedTuple):
    """Whose rows: visitors in their time, leads with their identifiers' keys, submissions; `masked` of an unconfirmed browser."""

    account: int
    spans: list[Span]
    leads: list[bytes]
    keys: list[bytes]
    submissions: list[bytes]
    values: list[str]  # by which refused events know them
    masked: bool


def of_lead(conn: Connection, account_id: int, lead: bytes) -> dict[str, Rows]:
    """All rows of a lead and of those that were merged into it, by table, as they are kept."""
    leads = erasure.with_members(conn, account_id, [lead])
    known = identities.values(conn, account_id, leads)
    spans = identities.spans_of_leads(conn, account_id, leads)
    sent = erasure.submissions_of(conn, account_id, leads)
    values = [*(one["value"] for one in known), *sorted({span.visitor for span in spans})]
    nameless = _of_nobody(conn, account_id, spans)
    return _collect(conn, Scope(account_id, spans, leads, [one["id"] for one in known], [*sent, *nameless], values, False))


def of_browser(conn: Connection, account_id: int, visitor: str) -> dict[str, Rows]:
    """All rows of a browser, by table; what was typed is masked, and whom it names is left out."""
    sent = _read(conn, s.submission, (s.submission.c.account_id == account_id, s.submission.c.visitor == visitor))
    spans = [Span(visitor, 0, FOREVER, b"", b"")]
    return _collect(conn, Scope(account_id, spans, [], [], [bytes(row["id"]) for row in sent], [visitor], True))


def _of_nobody(conn: Connection, account_id: int, spans: Sequence[Span]) -> list[bytes]:
    """What visitors sent while they were somebody and that names nobody."""
    told = s.submission.outerjoin(
        s.conversion, and_(s.conversion.c.account_id == s.submission.c.account_id, s.conversion.c.id == s.submission.c.id)
    )
    found: list[bytes] = []
    for part in _parts(spans, 200):
        mine = and_(s.submission.c.account_id == account_id, s.conversion.c.id.is_(None), erasure.within(s.submission, part))
        found += [bytes(row[0]) for row in conn.execute(select(s.submission.c.id).select_from(told).where(mine))]
    return found


def _collect(conn: Connection, scope: Scope) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for name, read in TABLES.items():
        table = s.metadata.tables[name]
        rows = [_told(name, row, scope.masked) for row in _once(table, read(conn, scope, table))]
        if rows:
            found[name] = rows
    return found


# Rows of each table --------------------------------------------------------------------------------------------------------


Reader = Callable[[Connection, Scope, Table], Rows]


def _by(column: str, what: Callable[[Scope], Sequence[Any]], also: Callable[[Table], ColumnElement[bool]] | None = None) -> Reader:
    def read(conn: Connection, scope: Scope, table: Table) -> Rows:
        found: Rows = []
        for part in _parts(what(scope), STEP):
            more = (also(table),) if also is not None else ()
            found += _read(conn, table, (table.c.account_id == scope.account, table.c[column].in_(part), *more))
        return found

    return read


def _in_time(at: str = "at", visitor: str = "visitor") -> Reader:
    def read(conn: Connection, scope: Scope, table: Table) -> Rows:
        found: Rows = []
        for part in _parts(scope.spans, 200):
            theirs = or_(*(and_(table.c[visitor] == one.visitor, table.c[at] >= one.from_at, table.c[at] < one.to_at) for one in part))
            found += _read(conn, table, (table.c.account_id == scope.account, theirs))
        return found

    return read


def _all(*readers: Reader) -> Reader:
    return lambda conn, scope, table: [row for read in readers for row in read(conn, scope, table)]


def _sessions(conn: Connection, scope: Scope, table: Table) -> Rows:
    """Sessions that overlap the time in which a visitor was somebody."""
    found: Rows = []
    for part in _parts(scope.spans, 200):
        lasted = (and_(table.c.visitor == one.visitor, table.c.started_at < one.to_at, table.c.ended_at >= one.from_at) for one in part)
        found += _read(conn, table, (table.c.account_id == scope.account, or_(*lasted)))
    return found


def _touches(conn: Connection, scope: Scope, table: Table) -> Rows:
    """Arrivals in the time in which a visitor was somebody."""
    whose = {bytes(row["id"]): row["visitor"] for row in _sessions(conn, scope, s.session)}
    theirs: dict[str, list[Span]] = {}
    for span in scope.spans:
        theirs.setdefault(span.visitor, []).append(span)
    found = _by("session_id", lambda _scope: list(whose))(conn, scope, table)
    return [row for row in found if any(one.from_at <= row["at"] < one.to_at for one in theirs[whose[bytes(row["session_id"])]])]


def _results(conn: Connection, scope: Scope, table: Table) -> Rows:
    """By site and token, which is what results name."""
    sent = {(row["site_id"], row["token"]) for row in _by("id", _submissions)(conn, scope, s.submission)}
    found = _by("token", lambda _scope: sorted({token for _site, token in sent}))(conn, scope, table)
    return [row for row in found if (row["site_id"], row["token"]) in sent]


def _events(conn: Connection, scope: Scope, table: Table) -> Rows:
    """What visitors did in their time, and the sendings that came without one."""
    found = _in_time()(conn, scope, table)
    by_month: dict[int, list[bytes]] = {}
    for one in [*scope.submissions, *(bytes(row["id"]) for row in _results(conn, scope, s.submission_result))]:
        by_month.setdefault(month_of(int.from_bytes(one[:6], "big")), []).append(one)
    for month, ids in by_month.items():
        for part in _parts(ids, STEP):
            found += _read(conn, table, (table.c.account_id == scope.account, table.c.month == month, table.c.id.in_(part)))
    return found


def _refused(conn: Connection, scope: Scope, table: Table) -> Rows:
    ids: list[bytes] = []
    after: bytes | None = b""
    while after is not None:
        more, after = erasure.refused_with(conn, scope.account, scope.values, after, STEP)
        ids += more
    return _by("id", lambda _scope: ids)(conn, scope, table)


def _steps(conn: Connection, scope: Scope, table: Table) -> Rows:
    asked = [bytes(row["id"]) for row in TABLES["request"](conn, scope, s.request)]
    return _by("request_id", lambda _scope: asked)(conn, scope, table)


def _unmerges(conn: Connection, scope: Scope, table: Table) -> Rows:
    merged = [bytes(row["id"]) for row in TABLES["merge"](conn, scope, s.merge)]
    return _by("merge_id", lambda _scope: merged)(conn, scope, table)


def _bulks(conn: Connection, scope: Scope, table: Table) -> Rows:
    """Changes of many leads that changed these; which others they changed is nobody's business."""
    changed = sorted(bulk.of_leads(conn, scope.account, _leads(scope)))
    return [row | {"leads": b""} for row in _by("id", lambda _scope: changed)(conn, scope, table)]


def _edges(conn: Connection, scope: Scope, table: Table) -> Rows:
    """Of a lead what names it, and that somebody left; of a browser all that was said in it."""
    own = _in_time()(conn, scope, table)
    return [*_by("identifier_id", _keys)(conn, scope, table), *(row for row in own if scope.masked or row["kind"] == "reset")]


def _leads(scope: Scope) -> list[bytes]:
    return scope.leads


def _keys(scope: Scope) -> list[bytes]:
    return scope.keys


def _submissions(scope: Scope) -> list[bytes]:
    return scope.submissions


def _visitors(scope: Scope) -> list[str]:
    return sorted({span.visitor for span in scope.spans})


TABLES: dict[str, Reader] = {
    "visitor": _by("id", _visitors),
    "event": _events,
    "session": _sessions,
    "touch": _touches,
    "submission": _by("id", _submissions),
    "submission_field": _by("submission_id", _submissions),
    "submission_result": _results,
    "conversion": _by("id", _submissions),
    "identifier": _by("lead_id", _leads),
    "lead": _by("id", _leads),
    "edge": _edges,
    "span": _all(_by("lead_id", _leads), _by("visitor", lambda scope: _visitors(scope) if scope.masked else [])),
    "consent": _all(_in_time(), _by("lead_id", _leads), _by("submission_id", _submissions)),
    "mail_link": _by("identifier_id", _keys),
    "merge": _all(_by("from_lead", _leads), _by("into_lead", _leads)),
    "unmerge": _unmerges,
    "edit": _by("lead_id", _leads),
    "bulk": _bulks,
    "score": _by("lead_id", _leads),
    "score_reason": _by("lead_id", _leads),
    "score_change": _by("lead_id", _leads),
    "company_lead": _by("lead_id", _leads),
    "likeness": _by("lead_id", _leads),
    "lead_word": _by("lead_id", _leads),
    "reached": _in_time(),
    "journey": _all(_by("lead_id", _leads), _by("visitor", _visitors, lambda table: table.c.lead_id.is_(None))),
    "suppression": _by("id", _keys),
    "me_session": _all(_by("lead_id", _leads), _by("visitor", _visitors)),
    "request": _all(_by("lead_id", _leads), _by("visitor", _visitors)),
    "request_step": _steps,
    "mail": _by("lead_id", _leads),
    "refused": _refused,
}


def _read(conn: Connection, table: Table, where: Iterable[ColumnElement[bool]]) -> Rows:
    asked = select(table).where(*where).order_by(*table.primary_key.columns)
    return [dict(row._mapping) for row in conn.execute(asked)]


def _parts(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [values[start : start + size] for start in range(0, len(values), size)]


def _once(table: Table, rows: Rows) -> Rows:
    """Each row once, by its key."""
    key = [column.name for column in table.primary_key.columns]
    return list({tuple(row[name] for name in key): row for row in rows}.values())


# As it is told ---------------------------------------------------------------------------------------------------------------


def _told(name: str, row: Row, masked: bool) -> Row:
    """A row without what is nobody's business, its event's data read; masked where it is to be."""
    if name == "event":
        kind = TYPES[row["type"]]
        row = {**row, "type": kind, "data": unpacked(kind, row["data"])}
    if masked:
        row = _masked(name, row)
    row = {key: value for key, value in row.items() if key not in _NOT_TOLD and (name, key) != ("me_session", "token")}
    for key in ("actor", "owner"):
        if row.get(key) and row[key] != "visitor":
            row[key] = "staff"
    return {key: _plain(value) for key, value in row.items()}


def _masked(name: str, row: Row) -> Row:
    table = s.metadata.tables[name]
    made = {key: value for key, value in row.items() if key not in ("lead_id", "identifier_id", "body")}
    if name == "event":
        telling = {"identify": {}, "custom": {"name": row["data"].get("name", "")}}
        return {**made, "data": telling.get(row["type"], row["data"])}
    if name == "submission_field":
        return mask_field(made)
    for column in table.columns:
        if column.info.get("personal") == "lead" and column.name in made and column.name not in _READABLE and made[column.name]:
            made[column.name] = HIDDEN if name == "edge" else mask(str(made[column.name]))
    return made


def _plain(value: Any) -> Any:
    """As JSON can tell it: ids in hexadecimal, what came over the wire as text."""
    if not isinstance(value, bytes | memoryview):
        return value
    raw = bytes(value)
    return raw.hex() if len(raw) in (0, 16, 32) else raw.decode("utf-8", "replace")
