"""Requests on the screens, links that confirm an address, and the page that says the same to everybody who asks."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
import structlog
from sqlalchemy import Connection

from collector.actions import requests as acts
from collector.actions.erase import erase
from collector.domain.tickets import LASTS
from collector.store.ids import uuid7
from collector.web import confirming, quota
from tests import builders
from tests.builders import SECRET, body, form, view

from . import rows
from .conftest import Place, browser_of, post
from .rows import DAY, HOUR, MINUTE, NOW
from .serve import screens

CAMILLE = "camille@example.org"
POSTING = {"smtp": "smtp://127.0.0.1:1", "url": "http://leads.test"}


def _story(conn: Connection) -> bytes:
    """A lead, and people with each role. Answers the lead's id."""
    rows.site(conn)
    rows.user(conn, "reader@example.com", "viewer")
    rows.user(conn, "marie@example.com", "marketer")
    told = [view(NOW - HOUR), form(NOW - HOUR + 1, CAMILLE, fields=[builders.field("nom", "Camille Durand")])]
    builders.store(conn, body(*told, sent=NOW))
    return bytes(builders.rows(conn, "lead")[0]["id"])


def _file(conn: Connection, kind: str = "access", at: int = NOW, **more: Any) -> str:
    return str(UUID(bytes=acts.file(conn, kind, by="person", id=uuid7(at), now=at, **more)))


async def _rows(place: Place, table: str, **where: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await place.writer.run(builders.rows, table, **where)
    return found


async def _read(place: Place, path: str) -> str:
    return html.unescape((await place.browser.get(path)).text)


def _posting(place: Place) -> Place:
    """The same screens with a mail server."""
    app = screens(place.database, place.writer, place.clock, **POSTING)
    return place._replace(app=app, browser=browser_of(app))


# The list -------------------------------------------------------------------------------------------------------------


async def test_requests_that_wait_stand_first_by_the_day_of_their_answer(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    late = await owned.writer.run(_file, "erasure", NOW - 40 * DAY, lead=lead)
    soon = await owned.writer.run(_file, "access", NOW - 20 * DAY, visitor="vAAAAAAAAAAAAAAAAAAAAA")
    done = await owned.writer.run(_file, "objection", NOW - 50 * DAY, said="Nora")
    more = {"actor": "", "id": uuid7(NOW), "now": NOW - DAY, "proof": {"browsers": 1}}
    await owned.writer.run(acts.step, UUID(done).bytes, "done", **more)
    page = await _read(owned, "/requests")
    places = [page.index(f"/requests/{one}") for one in (late, soon, done)]
    assert places == sorted(places)
    assert "2 wait for an answer" in page
    assert re.search(r"Overdue by \d+ days", page)
    assert re.search(r"\d+ days left", page)
    assert f'<a href="/leads/{UUID(bytes=lead)}">Camille Durand</a>' in page
    assert "a browser" in page
    assert "browsers no longer followed: 1" in page
    assert '<a href="/requests"' in await _read(owned, "/leads")


async def test_an_empty_list_says_what_comes_here(owned: Place) -> None:
    assert "No request waits" in await _read(owned, "/requests")


async def test_another_accounts_requests_are_not_shown(owned: Place) -> None:
    def foreign(conn: Connection) -> str:
        rows.account(conn, 2)
        return _file(conn, account=2, said="Geheim")

    theirs = await owned.writer.run(foreign)
    assert theirs not in await _read(owned, "/requests")
    assert (await owned.browser.get(f"/requests/{theirs}")).status_code == 404
    mine = await owned.writer.run(_file)
    for path in ("answer", "link", "send", "erase"):
        answer = await post(owned.browser, f"/requests/{theirs}/{path}", {"kind": "done", "sure": "1"}, await _token(owned, mine))
        assert answer.status_code == 404, path
    assert (await owned.browser.get("/requests/42")).status_code == 404


async def _token(place: Place, request: str) -> str:
    from .conftest import token_of

    return token_of(await place.browser.get(f"/requests/{request}"))


# Answers --------------------------------------------------------------------------------------------------------------


async def test_a_request_by_letter_is_written_down_and_answered(owned: Place) -> None:
    await owned.writer.run(_story)
    sent = {"address": CAMILLE, "kind": "correction", "said": "Je m’appelle\n<Camille>"}
    made = await post(owned.browser, "/requests/new", sent)
    assert made.status_code == 303
    here = made.headers["location"]
    page = await _read(owned, here)
    for text in ("Correction", "Camille Durand", "Je m’appelle", "<Camille>", "GDPR, art. 16", "written down by somebody here"):
        assert text in page
    assert "<Camille>" not in (await owned.browser.get(here)).text
    token = await _token(owned, here.rpartition("/")[2])
    for kind in ("refused", "extended"):
        wrong = await post(owned.browser, f"{here}/answer", {"kind": kind, "note": " "}, token)
        assert (wrong.status_code, "the person must be told" in wrong.text) == (422, True)
    assert (await post(owned.browser, f"{here}/answer", {"kind": "extended", "note": "En congé"}, token)).status_code == 303
    page = await _read(owned, here)
    assert "Two more months taken" in page
    assert "En congé" in page
    assert "owner@example.com" in page
    assert 'value="extended"' not in page
    assert (await post(owned.browser, f"{here}/answer", {"kind": "done", "note": ""}, token)).status_code == 303
    page = await _read(owned, here)
    assert "Take two more months" not in page
    assert "It is done" not in page
    again = await post(owned.browser, f"{here}/answer", {"kind": "refused", "note": "Non"}, token)
    assert "had its answer already" in again.text


async def test_what_cannot_be_written_down_is_said(owned: Place) -> None:
    for sent, says in (({"address": "", "kind": "access", "said": ""}, "or their words"), ({"address": "a", "kind": "x"}, "Choose what")):
        answer = await post(owned.browser, "/requests/new", sent)
        assert (answer.status_code, says in html.unescape(answer.text)) == (422, True)


async def test_a_viewer_reads_and_a_marketer_answers(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, lead=lead)
    async with owned.another() as reader, owned.another() as marie:
        await owned.login("reader@example.com", reader)
        await owned.login("marie@example.com", marie)
        page = await reader.get(f"/requests/{request}")
        assert page.status_code == 200
        assert f"/requests/{request}/answer" not in page.text
        assert "/requests/new" not in (await reader.get("/requests")).text
        for path in (f"/requests/{request}/answer", f"/requests/{request}/link", f"/requests/{request}/erase", "/requests/new"):
            assert (await post(reader, path, {"kind": "done", "sure": "1"}, "")).status_code == 403
        assert (await reader.get("/requests/new")).status_code == 403
        token = re.search(r'name="token" value="([^"]+)"', (await marie.get(f"/requests/{request}")).text)
        assert token
        assert (await post(marie, f"/requests/{request}/answer", {"kind": "done"}, token[1])).status_code == 303


async def test_erase_now_asks_once_more_and_keeps_counts_as_proof(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, "erasure", lead=lead, said=f"Effacez {CAMILLE}")
    here, token = f"/requests/{request}", await _token(owned, request)
    unsure = await post(owned.browser, f"{here}/erase", {}, token)
    assert (unsure.status_code, "cannot be taken back" in unsure.text) == (422, True)
    assert await _rows(owned, "lead")
    assert (await post(owned.browser, f"{here}/erase", {"sure": "1"}, token)).status_code == 303
    assert await _rows(owned, "lead") == []
    page = await _read(owned, here)
    assert "leads erased: 1 · submissions erased: 1 · browsers unlinked: 1 · refused events erased: 0" in page
    assert CAMILLE not in page
    assert "Camille" not in page
    assert "erased" in page
    gone = await post(owned.browser, f"{here}/erase", {"sure": "1"}, token)
    assert gone.status_code == 422


# Links ----------------------------------------------------------------------------------------------------------------


def _path(page: httpx2.Response) -> str:
    found = re.search(r"http://leads\.test(/me/link\?token=[\w.-]+)", html.unescape(page.text))
    assert found, page.text
    return found[1]


async def _opened(place: Place, path: str, browser: httpx2.AsyncClient) -> httpx2.Response:
    """Presses the button of the page behind a link."""
    page = await browser.get(path)
    found = re.search(r'name="link" value="([^"]+)"', page.text)
    assert found, page.text
    return await post(browser, "/me/link", {"link": html.unescape(found[1])}, _form_token(page))


def _form_token(page: httpx2.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    return html.unescape(found[1])


async def test_a_copied_link_opens_what_is_known_once(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, "correction", lead=lead)
    here = f"/requests/{request}"
    made = await post(owned.browser, f"{here}/link", {}, await _token(owned, request))
    path = _path(made)
    assert "token=" not in (await owned.browser.get(here)).text  # it was shown once
    async with owned.another() as visitor, owned.another() as scanner:
        for _ in range(3):
            seen = await scanner.get(path)  # programs that look through mail follow links; nothing comes of it
            assert seen.status_code == 200
            assert seen.headers["referrer-policy"] == "same-origin"
            assert seen.headers["cache-control"] == "no-store"
        assert await _rows(owned, "me_session") == await _rows(owned, "request_step") == []
        done = await _opened(owned, path, visitor)
        assert (done.status_code, done.headers["location"]) == (303, "/me")
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("webleads-me=1.")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        (session,) = await _rows(owned, "me_session")
        assert (bytes(session["lead_id"]), session["request_id"]) == (lead, UUID(request).bytes)
        assert session["token"].hex() not in str(done.headers)
        used = await visitor.get(path)
        assert (used.status_code, "works once" in used.text) == (410, True)
        assert 'name="link"' not in used.text
    assert [one["kind"] for one in await _rows(owned, "request_step")] == ["confirmed"]


async def test_the_button_needs_the_token_of_its_page_and_no_foreign_page_can_press_it(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, lead=lead)
    path = _path(await post(owned.browser, f"/requests/{request}/link", {}, await _token(owned, request)))
    link = path.partition("token=")[2]
    async with owned.another() as visitor:
        token = _form_token(await visitor.get(path))
        assert (await post(visitor, "/me/link", {"link": link}, "")).status_code == 403
        assert (await post(visitor, "/me/link", {"link": link}, token, sec_fetch_site="cross-site")).status_code == 403
        assert (await post(visitor, "/me/link", {"link": link + "x"}, token)).status_code == 410
    assert await _rows(owned, "me_session") == []


async def test_what_is_no_link_opens_nothing_and_says_so(place: Place) -> None:
    for token in ("", "x", "a.b.c", "%00", "é"):
        answer = await place.browser.get(f"/me/link?token={token}")
        assert (answer.status_code, "Copy it whole" in answer.text) == (410, True)


async def test_a_link_ends_after_seven_days_by_the_collectors_clock(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, lead=lead)
    path = _path(await post(owned.browser, f"/requests/{request}/link", {}, await _token(owned, request)))
    owned.clock.now = NOW + LASTS + 1_000
    answer = await owned.browser.get(path)
    assert (answer.status_code, "seven days" in answer.text) == (410, True)


async def test_without_a_mail_server_nothing_can_be_sent(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, lead=lead)
    assert "/send" not in await _read(owned, f"/requests/{request}")
    answer = await post(owned.browser, f"/requests/{request}/send", {}, await _token(owned, request))
    assert "No mail server is set" in answer.text
    assert await _rows(owned, "mail") == []


async def test_with_a_mail_server_the_link_is_sent_by_a_button(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, lead=lead)
    posting = _posting(owned)
    async with posting.browser:
        await posting.login()
        answer = await post(posting.browser, f"/requests/{request}/send", {}, await _token(posting, request))
        assert "waits to be sent" in answer.text
        assert "token=" not in answer.text  # it goes to them, not to us
    (letter,) = await _rows(owned, "mail")
    assert (letter["recipient"], letter["state"]) == (CAMILLE, "waiting")
    assert "http://leads.test/me/link?token=" in json.loads(letter["content"])["text"]


# Asking for a link ----------------------------------------------------------------------------------------------------


async def _asks(place: Place, address: str, browser: httpx2.AsyncClient, path: str = "/me/address") -> httpx2.Response:
    return await post(browser, path, {"email": address})


@pytest.mark.parametrize("by_mail", [True, False])
async def test_the_answer_is_the_same_whether_an_address_is_known_or_not(place: Place, by_mail: bool) -> None:
    await place.writer.run(_story)
    asked = _posting(place) if by_mail else place
    told = []
    for address in (CAMILLE, "nobody@example.org"):
        async with asked.another(headers={"accept-language": "fr"}) as visitor:
            answer = await _asks(asked, address, visitor)
            shown = re.sub(r'(name="token" value=)"[^"]*"', r"\1", answer.text)
            told.append((answer.status_code, shown, sorted(answer.headers.keys())))
    assert told[0] == told[1]
    assert "Votre demande" in told[0][1]
    assert CAMILLE not in told[0][1]
    (request,) = await _rows(place, "request")
    assert (request["by"], request["language"]) == ("address", "fr")
    assert len(await _rows(place, "mail")) == by_mail


async def test_the_looking_comes_after_the_answer(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """No time that it takes can be told from outside: nothing of it has begun when the answer is complete."""
    await place.writer.run(_story)
    order: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                order.append("answered")
            await send(message)

        await place.app(scope, receive, told)

    real = confirming._ask

    async def asked(*given: Any) -> None:
        order.append("looked")
        await real(*given)

    monkeypatch.setattr(confirming, "_ask", asked)
    async with browser_of(app) as visitor:  # type: ignore[arg-type]
        await visitor.get("/me/address")
        order.clear()
        await _asks(place, CAMILLE, visitor)
    assert order[-2:] == ["answered", "looked"]


async def test_what_is_no_address_is_said_before_anything_else(place: Place) -> None:
    answer = await _asks(place, "camille@", place.browser)
    assert (answer.status_code, "not an e-mail address" in answer.text) == (422, True)


async def test_one_address_and_one_network_may_ask_so_often_an_hour(place: Place) -> None:
    for _ in range(confirming.AN_ADDRESS):
        assert (await _asks(place, "nobody@example.org", place.browser)).status_code == 200
    slow = await _asks(place, "Nobody@example.org", place.browser)
    assert (slow.status_code, slow.headers["retry-after"]) == (429, "3600")
    assert (await _asks(place, "other@example.org", place.browser)).status_code == 200
    for n in range(confirming.A_NETWORK - confirming.AN_ADDRESS - 1):
        assert (await _asks(place, f"n{n}@example.org", place.browser)).status_code == 200
    assert (await _asks(place, "last@example.org", place.browser)).status_code == 429
    place.clock.now += HOUR
    assert (await _asks(place, "last@example.org", place.browser)).status_code == 200


def test_quotas_forget_after_an_hour_keep_no_name_and_count_nothing_that_was_refused() -> None:
    made = quota.Quota()
    assert [made.wait(NOW + n * MINUTE, address=("a@b.fr", 2)) for n in range(3)] == [0, 0, HOUR - 2 * MINUTE]
    assert made.wait(NOW + HOUR, address=("a@b.fr", 2)) == 0
    assert "a@b.fr" not in str(vars(made))
    assert made.wait(NOW, address=("", 0)) == 0
    assert [quota.network(one) for one in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "testclient")] == [
        "192.0.2.7",
        "192.0.2.7",
        "2001:0db8:0000:0000",
        "testclient",
    ]


async def test_neither_an_address_nor_a_link_is_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    await place.writer.run(_story)
    asked = _posting(place)
    with caplog.at_level("DEBUG"), structlog.testing.capture_logs() as lines:
        async with asked.another() as visitor:
            await _asks(asked, CAMILLE, visitor)
            text = json.loads((await _rows(place, "mail"))[0]["content"])["text"]
            path = text[text.index("/me/link") :].split()[0]
            assert (await _opened(asked, path, visitor)).status_code == 303
    said = caplog.text.replace(f"http://leads.test{path}", "")  # the client's own line
    for canary in (CAMILLE, path.partition("token=")[2]):
        assert canary not in str(lines)
        assert canary not in said


# What is seen of it on a lead -----------------------------------------------------------------------------------------


async def test_a_request_whose_person_was_erased_since_says_that_nothing_is_left_to_do(owned: Place) -> None:
    await owned.writer.run(_story)
    request = await owned.writer.run(_file, "objection", visitor=builders.VISITOR, said="Nora")
    assert "Nothing is left to do" not in await _read(owned, f"/requests/{request}")
    await owned.writer.run(erase, CAMILLE, secret=SECRET, now=NOW)
    assert "Nothing is left to do" in await _read(owned, f"/requests/{request}")


async def test_an_objection_of_a_browser_says_whose_visits_it_made_and_ends_them_alone(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, "objection", visitor=builders.VISITOR)
    page = await _read(owned, f"/requests/{request}")
    assert f'<a href="/leads/{UUID(bytes=lead)}">Camille Durand</a>' in page
    assert "not confirmed that it is they" in page
    assert (await post(owned.browser, f"/requests/{request}/carry-out", {}, await _token(owned, request))).status_code == 303
    assert "Done (browsers no longer followed: 1)" in await _read(owned, f"/requests/{request}")
    assert "Objected" not in await _read(owned, f"/leads/{UUID(bytes=lead)}")
    assert [row["purpose"] for row in await _rows(owned, "consent", state="denied")] == ["tracking"]


async def test_an_objection_is_carried_out_by_a_button_and_stands_on_the_leads_page(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    request = await owned.writer.run(_file, "objection", lead=lead)
    assert (await post(owned.browser, f"/requests/{request}/carry-out", {}, await _token(owned, request))).status_code == 303
    assert "browsers no longer followed: 1" in await _read(owned, f"/requests/{request}")
    page = await _read(owned, f"/leads/{UUID(bytes=lead)}")
    assert "Objected" in page
    assert "no longer followed" in page
    assert "It is not scored: this person objected." in page
