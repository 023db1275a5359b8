"""What no screen may do: open itself, take a foreign form, run a stranger's words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.routing import Route

from collector.store.work import Busy
from collector.web import errors, patience, render

from . import rows
from .conftest import Place, post, token_of
from .rows import NOW
from .serve import screens

TEMPLATES = Path(render.__file__).parent / "templates"
OPEN = {"/login", "/login/link", "/setup", "/language", "/static/{name}"}
OURS = re.compile(r"/me(/.*)?")  # the visitor's own: nobody signs in there, and tests/web/test_me.py holds what it shows


async def test_every_route_but_the_open_ones_needs_a_login(place: Place) -> None:
    closed = [route for route in place.app.routes if isinstance(route, Route) and route.path not in OPEN and not OURS.fullmatch(route.path)]
    assert len(closed) >= 8
    for route in closed:
        path = re.sub(r"\{[^}]+\}", "42", route.path)
        for method in route.methods or ():
            answer = await place.browser.request(method, path, headers={"sec-fetch-site": "same-origin"})
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login"), (method, path)


async def test_a_fragment_asks_htmx_to_load_the_page_again_when_the_login_has_ended(place: Place) -> None:
    answer = await place.browser.get("/leads", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-refresh"], answer.text) == (204, "true", "")


async def _forms(place: Place) -> list[str]:
    return ["/logout", "/language", "/sites/new"]


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}, {"origin": "null"}]
)
async def test_a_form_of_another_origin_is_refused_even_with_the_token(owned: Place, headers: dict[str, str]) -> None:
    token = token_of(await owned.browser.get("/leads"))
    for path in await _forms(owned):
        answer = await owned.browser.post(path, data={"token": token, "language": "fr", "domain": "example.com"}, headers=headers)
        assert answer.status_code == 403
    assert (await owned.browser.get("/leads")).status_code == 200


@pytest.mark.parametrize("how", ["none", "wrong", "of-another-browser", "of-before-the-login"])
async def test_a_form_without_its_own_token_is_refused(place: Place, how: str) -> None:
    await place.writer.run(rows.user)
    before = token_of(await place.browser.get("/login"))
    await place.login()
    async with place.another() as other:
        await place.login(browser=other)
        theirs = token_of(await other.get("/leads"))
    token = {"none": "", "wrong": "x.y", "of-another-browser": theirs, "of-before-the-login": before}[how]
    for path in await _forms(place):
        answer = await post(place.browser, path, {"language": "fr", "domain": "example.com"}, token)
        assert answer.status_code == 403
    assert '<html lang="en">' in (await place.browser.get("/leads")).text


async def test_login_and_setup_need_the_token_too(place: Place) -> None:
    await place.writer.run(rows.user)
    answer = await post(place.browser, "/login", {"email": "owner@example.com", "password": rows.PASSWORD}, "")
    assert answer.status_code == 403


async def test_a_get_changes_nothing(owned: Place) -> None:
    assert (await owned.browser.get("/logout")).status_code == 405
    assert (await owned.browser.get("/language?language=fr")).status_code == 405
    assert (await owned.browser.get("/leads")).status_code == 200


async def test_every_answer_carries_the_policy(owned: Place) -> None:
    for path in ("/leads", "/sites/new", "/nowhere", "/leads/42", "/leads/export", "/login", "/", "/static/none.css"):
        headers = (await owned.browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert (headers["x-content-type-options"], headers["cross-origin-opener-policy"]) == ("nosniff", "same-origin")
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store", path


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


def test_no_template_trusts_a_text_or_holds_a_script_or_a_style() -> None:
    for path in TEMPLATES.glob("*.html"):
        source = path.read_text("utf-8")
        if path.name == "me_file.html":  # is saved, and must look as it should without us
            source = source.replace("<style>", "", 1)
        assert not re.search(r"\|\s*safe|autoescape|Markup|<style|\sstyle=|\son\w+=|hx-on|hx-vals|javascript:", source), path.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", source), path.name


EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)//",
    "</textarea></title><svg onload=alert(1)>",
    "&lt;b&gt;\u202e\u0000\u2028",
]


@pytest.mark.parametrize("evil", EVIL)
async def test_a_strangers_words_are_only_words_on_every_screen(owned: Place, evil: str) -> None:
    import uuid

    from collector.domain.events import Field

    def tell(conn: object) -> bytes:
        origin = dict.fromkeys(("channel", "source", "medium", "campaign"), evil)
        rows.site(conn, 42)  # type: ignore[arg-type]
        lead = rows.lead(
            conn, name=evil, email=evil, phone=evil, organization=evil, message=evil, form=evil, page=evil, visits=1,
            **{f"{end}_{name}": text for end in ("first", "last") for name, text in origin.items()},
        )  # type: ignore[arg-type] # fmt: skip
        rows.lead(conn, NOW + 1, kind="message", message=evil, form=evil)  # type: ignore[arg-type]
        rows.visit(conn, "v", NOW - 5000, [(evil, evil), ("https://example.com/" + evil, evil)], origin)  # type: ignore[arg-type]
        for kind, data in (("click", {"kind": evil, "href": evil, "text": evil}), ("custom", {"name": evil}), ("consent", {"state": evil})):
            rows.event(conn, kind, "v", NOW, "p", evil, data)  # type: ignore[arg-type]
        fields = [Field(name=evil, label=evil, value=evil), Field(hint=evil, withheld=evil), Field(id=evil, checked=True, text=evil)]
        sent = rows.submission(conn, lead, NOW, fields, visitor="v", form=evil, url=evil, marketing=1, marketing_text=evil, result=evil)  # type: ignore[arg-type]
        rows.span(conn, lead, "v", sent, NOW, NOW - 10_000)  # type: ignore[arg-type]
        return lead

    evil = evil.replace("\u0000", "")
    lead = await owned.writer.run(tell)
    for path in ("/leads", "/leads?kind=all", f"/leads/{uuid.UUID(bytes=lead)}"):
        page = await owned.browser.get(path, params={"q": evil} if path == "/leads" else None)
        assert page.status_code == 200
        assert "49" not in re.findall(r">\s*(49)\s*<", page.text)
        for raw in ("<script>alert", "<img src=x", "<svg onload", "' autofocus onfocus=alert(1) x='", 'href="javascript:'):
            assert raw not in page.text, path
    assert (
        await owned.browser.get("/leads", params={"q": evil, "source": evil, "site": evil, "after": evil, "kind": evil})
    ).status_code == 200


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
