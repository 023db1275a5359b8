"""Leads typed in, set apart and released on the screens: who may, and what is shown."""

from __future__ import annotations

import html
from uuid import UUID

from sqlalchemy import Connection

from tests import builders
from tests.actions.test_spam import BAD, ROBERT
from tests.builders import body, form, view

from . import rows
from .conftest import Place, post
from .rows import HOUR, NOW

GOOD = {"name": "Camille Durand", "email": "camille@example.org", "message": "A appelé", "site": "42"}


def _spam(conn: Connection) -> str:
    rows.site(conn)
    rows.user(conn, "reader@example.com", "viewer")
    rows.user(conn, "marie@example.com", "marketer")
    builders.store(conn, body(view(NOW - HOUR), form(NOW - HOUR + 1, ROBERT, fields=BAD), sent=NOW))
    return f"/leads/{UUID(bytes=bytes(builders.rows(conn, 'lead')[0]['id']))}"


async def _read(place: Place, path: str, **headers: str) -> str:
    return html.unescape((await place.browser.get(path, headers=headers)).text)


async def test_a_lead_is_typed_in_and_its_page_says_by_whom(owned: Place) -> None:
    await owned.writer.run(rows.site)
    answer = await post(owned.browser, "/leads/new", GOOD)
    assert answer.status_code == 303
    page = await _read(owned, answer.headers["location"])
    assert "Camille Durand was typed in by owner@example.com" in page
    assert "Typed in by owner@example.com" in page
    assert "No visit is tied to it" in page
    assert "without consent to tracking" not in page
    seen = await _read(owned, answer.headers["location"] + "/seen")
    assert "Written down by the site’s people" in seen
    assert "owner@example.com" not in seen.split("<main", 1)[1].split("</main>", 1)[0]


async def test_without_address_and_number_the_form_says_so_and_keeps_what_was_typed(owned: Place) -> None:
    await owned.writer.run(rows.site)
    answer = await post(owned.browser, "/leads/new", GOOD | {"email": "", "phone": ""})
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "Type an e-mail address or a phone number" in page
    assert 'value="Camille Durand"' in page
    assert await owned.writer.run(builders.rows, "submission") == []


async def test_permission_needs_to_say_how_it_was_given(owned: Place) -> None:
    await owned.writer.run(rows.site)
    answer = await post(owned.browser, "/leads/new", GOOD | {"permission": "Oui"})
    assert answer.status_code == 422
    assert "Say how the permission was given" in html.unescape(answer.text)
    assert (await post(owned.browser, "/leads/new", GOOD | {"permission": "Oui", "given": "person"})).status_code == 303
    assert [row["marketing_consent"] for row in await owned.writer.run(builders.rows, "lead")] == ["granted"]


async def test_another_accounts_site_takes_none(owned: Place) -> None:
    def foreign(conn: Connection) -> None:
        rows.site(conn)
        rows.account(conn, 2)
        rows.site(conn, 77, 2, "other.example")

    await owned.writer.run(foreign)
    assert "other.example" not in await _read(owned, "/leads/new")
    assert (await post(owned.browser, "/leads/new", GOOD | {"site": "77"})).status_code == 422
    assert await owned.writer.run(builders.rows, "submission") == []


async def test_a_viewer_neither_adds_nor_judges(owned: Place) -> None:
    lead = await owned.writer.run(_spam)
    reader = owned.another()
    await owned.login("reader@example.com", reader)
    assert (await reader.get("/leads/new")).status_code == 403
    page = html.unescape((await reader.get(lead)).text)
    assert "In quarantine: it may be spam" in page
    assert "release" not in page.split('id="apart"')[1].split("</div>")[0]
    assert (await post(reader, f"{lead}/edit", {"spam": "no"}, token="x")).status_code == 403
    assert (await owned.writer.run(builders.rows, "lead"))[0]["quarantine"]


async def test_a_marketer_releases_and_sets_apart(owned: Place) -> None:
    lead = await owned.writer.run(_spam)
    marie = owned.another()
    await owned.login("marie@example.com", marie)
    page = html.unescape((await marie.get(lead)).text)
    assert "The message offers what spam offers." in page
    assert "The name is written as programs make names." in page
    token = page.split('name="token" value="')[1].split('"')[0]
    await post(marie, f"{lead}/edit", {"spam": "no"}, token)
    assert (await owned.writer.run(builders.rows, "lead"))[0]["quarantine"] == ""
    page = html.unescape((await marie.get(lead)).text)
    assert "Not spam: released" in page
    assert "In quarantine: it may be spam" not in page
    await post(marie, f"{lead}/edit", {"spam": "yes"}, token)
    assert (await owned.writer.run(builders.rows, "lead"))[0]["quarantine"] == "person"
    assert "Somebody of your team said that it is spam." in html.unescape((await marie.get(lead)).text)


async def test_the_list_shows_why_it_stands_apart_and_releases_it(owned: Place) -> None:
    lead = await owned.writer.run(_spam)
    assert lead not in await _read(owned, "/leads")
    page = await _read(owned, "/leads?kind=quarantine")
    assert ">spam offer<" in page
    assert f'formaction="{lead}/edit"' in page
    assert 'href="/leads/new"' in page
    token = page.split('name="token" value="')[1].split('"')[0]
    answer = await post(owned.browser, f"{lead}/edit", {"spam": "no", "back": "/leads?kind=quarantine"}, token)
    assert answer.headers["location"] == "/leads?kind=quarantine"
    assert lead in await _read(owned, "/leads")


async def test_whoever_wrote_it_sees_that_it_stands_apart(owned: Place) -> None:
    lead = await owned.writer.run(_spam)
    assert "stands apart as spam and may not be read" in await _read(owned, f"{lead}/seen")


async def test_in_french_every_word_is_french(owned: Place) -> None:
    lead = await owned.writer.run(_spam)
    page = await _read(owned, lead, **{"accept-language": "fr"})
    assert "stands apart" not in page
    assert "Add a lead" not in await _read(owned, "/leads/new", **{"accept-language": "fr"})
