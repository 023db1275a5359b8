"""Attribution, costs and goals on screen: what they say, who may change what, and no form without its token."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import Connection

from tests import builders
from tests.builders import DAY, HOME, field, form, tell, view

from . import rows
from .conftest import Place, post, token_of
from .rows import NOW

LETTER = HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"
ADS = HOME + "?utm_source=google&utm_medium=cpc&utm_campaign=ete"
FILE = "day;source;campaign;medium;amount\n2026-11-20;google;ete;cpc;12,50\n2026-11-xx;google;ete;cpc;1\n"


def _story(conn: Connection) -> None:
    """Two leads by two ways, and one without a visit."""
    rows.site(conn)
    for number, ways in enumerate(((LETTER, ADS), (ADS,))):
        visitor = f"v{number:021d}"
        for place, url in enumerate(ways):
            tell(conn, view(NOW - (len(ways) - place) * DAY, url), visitor=visitor)
        tell(conn, form(NOW - DAY + 1, f"n{number}@example.org"), visitor=visitor)
    tell(conn, form(NOW - DAY, "nora@example.org", fields=[field("nom", "Nora")]), visitor=None, consent="unset")


async def _post_file(place: Place, file: bytes, token: str, name: str = "c.csv", currency: str = "EUR") -> Any:
    told = {"sec-fetch-site": "same-origin", "origin": str(place.browser.base_url).rstrip("/")}
    return await place.browser.post(
        "/costs", data={"token": token, "currency": currency}, files={"file": (name, file, "text/csv")}, headers=told
    )


async def test_two_models_stand_side_by_side_with_what_made_them(owned: Place) -> None:
    assert "Nothing was converted in this period" in (await owned.browser.get("/attribution")).text
    await owned.writer.run(_story)
    page = html.unescape((await owned.browser.get("/attribution?model=first&beside=last&by=campaign&look_back=30&transform=exposure")).text)
    assert re.findall(r"<h2>([^<]+)</h2>", page) == ["First touch", "Last touch"]
    for model in ("First touch", "Last touch"):
        assert f"{model} · look-back 30 days · repeats in a row count once · conversions: 3<" in page
    assert page.count("So few tell of chance") == 2
    figures = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td><td>([^<]+)</td>', page)
    assert figures[:4] == [("Unassigned (no touch)", "1", "33.3"), ("ete", "1", "33.3"), ("rentree", "1", "33.3"), ("Total", "3", "100.0")]
    assert figures[4] == ("ete", "2", "66.7")
    decay = html.unescape((await owned.browser.get("/attribution?model=decay&half_life=30")).text)
    assert "Time decay, half-life 30 days · look-back 90 days" in decay
    assert 'name="half_life" value="30"' in decay, "and is kept with the figures"
    assert "half-life 7 days" in (await owned.browser.get("/attribution?model=decay&half_life=8")).text
    french = html.unescape((await owned.browser.get("/attribution?model=markov", headers={"accept-language": "fr"})).text)
    assert "Il y a moins de 300 conversions, trop peu pour ce modèle" in french
    assert "Linéaire · ancienneté" in french
    assert (await owned.browser.get("/attribution?from=2026-11-20&to=2026-11-19")).status_code == 422
    assert (await owned.browser.get("/attribution?from=0001-01-01&model=x&by=y&of=z&site=9&transform=t&look_back=-1")).status_code == 422
    assert "100 years at most" in (await owned.browser.get("/attribution?from=1990-01-01&to=2100-12-31")).text
    assert "days · paths as they are" in (await owned.browser.get(f"/attribution?transform=remove_if_not_all({'y' * 300})")).text
    assert "ends before it begins" in (await owned.browser.get("/attribution?from=2026-11-20&to=2026-11-19")).text


async def test_a_report_is_kept_and_held_against_today(owned: Place) -> None:
    await owned.writer.run(_story)
    token = token_of(await owned.browser.get("/attribution"))
    sent = {"model": "linear", "of": "leads", "from": "2026-11-01", "to": "2026-11-30", "name": "November"}
    assert (await post(owned.browser, "/attribution/keep", sent, token)).status_code == 303
    kept = await owned.browser.get("/attribution/kept")
    assert "Leads, each once · 1 Nov 2026 – 30 Nov 2026 · Linear · look-back 90 days · paths as they are · conversions: 3" in kept.text
    one = re.search(r'href="(/attribution/kept/[0-9a-f]{32})">November<', kept.text)
    assert one

    def late(conn: Connection) -> None:
        sent = builders.body(form(NOW - 5, "late@example.org"), sent=NOW + 1, visitor=None, consent="unset")
        builders.store(conn, sent, received=NOW + 1)

    await owned.writer.run(late)
    then = (await owned.browser.get(one[1])).text
    assert "November moved from 3 to 4: 1 was identified late." in then
    assert "owner@example.com" in then
    assert (await owned.browser.get("/attribution/kept/" + "0" * 32)).status_code == 404
    assert (await owned.browser.get("/attribution/kept/x")).status_code == 404
    assert (await post(owned.browser, "/attribution/keep", sent | {"name": " "}, token)).status_code == 400


async def test_costs_are_uploaded_named_listed_and_taken_out(owned: Place) -> None:
    await owned.writer.run(_story)
    token = token_of(await owned.browser.get("/costs"))
    done = html.unescape((await _post_file(owned, FILE.encode(), token)).text)
    assert "1 row read. 1 row left out." in done
    assert "Line 3, day: this is not a day" in done
    assert "€12.50" in done
    again = await _post_file(owned, FILE.encode(), token, "other.csv")
    assert "This very file was imported before" in again.text
    assert "€12.50" in html.unescape((await owned.browser.get("/attribution?by=source")).text)
    for file, currency, said in (
        (b"", "EUR", "Choose a file."),
        (FILE.encode(), "€", "not a currency"),
        (b"a;b\n", "EUR", "this column is missing"),
    ):
        answer = await _post_file(owned, file, token, currency=currency)
        assert (answer.status_code, said in html.unescape(answer.text)) == (422, True)
    large = FILE.encode() + b"2026-11-20;google;ete;cpc;1\n" * 40_000
    assert len(large) > 1_000_000
    assert "40,001 rows" in (await _post_file(owned, large, token)).text
    assert (await _post_file(owned, b"x" * (9 * 1024 * 1024), token)).status_code == 413
    assert (await post(owned.browser, "/goals", {"name": "x" * 70_000}, token)).status_code == 413, "only the file may be large"
    for path in re.findall(r"/costs/[0-9a-f]{32}/remove", (await owned.browser.get("/costs")).text):
        assert (await post(owned.browser, path, {}, token)).status_code == 303
        assert (await post(owned.browser, path, {}, token)).status_code == 404
    assert "No costs yet" in (await owned.browser.get("/costs")).text


async def test_goals_are_added_and_removed(owned: Place) -> None:
    await owned.writer.run(_story)
    sent = {"name": "Merci", "kind": "page", "pattern": "/merci*", "value": "12,50", "currency": "eur", "site": "42"}
    assert (await post(owned.browser, "/goals", sent)).status_code == 303
    page = html.unescape((await owned.browser.get("/goals")).text)
    assert "A page is viewed: /merci* · 0 times in 90 days" in page
    await owned.writer.run(lambda conn: tell(conn, view(NOW + 1, HOME + "merci")))
    assert "1 time in 90 days" in (await owned.browser.get("/goals")).text
    assert "€12.50" in page
    for change, said in (
        ({"pattern": "merci"}, "begins with /"),
        ({"kind": "click", "pattern": "phone"}, "A goal of another kind"),
        ({"name": "Appel", "kind": "click", "pattern": "fax"}, "A click is one of"),
        ({"value": "x"}, "A value is digits"),
        ({"currency": "€"}, "three letters"),
        ({"site": "7"}, "no such site"),
        ({"name": ""}, "A goal has a name"),
    ):
        answer = await post(owned.browser, "/goals", sent | change)
        assert (answer.status_code, said in html.unescape(answer.text)) == (422, True), change
    assert "Merci" in (await owned.browser.get("/attribution")).text
    (path,) = re.findall(r"/goals/[0-9a-f]{32}/remove", page)
    token = token_of(await owned.browser.get("/goals"))
    assert (await post(owned.browser, path, {}, token)).status_code == 303
    assert (await post(owned.browser, path, {}, token)).status_code == 404
    assert (await post(owned.browser, "/goals/x/remove", {}, token)).status_code == 404
    assert "No goal yet" in (await owned.browser.get("/goals")).text


@pytest.mark.parametrize("path", ["/attribution", "/attribution/kept", "/costs", "/goals"])
async def test_a_viewer_reads_only(place: Place, path: str) -> None:
    def told(conn: Connection) -> None:
        _story(conn)
        rows.user(conn, "viewer@example.com", "viewer")

    await place.writer.run(told)
    await place.login("viewer@example.com")
    page = await place.browser.get(path)
    assert page.status_code == 200
    posts = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page.text)
    assert set(posts) <= {"/language", "/theme", "/keys", "/logout"}
    token = token_of(page)
    for action in ("/attribution/keep", "/goals", f"/goals/{'0' * 32}/remove", f"/costs/{'0' * 32}/remove"):
        assert (await post(place.browser, action, {"name": "x"}, token)).status_code == 403
    assert (await _post_file(place, FILE.encode(), token)).status_code == 403


async def test_no_form_without_its_token(owned: Place) -> None:
    await owned.writer.run(_story)
    await owned.browser.get("/goals")
    for action in ("/attribution/keep", "/goals", f"/goals/{'0' * 32}/remove", f"/costs/{'0' * 32}/remove"):
        assert (await post(owned.browser, action, {"name": "x"}, "forged")).status_code == 403
    assert (await _post_file(owned, FILE.encode(), "forged")).status_code == 403
    token = token_of(await owned.browser.get("/goals"))
    assert (await post(owned.browser, "/goals", {"name": "x"}, token, sec_fetch_site="cross-site")).status_code == 403


async def test_another_account_sees_and_changes_nothing_of_it(owned: Place) -> None:
    def told(conn: Connection) -> None:
        _story(conn)
        rows.account(conn, 2)
        rows.user(conn, "other@example.com", account=2)

    await owned.writer.run(told)
    await post(owned.browser, "/goals", {"name": "Merci", "kind": "page", "pattern": "/merci", "value": "", "currency": "", "site": ""})
    goal = re.search(r"/goals/[0-9a-f]{32}/remove", (await owned.browser.get("/goals")).text)
    assert goal
    async with owned.another() as browser:
        await owned.login("other@example.com", browser)
        assert "Merci" not in (await browser.get("/goals")).text
        assert "Nothing was converted" in (await browser.get("/attribution")).text
        token = token_of(await browser.get("/goals"))
        assert (await post(browser, goal[0], {}, token)).status_code == 404
