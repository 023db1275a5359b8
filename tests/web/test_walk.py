"""Every route of the screens: who may, who may not, from which page, under which headers; and that looking changes nothing."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest_asyncio
from sqlalchemy import Connection, update

from collector.store import schema
from collector.web import auth, render
from collector.web.headers import POLICY

from . import walk
from .conftest import Place, browser_of, token_of
from .payloads import ASKED, REDIRECTS
from .walk import STRANGER, Told

TEMPLATES = Path(render.__file__).parent / "templates"
CANARY = "kanarie"
SAME = {"sec-fetch-site": "same-origin"}

# Who may look and who may act, by the least role. A route that stands nowhere here is a finding: nobody has said who may.
LOOKS = {
    "viewer": """/ /leads /leads/export /leads/suggestions /leads/{id} /leads/{id}/seen /sites /sites/{id:int} /sites/{id:int}/heard
        /sites/{id:int}/texts /companies /companies/{name:path} /audit /settings /settings/retention /settings/scoring
        /attribution /attribution/kept /attribution/kept/{id} /costs /goals /requests /requests/{id} /help /today
        /leads/changes /leads/changes/{id} /leads/views /sites/{id:int}/going /links /live /live/events /reports/sources
        /reports/sources/days /reports/pages /reports/forms /reports/forms/one /settings/profile""",
    "marketer": """/leads/new /leads/{id}/merge /requests/new /settings/scoring/new /settings/scoring/lists
        /settings/scoring/rules/{name} /leads/{id}/file""",
    "owner": """/sites/new /leads/{id}/erase /sites/{id:int}/settings /sites/{id:int}/delete /settings/people /status""",
    "anybody": """/login /login/link /setup /static/{name} /me /me/link /me/address /me/erase /join""",
}
ACTS = {
    "viewer": """/logout /keys /settings/profile /settings/profile/password /settings/profile/sessions""",
    "marketer": """/leads/new /leads/{id}/edit /leads/{id}/undo /leads/{id}/merge /leads/{id}/unmerge /leads/{id}/apart /attribution/keep
        /costs /costs/{id}/remove /goals /goals/{id}/remove /requests/new /requests/{id}/answer /requests/{id}/link
        /requests/{id}/send /requests/{id}/carry-out /requests/{id}/erase /settings/scoring/new /settings/scoring/lists
        /settings/scoring/rules/{name} /leads/bulk /leads/changes/{id}/undo /leads/views /leads/views/opens /leads/views/{id}
        /leads/views/{id}/delete /sites/{id:int}/check""",
    "owner": """/sites/new /settings/retention /leads/{id}/erase /sites/{id:int}/settings /sites/{id:int}/archive
        /sites/{id:int}/restore /sites/{id:int}/delete /settings/people /settings/people/{id}/role /settings/people/{id}/link
        /settings/people/{id}/sign-out /settings/people/{id}/remove /status/look /status/backup /status/backups/remove
        /status/replay""",
    "anybody": """/login /setup /language /theme /me /me/link /me/address /me/close /me/download /me/correct /me/withdraw /me/object
        /me/erase /join""",
}
# Ask the network, or work on in the background: refused to who may not, and done by nobody here.
BEYOND = {"/sites/{id:int}/check", "/status/look", "/status/backup", "/status/replay"}
ENDS = {"/login", "/logout", "/settings/profile/sessions"}  # of the session that the test goes on with
RANK = ("anybody", "viewer", "marketer", "owner")
# What a good request answers that is not a page.
STATUS = {
    "/": 303,
    "/leads/changes/{id}": 303,
    "/login": 303,
    "/login/link": 404,
    "/setup": 404,
    "/static/{name}": 404,
    "/join": 404,
    "/sites/{id:int}/going": 204,
    "/me/link": 410,
    "/me/erase": 303,
}


class Ground(NamedTuple):
    """The screens of an account with a row of every kind, whose texts all hold the canary."""

    place: Place
    told: Told
    browsers: dict[str, httpx2.AsyncClient]  # by role; nobody is signed in with that of ""

    async def kept(self) -> dict[str, list[object]]:
        """Every row."""
        found: dict[str, list[object]] = await self.place.writer.run(walk.everything)
        return found

    def addresses(self) -> list[tuple[str, str]]:
        """Every route that takes GET, with an address."""
        return list(walk.addresses(self.place.app, self.told))

    def posts(self) -> list[tuple[str, str]]:
        """Every route that takes POST, with an address."""
        return [(path, walk.address(path, self.told)) for path in walk.routes(self.place.app, "POST")]


@pytest_asyncio.fixture
async def ground(place: Place) -> AsyncIterator[Ground]:
    """See Ground."""
    told = await walk.tell(place.app, place.writer)
    browsers = {"": browser_of(place.app)}
    for role, email in (*walk.ROLES.items(), ("stranger", STRANGER)):
        browsers[role] = browser_of(place.app, cookies={"webleads-session": await place.writer.run(walk.sign_in, email)})
    assert await place.writer.run(walk.soak, lambda row, column: f"{CANARY}-{row}-{column}") > 300
    await place.writer.run(_public)
    yield Ground(place, told, browsers)
    for browser in browsers.values():
        await browser.aclose()


def _public(conn: Connection) -> None:
    """A site's name stands on the visitor's own page, for anybody."""
    conn.execute(update(schema.site).values(name="Thermique Dubois"))


def least(table: dict[str, str], path: str) -> str:
    """The least role that a route is for."""
    found = [role for role, paths in table.items() if path in paths.split()]
    assert found, f"tests/web/test_walk.py: who may {path}?"
    return found[0]


async def test_a_screen_is_shown_to_who_may_and_to_nobody_else(ground: Ground) -> None:
    before = await ground.kept()
    for role in ("", *RANK[1:]):
        for path, address in ground.addresses():
            answer = await ground.browsers[role].get(address)
            wanted, where = least(LOOKS, path), (role, address, answer.status_code)
            if not role:
                assert CANARY not in answer.text, where
            if wanted != "anybody" and not role:
                assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login"), where
            elif RANK.index(wanted) > RANK.index(role or "anybody"):
                assert answer.status_code == 403, where
            elif role:
                assert answer.status_code == STATUS.get(path, 200), where
    for path in walk.STREAMS & set(walk.routes(ground.place.app, "GET")):
        assert (await ground.browsers[""].get(path)).headers["location"].startswith("/login")
    assert await ground.kept() == before  # and looking has changed nothing


async def test_an_owner_of_another_account_finds_nothing_of_this_one(ground: Ground) -> None:
    browser, before = ground.browsers["stranger"], await ground.kept()
    token = token_of(await browser.get("/leads"))
    for path, address in ground.addresses():
        answer = await browser.get(address)
        assert answer.status_code in {STATUS.get(path, 200), 404}, (path, answer.status_code)
        assert answer.status_code in {404, 204, 303} or "{id" not in path, path
        assert CANARY not in answer.text, path
        assert not any(name in answer.text for name in walk.ROLES.values()), path
    assert await ground.kept() == before
    for path, address in ground.posts():
        if path not in {*BEYOND, *ENDS, "/sites/new"}:
            answer = await browser.post(address, data={"token": token}, headers=SAME)
            assert answer.status_code < 500, (path, answer.status_code)
            assert CANARY not in answer.text, path
    after = await ground.kept()
    for table, rows in before.items():
        assert set(rows) <= set(after[table]), table  # what it has done to itself is its own


async def test_an_act_is_done_by_who_may_and_by_nobody_else(ground: Ground) -> None:
    for role in ("", "viewer", "marketer", "owner"):
        browser, before = ground.browsers[role], await ground.kept()
        token = token_of(await browser.get("/help" if role else "/login"))
        may = []
        for path, address in ground.posts():
            wanted = least(ACTS, path)
            if RANK.index(wanted) <= RANK.index(role or "anybody"):
                may.append((path, address))
                continue
            answer = await browser.post(address, data={"token": token}, headers=SAME)
            if role:
                assert answer.status_code == 403, (role, path)
            else:
                assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
        assert await ground.kept() == before, role
        for path, address in may:
            if path not in {*BEYOND, "/logout"} and not (role and path.startswith("/me")):
                answer = await browser.post(address, data={"token": token}, headers=SAME)
                assert answer.status_code != 403 or path == "/me", (role, path)


FORGED = {
    "no token": ({}, SAME),
    "wrong": ({"token": "x.y"}, SAME),
    "of another browser": ({"token": "theirs"}, SAME),
    "of before the login": ({"token": "before"}, SAME),
    "cross-site": ({"token": "own"}, {"sec-fetch-site": "cross-site"}),
    "same-site": ({"token": "own"}, {"sec-fetch-site": "same-site"}),
    "another origin": ({"token": "own"}, {"origin": "http://evil.example"}),
    "origin null": ({"token": "own"}, {"origin": "null"}),
}


async def test_no_act_is_done_for_another_page_or_without_the_token_of_this_browser(ground: Ground) -> None:
    browser, other = ground.browsers["owner"], ground.browsers["marketer"]
    tokens = {"theirs": token_of(await other.get("/help")), "own": token_of(await browser.get("/help")), "x.y": "x.y"}
    session = browser.cookies.pop("webleads-session")
    tokens["before"] = token_of(await browser.get("/login"))
    browser.cookies.set("webleads-session", session)
    before = await ground.kept()
    for how, (sent, headers) in FORGED.items():
        for path, address in ground.posts():
            if path == "/me":  # stands on another site's page: a visitor's own secret is its token
                continue
            answer = await browser.post(address, data={name: tokens[value] for name, value in sent.items()}, headers=headers)
            assert answer.status_code == (404 if path in ("/setup", "/join") and headers is SAME else 403), (how, path)
    assert await ground.kept() == before
    assert (await browser.get("/leads")).status_code == 200


async def test_every_answer_carries_the_policy(ground: Ground) -> None:
    browser = ground.browsers["owner"]
    answers = [(path, await browser.get(address)) for path, address in [*ground.addresses(), ("", "/nowhere"), ("", "/leads/42")]]
    answers += [(path, await browser.post(address, headers=SAME)) for path, address in ground.posts()]
    for path, answer in answers:
        assert {name: answer.headers[name] for name in POLICY} == POLICY, path
        assert answer.headers["cache-control"] == "no-store", path
        assert "unsafe" not in answer.headers["content-security-policy"]
        kind = answer.headers.get("content-type", "")
        if answer.text and "html" in kind:
            assert "charset=utf-8" in kind, path
        assert not [
            cookie for cookie in answer.headers.get_list("set-cookie") if "HttpOnly" not in cookie or "SameSite=lax" not in cookie
        ], path


async def test_no_address_of_another_place_is_gone_to(ground: Ground) -> None:
    assert len(set(REDIRECTS)) >= 150
    assert {auth.local_path(text) for text in REDIRECTS} == {"/"}
    browser = ground.browsers["owner"]
    token = token_of(await browser.get("/help"))
    for text in REDIRECTS:
        assert (await browser.get("/login", params={"next": text})).headers["location"] == "/", text
        for path, sent in (("/language", {"language": "en"}), ("/theme", {"theme": "dark"}), ("/keys", {"keys": "on"})):
            answer = await browser.post(path, data=sent | {"token": token, "next": text}, headers=SAME)
            assert (answer.status_code, answer.headers["location"]) == (303, "/"), (path, text)
    for path, address in ground.posts():  # and no other form goes where it is told
        if path not in BEYOND | ENDS:
            aims = dict.fromkeys(("next", "back", "to", "url", "return", "redirect"), "//evil.example/")
            answer = await browser.post(address, data=aims | {"token": token}, headers=SAME)
            assert "evil.example" not in answer.headers.get("location", ""), path


async def test_whatever_an_address_asks_for_breaks_no_screen(ground: Ground) -> None:
    browser = ground.browsers["owner"]
    for path, address in ground.addresses():
        if path in walk.STREAMS or "?" in address:
            continue
        page = await browser.get(address)
        names = {name for query in re.findall(r'href="[^"?]*\?([^"#]*)"', page.text) for name in re.findall(r"(?:^|[;&])(\w+)=", query)}
        for form in re.findall(r"<form[^>]*>.*?</form>", page.text, re.DOTALL):
            if 'method="post"' not in form:
                names |= set(re.findall(r' name="(\w+)"', form))
        for turn in range(len(ASKED) if names else 0):
            asked = [(name, ASKED[(turn + at) % len(ASKED)]) for at, name in enumerate(sorted(names))]
            for start in range(0, len(asked), 12):  # a client bounds the length of an address
                answer = await browser.get(address, params=dict(asked[start : start + 12]))
                assert answer.status_code < 500, (address, asked)


async def test_every_link_of_the_navigation_leads_to_a_screen(ground: Ground) -> None:
    for role in walk.ROLES:
        browser = ground.browsers[role]
        pages = [await browser.get(path) for path in ("/help", "/settings", "/goals")]
        links = {html.unescape(link) for page in pages for link in re.findall(r'<a[^>]* href="(/[^"#]*)"', page.text)}
        assert len(links) >= 8
        for link in links:
            answer = await browser.get(link, follow_redirects=True)
            assert answer.status_code == 200, (role, link)


async def test_a_theme_and_the_keys_stay_as_they_were_chosen(ground: Ground) -> None:
    browser = ground.browsers["viewer"]
    page = await browser.get("/help")
    assert "data-theme" not in page.text
    assert "<body data-keys>" in page.text
    token = token_of(page)
    for path, sent in (("/theme", {"theme": "dark"}), ("/keys", {"keys": "off"})):
        answer = await browser.post(path, data=sent | {"token": token, "next": "/help"}, headers=SAME)
        assert answer.headers["location"] == "/help"
    page = await browser.get("/leads")
    assert '<html lang="en" data-theme="dark">' in page.text
    assert "<body>" in page.text
    assert (await browser.post("/theme", data={"theme": "pink", "token": token}, headers=SAME)).status_code == 400
    await browser.post("/theme", data={"theme": "system", "token": token}, headers=SAME)
    assert "data-theme" not in (await browser.get("/leads")).text
    browser.cookies.set("webleads-theme", '"><script>')
    assert "data-theme" not in (await browser.get("/leads")).text


def test_no_template_trusts_a_text_or_holds_a_script_or_a_style() -> None:
    for path in TEMPLATES.glob("*.html"):
        source = path.read_text("utf-8")
        if path.name == "me_file.html":  # is saved, and must look as it should without us
            source = source.replace("<style>", "", 1)
        assert not re.search(r"\|\s*safe|autoescape|Markup|<style|\sstyle=|\son\w+=|hx-on|hx-vals|js:|javascript:", source), path.name
        assert not re.search(r"<script(?![^>]*\bsrc=\"\{\{ static\()", source), path.name
        assert not re.search(r"\s[\w-]+=\{\{", source), f"{path.name}: an attribute without quotes"
    for path in (Path(render.__file__).parent / "static").glob("*.js"):
        assert not re.search(
            r"\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", path.read_text("utf-8")
        ), path.name
