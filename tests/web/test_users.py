"""Who works here, on the screens: owners only, links shown once, tokens renewed."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

from collector.store import users
from tests.builders import rows as stored

from . import rows
from .conftest import Place, post, token_of
from .rows import PASSWORD
from .serve import screens

PEOPLE = "/settings/people"
ANA = {"email": "Ana@Example.com", "role": "marketer", "language": "fr"}


async def _people(place: Place) -> dict[str, dict[str, Any]]:
    async with place.database.reader() as conn:
        return {row["email"]: row for row in await users.people(conn, 1, place.clock.now)}


def _link(page: str) -> str:
    found = re.search(r"http://leads\.test(/join\?token=[\w-]+)", html.unescape(page))
    assert found, page
    return found[1]


def _of(row: dict[str, Any], act: str) -> str:
    return f"{PEOPLE}/{UUID(bytes=row['id'])}/{act}"


async def _send(place: Place, path: str, sent: dict[str, str]) -> Any:
    return await post(place.browser, path, sent, token_of(await place.browser.get(PEOPLE)))


async def test_who_was_invited_joins_with_their_role_and_in_their_language(owned: Place) -> None:
    page = await post(owned.browser, PEOPLE, ANA)
    link = _link(page.text)
    assert "ana@example.com" in page.text
    again = (await owned.browser.get(PEOPLE)).text
    assert "join?token=" not in again, "the link is shown once"
    assert "The link holds until" in again
    async with owned.another() as ana:
        assert "ana@example.com" in (await ana.get(link)).text
        weak = await post(ana, link, {"password": "ana@example.com"})
        assert (weak.status_code, "little more than your e-mail address" in html.unescape(weak.text)) == (422, True)
        joined = await post(ana, link, {"password": PASSWORD})
        assert (joined.status_code, joined.headers["location"]) == (303, "/")
        assert '<html lang="fr">' in (await ana.get("/leads")).text
        assert (await ana.get(PEOPLE)).status_code == 403
        assert (await ana.get(link)).status_code == 404
    row = (await _people(owned))["ana@example.com"]
    assert (row["role"], row["pending"], row["sessions"]) == ("marketer", False, 1)


async def test_an_invitation_that_cannot_be_says_why_and_keeps_what_was_typed(owned: Place) -> None:
    cases = [({"email": "ana"}, "not an e-mail"), ({"email": "owner@example.com"}, "already here"), ({"role": "king"}, "one of the roles")]
    for given, said in cases:
        page = await post(owned.browser, PEOPLE, ANA | given)
        assert page.status_code == 422
        assert said in html.unescape(page.text)
        assert f'value="{(ANA | given)["email"]}"' in page.text
    assert len(await _people(owned)) == 1


async def test_with_a_mail_server_the_letter_carries_the_link_and_no_page_does(place: Place) -> None:
    await place.writer.run(rows.user)
    app = screens(place.database, place.writer, place.clock, url="http://leads.test", smtp="smtp://127.0.0.1")
    async with place._replace(app=app).another() as browser:
        await place.login(browser=browser)
        page = await post(browser, PEOPLE, ANA | {"by": "mail"})
        assert "join?token=" not in page.text
        assert "on its way to ana@example.com" in page.text
        (letter,) = await place.writer.run(lambda conn: stored(conn, "mail"))
        assert "http://leads.test/join?token=" in letter["content"]
        assert "vous invite" in letter["content"], "in the language of who is invited"
        by_hand = await post(browser, PEOPLE, ANA | {"email": "bob@example.com", "by": "hand"})
        assert "join?token=" in by_hand.text


async def test_a_link_for_another_password_is_made_by_an_owner_and_ends_every_browser(owned: Place) -> None:
    await owned.writer.run(rows.user, "ana@example.com", "viewer")
    ana = (await _people(owned))["ana@example.com"]
    async with owned.another() as before, owned.another() as after:
        await owned.login("ana@example.com", before)
        link = _link((await _send(owned, _of(ana, "link"), {"by": "hand"})).text)
        assert (await before.get("/leads")).status_code == 200
        assert "Choose another password" in (await after.get(link)).text
        await post(after, link, {"password": "another long sentence"})
        assert (await after.get("/leads")).status_code == 200
        assert (await before.get("/leads")).status_code == 303


async def test_a_new_role_holds_at_once_and_only_after_signing_in_again(owned: Place) -> None:
    await owned.writer.run(rows.user, "ana@example.com", "viewer")
    ana = (await _people(owned))["ana@example.com"]
    async with owned.another() as browser:
        await owned.login("ana@example.com", browser)
        assert (await _send(owned, _of(ana, "role"), {"role": "owner"})).status_code == 303
        assert (await browser.get(PEOPLE)).status_code == 303, "the old token is worth nothing"
        await owned.login("ana@example.com", browser)
        assert (await browser.get(PEOPLE)).status_code == 200
    old = owned.browser.cookies["webleads-session"]
    me = (await _people(owned))["owner@example.com"]
    assert (await _send(owned, _of(me, "role"), {"role": "marketer"})).headers["location"] == "/settings"
    assert owned.browser.cookies["webleads-session"] != old
    assert (await owned.browser.get(PEOPLE)).status_code == 403
    async with owned.another(cookies={"webleads-session": old}) as thief:
        assert (await thief.get("/leads")).status_code == 303


async def test_the_last_owner_is_told_why_they_stay(owned: Place) -> None:
    me = (await _people(owned))["owner@example.com"]
    for act, sent in (("role", {"role": "viewer"}), ("remove", {"sure": "1"})):
        page = await _send(owned, _of(me, act), sent)
        assert (page.status_code, "Nobody else owns this account" in page.text) == (422, True)


async def test_removing_somebody_asks_first_and_ends_their_sessions(owned: Place) -> None:
    await owned.writer.run(rows.user, "ana@example.com", "viewer")
    ana = (await _people(owned))["ana@example.com"]
    async with owned.another() as browser:
        await owned.login("ana@example.com", browser)
        assert "Remove ana@example.com?" in (await _send(owned, _of(ana, "remove"), {})).text
        assert (await browser.get("/leads")).status_code == 200
        assert (await _send(owned, _of(ana, "remove"), {"sure": "1"})).status_code == 303
        assert (await browser.get("/leads")).status_code == 303
    assert (await _send(owned, _of(ana, "remove"), {"sure": "1"})).status_code == 404


async def test_an_owner_signs_somebody_out_everywhere(owned: Place) -> None:
    await owned.writer.run(rows.user, "ana@example.com", "viewer")
    async with owned.another() as browser:
        await owned.login("ana@example.com", browser)
        await _send(owned, _of((await _people(owned))["ana@example.com"], "sign-out"), {})
        assert (await browser.get("/leads")).status_code == 303


async def test_nobody_but_an_owner_sees_or_changes_people_or_the_collectors_state(place: Place) -> None:
    await place.writer.run(rows.user)
    await place.writer.run(rows.user, "other@example.com", "marketer")  # a viewer may do less: tests of every route walk them all
    await place.login("other@example.com")
    token = token_of(await place.browser.get("/settings/profile"))
    owner = (await _people(place))["owner@example.com"]
    assert [(await place.browser.get(path)).status_code for path in (PEOPLE, "/status")] == [403, 403]
    acts = [_of(owner, act) for act in ("role", "link", "sign-out", "remove")]
    for path in (PEOPLE, *acts, *(f"/status/{act}" for act in ("look", "backup", "backups/remove", "replay"))):
        assert (await post(place.browser, path, ANA | {"sure": "1"}, token)).status_code == 403, path
    assert set(await _people(place)) == {"owner@example.com", "other@example.com"}


async def test_people_of_another_account_are_not_there(owned: Place) -> None:
    await owned.writer.run(rows.account, 2)
    theirs = await owned.writer.run(rows.user, "theirs@example.com", "viewer", 2)
    assert "theirs@example.com" not in (await owned.browser.get(PEOPLE)).text
    for act in ("role", "link", "sign-out", "remove"):
        assert (await _send(owned, _of(theirs, act), {"role": "viewer", "sure": "1"})).status_code == 404


async def test_a_wrong_link_says_so(place: Place) -> None:
    for token in ("", "wrong", "link\x00"):
        answer = await place.browser.get("/join", params={"token": token})
        assert (answer.status_code, "no longer works" in answer.text) == (404, True)
