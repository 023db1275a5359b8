"""In front of every screen: hosts, faults in words, limits. What holds for each route is in test_walk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from collector.store.work import Busy
from collector.web import errors, patience

from .conftest import Place, post, token_of
from .serve import screens


async def test_a_fragment_asks_htmx_to_load_the_page_again_when_the_login_has_ended(place: Place) -> None:
    answer = await place.browser.get("/leads", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-refresh"], answer.text) == (204, "true", "")


async def test_static_files_are_named_by_their_hash_and_kept_for_ever(owned: Place) -> None:
    page = (await owned.browser.get("/leads")).text
    for url in set(re.findall(r'"(/static/[^"]+)"', page)):
        answer = await owned.browser.get(url)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert re.search(r"\.[0-9a-f]{16}\.(css|js|svg)$", url)
    assert (await owned.browser.get("/static/app.css")).status_code == 404
    assert (await owned.browser.get("/static/%2e%2e/app.py")).status_code == 404


async def test_another_host_is_misdirected_when_the_address_is_set(place: Place) -> None:
    app = screens(place.database, place.writer, place.clock, url="http://leads.test")
    async with place._replace(app=app).another(origin="http://evil.test") as browser:
        answer = await browser.get("/login", headers={"accept-language": "fr"})
        assert answer.status_code == 421
        assert "Ce n’est pas l’adresse du collecteur" in answer.text
        assert '<a href="http://leads.test/">' in answer.text
        for file in re.findall(r'"(/static/[^"]+)"', answer.text):
            assert (await browser.get(file)).status_code == 200
    async with place._replace(app=app).another() as browser:
        assert (await browser.get("/login")).status_code == 200


async def test_a_fault_is_said_in_words_and_carries_the_policy(owned: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("collector.store.listing.where", fault)
    async with owned.another(raising=False, cookies=dict(owned.browser.cookies)) as browser:
        answer = await browser.get("/leads")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_busy_writer_is_said_in_words(owned: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Busy

    token = token_of(await owned.browser.get("/leads"))
    monkeypatch.setattr(owned.writer, "run", busy)
    answer = await post(owned.browser, "/sites/new", {"domain": "example.com"}, token)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_form_larger_than_any_is_refused(owned: Place) -> None:
    answer = await post(owned.browser, "/sites/new", {"domain": "x" * 200_000}, token_of(await owned.browser.get("/leads")))
    assert answer.status_code == 413


@pytest.mark.parametrize("status", [*errors.TEXTS, 400])
async def test_every_error_has_words_in_both_languages(owned: Place, status: int) -> None:
    from collector.present.language import catalogue

    title, meaning, remedy = errors.TEXTS.get(status, errors._OTHER)
    assert all(catalogue("fr").gettext(text) != text for text in (title, meaning, remedy))


@pytest.mark.parametrize(("url", "said"), [("https://leads.test", "max-age=31536000"), ("http://leads.test", None)])
async def test_a_browser_that_came_by_https_is_told_to_stay_there(place: Place, url: str, said: str | None) -> None:
    app = screens(place.database, place.writer, place.clock, url=url)
    async with place._replace(app=app).another(origin=url) as browser:
        assert (await browser.get("/login")).headers.get("strict-transport-security") == said


async def test_a_form_that_never_ends_is_given_up(owned: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"email="
        await asyncio.sleep(5)

    monkeypatch.setattr(patience, "LONGEST", 0.05)
    answer = await owned.browser.post("/login", content=body(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 408
    assert "That took too long" in answer.text
