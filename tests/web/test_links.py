"""The campaign links' screen."""

from __future__ import annotations

import html

from sqlalchemy import Connection

from tests.builders import SECRET, body, ids, view

from . import rows
from .conftest import Place
from .rows import NOW

ASKED = "/links?url=https%3A%2F%2Fexample.com%2Foffer&source=Newsletter&medium=email&campaign=rentree"


async def test_a_link_is_built_from_the_address_without_a_script(owned: Place) -> None:
    await owned.writer.run(rows.site)
    empty = await owned.browser.get("/links")
    assert "The link" not in empty.text.split("<section")[0].split("<h1>")[1].replace("The link ", "")
    page = html.unescape((await owned.browser.get(ASKED)).text)
    assert "https://example.com/offer?utm_source=Newsletter&utm_medium=email&utm_campaign=rentree</textarea>" in page
    assert "count under: Email" in page
    assert "Capitals make two of one" in page
    french = html.unescape((await owned.browser.get(ASKED, headers={"accept-language": "fr"})).text)
    assert "Capitals" not in french


async def test_recent_campaigns_are_offered_and_own_links_named(owned: Place) -> None:
    from collector.actions.record import Recorder
    from tests.builders import batch

    def told(conn: Connection) -> None:
        rows.site(conn)
        sent = [
            view(NOW, "https://example.com/?utm_source=lettre&utm_medium=email&utm_campaign=printemps"),
            view(NOW + 1, "https://example.com/promo?utm_source=banner&utm_campaign=x", "https://example.com/"),
        ]
        Recorder(SECRET, ids())(conn, [batch(body(one, sent=one["at"]), one["at"]) for one in sent])

    await owned.writer.run(told)
    page = (await owned.browser.get("/links")).text
    assert "campaign=printemps" in page
    assert "/promo" in page


async def test_arrivals_whose_tags_look_wrong_are_named(owned: Place) -> None:
    from collector.actions.record import Recorder
    from tests.builders import batch

    def told(conn: Connection) -> None:
        rows.site(conn)
        tags = ("source=lettre&utm_medium=email&utm_campaign=printemps", "source=lettre&utm_medium=email&utm_campaign=Printemp")
        sent = [view(NOW + n, f"https://example.com/?utm_{tag}") for n, tag in enumerate((*tags, "source=partenaire&utm_medium=banniere"))]
        Recorder(SECRET, ids())(conn, [batch(body(one, sent=one["at"], visitor=str(n) * 22), one["at"]) for n, one in enumerate(sent)])

    await owned.writer.run(told)
    page = html.unescape((await owned.browser.get("/links")).text)
    assert "1 visit came by links whose medium belongs to no channel." in page
    report = "/reports/sources?period=90d&by=campaign&channel=Unassigned&source=partenaire"
    assert f'href="{report}"' in page
    assert (await owned.browser.get(report)).status_code == 200
    assert "if they are one campaign, give both links one name" in page


async def test_what_is_typed_is_shown_as_text(owned: Place) -> None:
    page = await owned.browser.get(
        "/links?url=https://example.com/%22%3E%3Cscript%3Ealert(1)%3C/script%3E&source=%3Cscript%3E&campaign=%22onfocus=x"
    )
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert '"onfocus' not in page.text
