"""What a morning and the page of a lead read, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert

from collector.domain.rollups import Tally
from collector.store import journeys, leads, requests, rollups, schema, today, ways
from collector.store.database import Database
from collector.store.ids import uuid7
from collector.store.writer import Writer
from tests.web import rows, story
from tests.web.rows import DAY, HOUR, MINUTE, NOW

TODAY = NOW // DAY


def _tell(conn: Connection) -> dict[str, bytes]:
    rows.site(conn)
    camille = story._camille(conn)
    new = rows.lead(conn, NOW - HOUR, email="new@example.com")
    rows.score(conn, new, 4_200, [("contact", 4_000, 1, [])])
    rows.edit(conn, new, "status", "contacted", NOW - MINUTE)
    for day, before, after in ((TODAY - 1, 2_000, 3_000), (TODAY, 3_000, 5_742)):
        conn.execute(insert(schema.score_change).values(account_id=1, day=day, lead_id=camille, before=before, after=after, at=NOW))
    conn.execute(insert(schema.refused_count).values(account_id=1, site_id=42, day=TODAY, reason="bad-id", n=7))
    goal = {"account_id": 1, "goal_id": b"g" * 16, "visitor": story.CAMILLE, "site_id": 42, "value": 0, "currency": "", "marks": 0}
    conn.execute(insert(schema.reached).values(session_id=b"s" * 16, at=NOW - HOUR, **goal))
    way = {"way": '[[1,2],["Direct\\u001f(direct)\\u001f","Email\\u001flettre\\u001f"]]', "milestones": "[5,null,null]", "goal_id": None}
    own = {"account_id": 1, "id": uuid7(NOW), "kind": "lead", "lead_id": camille, "visitor": None, "site_id": 42, "at": 5, "received_at": 5}
    conn.execute(insert(schema.journey).values(value=0, currency="", **own, **way))
    told = {
        "account_id": 1,
        "id": uuid7(NOW),
        "purpose": "marketing",
        "visitor": None,
        "lead_id": camille,
        "submission_id": None,
        "site_id": 0,
    }
    said = dict.fromkeys(("text", "text_version", "language", "proof"), "")
    conn.execute(insert(schema.consent).values(state="denied", how="objection", at=NOW, **told, **said))
    tally = Tally({}, frozenset())
    tally.row(42, TODAY, "form", "contact", [0, 9, 0, 3], 0)
    tally.row(42, TODAY, "page", "/", [0, 9, 0, 3], 0)
    rollups.save(conn, 1, tally)
    return {"camille": camille, "new": new}


async def test_a_morning_is_read_alike_on_both_databases(house: tuple[Database, Writer]) -> None:
    database, writer = house
    known = await writer.run(_tell)
    camille, new = known["camille"], known["new"]
    since = NOW - DAY
    async with database.reader() as conn:
        came = await today.new(conn, 1, since)
        assert [(bytes(row["id"]), row["points"]) for row in came] == [(new, 4_200)]
        assert [bytes(row["id"]) for row in await today.back(conn, 1, since)] == [camille]
        (moved,) = await today.moved(conn, 1, TODAY - 1, since)
        assert (bytes(moved["id"]), moved["before"], moved["after"]) == (camille, 2_000, 5_742)
        shown = await today.shown(conn, 1, [camille, new])
        assert (shown[camille]["company"], shown[new]["company"]) == ("durand-fils.example", "")
        assert [row["rule"] for row in shown[new]["reasons"]] == ["contact"]
        pages = await today.read(conn, 1, [camille, new], since)
        assert [row["title"] for row in pages[camille]][-1] == "Nous écrire"
        assert list(pages) == [camille]
        assert await today.contacted(conn, 1, [camille, new]) == {new: NOW - MINUTE}
        assert await today.forms(conn, 1, [42], TODAY - 3, TODAY) == {(42, "contact"): [(TODAY, 3, 9)]}
        assert await today.refused(conn, 1, TODAY - 1) == {42: {TODAY: 7}}
        assert (await today.shown(conn, 1, []), await today.read(conn, 1, [], since), await today.contacted(conn, 1, [])) == ({}, {}, {})
        assert await today.new(conn, 2, 0) == []


async def test_the_way_of_a_lead_is_read_alike_on_both_databases(house: tuple[Database, Writer]) -> None:
    database, writer = house
    camille = (await writer.run(_tell))["camille"]
    async with database.reader() as conn:
        way = await ways.of_lead(conn, 1, camille)
        assert [len(part) for part in way] == [1, 2, 2, 3, 1]
        assert [row["how"] for row in way.submissions] == ["submit"] * 3
        assert [field["label"] for field in way.submissions[0]["fields"]] == ["Votre adresse e-mail", "J’accepte de recevoir la lettre"]
        last = way.sessions[1]
        seen = await leads.events_of(conn, 1, way.spans, ("view",), last["started_at"], last["ended_at"] + 1, 10)
        assert [row["data"]["title"] for row in seen][-1] == "Nous écrire"
        newest = await leads.events_of(conn, 1, way.spans, ("view", "click"), 0, 2**62, 1)
        assert [row["type"] for row in newest] == ["view"]
        assert (
            await leads.events_of(conn, 1, [], ("view",), 0, 2**62, 1) == await leads.events_of(conn, 1, way.spans, (), 0, 2**62, 1) == []
        )
        assert [row["how"] for row in await ways.consents(conn, 1, [story.CAMILLE], [camille])] == ["objection"]
        assert await ways.letters(conn, 1, [camille]) == await requests.of_leads(conn, 1, [camille]) == []
        (conversion,) = await journeys.of_lead(conn, 1, camille)
        times, texts, milestones = journeys.opened(conversion)
        assert (times, len(texts), milestones) == ([1, 2], 2, (5, None, None))
        goes: dict[str, Any] = await conn.run_sync(ways.goes, 1, camille)
        assert (goes["leads"], goes["submissions"], goes["browsers"], goes["visits"], goes["edits"]) == (1, 3, 1, 2, 0)
        assert (await ways.of_lead(conn, 1, b"x" * 16)) == ways.Way([], [], [], [], [])
