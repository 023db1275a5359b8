"""Changes of many leads from the list: of those that are ticked, of all that it holds; watched, undone, and by whom."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from collector.jobs import bulk as job
from collector.store import ids, schema
from tests.builders import SECRET

from . import rows
from .conftest import Place, token_of
from .rows import MINUTE, NOW


def _crowd(conn: Connection) -> list[bytes]:
    rows.site(conn, 42)
    made = []
    for place in range(60):
        lead = rows.lead(conn, NOW - place * MINUTE, email=f"p{place}@example.com", form="devis" if place % 2 else "contact")
        rows.submission(conn, lead, NOW - place * MINUTE, email=f"p{place}@example.com", form="devis" if place % 2 else "contact")
        made.append(lead)
    return made


async def _send(place: Place, path: str, sent: list[tuple[str, str]]) -> Any:
    told = {"sec-fetch-site": "same-origin"}
    token = token_of(await place.browser.get("/leads"))
    fields: dict[str, Any] = {}
    for name, value in [*sent, ("token", token)]:
        fields.setdefault(name, []).append(value)
    return await place.browser.post(path, data=fields, headers=told)


async def _finish(place: Place) -> None:
    await job.go_on(place.writer, place.database, secret=SECRET, clock=place.clock, ids=ids.uuid7)


async def _statuses(place: Place) -> dict[str, str]:
    async with place.database.reader() as conn:
        return {row[0]: row[1] for row in await conn.execute(select(schema.lead.c.email, schema.lead.c.status))}


async def test_the_ticked_leads_are_changed_at_once_and_back(owned: Place) -> None:
    made = await owned.writer.run(_crowd)
    picked = [("lead", str(UUID(bytes=one))) for one in made[:3]]
    answer = await _send(owned, "/leads/bulk", [*picked, ("act", "status=contacted"), ("tag", ""), ("asked", "form=contact&form=devis")])
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/leads?form=contact&form=devis&changed=")
    page = (await owned.browser.get(answer.headers["location"])).text
    assert "Status: Contacted: 3 leads changed." in page
    french = await owned.browser.get(answer.headers["location"], headers={"accept-language": "fr"})
    assert "3 leads changés" in french.text
    assert sorted(email for email, status in (await _statuses(owned)).items() if status == "contacted") == [
        "p0@example.com", "p1@example.com", "p2@example.com",
    ]  # fmt: skip
    undo = re.search(r'action="(/leads/changes/[^"]+/undo)"', page)
    assert undo
    back = await _send(owned, undo[1], [("asked", "form=contact")])
    assert "3 leads are as they were" in (await owned.browser.get(back.headers["location"])).text
    assert set((await _statuses(owned)).values()) == {""}
    again = await _send(owned, undo[1], [])
    assert "undone before" in (await owned.browser.get(again.headers["location"])).text


async def test_all_that_the_list_holds_are_changed_on_every_page(owned: Place) -> None:
    await owned.writer.run(_crowd)
    answer = await _send(owned, "/leads/bulk", [("all", "1"), ("act", "status=won"), ("asked", "form=devis")])
    await _finish(owned)
    assert "Status: Won: 30 leads changed." in (await owned.browser.get(answer.headers["location"])).text
    assert sum(status == "won" for status in (await _statuses(owned)).values()) == 30
    page = (await owned.browser.get("/leads/changes")).text
    assert "30 leads changed" in page
    assert "owner@example.com" in page


async def test_tags_and_owners_are_given_and_taken(owned: Place) -> None:
    made = await owned.writer.run(_crowd)
    one = [("lead", str(UUID(bytes=made[0])))]
    await _send(owned, "/leads/bulk", [*one, ("act", "tag"), ("tag", "  salon  pro ")])
    assert 'value="salon pro"' in (await owned.browser.get("/leads")).text  # the filter offers it
    assert re.findall(r'class="name" href="/leads/([^"]+)"', (await owned.browser.get("/leads?tag=salon+pro")).text) == [one[0][1]]
    await _send(owned, "/leads/bulk", [*one, ("act", "untag"), ("tag", "salon pro")])
    assert "Nothing matches" in (await owned.browser.get("/leads?tag=salon+pro")).text
    me = re.search(r'value="owner=([0-9a-f]{32})"', (await owned.browser.get("/leads")).text)
    assert me
    await _send(owned, "/leads/bulk", [*one, ("act", f"owner={me[1]}")])
    assert re.findall(r'class="name" href="/leads/([^"]+)"', (await owned.browser.get("/leads?owner=me")).text) == [one[0][1]]


async def test_two_ticked_leads_lead_to_the_page_that_merges_them(owned: Place) -> None:
    made = await owned.writer.run(_crowd)
    picked = [("lead", str(UUID(bytes=one))) for one in made[:3]]
    answer = await _send(owned, "/leads/bulk", [*picked[:2], ("act", "merge")])
    assert answer.headers["location"] == f"/leads/{picked[0][1]}/merge?with={picked[1][1]}"
    answer = await _send(owned, "/leads/bulk", [*picked, ("act", "merge"), ("asked", "q=example")])
    assert answer.headers["location"] == "/leads?q=example&fault=two"
    assert "exactly two" in (await owned.browser.get(answer.headers["location"])).text


async def test_what_cannot_be_changed_is_said(owned: Place) -> None:
    made = await owned.writer.run(_crowd)
    one = ("lead", str(UUID(bytes=made[0])))
    for sent, said in (
        ([("act", "status=won")], "No lead was chosen"),
        ([one, ("act", "")], "Choose what is to be changed"),
        ([one, ("act", "status=nonsense")], "This status is not known"),
        ([one, ("act", f"owner={'ab' * 16}")], "no account here"),
        ([one, ("act", "tag"), ("tag", " ")], "A tag has 1 to 40 characters"),
    ):
        answer = await _send(owned, "/leads/bulk", sent)
        assert said in (await owned.browser.get(answer.headers["location"])).text


async def test_a_viewer_changes_nothing_and_nobody_changes_anothers_leads(owned: Place) -> None:
    made = await owned.writer.run(_crowd)

    def elsewhere(conn: Connection) -> bytes:
        rows.account(conn, 2)
        rows.site(conn, 44, account=2)
        lead = rows.lead(conn, account=2, site_id=44, email="x@example.com")
        rows.submission(conn, lead, NOW, account=2, site_id=44, email="x@example.com")
        rows.user(conn, "viewer@example.com", "viewer")
        return lead

    theirs = await owned.writer.run(elsewhere)
    answer = await _send(owned, "/leads/bulk", [("lead", str(UUID(bytes=theirs))), ("act", "status=won")])
    assert ": 0 leads changed" in (await owned.browser.get(answer.headers["location"])).text
    assert (await _statuses(owned))["x@example.com"] == ""
    async with owned.another() as browser:
        await owned.login("viewer@example.com", browser)
        viewing = owned._replace(browser=browser)
        page = (await browser.get("/leads")).text
        assert "Change several leads" not in page
        assert 'type="checkbox" name="lead"' not in page
        change = re.search(r"changed=([0-9a-f-]+)", answer.headers["location"])
        assert change
        for path, sent in (
            ("/leads/bulk", [("lead", str(UUID(bytes=made[0]))), ("act", "status=won")]),
            (f"/leads/changes/{change[1]}/undo", []),
        ):
            assert (await _send(viewing, path, sent)).status_code == 403
