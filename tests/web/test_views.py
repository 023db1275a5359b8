"""Saved views: kept, opened first, shared, renamed and deleted; and by whom."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from . import rows
from .conftest import Place, post
from .rows import NOW


def _people(conn: Connection) -> None:
    rows.site(conn, 42)
    rows.lead(conn, NOW, email="a@example.com", form="devis")
    rows.lead(conn, NOW - 1, email="b@example.com")
    rows.user(conn, "marketer@example.com", "marketer")
    rows.user(conn, "viewer@example.com", "viewer")


async def _keep(place: Place, name: str, asked: str, **more: str) -> str:
    answer = await post(place.browser, "/leads/views", {"name": name, "asked": asked} | more)
    assert answer.status_code == 303, answer.text
    page = (await place.browser.get("/leads/views")).text
    found = re.search(rf'{re.escape(name)}</a>.*?action="/leads/views/([0-9a-f-]{{36}})"', page, re.S)
    assert found, page
    return found[1]


async def test_a_view_is_an_address_and_may_open_the_list(owned: Place) -> None:
    await owned.writer.run(_people)
    await _keep(owned, "Quotes", "before=x&form=devis&columns=who,email&nonsense=1", opens="1")
    answer = await owned.browser.get("/leads")
    assert (answer.status_code, answer.headers["location"]) == (303, "/leads?form=devis&columns=who%2Cemail")
    page = (await owned.browser.get(answer.headers["location"])).text
    assert "1 lead" in page
    assert 'aria-current="page">Quotes</a>' in page
    assert (await owned.browser.get("/leads?all=1")).status_code == 200
    assert (await owned.browser.get("/leads?q=b")).status_code == 200
    assert 'href="/leads?all=1"' in page  # what takes the filters away does not bring them back


async def test_a_view_is_its_makers_until_it_is_shared(owned: Place) -> None:
    await owned.writer.run(_people)
    own, shared = await _keep(owned, "Mine", "q=a"), await _keep(owned, "Ours", "q=b", shared="1")
    async with owned.another() as browser:
        await owned.login("marketer@example.com", browser)
        page = (await browser.get("/leads/views")).text
        assert "Ours" in page
        assert "Mine" not in page
        assert "shared by owner@example.com" in page
        for path, sent in (
            (f"/leads/views/{shared}", {"name": "Theirs"}), (f"/leads/views/{own}", {"name": "x"}), (f"/leads/views/{own}/delete", {}),
            ("/leads/views/opens", {"view": own}),
        ):  # fmt: skip
            assert (await post(browser, path, sent)).status_code == 422, path
        assert (await post(browser, "/leads/views/opens", {"view": shared})).status_code == 303
        assert (await browser.get("/leads")).headers["location"] == "/leads?q=b"
        assert (await post(owned.browser, f"/leads/views/{shared}", {"name": "Private again"})).status_code == 303
        assert (await browser.get("/leads")).status_code == 200


async def test_views_are_renamed_and_deleted(owned: Place) -> None:
    await owned.writer.run(_people)
    view = await _keep(owned, "Old", "q=a", opens="1")
    await post(owned.browser, f"/leads/views/{view}", {"name": " New  name ", "shared": "1"})
    page = (await owned.browser.get("/leads/views")).text
    assert "New name</a>" in page
    assert "shown to everybody" in page
    await post(owned.browser, f"/leads/views/{view}/delete", {})
    assert "No view yet" in (await owned.browser.get("/leads/views")).text
    assert (await owned.browser.get("/leads")).status_code == 200
    answer = await post(owned.browser, "/leads/views", {"name": " ", "asked": "q=a"})
    assert answer.status_code == 422
    assert "A name has 1 to 60 characters" in answer.text


async def test_a_viewer_sees_shared_views_and_makes_none(owned: Place) -> None:
    await owned.writer.run(_people)
    await _keep(owned, "Ours", "q=b", shared="1")
    async with owned.another() as browser:
        await owned.login("viewer@example.com", browser)
        assert "Ours" in (await browser.get("/leads")).text
        assert (await post(browser, "/leads/views", {"name": "x", "asked": ""})).status_code == 403
