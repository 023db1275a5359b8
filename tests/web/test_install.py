"""The install check on a site's page: who may start it, what it shows, and where it may look."""

from __future__ import annotations

import html
import json
from collections.abc import Collection
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, insert

from collector.domain.install import Page
from collector.store import schema
from collector.store.ids import uuid7

from . import rows
from .conftest import Place, post, token_of
from .rows import MINUTE, NOW
from .serve import screens

URL = "https://stats.example.com"
TAG = f'<script async src="{URL}/js" data-site="42"></script>'


class Web:
    """Answers one page, and remembers what it was asked for."""

    def __init__(self, text: str = TAG, url: str = "https://example.com/") -> None:
        self.page = Page(url, status=200, text=text)
        self.asked: list[tuple[str, set[str]]] = []

    async def __call__(self, address: str, near: Collection[str] = ()) -> Page:
        self.asked.append((address, set(near)))
        return self.page


async def _browser(place: Place, web: Web, role: str = "owner", origin: str = URL, **site: Any) -> httpx2.AsyncClient:
    def told(conn: Connection) -> None:
        rows.user(conn, role=role)
        rows.site(conn, **site)

    await place.writer.run(told)
    settings = {"url": origin} if origin == URL else {}
    browser = place._replace(app=screens(place.database, place.writer, place.clock, web, **settings)).another(origin=origin)
    await place.login(browser=browser)
    return browser


def _refused(conn: Connection, reason: str, url: str, at: int = NOW - MINUTE) -> None:
    told = json.dumps({"v": 1, "site": 42, "events": [{"type": "view", "url": url}]}).encode()
    conn.execute(insert(schema.refused).values(account_id=1, id=uuid7(at), site_id=42, received_at=at, reason=reason, body=told))


async def test_a_look_is_shown_on_the_page_and_the_first_event_turns_it_by_itself(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web)
    assert "Look for the tag" in (await browser.get("/sites/42")).text
    answer = await post(browser, "/sites/42/check", {"page": "example.com/contact"}, token_of(await browser.get("/sites/42")))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sites/42#heard")
    assert web.asked == [("example.com/contact", set())]
    page = await browser.get("/sites/42")
    assert "The tag stands in the page" in page.text
    assert "Open that page yourself" in page.text
    assert 'hx-trigger="every 1s"' in page.text
    unchanged = page.text.split('hx-get="')[1].split('"')[0]
    assert (await browser.get(unchanged)).status_code == 204
    await place.writer.run(rows.event, "view", None, NOW, "p", "https://example.com/", {})
    heard = await browser.get(unchanged)
    assert "First event received." in heard.text
    assert "Events arrive" in heard.text
    assert "send a form of your site yourself" in heard.text


CAUSES = [
    ("<p>nothing", "https://example.com/", "nowhere in the page"),
    (TAG.replace("42", "43"), "https://example.com/", "the tag of another site (43)"),
    (TAG, "https://www.example.org/", "answers at www.example.org"),
    (TAG.replace("https", "http"), "https://example.com/", "loads the tag by http"),
    (
        f"<meta http-equiv=content-security-policy content=\"script-src 'self'\">{TAG}",
        "https://example.com/",
        "shuts the tag out (script-src)",
    ),
    ("<script src='https://x/tarteaucitron.js'></script>", "https://example.com/", "The page has tarteaucitron"),
]


async def test_cause_and_fix_are_named_in_both_languages(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web)
    token = token_of(await browser.get("/sites/42"))
    for text, url, said in CAUSES:
        web.page = Page(url, status=200, text=text)
        await post(browser, "/sites/42/check", {"page": "https://example.com/"}, token)
        assert said in html.unescape((await browser.get("/sites/42")).text)
        assert said not in html.unescape((await browser.get("/sites/42", headers={"accept-language": "fr"})).text)


FOREIGN = [
    "http://127.0.0.1/",
    "https://example.org/",
    "localhost",
    "http://example.com.evil.test/",
    "http://example.com@10.0.0.1/",
    "file:///etc/passwd",
    "https://notexample.com/",
    "http://[::1]/",
    "http://169.254.169.254/",
    "gopher://example.com/",
    "http://example.com\\@evil.test/",
    "http://2130706433/",
]


async def test_only_the_sites_own_pages_are_looked_at(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web)
    token = token_of(await browser.get("/sites/42"))
    for address in FOREIGN:
        answer = await post(browser, "/sites/42/check", {"page": address}, token)
        assert answer.status_code == 422, address
        assert "not one of this site’s" in answer.text
    assert web.asked == []


async def test_a_name_with_accents_is_its_own(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web, domain="xn--lyse-9oad.fr")
    assert (await post(browser, "/sites/42/check", {"page": "Élysée.fr/é"}, token_of(await browser.get("/sites/42")))).status_code == 303
    assert web.asked == [("Élysée.fr/é", set())]


async def test_a_viewer_starts_none(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web, "viewer")
    page = await browser.get("/sites/42")
    assert "/check" not in page.text
    assert (await post(browser, "/sites/42/check", {"page": "example.com"}, token_of(page))).status_code == 403
    assert web.asked == []


async def test_a_marketer_does_but_not_of_another_account(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web, "marketer")
    await place.writer.run(lambda conn: (rows.account(conn, 2), rows.site(conn, 77, 2, "example.net")))
    token = token_of(await browser.get("/sites/42"))
    assert (await post(browser, "/sites/42/check", {"page": "example.com"}, token)).status_code == 303
    assert (await post(browser, "/sites/77/check", {"page": "example.net"}, token)).status_code == 404
    assert len(web.asked) == 1


async def test_a_site_is_not_looked_at_without_end(place: Place) -> None:
    web = Web()
    browser = await _browser(place, web)
    token = token_of(await browser.get("/sites/42"))
    answers = [await post(browser, "/sites/42/check", {"page": "example.com"}, token) for _ in range(31)]
    assert [one.status_code for one in answers].count(422) == 1
    assert "very often" in answers[-1].text
    assert len(web.asked) == 30


@pytest.mark.parametrize(
    ("domain", "origin", "headers", "near"),
    [
        ("localhost", "http://127.0.0.1:8000", {}, {"localhost"}),
        ("127.0.0.1", "http://localhost:8000", {}, {"127.0.0.1"}),
        ("example.com", "http://127.0.0.1:8000", {}, set()),
        ("localhost", URL, {}, set()),
        ("10.0.0.5", URL, {}, set()),
        ("localhost", "http://127.0.0.1:8000", {"x-forwarded-for": "203.0.113.7"}, set()),
        ("localhost", "http://leads.test", {}, set()),
    ],
)
async def test_this_machine_is_asked_in_development_only(
    place: Place, domain: str, origin: str, headers: dict[str, str], near: set[str]
) -> None:
    web = Web()
    browser = await _browser(place, web, origin=origin, domain=domain)
    await post(browser, "/sites/42/check", {"page": f"http://{domain}:3000/"}, token_of(await browser.get("/sites/42")), **headers)
    assert web.asked == [(f"http://{domain}:3000/", near)]


async def test_hosts_whose_events_were_refused_are_named_and_may_be_allowed(place: Place) -> None:
    browser = await _browser(place, Web())

    def told(conn: Connection) -> None:
        _refused(conn, "foreign-origin", "https://shop.example.net/")
        _refused(conn, "foreign-origin", "https://old.example.net/", NOW - 61 * MINUTE)
        _refused(conn, "foreign-origin", "https://www.example.com/")  # allowed meanwhile
        _refused(conn, "bad-time", "https://else.example.net/")

    await place.writer.run(told)
    page = await browser.get("/sites/42")
    assert "events from shop.example.net were refused" in page.text
    assert 'href="/sites/42/settings?host=shop.example.net#hosts"' in page.text
    form = await browser.get("/sites/42/settings?host=shop.example.net")
    assert ">shop.example.net</textarea>" in form.text


async def test_a_hostile_page_is_shown_as_text(place: Place) -> None:
    script = "<script>alert(1)</script>"
    browser = await _browser(
        place, Web(TAG.replace('data-site="42"', 'data-site="&lt;script>alert(1)&lt;/script>"'), f"https://example.com/{script}")
    )
    await post(browser, "/sites/42/check", {"page": "example.com"}, token_of(await browser.get("/sites/42")))
    assert script not in (await browser.get("/sites/42")).text
