"""The visitor's own page: who gets in and who does not, what is shown and what is hidden, what they may do, and that the marketer sees the same."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import Connection

from collector.actions.edit import edit
from collector.actions.requests import object_
from collector.actions.visiting import LASTS, open_confirmed
from collector.web import mine
from collector.web.me_acts import OBJECTIONS
from tests import builders
from tests.builders import HOME, HOUR, MINUTE, OTHER, SECRET, VISITOR, body, event, field, form, view

from . import rows
from .conftest import Place, post, token_of
from .rows import DAY, NOW

OWN = "5" * 32
CAMILLE = "camille.durand@example.org"
ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": "https://example.com"}
HIDDEN = ("camille.durand", "Camille", "Durand", "Rappelez", "612345678", "06 12 34", "ailleurs", "Nora", "Tablette", "Aime le bleu")


def _story(conn: Connection) -> str:
    """A lead on two browsers; the site's own people noted something. Answers the lead's id as people write it."""
    rows.site(conn, name="Thermique Dubois")
    proof = hashlib.sha256(OWN.encode()).hexdigest()
    fields = [field("nom", "Camille Durand"), field("phone", "06 12 34 56 78"), field("message", "Rappelez-moi lundi")]
    choice = field("appareil", type="radio", label="Tablette", hint="Votre appareil", checked=True, text="Tablette")
    told = [
        event("consent", NOW - DAY, state="granted", purpose="tracking", how="api", proof=proof, text_version="v7"),
        view(NOW - DAY + 1, HOME + "prix?utm_source=lettre&utm_medium=email", title="Nos prix"),
        form(NOW - DAY + 2, CAMILLE, fields=[*fields, choice]),
    ]
    builders.store(conn, body(*told, sent=NOW - DAY + 9))
    builders.store(
        conn, body(view(NOW - HOUR, HOME + "ailleurs", title="Ailleurs"), form(NOW - HOUR + 1, CAMILLE), visitor=OTHER, sent=NOW)
    )
    builders.store(conn, body(form(NOW - HOUR, "nora@example.org", fields=[field("nom", "Nora")]), visitor=None, consent="unset", sent=NOW))
    lead = next(row["lead_id"] for row in builders.rows(conn, "identifier") if row["value"] == CAMILLE)
    edit(conn, bytes(lead), [("note", "", "Aime le bleu")], actor="", secret=SECRET, now=NOW, ids=builders.ids())
    return str(UUID(bytes=bytes(lead)))


async def _ask(place: Place, browser: httpx2.AsyncClient | None = None, **changes: str) -> httpx2.Response:
    """As the tag asks, from another site's page."""
    sent = {"site": "42", "visitor": VISITOR, "secret": OWN} | changes
    return await (browser or place.browser).post("/me", data={"key": ",".join(sent.values())}, headers=ELSEWHERE)


async def _enter(place: Place) -> str:
    """The page, opened by the browser's secret."""
    await place.writer.run(_story)
    answer = await _ask(place)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    return html.unescape((await place.browser.get("/me")).text)


async def _confirmed(place: Place) -> str:
    """The page, opened by a link to the address."""
    lead = await place.writer.run(_story)
    await place.writer.run(open_confirmed, mine.digest("t" * 43), lead=UUID(lead).bytes, now=NOW, site=42)
    place.browser.cookies.set("webleads-me", f"1.{'t' * 43}")
    return html.unescape((await place.browser.get("/me")).text)


async def _rows(place: Place, table: str, **where: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await place.writer.run(builders.rows, table, **where)
    return found


async def _do(place: Place, path: str, **sent: str) -> httpx2.Response:
    return await post(place.browser, path, sent, token_of(await place.browser.get("/me")))


# The way in ------------------------------------------------------------------------------------------------------------


async def test_who_has_the_secret_sees_this_browser_masked_and_nothing_of_others(place: Place) -> None:
    page = await _enter(place)
    for text in ("Thermique Dubois", "Nos prix", "Email: lettre", "c•••@e•••.org", "C••• D•••", "••• 78", "by the text “v7”", "of 100"):
        assert text in page, text
    for text in (*HIDDEN, OTHER, VISITOR, OWN):
        assert text not in page, text
    assert "You asked something by a form" in page


WRONG: dict[str, dict[str, str]] = {
    "a wrong secret": {"secret": "6" * 32},
    "what the collector was told": {"secret": hashlib.sha256(OWN.encode()).hexdigest()},
    "a stolen id without a proof": {"visitor": OTHER},
    "a guessed id": {"visitor": "vNOBODYAAAAAAAAAAAAAAA"},
    "no id": {"visitor": VISITOR + "x"},
    "a site of another account": {"site": "44"},
    "a site that is not there": {"site": "999"},
    "not a site": {"site": "x"},
}


async def test_without_the_secret_of_that_browser_nothing_is_shown(place: Place) -> None:
    await place.writer.run(_story)
    await place.writer.run(rows.account, 2)
    await place.writer.run(rows.site, 44, 2, "other.example")
    for how, changes in WRONG.items():
        answer = await _ask(place, **changes)
        assert (answer.status_code, "webleads-me" in answer.cookies) == (403, False), how
        said = html.unescape(answer.text)
        assert "This page stays closed" in said
        assert not [text for text in ("c•••", "Nos prix", "Thermique", *HIDDEN) if text in said], how
        place.clock.now += 2 * MINUTE  # whoever tries often waits
    assert "Ask for a link" in (await place.browser.get("/me")).text
    assert await _rows(place, "me_session") == []


async def test_a_browser_without_a_secret_is_told_what_the_page_is(place: Place) -> None:
    answer = await _ask(place, visitor="", secret="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?site=42")
    assert "webleads-me" not in answer.cookies


async def test_every_wrong_way_is_answered_alike(place: Place) -> None:
    await place.writer.run(_story)
    told = set()
    for changes in ({"secret": "6" * 32}, {"visitor": OTHER}, {"site": "999"}):
        async with place.another() as browser:
            told.add(re.sub(r'value="[^"]{30,}"', "", (await _ask(place, browser, **changes)).text))
    assert len(told) == 1


async def test_who_tries_too_often_waits(place: Place) -> None:
    await place.writer.run(_story)
    answers = [await _ask(place, secret=str(n) * 32) for n in range(4)]
    assert [one.status_code for one in answers] == [403, 403, 403, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert (await _ask(place)).status_code == 429
    place.clock.now += MINUTE
    assert (await _ask(place)).status_code == 303


async def test_id_and_secret_are_in_no_log(place: Place, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level("INFO")
    await _enter(place)
    await _ask(place, secret="7" * 32)
    written = caplog.text + "".join(capsys.readouterr())
    assert not [text for text in (OWN, VISITOR, "7" * 32) if text in written]


async def test_the_page_ends_after_ten_minutes_and_when_it_is_closed(place: Place) -> None:
    page = await _enter(place)
    place.clock.now += LASTS
    assert "c•••@e•••.org" not in (await place.browser.get("/me")).text
    assert "c•••@e•••.org" in page
    assert (await _ask(place)).status_code == 303
    answer = await _do(place, "/me/close")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?closed=1")
    page = (await place.browser.get("/me?closed=1")).text
    assert "The page is closed" in page
    assert "c•••@e•••.org" not in page
    assert await _rows(place, "me_session") == []


async def test_a_made_up_session_opens_nothing(place: Place) -> None:
    await place.writer.run(_story)
    for held in ("1." + "x" * 43, "2." + "t" * 43, "1.", "x" * 99):
        async with place.another(cookies={"webleads-me": held}) as browser:
            assert "c•••" not in (await browser.get("/me")).text
    token = (await _ask(place)).cookies["webleads-me"].split(".")[1]
    async with place.another(cookies={"webleads-me": "2." + token}) as browser:
        assert "c•••" not in (await browser.get("/me")).text


async def test_without_a_session_the_page_says_how_it_is_opened(place: Place) -> None:
    await place.writer.run(rows.site, 42, name="Thermique Dubois")
    page = html.unescape((await place.browser.get("/me?site=42")).text)
    assert "Thermique Dubois measures its visits" in page
    assert 'href="/me/address?site=42"' in page
    assert (await place.browser.get("/me?site=99999999999999999999")).status_code == 200
    french = (await place.browser.get("/me", headers={"accept-language": "fr"})).text
    assert 'lang="fr"' in french


async def test_nothing_on_the_page_comes_from_elsewhere_or_runs(place: Place) -> None:
    page = await _enter(place)
    assert "<script" not in page
    assert not re.findall(r'(?:src|href|action)="(?!/|#|https://example\.com/)[^"]*"', page)
    assert 'rel="noopener noreferrer nofollow"' in page


async def test_what_goes_wrong_is_said_to_a_visitor_and_not_to_a_marketer(place: Place) -> None:
    for answer in (await place.browser.get("/me/nowhere"), await place.browser.post("/me/erase", headers=ELSEWHERE)):
        assert answer.status_code in (403, 404)
        assert not [word for word in ("role", "leads", "Webleads", "/login") if word in answer.text]


# With a confirmed address ------------------------------------------------------------------------------------------------


async def test_who_has_confirmed_the_address_sees_everything_of_every_browser(place: Place) -> None:
    page = await _confirmed(place)
    for text in (CAMILLE, "Camille Durand", "+33 6 12 34 56 78", "Rappelez-moi lundi", "Nos prix", "Ailleurs", "Aime le bleu", "Tablette"):
        assert text in page, text
    assert "Visits of 2 browsers count as yours" in page
    assert "nora" not in page.lower()


async def test_a_correction_is_theirs_and_the_marketer_sees_that(place: Place) -> None:
    await _confirmed(place)
    same = {"name": "Camille Durand", "was_name": "Camille Durand"}
    answer = await _do(place, "/me/correct", **same, phone="+33612345678", was_phone="+33612345678")
    assert answer.headers["location"] == "/me?done=same"
    answer = await _do(place, "/me/correct", **same | {"name": "Camille Roy"})
    assert answer.headers["location"] == "/me?done=correct"
    assert "It is corrected." in (await place.browser.get("/me?done=correct")).text
    answer = await _do(place, "/me/correct", email="nobody", was_email=CAMILLE)
    assert "fault=email" in answer.headers["location"]
    await place.writer.run(rows.user)
    lead = next(row for row in await _rows(place, "lead") if row["name"] == "Camille Roy")
    await place.login()
    page = html.unescape((await place.browser.get(f"/leads/{UUID(bytes=lead['id'])}")).text)
    assert "Name corrected to “Camille Roy”" in page
    assert "the person themselves" in page


async def test_an_unconfirmed_browser_corrects_nothing(place: Place) -> None:
    assert "/me/correct" not in await _enter(place)
    await _do(place, "/me/correct", name="Mallory", was_name="")
    assert not [row for row in await _rows(place, "edit") if row["actor"] == "visitor"]


# Acts --------------------------------------------------------------------------------------------------------------------


ACTS = ("/me/close", "/me/withdraw", "/me/object", "/me/erase", "/me/correct", "/me/download")


async def test_nothing_is_done_without_the_forms_own_token_and_a_session(place: Place) -> None:
    await _enter(place)
    tables = ("event", "consent", "request", "me_session")
    before = [await _rows(place, table) for table in tables]
    token = token_of(await place.browser.get("/me"))
    async with place.another() as other:
        foreign = token_of(await other.get("/me"))
        for path in ACTS:
            for headers, sent in (
                ({"sec-fetch-site": "same-origin"}, foreign),
                ({"sec-fetch-site": "same-origin"}, ""),
                (ELSEWHERE, token),
            ):
                assert (await place.browser.post(path, data={"token": sent}, headers=headers)).status_code == 403, path
            answer = await post(other, path, {}, foreign)  # no session: nobody's
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/me"), path
    assert [await _rows(place, table) for table in tables] == before


async def test_consent_is_taken_back_and_an_objection_filed(place: Place) -> None:
    await _enter(place)
    answer = await _do(place, "/me/withdraw")
    assert answer.headers["location"] == "/me?done=withdraw"
    page = html.unescape((await place.browser.get("/me?done=withdraw")).text)
    assert "You refused that your visits are remembered" in page
    await _do(place, "/me/object", said=" Pas de score ")
    filed = {row["kind"]: row for row in await _rows(place, "request")}
    assert filed["objection"]["said"] == "Pas de score"
    assert filed["objection"]["due_at"] > NOW + 27 * DAY
    assert {row["visitor"] for row in filed.values()} == {VISITOR}
    (outcome,) = await place.writer.run(builders.store, body(view(NOW + 1), sent=NOW + 1))
    assert outcome.refused == {"withdrawn": 1}


async def test_nobody_floods_those_who_must_read_objections(place: Place) -> None:
    await _enter(place)
    token = token_of(await place.browser.get("/me"))
    told = [(await post(place.browser, "/me/object", {"said": str(n)}, token)).headers["location"] for n in range(OBJECTIONS + 1)]
    assert told == ["/me?done=object"] * OBJECTIONS + ["/me?fault=often"]
    assert len(await _rows(place, "request", kind="objection")) == OBJECTIONS
    assert "sent too often" in (await place.browser.get("/me?fault=often")).text


async def test_who_types_the_address_of_another_learns_not_that_they_objected(place: Place) -> None:
    lead = await place.writer.run(_story)
    await place.writer.run(object_, UUID(lead).bytes, secret=SECRET, now=NOW)
    await _ask(place)
    assert "You have no score: you objected." in (await place.browser.get("/me")).text  # its own browser, which it ended
    proof = hashlib.sha256(OWN.encode()).hexdigest()
    consent = event("consent", NOW + 1, state="granted", purpose="tracking", how="api", proof=proof)
    curious = "v" + "C" * 21
    await place.writer.run(builders.store, body(consent, form(NOW + 2, CAMILLE), visitor=curious, sent=NOW + 9))
    async with place.another() as browser:
        assert (await _ask(place, browser, visitor=curious)).headers["location"] == "/me"
        page = (await browser.get("/me")).text
    assert "c•••@e•••.org" in page
    assert "objected" not in page


async def test_a_visit_that_began_before_consent_is_told_as_one(place: Place) -> None:
    """The audience has counted its first page already, so it is not counted again: it was a visit all the same."""
    await place.writer.run(rows.site)
    proof = hashlib.sha256(OWN.encode()).hexdigest()
    consent = event("consent", NOW - DAY, state="granted", purpose="tracking", how="api", proof=proof)
    await place.writer.run(builders.store, body(consent, view(NOW - DAY + 1, again=1), sent=NOW - DAY + 9))
    await _ask(place)
    assert "<strong>1</strong> visit<" in (await place.browser.get("/me")).text


async def test_a_browser_erases_its_visits_after_it_was_asked(place: Place) -> None:
    await _enter(place)
    page = html.unescape((await place.browser.get("/me/erase")).text)
    assert "What was sent by its forms stays with the person" in page
    assert await _rows(place, "event", visitor=VISITOR)
    answer = await post(place.browser, "/me/erase", {}, token_of(await place.browser.get("/me/erase")))
    assert "3 things that this browser did are erased" in answer.text
    assert "webleads-me" not in place.browser.cookies
    assert await _rows(place, "event", visitor=VISITOR) == []
    assert len(await _rows(place, "lead")) == 2
    assert (await _ask(place)).status_code == 403  # its proof is gone too


async def test_a_confirmed_person_is_erased_and_told_what_went(place: Place) -> None:
    await _confirmed(place)
    answer = await post(place.browser, "/me/erase", {}, token_of(await place.browser.get("/me/erase")))
    page = html.unescape(answer.text)
    assert "2 forms that you sent are erased" in page
    assert "The visits of 2 browsers are erased" in page
    assert [row["email"] for row in await _rows(place, "lead")] == ["nora@example.org"]
    assert "Ask for a link" in (await place.browser.get("/me")).text


async def test_the_file_of_a_browser_is_masked_and_filed(place: Place) -> None:
    await _enter(place)
    for kind in ("json", "html"):
        answer = await _do(place, f"/me/download?as={kind}")
        assert answer.headers["content-disposition"] == f'attachment; filename="my-data-2026-11-23.{kind}"'
        assert answer.headers["cache-control"] == "no-store"
        told = html.unescape(answer.text)
        for text in ("c•••@e•••.org", "/prix", VISITOR):
            assert text in told
        for text in (*HIDDEN, OTHER, OWN):
            assert text not in told, text
    (filed,) = await _rows(place, "request")
    assert (filed["kind"], filed["by"]) == ("access", "visitor")
    assert [row["kind"] for row in await _rows(place, "request_step")] == ["done"]


async def test_the_file_of_a_confirmed_person_has_everything(place: Place) -> None:
    await _confirmed(place)
    told = json.loads((await _do(place, "/me/download", **{"as": "json"})).content)
    assert told["confirmed"] is True
    text = json.dumps(told, ensure_ascii=False)
    for value in (CAMILLE, "Rappelez-moi lundi", "Aime le bleu", "/ailleurs", "Tablette"):
        assert value in text
    assert "nora" not in text.lower()
    page = html.unescape((await _do(place, "/me/download", **{"as": "html"})).text)
    assert "Rappelez-moi lundi" in page
    assert "<script" not in page


# The marketer sees the same ----------------------------------------------------------------------------------------------


async def test_the_marketer_sees_what_the_visitor_sees(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    assert f"/leads/{lead}/seen" in (await owned.browser.get(f"/leads/{lead}")).text
    whole = html.unescape((await owned.browser.get(f"/leads/{lead}/seen")).text)
    assert "Rappelez-moi lundi" in whole
    pages = [html.unescape((await owned.browser.get(f"/leads/{lead}/seen?browser={n}")).text) for n in (1, 2)]
    of_own = next(page for page in pages if "Nos prix" in page)
    shown = of_own[of_own.index('<div class="mine">') :]
    for text in ("c•••@e•••.org", "C••• D•••", "••• 78"):
        assert text in shown
    for text in ("Rappelez", "612345678", "Ailleurs", "Tablette", "Aime le bleu"):
        assert text not in shown
    async with owned.another() as visitor:
        assert (await _ask(owned, visitor)).status_code == 303
        theirs = html.unescape((await visitor.get("/me")).text)
    section = theirs[theirs.index('<ul class="figures-me">') : theirs.index('<section aria-labelledby="acts">')]
    assert section.strip() in of_own
    assert (await owned.browser.get(f"/leads/{UUID(int=7)}/seen")).status_code == 404


async def test_another_account_sees_nothing_of_it(place: Place) -> None:
    lead = await place.writer.run(_story)
    await place.writer.run(rows.account, 2)
    await place.writer.run(rows.user, "other@example.com", account=2)
    await place.login("other@example.com")
    assert (await place.browser.get(f"/leads/{lead}/seen")).status_code == 404
