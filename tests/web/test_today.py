"""The morning: who to call and why, in the order in which to do it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from collector.domain.rollups import Tally
from collector.store import rollups, schema

from . import rows, story
from .conftest import Place, post
from .rows import DAY, HOUR, MINUTE, NOW

TODAY = NOW // DAY  # NOW is a Monday


def _names(page: str, part: str = "new") -> list[str]:
    section = page.partition(f'aria-labelledby="{part}"')[2].partition("</section>")[0]
    return re.findall(r'class="name" href="/leads/[^"]+">([^<]+)</a>', section)


def _morning(conn: Connection) -> None:
    rows.site(conn, 42, name="Thermique Dubois")
    camille = story._camille(conn)
    story._others(conn)
    rows.score(conn, rows.lead(conn, NOW - HOUR, name="Best One", phone="+33612345678", form="devis"), 9_000, [("contact", 4_000, 1, [])])
    change = {"account_id": 1, "day": TODAY, "lead_id": camille, "before": 2_000, "after": 4_000, "at": NOW}
    conn.execute(insert(schema.score_change).values(**change))


async def test_the_screens_begin_with_the_morning(owned: Place) -> None:
    assert (await owned.browser.get("/")).headers["location"] == "/today"


async def test_new_leads_stand_best_first_each_with_its_reason_and_its_next_step(owned: Place) -> None:
    await owned.writer.run(_morning)
    page = (await owned.browser.get("/today")).text
    assert _names(page)[0] == "Best One"
    assert "Test Robot" in _names(page)[-1]  # one of our own people is nobody to call
    for text in (
        "Asked something",
        "Call: nobody has yet.",
        'href="tel:+33612345678"',
        "Email: lettre, campaign “rentree”",
        "Since 20 November 2026; times in Europe/Paris.",  # a Monday looks at the weekend too
        "1 message without an address came too",
    ):
        assert text in page, text


async def test_who_came_back_says_what_they_read_and_whose_score_moved_by_how_much(owned: Place) -> None:
    await owned.writer.run(_morning)
    page = (await owned.browser.get("/today")).text
    assert _names(page, "came-back") == ["Camille Durand"]
    assert "<span>Nos prestations</span>, <span>Nous écrire</span>" in page
    assert _names(page, "moved") == []  # who came back is told of once
    assert "from 20 to 57" in page, "to the score of now, which stands beside it, whatever a day's change was noted as"


async def test_one_click_assigns_and_one_says_that_it_was_contacted_and_comes_back_here(owned: Place) -> None:
    def one(conn: Connection) -> bytes:
        rows.site(conn)
        lead = rows.lead(conn, email="a@example.com")
        rows.submission(conn, lead, NOW, email="a@example.com")
        return lead

    lead = await owned.writer.run(one)
    page = (await owned.browser.get("/today?since=2026-11-20")).text
    me = re.search(r'name="owner" value="([0-9a-f]+)"', page)
    assert me
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    back = re.search(r'name="back" value="([^"]+)"', page)
    assert back
    assert back[1] == "/today?since=2026-11-20"
    for sent in ({"owner": me[1]}, {"status": "contacted"}):
        answer = await post(owned.browser, f"/leads/{UUID(bytes=lead)}/edit", {**sent, "back": back[1]}, token=token[1])
        assert answer.headers["location"] == "/today?since=2026-11-20"
    edits = await owned.writer.run(lambda conn: conn.execute(select(schema.edit.c.kind, schema.edit.c.value)).all())
    assert sorted(map(tuple, edits)) == [("owner", me[1]), ("status", "contacted")]
    hostile = await post(owned.browser, f"/leads/{UUID(bytes=lead)}/edit", {"note": "x", "back": "https://evil.example/"}, token=token[1])
    assert hostile.headers["location"] == "/"


async def test_a_viewer_reads_and_changes_nothing(place: Place) -> None:
    await place.writer.run(rows.user, "viewer@example.com", "viewer")
    await place.login("viewer@example.com")
    await place.writer.run(_morning)
    page = (await place.browser.get("/today")).text
    assert "Best One" in page
    assert "Assign" not in page
    assert 'name="status"' not in page


def _counted(conn: Connection, key: str, days: dict[int, tuple[int, int]], kind: str = "form") -> None:
    tally = Tally({}, frozenset())
    for day, (seen, sent) in days.items():
        tally.row(42, day, kind, key, [0, seen, 0, sent], 0)
        tally.row(42, day, "site", "", [50, 100, 0, 0], (day + 1) * DAY - HOUR)
    rollups.save(conn, 1, tally)


async def test_a_form_that_stopped_is_told_with_what_is_usual(owned: Place) -> None:
    def tell(conn: Connection) -> None:
        rows.site(conn)
        _counted(conn, "devis", dict.fromkeys(range(TODAY - 45, TODAY - 4), (40, 10)) | dict.fromkeys(range(TODAY - 4, TODAY + 1), (40, 0)))
        _counted(conn, "lettre", dict.fromkeys(range(TODAY - 45, TODAY + 1), (40, 10)))

    await owned.writer.run(tell)
    page = (await owned.browser.get("/today")).text
    assert "The form “devis” was last sent 5 days ago; the same days usually bring 40." in page
    assert "It is still seen, so its sending may be broken." in page
    assert "“lettre”" not in page


async def test_a_site_that_went_quiet_refusals_and_requests_are_told(owned: Place) -> None:
    def tell(conn: Connection) -> None:
        rows.site(conn, name="Quiet One")
        _counted(conn, "devis", dict.fromkeys(range(TODAY - 45, TODAY - 3), (40, 10)))
        told = {"account_id": 1, "site_id": 42, "reason": "bad-time"}
        conn.execute(insert(schema.refused_count).values(day=TODAY, n=5_000, **told))
        asked = {
            "account_id": 1,
            "kind": "access",
            "lead_id": None,
            "visitor": None,
            "site_id": 0,
            "by": "person",
            "said": "?",
            "language": "",
        }
        conn.execute(insert(schema.request).values(id=b"r" * 16, at=NOW - 26 * DAY, due_at=NOW + 4 * DAY, **asked))
        rows.lead(conn, NOW - MINUTE, email="spam@example.com", name="Spam One", quarantine="links")

    await owned.writer.run(tell)
    page = (await owned.browser.get("/today")).text
    for text in (
        "Quiet One has gone quiet",
        "Quiet One: 5,000 events were refused in a day, where 0 are usual.",
        "1 person waits for an answer about their own data.",
        "1 new lead stands apart as spam.",
    ):
        assert text in page, text
    assert "The form “devis”" not in page  # the site is told of, not each of its forms
    assert "Spam One" not in page


async def test_an_empty_morning_says_kindly_what_to_do(owned: Place) -> None:
    assert "Add the first site" in (await owned.browser.get("/today")).text
    await owned.writer.run(rows.site)
    assert "The tag has not been heard yet" in (await owned.browser.get("/today")).text
    await owned.writer.run(rows.event, "view", None, NOW - 5 * MINUTE, "p", "https://example.com/", {})
    page = (await owned.browser.get("/today")).text
    assert "Nobody new since then" in page
    assert "it was last heard 5 minutes ago" in page


async def test_days_that_cannot_be_are_the_last_working_day(owned: Place) -> None:
    await owned.writer.run(_morning)
    for asked, day in (
        ("nonsense", "2026-11-20"),
        ("2026-13-45", "2026-11-20"),
        ("2999-01-01", "2026-11-23"),
        ("1999-01-01", "2025-11-22"),
    ):
        assert f'name="since" value="{day}"' in (await owned.browser.get(f"/today?since={asked}")).text, asked


async def test_nobody_of_another_account_is_told(owned: Place) -> None:
    def elsewhere(conn: Connection) -> Any:
        rows.site(conn)
        rows.account(conn, 2)
        rows.site(conn, 44, account=2)
        rows.lead(conn, NOW - 9 * DAY, account=2, site_id=44, email="old@example.com", last_seen_at=NOW)
        return rows.lead(conn, account=2, site_id=44, email="x@example.com")

    await owned.writer.run(elsewhere)
    page = (await owned.browser.get("/today")).text
    assert "x@example.com" not in page
    assert "old@example.com" not in page
