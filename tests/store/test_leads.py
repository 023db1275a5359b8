"""The way of one lead; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from collector.domain.events import Field
from collector.store import leads
from collector.store.database import Database
from collector.store.writer import Writer
from tests.web import rows
from tests.web.rows import DAY, MINUTE, NOW


async def test_the_way_of_a_lead_is_what_its_visitors_did_in_its_time(database: Database, writer: Writer) -> None:
    def way(conn: Connection) -> bytes:
        rows.site(conn, 42)
        lead = rows.lead(conn, email="a@example.com")
        rows.visit(conn, "vA", NOW - 2 * DAY, [("https://example.com/early", "Before its time")])
        rows.visit(conn, "vA", NOW - DAY, [("https://example.com/", "Home"), ("https://example.com/contact", "Contact")])
        rows.visit(conn, "vB", NOW - DAY, [("https://example.com/", "Somebody else")])
        sent = rows.submission(
            conn, lead, NOW, [Field(name="email", value="a@example.com"), Field(name="iban", withheld="id-number")], visitor="vA"
        )
        rows.submission(conn, lead, NOW + 1, counted=0, result="failed")
        rows.submission(conn, rows.lead(conn, email="b@example.com"), NOW)
        rows.span(conn, lead, "vA", sent, NOW, NOW - DAY)
        return lead

    lead = await writer.run(way)
    async with database.reader() as conn:
        told = await leads.timeline(conn, 1, lead)
        elsewhere = await leads.timeline(conn, 2, lead)
    assert [session["visitor"] for session in told.sessions] == ["vA"]
    assert [event["data"]["title"] for event in told.events if event["type"] == "view"] == ["Home", "Contact"]
    assert len(told.touches) == 1
    assert [(one["result"], one["counted"]) for one in told.submissions] == [("confirmed", 1), ("failed", 0)]
    assert [(field["name"], field["value"], field["withheld"]) for field in told.submissions[0]["fields"]] == [
        ("email", "a@example.com", None),
        ("iban", None, "id-number"),
    ]
    assert [(one["visitor"], one["kind"]) for one in told.spans] == [("vA", "form")]
    assert not told.cut
    assert not any(elsewhere)


async def test_a_long_way_keeps_its_newest_part_and_says_so(database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "MOST_EVENTS", 5)

    def way(conn: Connection) -> bytes:
        lead = rows.lead(conn, email="a@example.com")
        rows.visit(conn, "vA", NOW, [(f"https://example.com/{place}", str(place)) for place in range(5)])
        rows.event(conn, "view", "vA", NOW + 1, "p", "https://example.com/", {})
        rows.span(conn, lead, "vA", rows.submission(conn, lead, NOW), NOW, NOW - MINUTE)
        return lead

    lead = await writer.run(way)
    async with database.reader() as conn:
        told = await leads.timeline(conn, 1, lead)
    assert told.cut
    assert len(told.events) == 5
    assert told.events[-1]["at"] == max(event["at"] for event in told.events)
