"""One change of many leads: in steps, once each, taken back exactly, and after a stop from where it was left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import bulk, views
from collector.actions.edit import edit
from collector.actions.erase import erase
from collector.actions.merge import merge
from collector.actions.rebuild import rebuild
from collector.jobs import bulk as job
from collector.store import ids
from collector.store.database import Database
from collector.store.writer import Writer
from tests.builders import NOW, SECRET, body, derived, form, rows, store, tell

ONE, TWO, THREE = (f"{name}@example.org" for name in ("one", "two", "three"))
CHANGE = (7).to_bytes(16, "big")
_ids = ids.uuid7


def _three(conn: Connection) -> list[bytes]:
    for place, address in enumerate((ONE, TWO, THREE)):
        tell(conn, form(NOW - 100 + place, address), visitor=f"v{place:021d}")
    known = {row["value"]: bytes(row["lead_id"]) for row in rows(conn, "identifier")}
    return [known[address] for address in (ONE, TWO, THREE)]


def _start(conn: Connection, kind: str, value: str, leads: list[bytes], id: bytes = CHANGE) -> None:
    bulk.start(conn, kind, value, b"".join(leads), actor="", now=NOW, id=id)


def _step(conn: Connection, most: int = 2, id: bytes = CHANGE) -> bool:
    return bulk.step(conn, 1, id, most, secret=SECRET, now=NOW + 1, ids=_ids)


def _run(conn: Connection, most: int = 2, id: bytes = CHANGE) -> None:
    while _step(conn, most, id):
        pass


def _of(conn: Connection, name: str) -> dict[str, Any]:
    return {row["email"]: row[name] for row in rows(conn, "lead")}


def _bulk(conn: Connection) -> dict[str, Any]:
    (row,) = rows(conn, "bulk")
    return dict(row)


def test_a_change_goes_a_few_leads_a_step_and_counts_those_that_were_not_so(conn: Connection) -> None:
    leads = _three(conn)
    edit(conn, leads[1], [("status", "", "won")], actor="", secret=SECRET, now=NOW, ids=_ids)
    _start(conn, "status", "won", leads)
    assert _step(conn)
    assert _of(conn, "status") == {ONE: "won", TWO: "won", THREE: ""}
    assert (_bulk(conn)["state"], _bulk(conn)["done"], _bulk(conn)["n"]) == ("running", 2, 1)
    assert not _step(conn)
    assert _of(conn, "status") == {ONE: "won", TWO: "won", THREE: "won"}
    assert (_bulk(conn)["state"], _bulk(conn)["n"], _bulk(conn)["asked"], _bulk(conn)["leads"]) == ("done", 2, 3, b"")
    assert not _step(conn)
    assert sum(row["bulk_id"] == CHANGE for row in rows(conn, "edit")) == 2


def test_taken_back_everything_is_as_it_was_but_for_what_was_said_since(conn: Connection) -> None:
    leads = _three(conn)
    edit(conn, leads[1], [("status", "", "contacted"), ("tag", "", "vip")], actor="", secret=SECRET, now=NOW, ids=_ids)
    before = derived(conn)
    _start(conn, "status", "won", leads)
    _run(conn)
    bulk.undo(conn, CHANGE)
    assert _step(conn)
    assert _bulk(conn)["state"] == "undoing"
    _run(conn)
    assert derived(conn) == before
    assert _bulk(conn)["state"] == "undone"
    with pytest.raises(bulk.BadBulk, match="gone"):
        bulk.undo(conn, CHANGE)
    _start(conn, "tag", "salon", leads, b"8" * 16)
    _run(conn, id=b"8" * 16)
    edit(conn, leads[0], [("untag", "", "salon")], actor="", secret=SECRET, now=NOW + 5, ids=_ids)
    edit(conn, leads[0], [("tag", "", "salon")], actor="", secret=SECRET, now=NOW + 6, ids=_ids)
    bulk.undo(conn, b"8" * 16)
    _run(conn, id=b"8" * 16)
    assert _of(conn, "tags") == {ONE: '["salon"]', TWO: '["vip"]', THREE: "[]"}


def test_a_change_can_be_taken_back_while_it_is_made(conn: Connection) -> None:
    leads = _three(conn)
    before = derived(conn)
    _start(conn, "tag", "salon", leads)
    assert _step(conn)
    bulk.undo(conn, CHANGE)
    _run(conn)
    assert derived(conn) == before
    assert _bulk(conn)["state"] == "undone"


def test_leads_that_were_merged_or_erased_meanwhile_are_gone_through_too(conn: Connection) -> None:
    leads = _three(conn)
    _start(conn, "owner", "", leads)
    _run(conn)
    assert _bulk(conn)["n"] == 0  # nobody owned them
    _start(conn, "tag", "salon", leads, b"8" * 16)
    merge(conn, leads[0], leads[1], actor="", reason="", secret=SECRET, now=NOW, id=b"9" * 16)
    erase(conn, THREE, secret=SECRET, now=NOW)
    _run(conn, 3, b"8" * 16)
    assert _of(conn, "tags") == {ONE: '["salon"]'} or _of(conn, "tags") == {TWO: '["salon"]'}
    bulk.undo(conn, b"8" * 16)
    _run(conn, 3, b"8" * 16)
    assert set(_of(conn, "tags").values()) == {"[]"}


def test_many_are_said_to_be_spam_and_are_none_again(conn: Connection) -> None:
    leads = _three(conn)
    before = derived(conn)
    _start(conn, "spam", "yes", leads[:2])
    _run(conn)
    assert _of(conn, "quarantine") == {ONE: "person", TWO: "person", THREE: ""}
    _start(conn, "spam", "no", leads, b"8" * 16)
    _run(conn, id=b"8" * 16)
    assert set(_of(conn, "quarantine").values()) == {""}
    assert next(row["n"] for row in rows(conn, "bulk") if row["id"] == b"8" * 16) == 2  # the third was none
    for id in (b"8" * 16, CHANGE):
        bulk.undo(conn, id)
        _run(conn, id=id)
    assert derived(conn) == before


def test_a_tag_comes_off_every_lead_that_was_merged_and_no_lead_gets_too_many(conn: Connection) -> None:
    leads = _three(conn)
    for lead in leads[:2]:
        edit(conn, lead, [("tag", "", "salon")], actor="", secret=SECRET, now=NOW, ids=_ids)
    edit(conn, leads[2], [("tag", "", f"t{place}") for place in range(20)], actor="", secret=SECRET, now=NOW, ids=_ids)
    merge(conn, leads[0], leads[1], actor="", reason="", secret=SECRET, now=NOW, id=b"9" * 16)
    before = derived(conn)
    _start(conn, "untag", "salon", leads)
    _run(conn)
    assert _bulk(conn)["n"] == 1
    assert '["salon"]' not in _of(conn, "tags").values()
    bulk.undo(conn, CHANGE)
    _run(conn)
    assert derived(conn) == before
    _start(conn, "tag", "one more", [leads[2]], b"8" * 16)
    _run(conn, id=b"8" * 16)
    assert derived(conn) == before


def test_a_change_is_a_raw_row_that_a_rebuild_reads_again(conn: Connection) -> None:
    leads = _three(conn)
    _start(conn, "status", "lost", leads)
    _run(conn)
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_erasure_takes_a_person_out_of_changes_and_views(conn: Connection) -> None:
    (lead, *_rest) = _three(conn)
    edit(conn, lead, [("field", "name", "Camille Kanarienvogel")], actor="", secret=SECRET, now=NOW, ids=_ids)
    _start(conn, "tag", "Kanarienvogel", [lead])
    _run(conn)
    user = b"u" * 16
    searches = ["one@example.org", "Camille KANARIENVOGEL", "camille", "ONE@", "two@example.org", "devis", "camil"]
    for place, query in enumerate(searches):
        asked = f"q={query.replace(' ', '+')}&status=won"
        more: dict[str, Any] = {"shared": False, "opens": False, "now": NOW, "id": bytes([place]) * 16}
        views.add(conn, user, "Kanarienvogel" if place == 1 else f"View {place}", asked, **more)
    erase(conn, ONE, secret=SECRET, now=NOW + 10)
    told = [(row["name"], row["asked"]) for row in sorted(rows(conn, "view"), key=lambda row: row["id"])]
    assert told == [
        ("View 0", "status=won"),
        ("~", "status=won"),
        ("View 2", "status=won"),
        ("View 3", "status=won"),
        ("View 4", "q=two%40example.org&status=won"),
        ("View 5", "q=devis&status=won"),
        ("View 6", "q=camil&status=won"),
    ]
    assert _bulk(conn)["value"] == ""


async def test_a_change_that_a_restart_stopped_goes_on_on_both_databases(house: tuple[Database, Writer], site: Any) -> None:
    database, writer = house

    def crowd(conn: Connection) -> list[bytes]:
        for place in range(40):
            store(conn, body(form(NOW - 100 + place, f"p{place}@example.org"), visitor=f"v{place:021d}"))
        return [bytes(row["lead_id"]) for row in rows(conn, "identifier")]

    leads = await writer.run(crowd)
    await writer.run(bulk.start, "status", "won", b"".join(leads), actor="", now=NOW, id=CHANGE)
    await writer.run(bulk.step, 1, CHANGE, 7, secret=SECRET, now=NOW, ids=_ids)
    # Several collectors go on with it at once: each lead is changed once.
    clock = lambda: NOW  # noqa: E731
    both = (job.go_on(writer, database, secret=SECRET, clock=clock, ids=_ids) for _ in range(2))
    await asyncio.gather(*both)
    assert await job.go_on(writer, database, secret=SECRET, clock=clock, ids=_ids) == 0
    found = await writer.run(rows, "bulk")
    assert (found[0]["state"], found[0]["n"], found[0]["done"]) == ("done", 40, 40)
    assert len(await writer.run(rows, "edit")) == 40
    assert {row["status"] for row in await writer.run(rows, "lead")} == {"won"}
