"""One's own settings: the zone that goes before the sites', the password, the browsers that are signed in."""

from __future__ import annotations

import html
import re

from sqlalchemy import Connection

from collector.domain.rollups import midnight
from collector.present import dates
from collector.store import users

from . import rows
from .conftest import Place, post, token_of
from .rows import HOUR, NOW, PASSWORD

HERE = "/settings/profile"
ELSE = "a quite different sentence"


async def _zone(place: Place) -> str:
    async with place.database.reader() as conn:
        row = await users.by_email(conn, "owner@example.com")
    assert row is not None
    return str(row["zone"])


async def _choose(place: Place, zone: str) -> int:
    return (await post(place.browser, HERE, {"language": "en", "zone": zone})).status_code


async def test_an_older_name_of_a_zone_is_kept_under_the_newer_and_another_is_refused(owned: Place) -> None:
    assert await _choose(owned, "Asia/Calcutta") == 303
    assert await _zone(owned) == "Asia/Kolkata"
    assert '<option value="Asia/Kolkata" selected>' in (await owned.browser.get(HERE)).text
    assert await _choose(owned, "Moon/Sea") == 422
    assert await _zone(owned) == "Asia/Kolkata"
    assert await _choose(owned, "") == 303
    assert await _zone(owned) == ""


def _two_sites(conn: Connection) -> None:
    rows.site(conn)
    rows.site(conn, 43, domain="other.example", zone="America/New_York")
    rows.lead(conn, name="Paris Lead")
    rows.lead(conn, site_id=43, name="York Lead")


async def test_ones_own_zone_goes_before_the_sites_on_the_list_the_lead_and_the_sites(owned: Place) -> None:
    await owned.writer.run(_two_sites)
    page = (await owned.browser.get("/leads")).text
    assert ("11:32" in page, "05:32" in page) == (True, True), "each site's own"
    await _choose(owned, "Asia/Tokyo")
    page = (await owned.browser.get("/leads")).text
    assert (page.count("19:32"), "11:32" in page, "05:32" in page) == (2, False, False)
    lead = re.search(r'href="(/leads/[0-9a-f-]{36})"', page)
    assert lead
    assert "Asia/Tokyo" in (await owned.browser.get(lead[1])).text
    export = (await owned.browser.get("/leads/export")).text
    assert "Asia/Tokyo" in export
    for path in ("/companies", "/requests", "/costs", "/attribution", "/live"):
        assert (await owned.browser.get(path)).status_code == 200


CHANGES = {  # day since 1970, zone: the clock half an hour before and half an hour after it was moved
    (20_541, "Europe/Paris"): ("01:30", "03:30"),
    (20_751, "Europe/Paris"): ("02:30", "02:30"),
    (20_520, "America/New_York"): ("01:30", "03:30"),
}


async def test_days_of_twenty_three_and_twenty_five_hours_show_the_clock_that_people_saw(owned: Place) -> None:
    await owned.writer.run(rows.site)
    for (day, zone), (before, after) in CHANGES.items():
        first = midnight(day, zone) + (1 if before == "01:30" else 2) * HOUR + HOUR // 2
        for at in (first, first + HOUR):
            await owned.writer.run(lambda conn, at=at: rows.lead(conn, at))
        await _choose(owned, zone)
        page = (await owned.browser.get("/leads")).text
        told = dict(re.findall(r'<time datetime="([^"]+)">.*? at (\d\d:\d\d)</span></time>', page))
        assert (told[dates.iso(first)], told[dates.iso(first + HOUR)]) == (before, after), zone


async def test_the_current_password_is_asked_for_and_every_other_browser_is_signed_out(owned: Place) -> None:
    old = owned.browser.cookies["webleads-session"]
    async with owned.another() as other:
        await owned.login(browser=other)
        sent = {"current": "not this one", "password": ELSE}
        page = await post(owned.browser, f"{HERE}/password", sent, token_of(await owned.browser.get(HERE)))
        assert (page.status_code, "not your current password" in page.text) == (422, True)
        assert ELSE not in page.text
        for weak, said in (("1234567", "at least 8"), ("owner@example.com", "little more than"), ("password1", "guessed first")):
            page = await post(
                owned.browser, f"{HERE}/password", {"current": PASSWORD, "password": weak}, token_of(await owned.browser.get(HERE))
            )
            assert (page.status_code, said in html.unescape(page.text)) == (422, True)
        page = await post(
            owned.browser, f"{HERE}/password", {"current": PASSWORD, "password": ELSE}, token_of(await owned.browser.get(HERE))
        )
        assert page.status_code == 303
        assert (await other.get("/leads")).status_code == 303
    assert owned.browser.cookies["webleads-session"] != old
    assert "is changed" in (await owned.browser.get(page.headers["location"])).text
    async with owned.another(cookies={"webleads-session": old}) as thief:
        assert (await thief.get("/leads")).status_code == 303
    async with owned.another() as again:
        assert (await owned.login(browser=again)).status_code == 422
        assert (await post(again, "/login", {"email": "owner@example.com", "password": ELSE})).status_code == 303


async def test_guessing_the_current_password_from_a_stolen_browser_is_slowed_down(owned: Place) -> None:
    token = token_of(await owned.browser.get(HERE))
    answers = [(await post(owned.browser, f"{HERE}/password", {"current": "x", "password": ELSE}, token)).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]


async def test_browsers_are_told_apart_in_words_and_signed_out_one_or_all_others(owned: Place) -> None:
    agents = [
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    ]
    async with owned.another(headers={"user-agent": agents[0]}) as one, owned.another(headers={"user-agent": agents[1]}) as two:
        await owned.login(browser=one)
        await owned.login(browser=two)
        page = (await one.get(HERE)).text
        assert "Firefox 145" in page
        assert "phone" in page
        assert page.index("this one") < page.index("iOS"), "this one comes first"
        theirs = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
        assert len(theirs) == 3
        agent_of = re.split(r'name="session" value="', page)
        safari = next(
            part[:64] for part, before in zip(agent_of[1:], agent_of[:-1], strict=True) if "Safari" in before.rsplit("<li>", 1)[-1]
        )
        assert (await post(one, f"{HERE}/sessions", {"session": safari}, token_of(await one.get(HERE)))).status_code == 303
        assert (await two.get("/leads")).status_code == 303
        assert (await owned.browser.get("/leads")).status_code == 200
        await post(one, f"{HERE}/sessions", {"end": "others"}, token_of(await one.get(HERE)))
        assert (await owned.browser.get("/leads")).status_code == 303
        assert (await one.get("/leads")).status_code == 200


async def test_nobody_ends_another_persons_session_even_by_its_digest(owned: Place) -> None:
    ana = await owned.writer.run(rows.user, "ana@example.com", "viewer")
    async with owned.another() as browser:
        await owned.login("ana@example.com", browser)
        async with owned.database.reader() as conn:
            (hers,) = await users.sessions_of(conn, ana["id"], NOW)
        await post(owned.browser, f"{HERE}/sessions", {"session": hers["token"].hex()}, token_of(await owned.browser.get(HERE)))
        assert (await browser.get("/leads")).status_code == 200


async def test_the_last_use_is_kept_to_the_hour_and_no_page_waits_for_it(owned: Place) -> None:
    async def seen() -> int:
        async with owned.database.reader() as conn:
            row = await users.by_email(conn, "owner@example.com")
            assert row is not None
            (session,) = await users.sessions_of(conn, row["id"], owned.clock.now)
        return int(session["seen_at"]) - NOW

    owned.clock.now += HOUR - 1
    await owned.browser.get("/leads")
    await owned.writer.run(lambda conn: None)
    assert await seen() == 0
    owned.clock.now += 1
    await owned.browser.get("/leads")
    await owned.writer.run(lambda conn: None)
    assert await seen() == HOUR
