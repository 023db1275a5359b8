"""The list: its pages, its filters, its orders and its export; on both databases."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from collector.domain.listing import KINDS, SORTS, Asked
from collector.present.export import COLUMNS
from collector.store import leads, listing
from collector.store.database import Database
from collector.store.filters import Filters
from collector.store.listing import Cursor
from collector.store.writer import Writer
from tests.web import rows
from tests.web.rows import DAY, NOW


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


async def _exported(conn: Any, filters: Filters, account: int = 1) -> list[dict[str, Any]]:
    return [row async for some in listing.export(conn, account, await listing.ids(conn, account, filters)) for row in some]


async def _names(database: Database, asked: Asked, account: int = 1, **more: Any) -> list[str]:
    """The list in its order; its count and its export say the same."""
    filters = Filters(asked, **more)
    async with database.reader() as conn:
        page = await listing.page(conn, account, filters, None, 50)
        counted = await listing.counts(conn, account, filters)
        assert counted == await listing.counts(conn, account, filters, page)
        assert counted[asked.kind] == len(page.rows)
        assert [row["lead_id"].replace("-", "") for row in await _exported(conn, filters, account)] == [
            row["id"].hex() for row in page.rows
        ]
        return [row["name"] or row["message"] for row in page.rows]


_SEARCHES = [
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
]


async def test_the_search_box_reads_all_words_folded(database: Database, writer: Writer) -> None:
    await writer.run(_people)
    for query, names in _SEARCHES:
        assert await _names(database, Asked(q=query, kind="all")) == names, query


def _crowd(conn: Connection) -> None:
    _people(conn)
    mine = {"status": "won", "owner": "ab" * 16, "tags": '["Salon \\"Pro\\"", "vip"]', "marketing_consent": "granted"}
    ends = {"first_channel": "Paid Search", "first_source": "google", "first_campaign": "printemps", "last_campaign": "été"}
    anna = rows.lead(conn, NOW - 2 * DAY, name="Anna", email="anna@acme.fr", form="devis", last_seen_at=NOW + 5, **mine, **ends)
    rows.company(conn, anna, "acme.fr")
    rows.score(conn, anna, 4_150)
    bert = rows.lead(
        conn, NOW - 3 * DAY, name="bert", email="b@x.fr", page="https://example.com/Tarifs?x", tags='["VIP"]', marks=("pixel",)
    )
    rows.score(conn, bert, 9_000)
    rows.score(conn, rows.lead(conn, NOW - 4 * DAY, name="Staff", email="s@example.com"), 5_000, excluded="staff")
    rows.lead(conn, NOW - 5 * DAY, name="Spam", email="spam@example.com", quarantine="links,words")
    rows.lead(conn, NOW - 6 * DAY, kind="message", message="Casino", quarantine="links")


_FILTERED = [
    (Asked(site=(43,)), ["Bob 100%_off"]),
    (Asked(site=(43, 99)), ["Bob 100%_off"]),
    (Asked(site=(44,)), []),
    (Asked(source=("lettre", "google")), ["Hélène Müller", "Anna"]),
    (Asked(channel=("Direct",)), ["Bob 100%_off"]),
    (Asked(campaign=("été",)), ["Anna"]),
    (Asked(form=("devis",)), ["Anna"]),
    (Asked(page="/tarifs"), ["bert"]),
    (Asked(page="%"), []),
    (Asked(status=("won",)), ["Anna"]),
    (Asked(status=("none",), form=("contact",), site=(43,)), ["Bob 100%_off"]),
    (Asked(owner=("me",)), ["Anna"]),
    (Asked(owner=("cd" * 16,)), []),
    (Asked(owner=("nobody", "me"), score=41), ["Anna", "bert"]),
    (Asked(score=42), ["Anna", "bert"]),  # 41.5 is shown as 42
    (Asked(score=43), ["bert"]),
    (Asked(score_max=42), ["Anna"]),
    (Asked(score=0), ["Anna", "bert"]),  # who has no score has none of 0
    (Asked(score=50, score_max=89), []),
    (Asked(tag=("vip",)), ["Anna"]),
    (Asked(tag=("VIP",)), ["bert"]),
    (Asked(tag=('Salon "Pro"', "VIP")), ["Anna", "bert"]),
    (Asked(tag=("Salon",)), []),
    (Asked(company=("acme",)), ["Anna"]),
    (Asked(consent="yes"), ["Anna"]),
    (Asked(mark=("headless", "pixel")), ["Zoé", "bert"]),
    (Asked(mark=("none",), status=("won",)), ["Anna"]),
    (Asked(kind="messages"), ["Bonjour à tous"]),
    (Asked(kind="quarantine"), ["Spam", "Casino"]),
    (Asked(q="spam"), []),
    (Asked(kind="all", q="casino"), []),
    (Asked(sort="oldest"), ["Staff", "bert", "Anna", "Hélène Müller", "Bob 100%_off", "Zoé"]),
    (Asked(sort="seen"), ["Anna", "Zoé", "Bob 100%_off", "Hélène Müller", "bert", "Staff"]),
    (Asked(sort="score"), ["bert", "Anna", "Zoé", "Bob 100%_off", "Hélène Müller", "Staff"]),
    (Asked(sort="name"), ["Anna", "bert", "Bob 100%_off", "Hélène Müller", "Staff", "Zoé"]),
]


async def test_filters_and_orders(database: Database, writer: Writer) -> None:
    await writer.run(_crowd)
    for asked, names in _FILTERED:
        assert await _names(database, asked, me="ab" * 16) == names, asked
    between = (NOW - 3 * DAY, NOW - 2)
    assert await _names(database, Asked(), between=between) == ["Bob 100%_off", "Hélène Müller", "Anna", "bert"]


async def test_whatever_is_asked_for_the_pages_the_count_and_the_export_are_the_same_rows(database: Database, writer: Writer) -> None:
    drawn = random.Random(7)
    values: dict[str, list[Any]] = {
        "q": ["example", "a", "hélène"], "site": [(42,), (42, 43)], "channel": [("Email", "Direct")], "source": [("google",)], "form": [("contact",)],
        "status": [("none",), ("won",)], "owner": [("nobody",), ("me",)], "tag": [("vip", "VIP")], "mark": [("none",), ("headless",)],
        "page": ["example.com"], "score": [0, 42], "score_max": [80], "consent": ["no"], "company": [("acme",)],
    }  # fmt: skip

    def more(conn: Connection) -> None:
        _crowd(conn)
        for place in range(40):
            rows.score(conn, rows.lead(conn, NOW - place * 140_000, name=f"N{place % 5}", email=f"n{place}@example.com"), place % 4 * 3_000)

    await writer.run(more)
    async with database.reader() as conn:
        for _ in range(60):
            some = {name: drawn.choice(told) for name, told in values.items() if drawn.random() < 0.15}
            asked = Asked(**some, sort=drawn.choice(SORTS), kind=drawn.choice(KINDS))
            filters = Filters(asked, (NOW - DAY, NOW) if drawn.random() < 0.2 else None, "ab" * 16)
            walked: list[bytes] = []
            cursor = None
            while True:
                page = await listing.page(conn, 1, filters, cursor, 7)
                walked += [row["id"] for row in page.rows]
                if page.after is None:
                    break
                cursor = Cursor.parse(str(page.after))
            chosen = await listing.ids(conn, 1, filters)
            assert chosen == b"".join(walked), asked
            assert [UUID(row["lead_id"]).bytes for row in await _exported(conn, filters)] == walked
            assert (await listing.counts(conn, 1, filters))[asked.kind] == len(walked)


async def test_filters_offer_what_recent_leads_have(database: Database, writer: Writer) -> None:
    await writer.run(_crowd)
    async with database.reader() as conn:
        assert await listing.offer(conn, 1) == (
            ["Direct", "Email", "Paid Search"], ["google", "lettre"], ["printemps", "été"], ["contact", "devis"], ['Salon "Pro"', "VIP", "vip"],
        )  # fmt: skip


async def test_no_account_sees_anothers_leads(database: Database, writer: Writer) -> None:
    await writer.run(_people)
    assert await _names(database, Asked(q="helene"), account=2) == ["Hélène d’ailleurs"]
    async with database.reader() as conn:
        theirs = (await listing.page(conn, 2, Filters(), None, 1)).rows[0]["id"]
        assert await leads.one(conn, 1, theirs) is None
        assert (await leads.one(conn, 2, theirs) or {})["email"] == "x@other.example"
        assert await listing.of(conn, 1, [theirs]) == []
        assert [some async for some in listing.export(conn, 1, theirs)] == [[]]


async def test_pages_follow_each_other_forth_and_back_without_a_gap(database: Database, writer: Writer) -> None:
    def crowd(conn: Connection) -> None:
        for place in range(25):
            lead = rows.lead(conn, NOW + place // 3, email=f"p{place % 7}@example.com")  # several of one moment: the id decides
            if place % 4:
                rows.score(conn, lead, place // 5 * 100)

    await writer.run(crowd)
    for sort in SORTS:
        filters = Filters(Asked(sort=sort))
        async with database.reader() as conn:
            everyone = [row["id"] for row in (await listing.page(conn, 1, filters, None, 50)).rows]
            forth, cursor, pages = [], None, []
            while True:
                page = await listing.page(conn, 1, filters, cursor, 10)
                pages.append([row["id"] for row in page.rows])
                forth += pages[-1]
                if page.after is None:
                    break
                cursor = Cursor.parse(str(page.after))
            assert forth == everyone
            assert [len(ids) for ids in pages] == [10, 10, 5]
            back = page.before
            for expected in reversed(pages[:-1]):
                page = await listing.page(conn, 1, filters, back, 10)
                assert [row["id"] for row in page.rows] == expected
                back = page.before
            assert back is None
            assert page.after is not None


async def test_equal_times_are_ordered_by_id_the_newest_first(database: Database, writer: Writer) -> None:
    ids = [bytes([value]) * 16 for value in (0x00, 0x7F, 0x80, 0xFF)]

    def same(conn: Connection) -> None:
        for one in ids:
            rows.lead(conn, NOW, id=one)

    await writer.run(same)
    async with database.reader() as conn:
        assert [row["id"] for row in (await listing.page(conn, 1, Filters(), None, 9)).rows] == ids[::-1]


@pytest.mark.parametrize("text", ["", "x", "1.zz", "1." + "0" * 31, "--1." + "0" * 32, "9" * 16 + "." + "0" * 32, "１." + "0" * 32])
def test_a_bad_cursor_is_none(text: str) -> None:
    assert Cursor.parse(text) is None


async def test_the_export_holds_more_than_one_step_and_every_column(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "EXPORT_STEP", 3)

    def crowd(conn: Connection) -> None:
        rows.site(conn, 42)
        for place in range(9):
            rows.lead(conn, NOW + place // 4, email=f"p{place}@example.com", marks=("automated",), site_id=42 if place else 99)

    await writer.run(crowd)
    async with database.reader() as conn:
        found = await _exported(conn, Filters())
        listed = (await listing.page(conn, 1, Filters(), None, 50)).rows
    assert [row["email"] for row in found] == [row["email"] for row in listed]
    assert all(set(row) == set(COLUMNS) for row in found)
    assert found[0]["mark"] == "automated"
    assert len(found[0]["lead_id"]) == 36
    assert {row["site_id"]: row["site"] for row in found} == {42: "example.com", 99: ""}
    assert found[0]["first_at"] is None
