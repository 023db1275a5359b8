"""One lead: its story by pages and filters, what each model gives its touches, and what is done with all of it."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, select

from collector.domain.events import Field
from collector.domain.identity import identifier_id
from collector.domain.journeys import PART
from collector.store import schema
from collector.store.ids import uuid7
from tests.builders import SECRET

from . import rows, story
from .conftest import Place, post
from .rows import DAY, HOUR, MINUTE, NOW

ADS, LETTER = PART.join(("Paid Search", "google", "autumn")), PART.join(("Email", "lettre", "rentree"))


def _camille(conn: Connection) -> bytes:
    rows.site(conn, 42, name="Thermique Dubois")
    rows.site(conn, 43, domain="pro.example.com")
    lead = story._camille(conn)
    for kind, value in (("status", "contacted"), ("note", "Rappeler lundi.")):
        rows.edit(conn, lead, kind, value, NOW - HOUR)
    return lead


def _journey(conn: Connection, lead: bytes, at: int, kind: str, steps: list[tuple[int, str]]) -> bytes:
    way = json.dumps([[when for when, _ in steps], [what for _, what in steps]])
    id = uuid7(at)
    told = {"goal_id": None, "lead_id": lead, "visitor": None, "site_id": 42, "at": at, "received_at": at, "value": 0, "currency": ""}
    conn.execute(insert(schema.journey).values(account_id=1, id=id, kind=kind, milestones=json.dumps([at, None, None]), way=way, **told))
    return id


async def _page(place: Place, lead: bytes, asked: str = "", **headers: str) -> str:
    answer = await place.browser.get(f"/leads/{UUID(bytes=lead)}{asked}", headers=headers)
    assert answer.status_code == 200
    return answer.text


async def test_the_page_begins_with_the_next_step_and_says_where_each_value_comes_from(owned: Place) -> None:
    lead = await owned.writer.run(_camille)
    page = await _page(owned, lead)
    for text in (
        "<strong>Next:</strong> Call +33 6 12 34 56 78: nobody has yet.",
        'data-copy="copy-email"',
        "typed in the form “newsletter” on 17 Nov 2026 at 11:33",
        "Chrome 156 · Windows · computer",
        "it sent a form (17 Nov 2026 at 11:33)",
        '<span class="quiet from">typed</span>',
        '<span class="quiet from">ticked by hand</span>',
        "identity number, never captured",
        "Rappeler lundi.",
        "Status: Contacted",
    ):
        assert text in page, text
    assert page.index("Rappeler lundi.") < page.index("Nous écrire") < page.index("Pompe à chaleur")


@pytest.mark.parametrize(
    ("show", "there", "not_there"),
    [
        ("pages", "Nos prestations", "Sent the form"),
        ("forms", "Sent the form", "Nos prestations"),
        ("clicks", "Clicked a phone number", "Nos prestations"),
        ("consent", "Accepted tracking", "Nos prestations"),
        ("notes", "Rappeler lundi.", "Status: Contacted"),
        ("changes", "Status: Contacted", "Nos prestations"),
    ],
)
async def test_a_filter_shows_its_kind_alone(owned: Place, show: str, there: str, not_there: str) -> None:
    lead = await owned.writer.run(_camille)
    page = await _page(owned, lead, f"?show={show}")
    told = page[page.index('id="way-section"') :].partition('class="same"')[0]
    assert there in told
    assert not_there not in told
    assert f'?show={show}#way-section" aria-current="page"' in told


async def test_one_visit_is_shown_alone_and_what_cannot_be_read_asks_for_nothing(owned: Place) -> None:
    lead = await owned.writer.run(_camille)
    whole = await _page(owned, lead)
    visits = re.findall(r"\?visit=([0-9a-f]{32})#way-section", whole)
    assert len(visits) == 2
    page = await _page(owned, lead, f"?visit={visits[0]}")
    assert "One visit alone." in page
    assert "Nous écrire" in page
    assert "Pompe à chaleur" not in page[page.index('class="timeline"') :]
    for nonsense in ("?show=x&visit=zz&before=-1&of=1&look_back=0", "?before=" + "9" * 40, "?look_back=99999"):
        assert "Pompe à chaleur" in await _page(owned, lead, nonsense)


async def test_a_long_way_is_shown_in_pages_that_lead_on(owned: Place) -> None:
    def tell(conn: Connection) -> bytes:
        rows.site(conn)
        lead = rows.lead(conn, email="a@example.com")
        sent = rows.submission(conn, lead, NOW, visitor="v")
        for place in range(40):
            pages = [(f"https://example.com/visit-{place}-{page}", "") for page in range(5)]
            rows.visit(conn, "v", NOW - (place + 1) * DAY, pages)
        rows.span(conn, lead, "v", sent, NOW, 0)
        return lead

    lead = await owned.writer.run(tell)
    seen: list[str] = []
    asked: str | None = ""
    while asked is not None:
        page = await _page(owned, lead, asked)
        seen += re.findall(r">(/visit-\d+-\d+)<", page)
        older = re.search(r'rel="next" href="/leads/[^"?]+(\?before=\d+)', page)
        asked = older[1] if older else None
    assert len(seen) == len(set(seen)) == 200


async def test_every_touch_has_its_share_by_every_model(owned: Place) -> None:
    def tell(conn: Connection) -> tuple[bytes, bytes]:
        lead = _camille(conn)
        _journey(conn, lead, NOW - HOUR, "lead", [(NOW - 6 * DAY, LETTER), (NOW - 2 * HOUR, ADS)])
        return lead, _journey(conn, lead, NOW, "won", [(NOW - 6 * DAY, LETTER), (NOW - 2 * HOUR, ADS)])

    lead, won = await owned.writer.run(tell)
    page = await _page(owned, lead)
    assert "2 touches, and what each model gives them" in page
    body = page[page.index('class="shares"') :].partition("</table>")[0]
    lines = [re.findall(r"<td[^>]*>(.*?)</td>", line) for line in body.split("<tr>")[2:]]
    assert [line[0] for line in lines] == ["100", "0"]  # first
    assert [line[1] for line in lines] == ["0", "100"]  # last
    assert [line[3] for line in lines] == ["50", "50"]  # linear
    short = await _page(owned, lead, f"?of={won.hex()}&look_back=2")
    assert re.search(rf'value="{won.hex()}" selected', short)
    assert "before the look-back" in short
    assert '<details class="credits" id="credits" open>' in short


async def test_captured_words_stay_words_everywhere_on_the_page(owned: Place) -> None:
    evil = "<img src=x onerror=alert(1)>"

    def tell(conn: Connection) -> bytes:
        rows.site(conn, name=evil)
        lead = rows.lead(
            conn,
            name=evil,
            email="a@example.com",
            organization=evil,
            status="contacted",
            message=evil,
            first_channel="Email",
            first_source=evil,
        )
        sent = rows.submission(conn, lead, NOW, [Field(name=evil, label=evil, value=evil)], visitor="v", name=evil, form=evil)
        rows.visit(conn, "v", NOW - MINUTE, [(f"https://example.com/{evil}", evil)], {"source": evil, "channel": "Email", "campaign": evil})
        rows.span(conn, lead, "v", sent, NOW, 0)
        for kind in ("note", "tag"):
            rows.edit(conn, lead, kind, evil)
        _journey(conn, lead, NOW, "lead", [(NOW - MINUTE, PART.join(("Email", evil, evil)))])
        return lead

    lead = await owned.writer.run(tell)
    for asked in ("", "/erase", "/merge?q=a"):
        assert "<img" not in (await _page(owned, lead, asked)).replace('<img src="/static', "")
    assert "<img" not in (await owned.browser.get("/today?since=2026-11-01")).text.replace('<img src="/static', "")


async def test_a_person_is_taken_away_as_a_file_by_those_who_may(owned: Place) -> None:
    lead = await owned.writer.run(_camille)
    path = f"/leads/{UUID(bytes=lead)}/file"
    told = await owned.browser.get(f"{path}?as=json")
    assert told.headers["content-disposition"] == 'attachment; filename="person-2026-11-23.json"'
    assert json.loads(told.content)["tables"]["lead"][0]["email"] == "camille.durand@example.org"
    page = await owned.browser.get(f"{path}?as=html")
    assert "camille.durand@example.org" in page.text
    assert (await owned.browser.get(f"{path}?as=exe")).status_code == 404
    assert await _as(owned, "viewer", path) == 403
    assert await _as(owned, "marketer", path) == 200


async def _as(place: Place, role: str, path: str) -> int:
    await place.writer.run(rows.user, f"{role}@example.com", role)
    async with place.another() as browser:
        await place.login(f"{role}@example.com", browser)
        return (await browser.get(path)).status_code


async def test_an_erasure_counts_what_goes_first_and_leaves_its_proof(owned: Place) -> None:
    lead = await owned.writer.run(_camille)
    path = f"/leads/{UUID(bytes=lead)}/erase"
    page = (await owned.browser.get(path)).text
    for text in ("3 forms that were sent, with all their fields", "2 visits", "1 browser", "What stays"):
        assert text in page, text
    refused = await post(owned.browser, path, {})
    assert refused.status_code == 422
    assert "Tick the box first" in refused.text
    assert await _as(owned, "marketer", path) == 403
    assert await _as(owned, "viewer", path) == 403


async def test_who_is_erased_is_gone_from_every_screen(owned: Place) -> None:
    def tell(conn: Connection) -> bytes:
        rows.site(conn)
        lead = rows.lead(conn, email="a@example.com", name="Nora Benali")
        key = {"account_id": 1, "type": "email", "value": "a@example.com", "lead_id": lead, "created_at": NOW}
        conn.execute(insert(schema.identifier).values(id=identifier_id(SECRET, 1, "email", "a@example.com"), **key))
        rows.submission(conn, lead, NOW, [Field(name="email", value="a@example.com")], email="a@example.com")
        return lead

    lead = await owned.writer.run(tell)
    done = await post(owned.browser, f"/leads/{UUID(bytes=lead)}/erase", {"sure": "1"})
    assert done.headers["location"].startswith("/requests/")
    assert "submissions erased: 1" in (await owned.browser.get(done.headers["location"])).text
    assert (await owned.browser.get(f"/leads/{UUID(bytes=lead)}")).status_code == 404
    for path in ("/leads?kind=all", "/today", "/requests"):
        assert "Nora Benali" not in (await owned.browser.get(path)).text

    def left(conn: Connection) -> Any:
        return [conn.execute(select(table)).all() for table in (schema.lead, schema.identifier, schema.submission_field)]

    assert await owned.writer.run(left) == [[], [], []]


async def test_a_message_has_its_page_and_is_erased_with_its_form(owned: Place) -> None:
    def tell(conn: Connection) -> bytes:
        rows.site(conn)
        lead = rows.lead(conn, kind="message", message="Votre page ne marche pas")
        told = {
            "account_id": 1,
            "site_id": 42,
            "token": "t",
            "at": NOW,
            "visitor": None,
            "form": "avis",
            "how": "submit",
            "action": "",
            "url": "",
        }
        conn.execute(insert(schema.submission).values(id=lead, marks=0, received_at=NOW, **told))
        return lead

    path = f"/leads/{UUID(bytes=await owned.writer.run(tell))}"
    page = (await owned.browser.get(path)).text
    assert "Nobody can be answered" in page
    assert "by which it could be found in them" in (await owned.browser.get(f"{path}/erase")).text
    done = await post(owned.browser, f"{path}/erase", {"sure": "1"})
    assert done.headers["location"].startswith("/requests/")
    assert (await owned.browser.get(path)).status_code == 404


async def test_what_nobody_may_see_of_another_account_is_not_found(owned: Place) -> None:
    def elsewhere(conn: Connection) -> bytes:
        rows.account(conn, 2)
        rows.site(conn, 44, account=2)
        return rows.lead(conn, account=2, site_id=44, email="x@example.com")

    theirs = UUID(bytes=await owned.writer.run(elsewhere))
    for path in (f"/leads/{theirs}", f"/leads/{theirs}/file?as=json", f"/leads/{theirs}/erase"):
        assert (await owned.browser.get(path)).status_code == 404, path
