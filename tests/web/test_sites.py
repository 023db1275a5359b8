"""Sites: who may add one, what their page says."""

from __future__ import annotations

import html
from typing import Any

import pytest

from collector.store import schema
from tests.builders import DAY

from . import rows
from .conftest import Place, post, token_of
from .rows import NOW
from .serve import screens


@pytest.mark.parametrize(
    ("domain", "said"), [("", "Type the domain"), ("not a host", "This is not a domain"), ("x" * 600, "This is not a domain")]
)
async def test_a_bad_domain_is_said_in_words(owned: Place, domain: str, said: str) -> None:
    answer = await post(owned.browser, "/sites/new", {"domain": domain})
    assert answer.status_code == 422
    assert said in answer.text


async def test_a_domain_that_is_here_already_is_not_added_again(owned: Place) -> None:
    await owned.writer.run(rows.site)
    answer = await post(owned.browser, "/sites/new", {"domain": "https://EXAMPLE.com/contact"})
    assert answer.status_code == 422
    assert "This site is already here." in answer.text


@pytest.mark.parametrize("role", ["marketer", "viewer"])
async def test_only_the_owner_adds_sites(place: Place, role: str) -> None:
    await place.writer.run(rows.user, "m@example.com", role)
    await place.login("m@example.com")
    token = token_of(await place.browser.get("/sites"))
    assert (await place.browser.get("/sites/new")).status_code == 403
    assert (await post(place.browser, "/sites/new", {"domain": "example.com"}, token)).status_code == 403
    assert "Add a" not in (await place.browser.get("/sites")).text


async def test_the_line_turns_with_the_first_event_and_with_the_first_lead_and_then_asks_no_more(owned: Place) -> None:
    await owned.writer.run(rows.site)
    waiting = await owned.browser.get("/sites/42/heard")
    assert 'hx-trigger="every 1s"' in waiting.text
    assert "Waiting for the first event" in waiting.text
    await owned.writer.run(rows.event, "view", None, NOW, "p", "https://example.com/", {})
    heard = await owned.browser.get("/sites/42/heard")
    assert "First event received." in heard.text
    assert "23 Nov 2026 at 11:32" in heard.text
    assert 'hx-trigger="every 2s"' in heard.text
    await owned.writer.run(_lead)
    won = await owned.browser.get("/sites/42/heard")
    assert "1 lead in the last seven days." in won.text
    assert "hx-" not in won.text


def _lead(conn: Any) -> None:
    """A lead, as it is counted."""
    row = {"account_id": 1, "site_id": 42, "day": NOW // DAY, "kind": "site", "key": "", "visits": 0, "views": 0, "leads": 1}
    conn.execute(schema.rollup.update().where(schema.rollup.c.kind == "site").values(**row))


async def test_the_tag_names_the_public_address_and_a_mode_that_is_not_the_collectors(place: Place) -> None:
    def tell(conn: object) -> None:
        rows.user(conn)  # type: ignore[arg-type]
        rows.site(conn, 42)  # type: ignore[arg-type]
        rows.site(conn, 43, consent="granted")  # type: ignore[arg-type]

    await place.writer.run(tell)
    app = screens(place.database, place.writer, place.clock, url="https://stats.example.com/")
    async with place._replace(app=app).another(origin="https://stats.example.com") as browser:
        await place.login(browser=browser)
        plain = (await browser.get("/sites/42")).text
        assert "src=&#34;https://stats.example.com/js&#34; data-site=&#34;42&#34;&gt;" in plain
        assert "data-consent" not in plain
        assert "data-consent=&#34;granted&#34;" in (await browser.get("/sites/43")).text
        assert "no reason was stated" in (await browser.get("/sites/43")).text


async def test_the_list_says_which_sites_are_heard(owned: Place) -> None:
    assert "No site yet" in (await owned.browser.get("/sites")).text
    await owned.writer.run(rows.site)
    assert "Not heard yet" in (await owned.browser.get("/sites")).text
    await owned.writer.run(rows.event, "view", None, NOW, "p", "https://example.com/", {})
    page = (await owned.browser.get("/sites")).text
    assert "Works" in page
    assert "just now" in page


async def test_a_site_that_usually_has_visitors_and_has_none_is_said_to_be_quiet(owned: Place) -> None:
    await owned.writer.run(rows.site)

    def month(conn: Any) -> None:
        for day in range(2, 32):
            for n in range(12):
                rows.event(conn, "view", None, NOW - day * DAY + n, "p", "https://example.com/", {})

    await owned.writer.run(month)
    for path, english, french in (
        ("/sites", "Quiet; last event 2 days ago", "Silencieux ; dernier signe il y a 2 jours"),
        ("/sites/42", "This site has gone quiet: it was last heard 2 days ago.", "dernier signe il y a 2 jours."),
        ("/sites/42/heard", "still carry the tag", "portent toujours la balise"),
    ):
        assert english in (await owned.browser.get(path)).text
        assert french in html.unescape((await owned.browser.get(path, headers={"accept-language": "fr"})).text)
    await owned.writer.run(rows.event, "view", None, NOW, "p", "https://example.com/", {})
    assert "Quiet" not in (await owned.browser.get("/sites")).text
    assert "The tag works" in (await owned.browser.get("/sites/42")).text
