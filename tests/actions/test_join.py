"""The wall of DESIGN 4.2: whoever holds all raw tables cannot tell whose visit a form of audience mode was.

Everything is written by the real protocol and action, at the worst of moments: an audience visit, the steps of its form and the form
itself leave the browser in one millisecond. Others do the same things on the same pages in the same quarter of an hour. Then every
value of every row is held against every value of equal type in every other row, what stands within texts, ids and JSON too, times
also as coarse as the coarsest that is kept. A value that occurs with one person alone tells them from the others: rows that share
one are chained.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import Connection, select

from collector.domain import privacy, protocol
from collector.domain.events import TYPES
from collector.store import schema
from tests import builders
from tests.builders import HOME, NOW, OTHER, SECOND, VISITOR, Wire, body, event, field, form, result, store, view

Row = tuple[str, dict[str, Any]]  # table, values
Value = tuple[type, Any]

RAW = [table for table in schema.metadata.sorted_tables if table.info["kind"] == "raw"]
COUNTS = {"refused_count", "kept_count", "retention"}  # no row of theirs is about one person
GOOGLE = "https://www.google.com/"
PAGE = HOME + "contact?utm_source=lettre"
START = NOW - NOW % privacy.STEP + 60 * SECOND  # all of it in one quarter of an hour


def _audience(name: str, at: int) -> list[Wire]:
    """A visit without consent, with a form at its end: the batches that the tag makes of it, all leaving at the same moment."""
    page = f"page{name}0001"
    seen = [
        view(at - 30 * SECOND, PAGE, GOOGLE, page=page, n=0, title="Nous écrire"),
        event("engage", at - SECOND, page=page, n=1, ms=29_000, scroll=80, url=PAGE),
        event("custom", at, page=page, n=2, name="envoyer", url=PAGE),
        event("purchase", at, page=page, n=3, url=PAGE),  # refused: the wire knows no such type
    ]
    steps = [event("form_start", at - SECOND, form="contact", field="email", page=None, n=None, url=HOME + "contact")]
    ticked = field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=True)
    sent = form(
        at, f"{name.lower()}@example.org", fields=[field("message", f"Bonjour de {name}"), ticked], page=None, n=None, url=HOME + "contact"
    )
    bad = event("form_invalid", at, form="contact", field="email", reason="x", page="bad id!", n=None, url=HOME + "contact")
    nobody: dict[str, Any] = {"visitor": None, "consent": "unset", "sent": at}
    return [body(*seen, **nobody), body(*steps, bad, **nobody), body(sent, **nobody), body(result(sent), **(nobody | {"sent": at + 500}))]


def _leads(name: str, visitor: str, at: int) -> list[Wire]:
    """The same browser grants on the same page, in the very millisecond in which its last event without consent leaves: the view again,
    and another form under another address; then it withdraws."""
    page = f"page{name}0002"
    last = event("custom", at, page=f"page{name}0001", n=4, name="accepter", url=PAGE)
    told = [
        event("consent", at, page=page, n=0, state="granted", purpose="tracking", how="api", proof=f"{ord(name[0]):064x}", url=PAGE),
        view(at, PAGE, GOOGLE, page=page, n=1, title="Nous écrire", again=1),
    ]
    sent = form(at + SECOND, f"{name.lower()}-2@example.org", page=page, n=2, url=PAGE)
    left = event("consent", at + 2 * SECOND, state="denied", purpose="tracking", page=page, n=3, url=PAGE)
    return [
        body(last, visitor=None, consent="unset", sent=at),
        body(*told, visitor=visitor, sent=at),
        body(sent, visitor=visitor, sent=at + SECOND),
        body(left, visitor=visitor, sent=at + 2 * SECOND),
    ]


def _story(conn: Connection, name: str, visitor: str, at: int) -> None:
    for one in (*_audience(name, at), *_leads(name, visitor, at + 40 * SECOND)):
        store(conn, one)


def _everything(conn: Connection) -> list[Row]:
    return [(table.name, dict(row._mapping)) for table in RAW if table.name not in COUNTS for row in conn.execute(select(table))]


def _values(row: dict[str, Any]) -> Iterator[Value]:
    """What of a row may be held against what of another: each value, and what stands within it."""
    for column, value in row.items():
        yield from _within(bytes(value) if isinstance(value, memoryview) else value, column)


def _within(value: Any, column: str = "") -> Iterator[Value]:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, bytes) and len(value) == 16:
        yield bytes, value
        if value[6] >> 4 == 7:
            yield from _within(protocol.time_of(value))
    elif isinstance(value, bytes):
        yield from _within(value.decode("utf-8", "replace"))
    elif isinstance(value, int):
        yield int, value
        if value > 10**12:
            yield int, privacy.coarse(value)
    elif isinstance(value, float):
        yield float, value
    elif isinstance(value, str):
        yield str, value
        if (identity := protocol.uuid_bytes(value)) is not None:
            yield from _within(identity)
        if value[:1] in "[{" and value:
            yield from _inside(json.loads(value))


def _inside(made: Any) -> Iterator[Value]:
    if isinstance(made, dict | list):
        for one in made.values() if isinstance(made, dict) else made:
            yield from _inside(one)
    else:
        yield from _within(made)


def _kind(row: Row) -> str:
    """What somebody would want to chain: `view` and `form` of audience mode, or a visitor in `leads` mode."""
    table, values = row
    if table == "event":
        if values["visitor"] is not None:
            return "leads"
        return "form" if TYPES[values["type"]] in protocol.EXACT else "view"
    if table == "refused":
        return "view"
    if table == "submission":
        return "leads" if values["visitor"] else "form"
    return "leads" if values.get("visitor") else "other"


def _chains(rows: list[Row], others: list[Row]) -> list[set[int]]:
    """Groups of rows that are chained by values which occur in none of the others' rows."""
    common = {value for _table, row in others for value in _values(row)}
    group = list(range(len(rows)))

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    telling = [set(_values(row)) - common for _table, row in rows]
    for one, two in combinations(range(len(rows)), 2):
        if telling[one] & telling[two]:
            group[root(one)] = root(two)
    found: dict[int, set[int]] = {}
    for place in range(len(rows)):
        found.setdefault(root(place), set()).add(place)
    return list(found.values())


@pytest.fixture
def told(conn: Connection) -> tuple[list[Row], list[Row]]:
    """The raw rows of one person, and those of two others."""
    _story(conn, "BBBB", OTHER, START + 123)
    _story(conn, "CCCC", OTHER[:-1] + "C", START + 7_457)
    others = _everything(conn)
    _story(conn, "AAAA", VISITOR, START + 3_791)
    mine = [row for row in _everything(conn) if row not in others]
    return mine, others


def test_no_chain_leads_from_a_form_of_audience_mode_to_a_view_or_a_visitor(told: tuple[list[Row], list[Row]]) -> None:
    mine, others = told
    kinds = [_kind(row) for row in mine]
    assert all(kinds.count(kind) >= least for kind, least in {"view": 6, "form": 3, "leads": 6}.items()), kinds
    for chain in _chains(mine, others):
        assert len({kinds[place] for place in chain} - {"other"}) <= 1, [mine[place] for place in sorted(chain)]


def test_the_test_finds_a_chain_where_there_is_one(told: tuple[list[Row], list[Row]]) -> None:
    """A view that kept its millisecond is chained to the form that was sent in it; so is one that shares a page with it."""
    mine, others = told
    place = next(place for place, row in enumerate(mine) if row[0] == "event" and _kind(row) == "view")
    sent = next(row for _table, row in mine if _table == "submission" and not row["visitor"])
    for column, value in (("received_at", sent["received_at"]), ("page", sent["token"])):
        spoilt = [*mine]
        spoilt[place] = ("event", {**mine[place][1], column: value})
        kinds = [_kind(row) for row in spoilt]
        assert any({"view", "form"} <= {kinds[one] for one in chain} for chain in _chains(spoilt, others)), column


def test_the_steps_of_a_form_do_not_tell_who_sent_it(told: tuple[list[Row], list[Row]]) -> None:
    mine, others = told
    steps = {place for place, (table, row) in enumerate(mine) if table == "event" and TYPES[row["type"]] == "form_start"}
    assert steps
    assert all(chain <= steps for chain in _chains(mine, others) if chain & steps)


def test_a_lead_of_audience_mode_has_no_visit(conn: Connection, told: Any) -> None:
    (lead,) = builders.rows(conn, "lead", email="aaaa@example.org")
    assert (lead["visits"], lead["first_channel"], lead["first_at"]) == (0, "", None)
    assert not builders.rows(conn, "span", lead_id=lead["id"])
