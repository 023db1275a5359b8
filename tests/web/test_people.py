"""What people say of a lead, as a browser without JavaScript says it; and who may."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from collector.domain.edits import FIELDS, TAGS_MOST
from tests import builders
from tests.builders import body, field, form, view

from . import rows
from .conftest import Place, post
from .rows import NOW

CAMILLE, WORK = "camille@example.org", "c.durand@work.example"


def _two(conn: Connection) -> list[str]:
    """Two leads that look like one person; their ids as people write them."""
    rows.site(conn)
    rows.user(conn, "reader@example.com", "viewer")
    rows.user(conn, "marie@example.com", "marketer")
    told = [
        body(view(NOW - 9), form(NOW - 8, CAMILLE, fields=[field("nom", "Camille Durand")]), sent=NOW),
        body(
            form(NOW - 5, WORK, form="devis", fields=[field("nom", "Camille Durand"), field("phone", "0612345678")]),
            visitor=None,
            consent="unset",
            sent=NOW,
        ),
    ]
    builders.store(conn, *told)
    found = {row["email"]: str(UUID(bytes=row["id"])) for row in builders.rows(conn, "lead")}
    return [found[CAMILLE], found[WORK]]


async def _said(place: Place, lead: str) -> str:
    return html.unescape((await place.browser.get(f"/leads/{lead}")).text)


async def _rows(place: Place, table: str, **where: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await place.writer.run(builders.rows, table, **where)
    return found


async def test_status_owner_tag_and_note_are_said_and_shown_and_undone(owned: Place) -> None:
    lead, _other = await owned.writer.run(_two)
    marie = (await _rows(owned, "user", email="marie@example.com"))[0]["id"].hex()
    sent = {"status": "contacted", "owner": marie, "tag": "Salon  2026", "note": "Rappeler <lundi>\nmatin"}
    answer = await post(owned.browser, f"/leads/{lead}/edit", sent, await _token(owned, lead))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/leads/{lead}#people")
    page = await _said(owned, lead)
    for text in (
        "Status: Contacted",
        "Owner: marie@example.com",
        "Tag “Salon 2026” added",
        "Rappeler <lundi>\nmatin",
        "owner@example.com · ",
    ):
        assert text in page
    assert "<lundi>" not in (await owned.browser.get(f"/leads/{lead}")).text
    assert ">Contacted</span>" in (await owned.browser.get("/leads")).text
    await post(
        owned.browser, f"/leads/{lead}/edit", {"status": "contacted", "owner": marie, "tag": "", "note": " "}, await _token(owned, lead)
    )
    assert len(await _rows(owned, "edit")) == 4  # what stands already is not said again
    one = next(row["id"] for row in await _rows(owned, "edit", kind="status"))
    await post(owned.browser, f"/leads/{lead}/undo", {"edit": str(UUID(bytes=one))}, await _token(owned, lead))
    assert "Status: Contacted" not in await _said(owned, lead)
    await post(owned.browser, f"/leads/{lead}/edit", {"untag": "Salon 2026"}, await _token(owned, lead))
    assert (await _rows(owned, "lead", id=UUID(lead).bytes))[0]["tags"] == "[]"


async def _token(place: Place, lead: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', (await place.browser.get(f"/leads/{lead}")).text)
    assert found
    return html.unescape(found[1])


async def test_a_correction_says_where_the_others_come_from(owned: Place) -> None:
    lead, _other = await owned.writer.run(_two)
    row = (await _rows(owned, "lead", id=UUID(lead).bytes))[0]
    sent = {name: row[name] for name in ("name", "given_name", "family_name", "email", "phone", "organization")} | {
        "organization": "Durand & Fils"
    }
    await post(owned.browser, f"/leads/{lead}/edit", sent, await _token(owned, lead))
    page = await _said(owned, lead)
    assert "Company corrected to “Durand & Fils”" in page
    assert 'Company <span class="quiet">corrected</span>' in page
    assert 'E-mail <span class="quiet">from a form</span>' in page
    answer = await post(owned.browser, f"/leads/{lead}/edit", {"email": "nobody"}, await _token(owned, lead))
    assert answer.headers["location"] == f"/leads/{lead}?fault=email#people"
    assert "This is not an e-mail address." in html.unescape((await owned.browser.get(f"/leads/{lead}?fault=email")).text)
    assert 'role="alert"' not in (await owned.browser.get(f"/leads/{lead}?fault=nothing")).text


async def test_a_page_that_was_left_open_takes_back_nothing_that_others_said_since(owned: Place) -> None:
    lead, _other = await owned.writer.run(_two)
    row = (await _rows(owned, "lead", id=UUID(lead).bytes))[0]
    token = await _token(owned, lead)
    old = re.findall(r'<input type="hidden" name="(was_\w+)" value="([^"]*)"', (await owned.browser.get(f"/leads/{lead}")).text)
    shown = {name: html.unescape(value) for name, value in old}
    assert shown == {"was_status": "", "was_owner": "", **{f"was_{name}": row[name] for name in FIELDS}}
    await post(owned.browser, f"/leads/{lead}/edit", {"status": "won", "organization": "Durand"}, token)
    await post(owned.browser, f"/leads/{lead}/edit", shown | {"status": "", "owner": "", "note": "Rappelé"}, token)
    stale = {name: row[name] for name in FIELDS} | {"name": "Camille D."}
    await post(owned.browser, f"/leads/{lead}/edit", shown | stale, token)
    now = (await _rows(owned, "lead", id=UUID(lead).bytes))[0]
    assert (now["status"], now["organization"], now["name"]) == ("won", "Durand", "Camille D.")
    assert [one["value"] for one in await _rows(owned, "edit", kind="note")] == ["Rappelé"]


async def test_a_lead_has_so_many_tags_and_no_more(owned: Place) -> None:
    lead, _other = await owned.writer.run(_two)
    token = await _token(owned, lead)
    for number in range(TAGS_MOST):
        await post(owned.browser, f"/leads/{lead}/edit", {"tag": f"t{number}"}, token)
    answer = await post(owned.browser, f"/leads/{lead}/edit", {"tag": "one more"}, token)
    assert answer.headers["location"] == f"/leads/{lead}?fault=tags#people"
    assert len(await _rows(owned, "edit", kind="tag")) == TAGS_MOST
    await post(owned.browser, f"/leads/{lead}/edit", {"untag": "t0"}, token)
    assert (await post(owned.browser, f"/leads/{lead}/edit", {"tag": "one more"}, token)).headers["location"] == f"/leads/{lead}#people"


async def test_two_leads_are_merged_by_whoever_chooses_and_taken_apart(owned: Place) -> None:
    lead, other = await owned.writer.run(_two)
    before = await owned.writer.run(builders.derived)
    assert "c.durand@work.example" not in await _said(owned, lead)
    found = (await owned.browser.get(f"/leads/{lead}/merge?q=work.example")).text
    assert f'href="/leads/{lead}/merge?with={other}"' in found
    page = html.unescape((await owned.browser.get(f"/leads/{lead}/merge?with={other}")).text)
    assert page.index(CAMILLE) < page.index(WORK)  # who was known first stays, if nobody says otherwise
    answer = await post(owned.browser, f"/leads/{lead}/merge?with={other}", {"other": other, "keep": other, "reason": "même téléphone"})
    assert answer.headers["location"] == f"/leads/{other}#people"
    alias = await owned.browser.get(f"/leads/{lead}")
    assert (alias.status_code, alias.headers["location"]) == (303, f"/leads/{other}")
    told = await _said(owned, other)
    assert "Another lead was merged into this one" in told
    assert "même téléphone" in told
    assert {CAMILLE, WORK} <= set(re.findall(r"[\w.]+@[\w.]+", told[told.index("Known by:") :]))
    (merged,) = await _rows(owned, "merge")
    again = {"merge": str(UUID(bytes=merged["id"]))}
    assert (await post(owned.browser, f"/leads/{other}/unmerge", again, await _token(owned, other))).status_code == 303
    assert await owned.writer.run(builders.derived) == before
    assert (await owned.browser.get(f"/leads/{lead}")).status_code == 200


async def test_what_was_typed_is_not_lost_to_a_merge_meanwhile(owned: Place) -> None:
    lead, other = await owned.writer.run(_two)
    sent, token = {"other": lead, "keep": lead}, await _token(owned, other)
    assert (await post(owned.browser, f"/leads/{other}/merge", sent, token)).status_code == 303
    twice = await post(owned.browser, f"/leads/{other}/merge", sent, token)
    assert (twice.status_code, twice.headers["location"]) == (303, f"/leads/{lead}?fault=same#people")
    late = await post(owned.browser, f"/leads/{other}/edit", {"note": "Rappeler"}, token)
    assert (late.status_code, late.headers["location"]) == (303, f"/leads/{lead}#people")
    assert "Rappeler" in await _said(owned, lead)


async def test_what_cannot_be_merged_is_said_on_the_page(owned: Place) -> None:
    lead, other = await owned.writer.run(_two)
    token = await _token(owned, lead)
    same = await post(owned.browser, f"/leads/{lead}/merge", {"other": lead, "keep": lead}, token)
    assert same.status_code == 422
    assert "These two are one lead already." in same.text
    assert (await post(owned.browser, f"/leads/{lead}/merge", {"other": other, "keep": str(UUID(int=1))}, token)).status_code == 400
    assert (await post(owned.browser, f"/leads/{lead}/merge", {"other": "x", "keep": lead}, token)).status_code == 404
    assert (await owned.browser.get(f"/leads/{UUID(int=1)}/merge")).status_code == 404


async def test_suggestions_give_reasons_and_are_put_aside(owned: Place) -> None:
    def alike(conn: Connection) -> list[str]:
        both = _two(conn)
        builders.store(
            conn, body(form(NOW, CAMILLE, form="c", fields=[field("phone", "0612345678")]), visitor=None, consent="unset", sent=NOW)
        )
        return both

    lead, other = await owned.writer.run(alike)
    page = (await owned.browser.get("/leads/suggestions")).text
    assert "the same phone number, the same name" in page
    assert f"/leads/{lead}/merge?with={other}" in page
    assert "may be the same person: the same phone number, the same name." in await _said(owned, other)
    await post(owned.browser, f"/leads/{lead}/apart", {"other": other}, await _token(owned, lead))
    assert "No two leads look like one person." in (await owned.browser.get("/leads/suggestions")).text
    await owned.browser.post("/language", data={"language": "fr", "token": await _token(owned, lead)})
    assert "Aucune paire de leads" in html.unescape((await owned.browser.get("/leads/suggestions")).text)


ACTIONS = ("edit", "undo", "merge", "unmerge", "apart")


@pytest.mark.parametrize("what", ACTIONS)
async def test_a_viewer_reads_only(place: Place, what: str) -> None:
    lead, other = await place.writer.run(_two)
    await place.login("reader@example.com")
    page = await _said(place, lead)
    assert "Follow-up" in page
    assert 'name="status"' not in page
    assert f"/leads/{lead}/merge" not in page
    sent = {"status": "won", "other": other, "keep": lead, "edit": other, "merge": other}
    assert (await post(place.browser, f"/leads/{lead}/{what}", sent, await _token(place, lead))).status_code == 403
    assert (await place.browser.get(f"/leads/{lead}/merge?q=x")).status_code == 403
    assert await _rows(place, "edit") == await _rows(place, "merge") == []


@pytest.mark.parametrize("what", ACTIONS)
async def test_no_form_of_another_page_acts(owned: Place, what: str) -> None:
    lead, other = await owned.writer.run(_two)
    sent = {"status": "won", "other": other, "keep": lead, "edit": other, "merge": other}
    assert (await owned.browser.post(f"/leads/{lead}/{what}", data=sent)).status_code == 403
    token = await _token(owned, lead)
    headers = {"sec-fetch-site": "cross-site"}
    assert (await owned.browser.post(f"/leads/{lead}/{what}", data=sent | {"token": token}, headers=headers)).status_code == 403


async def test_of_another_account_nothing_is_edited_merged_or_seen(owned: Place) -> None:
    lead, _other = await owned.writer.run(_two)

    def elsewhere(conn: Connection) -> str:
        rows.account(conn, 2)
        return str(UUID(bytes=rows.lead(conn, account=2, email="other@example.net")))

    theirs = await owned.writer.run(elsewhere)
    token = await _token(owned, lead)
    assert (await post(owned.browser, f"/leads/{theirs}/edit", {"status": "won"}, token)).status_code == 404
    assert (await post(owned.browser, f"/leads/{lead}/merge", {"other": theirs, "keep": lead}, token)).status_code == 422
    assert (await owned.browser.get(f"/leads/{lead}/merge?with={theirs}")).text.count("other@example.net") == 0
    assert await _rows(owned, "edit") == await _rows(owned, "merge") == []
