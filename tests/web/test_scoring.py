"""Scores, rules and companies, as a browser without JavaScript sees them; who may change what."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import sites as acts
from collector.actions.record import Recorder
from collector.store import scores
from tests import builders
from tests.builders import HOME, event, field, form, tell, view

from . import rows
from .conftest import Place, post
from .rows import DAY, NOW

PRICES = HOME + "tarifs"


def _story(conn: Connection) -> None:
    acts.add(conn, 1, "example.com", now=NOW, id=42)
    tell(
        conn,
        view(NOW - 5 * DAY, HOME + "?gclid=abc"),
        view(NOW - 5 * DAY + 1, PRICES),
        view(NOW - 2 * DAY, HOME, "https://www.google.com/"),
        event("click", NOW - 2 * DAY + 1, kind="download", href=HOME + "plaquette.pdf", text="Plaquette"),
        view(NOW, PRICES),
        form(NOW + 3, "camille@durand-fils.fr", fields=[field("message", "Un devis ?"), field("societe", "Durand & Fils")]),
    )
    tell(conn, form(NOW, "nora@durand-fils.fr"), form(NOW, "qa@example.com"), form(NOW, "paul@orange.fr"), visitor=None, consent="unset")


async def _lead(place: Place, email: str) -> str:
    found = await place.writer.run(builders.rows, "lead", email=email)
    return f"/leads/{found[0]['id'].hex()}"


async def _text(place: Place, path: str) -> str:
    answer = await place.browser.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


async def test_a_lead_shows_its_score_its_reasons_with_rows_and_its_company(owned: Place) -> None:
    await owned.writer.run(_story)
    page = await _text(owned, await _lead(owned, "camille@durand-fils.fr"))
    for said in (
        '<strong class="points">100</strong>',
        "+40: Asked something.",
        "+16: Looked at prices, 2 times, that is the most it gives.",
        "+3: Came by an ad.",
        "Its first arrival was Paid search: google, because its address carried “gclid”, the click id of Google.",
        "Its last arrival was Direct visit",
        '<a href="/companies/durand-fils.fr">durand-fils.fr</a>',
        "by its address · 2 leads",
    ):
        assert said in page
    for event_row in await owned.writer.run(builders.rows, "score_reason", rule="pricing"):
        for one in event_row["evidence"].split():
            assert f'href="#at-{one}"' in page
            assert f'id="at-{one}"' in page
    assert 'href="#at-' in page.split("Why it is here")[1].split("</section>")[0]
    excluded = await _text(owned, await _lead(owned, "qa@example.com"))
    assert "It is not scored: its address is one of your own." in excluded
    assert "/companies/" not in (await _text(owned, await _lead(owned, "paul@orange.fr"))).split("<main")[1]


async def test_every_anchor_that_a_sentence_points_at_is_on_the_page(owned: Place) -> None:
    await owned.writer.run(_story)
    page = await _text(owned, await _lead(owned, "camille@durand-fils.fr"))
    pointed = {part.split('"')[0] for part in page.split('href="#at-')[1:]}
    assert len(pointed) >= 5
    assert all(page.count(f'id="at-{one}"') == 1 for one in pointed)


async def test_the_list_shows_the_score_of_those_that_have_one(owned: Place) -> None:
    await owned.writer.run(_story)
    page = await _text(owned, "/leads?kind=all")
    assert page.count("<strong>100</strong>") == 1
    assert len(re.findall(r'class="points">.*<strong>', page)) == 3  # not of one's own people
    assert "<strong>100</strong>" in (await owned.browser.get("/leads?q=camille", headers={"hx-request": "true"})).text


async def test_companies_are_listed_searched_and_shown_with_their_leads(owned: Place) -> None:
    await owned.writer.run(_story)
    page = await _text(owned, "/companies")
    assert page.index(">durand-fils.fr<") < page.index(">example.com<")
    assert "2 companies" in page
    assert "orange.fr" not in page
    assert ">example.com<" not in await _text(owned, "/companies?q=durand&page=x")
    assert "No company" in await _text(owned, "/companies?q=nobody")
    one = await _text(owned, "/companies/durand-fils.fr")
    assert "camille@durand-fils.fr" in one
    assert "nora@durand-fils.fr" in one
    assert "Durand & Fils" in one
    for path in ("/companies/orange.fr", "/companies/%00", "/companies/x" * 30):
        assert (await owned.browser.get(path)).status_code == 404


# Rules -----------------------------------------------------------------------------------------------------------

CHANGED = {"points": "12,5", "cap": "2", "half_life": "30", "hold": "0", "per": "1", "words": "tarif\r\nPrix", "on": "1"}


async def test_a_rule_is_changed_added_and_taken_out(owned: Place) -> None:
    await owned.writer.run(_story)
    assert (await post(owned.browser, "/settings/scoring/rules/pricing", CHANGED)).headers["location"] == "/settings/scoring"
    page = await _text(owned, "/settings/scoring")
    assert (
        '+12.5 for a page, by words of its address, at most 2 times; it halves every 30 days. <span class="quiet">tarif, prix</span>'
        in page
    )
    added = CHANGED | {"name": "webinar", "kind": "engagement", "signal": "page", "words": "webinaire"}
    assert (await post(owned.browser, "/settings/scoring/new", added)).status_code == 303
    assert (await post(owned.browser, "/settings/scoring/new", added)).status_code == 422
    assert "webinar" in await _text(owned, "/settings/scoring")
    assert (await post(owned.browser, "/settings/scoring/rules/webinar", {"remove": "1"})).status_code == 303
    assert "webinar" not in await _text(owned, "/settings/scoring")
    versions = await owned.writer.run(builders.rows, "scoring")
    assert len(versions) == 3
    assert {one["actor"] for one in versions} != {""}
    assert (await owned.browser.get("/settings/scoring/rules/nobody")).status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"points": "x"}, "One of the numbers"), ({"points": ""}, "One of the numbers"), ({"points": "-1"}, "One of the numbers"),
        ({"cap": "nan"}, "One of the numbers"), ({"half_life": "1e999"}, "One of the numbers"), ({"words": "x" * 61}, "At most 50 words"),
        ({"name": "A b"}, "small letters"), ({"kind": "x"}, "Choose what"), ({"signal": "x"}, "Choose what"), ({"name": "pricing"}, "already"),
    ],
)  # fmt: skip
async def test_what_cannot_be_a_rule_is_said_and_what_was_typed_stays(owned: Place, change: dict[str, str], says: str) -> None:
    answer = await post(owned.browser, "/settings/scoring/new", CHANGED | {"name": "new", "kind": "fit", "signal": "page"} | change)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert says in page
    assert "Prix" in page or "words" in change
    assert await owned.writer.run(builders.rows, "scoring") == []


async def test_lists_of_domains_are_kept_normalised(owned: Place) -> None:
    sent = {
        "staff": "",
        "customers": "https://www.Client.example/x\r\n\r\n@other.example",
        "competitors": "rival.example, rival2.example",
        "freemail": "",
    }
    assert (await post(owned.browser, "/settings/scoring/lists", sent)).status_code == 303
    page = await _text(owned, "/settings/scoring")
    assert "client.example, other.example" in page
    assert "rival.example, rival2.example" in page
    answer = await post(owned.browser, "/settings/scoring/lists", sent | {"customers": "a b"})
    assert answer.status_code == 422
    assert "is not a domain" in answer.text


@pytest.mark.parametrize("path", ["/settings/scoring/rules/pricing", "/settings/scoring/new", "/settings/scoring/lists"])
async def test_a_viewer_reads_and_a_form_without_its_token_is_refused(owned: Place, path: str) -> None:
    await owned.writer.run(_viewer)
    async with owned.another() as viewer:
        await owned.login("viewer@example.com", viewer)
        page = await viewer.get("/settings/scoring")
        assert page.status_code == 200
        assert 'href="/settings/scoring/' not in page.text
        for seen in ("/settings", "/companies"):
            assert (await viewer.get(seen)).status_code == 200
        assert (await viewer.get(path)).status_code == 403
        assert (await post(viewer, path, CHANGED, token=_token(page.text))).status_code == 403
    assert (await post(owned.browser, path, CHANGED, token="x")).status_code == 403
    assert (await post(owned.browser, path, CHANGED, sec_fetch_site="cross-site")).status_code == 403
    assert await owned.writer.run(builders.rows, "scoring") == []


def _token(page: str) -> str:
    return html.unescape(page.split('name="token" value="')[1].split('"', maxsplit=1)[0])


def _viewer(conn: Connection) -> Any:
    return rows.user(conn, "viewer@example.com", "viewer")


async def test_another_accounts_rules_companies_and_scores_are_its_own(owned: Place) -> None:
    def told(conn: Connection) -> None:
        rows.account(conn, 2)
        acts.add(conn, 2, "elsewhere.example", now=NOW, id=77)
        made = builders.body(form(NOW, "eve@secret.example"), visitor=None, consent="unset", sent=NOW, site=77)
        Recorder(builders.SECRET, builders.ids())(conn, [builders.batch(made, NOW, account=2)])

    await owned.writer.run(told)
    (theirs,) = await owned.writer.run(builders.rows, "lead", account_id=2)
    assert (await owned.browser.get("/companies/secret.example")).status_code == 404
    assert "secret.example" not in await _text(owned, "/companies")
    assert (await owned.browser.get(f"/leads/{theirs['id'].hex()}")).status_code == 404
    assert (await owned.writer.run(scores.terms, 1)).version == b""


async def test_a_site_tells_of_campaign_tags_on_its_own_links(owned: Place) -> None:
    await owned.writer.run(_story)
    assert "Campaign tags on your own links" not in await _text(owned, "/sites/42")
    tagged = HOME + "contact?utm_source=accueil"
    await owned.writer.run(
        lambda conn: tell(conn, view(NOW, tagged, HOME), view(NOW + 1, tagged, HOME, page="page0002"), view(NOW - 40 * DAY, tagged, HOME))
    )
    page = await _text(owned, "/sites/42")
    assert "In the last 30 days 2 pages were reached by links of your own" in page
    assert '<li>/contact <span class="quiet">2</span></li>' in page
