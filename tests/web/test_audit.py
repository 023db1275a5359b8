"""The audit and the texts on the screens: the real state of the account, in both languages."""

from __future__ import annotations

import html
from typing import Any

from collector.actions import retention
from collector.present import audit
from collector.present.audit_rows import ROWS

from . import rows
from .conftest import Place

FRENCH = {"accept-language": "fr"}


async def _text(place: Place, path: str, **headers: str) -> str:
    answer = await place.browser.get(path, headers=headers)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


async def test_the_audit_shows_every_rule_and_what_is_missing(owned: Place) -> None:
    def told(conn: Any) -> None:
        rows.site(conn)
        rows.site(conn, 43, domain="b.example", consent="granted")
        retention.put(conn, 1, "audience", 6, site=43)

    await owned.writer.run(told)
    page = await _text(owned, "/audit")
    assert all(row.rule in page and row.answer in page for row in ROWS)
    assert "b.example: consent is taken as granted, and no reason is stated." in page
    assert "b.example, Visits without consent: 6 months." in page
    assert "points are open" in page
    french = await _text(owned, "/audit", **FRENCH)
    assert all(audit.rule(row, "fr") in french for row in ROWS)
    assert 'href="/audit"' in await _text(owned, "/settings")


async def test_the_texts_of_a_site_follow_its_settings_and_the_chosen_language(owned: Place) -> None:
    await owned.writer.run(lambda conn: rows.site(conn, 42, kept='["ref"]'))
    page = await _text(owned, "/sites/42/texts")
    for said in (
        "May we remember your visits?",
        "these parameters: ref.",
        "[name and address of the controller]",
        'data-version="en-',
        "http://leads.test/me",
    ):
        assert said in page
    assert "Pouvons-nous nous souvenir de vos visites ?" in await _text(owned, "/sites/42/texts?text=fr")
    assert "Do Not Track has refused" not in await _text(owned, "/sites/42/texts?dnt=ignored")
    assert (await owned.browser.get("/sites/43/texts")).status_code == 404
    assert 'href="/sites/42/texts"' in await _text(owned, "/sites/42")


async def test_another_accounts_texts_are_not_shown(owned: Place) -> None:
    await owned.writer.run(rows.account, 2)
    await owned.writer.run(lambda conn: rows.site(conn, 50, account=2))
    assert (await owned.browser.get("/sites/50/texts")).status_code == 404
