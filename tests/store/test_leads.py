"""The list, its pages and its export, and the way of one lead; on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from collector.domain.events import Field
from collector.present.export import COLUMNS
from collector.store import leads
from collector.store.database import Database
from collector.store.leads import Cursor, Filters
from collector.store.writer import Writer
from tests.web import rows
from tests.web.rows import DAY, MINUTE, NOW


def _people(conn: Connection) -> None:
    rows.site(conn, 42)
    rows.site(conn, 43, domain="pro.example.com")
    rows.account(conn, 2)
    rows.site(conn, 44, account=2, domain="other.example")
    email = {"last_channel": "Email", "last_source": "lettre", "last_at": NOW}
    rows.lead(conn, NOW - 4, name="Hélène Müller", email="helene@example.com", organization="Œuvre & Cie", visits=2, **email)
    rows.lead(
        conn,
        NOW - 3,
        name="Bob 100%_off",
        email="bob@example.com",
        phone="+33612345678",
        site_id=43,
        first_channel="Direct",
        first_source="(direct)",
    )
    rows.lead(conn, NOW - 2, name="Zoé", email="zoe@example.com", page="https://example.com/devis", marks=("automated", "headless"))
    rows.lead(conn, NOW - 1, kind="message", message="Bonjour à tous")
    rows.lead(conn, NOW, account=2, site_id=44, name="Hélène d’ailleurs", email="x@other.example")


async def _names(database: Database, *filters: Any, account: int = 1, **named: Any) -> list[str]:
    async with database.reader() as conn:
        page = await leads.page(conn, account, Filters(*filters, **named), None, 50)
        counted = await leads.counts(conn, account, Filters(*filters, **named))
        assert counted == await leads.counts(conn, account, Filters(*filters, **named), page)
        assert counted[Filters(*filters, **named).kind] == len(page.rows)
        assert [row["lead_id"].replace("-", "") async for row in leads.export(conn, account, Filters(*filters, **named))] == [
            row["id"].hex() for row in page.rows
        ]
        return [row["name"] or row["message"] for row in page.rows]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Bonjour à tous", "Zoé", "Bob 100%_off", "Hélène Müller"]),
        ("helene", ["Hélène Müller"]),
        ("HÉLÈNE muller", ["Hélène Müller"]),
        ("müller hélène", ["Hélène Müller"]),
        ("œuvre", ["Hélène Müller"]),
        ("zoe@", ["Zoé"]),
        ("/devis", ["Zoé"]),
        ("100%", ["Bob 100%_off"]),
        ("%", ["Bob 100%_off"]),
        ("0%_o", ["Bob 100%_off"]),
        ("o_", []),
        ("\\", []),
        ("06 12 34 56 78", ["Bob 100%_off"]),
        ("0033612.34.56", ["Bob 100%_off"]),
        ("+33 6 12", ["Bob 100%_off"]),
        ("100", ["Bob 100%_off"]),
        ("'; DROP TABLE lead; --", []),
        ("zoe helene", []),
    ],
)
async def test_the_search_box_reads_all_words_folded(database: Database, writer: Writer, query: str, names: list[str]) -> None:
    await writer.run(_people)
    assert await _names(database, query) == names


async def test_filters_narrow_by_site_origin_and_kind(database: Database, writer: Writer) -> None:
    await writer.run(_people)
    assert await _names(database, site=43) == ["Bob 100%_off"]
    assert await _names(database, source="lettre") == ["Hélène Müller"]
    assert await _names(database, source="channel:Direct") == ["Bob 100%_off"]
    assert await _names(database, kind="message") == ["Bonjour à tous"]
    assert await _names(database, kind="lead", site=44) == []
    async with database.reader() as conn:
        assert await leads.origins(conn, 1) == (["Direct", "Email"], ["lettre"])


async def test_no_account_sees_anothers_leads(database: Database, writer: Writer) -> None:
    await writer.run(_people)
    assert await _names(database, "helene", account=2) == ["Hélène d’ailleurs"]
    async with database.reader() as conn:
        theirs = (await leads.page(conn, 2, Filters(), None, 1)).rows[0]["id"]
        assert await leads.one(conn, 1, theirs) is None
        assert (await leads.one(conn, 2, theirs) or {})["email"] == "x@other.example"


async def test_pages_follow_each_other_forth_and_back_without_a_gap(database: Database, writer: Writer) -> None:
    def crowd(conn: Connection) -> None:
        for place in range(25):
            rows.lead(conn, NOW + place // 3, email=f"p{place}@example.com")  # several of one moment: the id decides

    await writer.run(crowd)
    async with database.reader() as conn:
        everyone = [row["id"] for row in (await leads.page(conn, 1, Filters(), None, 50)).rows]
        forth, cursor, pages = [], None, []
        while True:
            page = await leads.page(conn, 1, Filters(), cursor, 10)
            pages.append([row["id"] for row in page.rows])
            forth += pages[-1]
            if page.older is None:
                break
            cursor = Cursor.parse(str(page.older))
        assert forth == everyone
        assert [len(ids) for ids in pages] == [10, 10, 5]
        back = page.newer
        for expected in reversed(pages[:-1]):
            page = await leads.page(conn, 1, Filters(), back, 10)
            assert [row["id"] for row in page.rows] == expected
            back = page.newer
        assert back is None
        assert page.older is not None


async def test_equal_times_are_ordered_by_id_the_newest_first(database: Database, writer: Writer) -> None:
    ids = [bytes([value]) * 16 for value in (0x00, 0x7F, 0x80, 0xFF)]

    def same(conn: Connection) -> None:
        for one in ids:
            rows.lead(conn, NOW, id=one)

    await writer.run(same)
    async with database.reader() as conn:
        assert [row["id"] for row in (await leads.page(conn, 1, Filters(), None, 9)).rows] == ids[::-1]


@pytest.mark.parametrize("text", ["", "x", "1.zz", "1." + "0" * 31, "-1." + "0" * 32, "9" * 16 + "." + "0" * 32, "１." + "0" * 32])
def test_a_bad_cursor_is_none(text: str) -> None:
    assert Cursor.parse(text) is None


async def test_the_export_holds_more_than_one_step_and_every_column(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leads, "EXPORT_STEP", 3)

    def crowd(conn: Connection) -> None:
        rows.site(conn, 42)
        for place in range(9):
            rows.lead(conn, NOW + place // 4, email=f"p{place}@example.com", marks=("automated",), site_id=42 if place else 99)

    await writer.run(crowd)
    async with database.reader() as conn:
        found = [row async for row in leads.export(conn, 1, Filters())]
        listed = (await leads.page(conn, 1, Filters(), None, 50)).rows
    assert [row["email"] for row in found] == [row["email"] for row in listed]
    assert all(set(row) == set(COLUMNS) for row in found)
    assert found[0]["mark"] == "automated"
    assert len(found[0]["lead_id"]) == 36
    assert {row["site_id"]: row["site"] for row in found} == {42: "example.com", 99: ""}
    assert found[0]["first_at"] is None


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
