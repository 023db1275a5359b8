"""Reports on screen: their numbers, their ways in the address, two models, the period before, empty ones, and their files."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from sqlalchemy import Connection

from collector.domain.rollups import day_of, midnight
from tests.builders import DAY, HOME, HOUR, event, field, form, result, tell, view

from . import rows, walk
from .conftest import Place, post, token_of
from .rows import NOW
from .stage import listened, standing

LETTER = HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"
ADS = HOME + "?utm_source=google&utm_medium=cpc&utm_campaign=ete"


def story(conn: Connection) -> None:
    """Two leads by two ways, three visits more, one of them in the period before, and a form that is left and fails."""
    rows.site(conn)
    for number, ways in enumerate(((LETTER, ADS), (ADS,))):
        visitor = f"v{number:021d}"
        for place, url in enumerate(ways):
            tell(conn, view(NOW - (len(ways) - place) * 2 * DAY, url), visitor=visitor)
        at = NOW - 2 * DAY + HOUR // 4
        tell(conn, view(at, HOME + "contact"), visitor=visitor)
        tell(conn, event("form_view", at + 1, form="contact"), event("form_start", at + 2, form="contact", field="nom"), visitor=visitor)
        tell(conn, sent := form(at + 3, f"n{number}@example.org"), result(sent), visitor=visitor)
    tell(conn, view(NOW - 40 * DAY, LETTER), view(NOW - DAY, HOME), view(NOW - DAY, ADS), visitor=None, consent="unset")
    left = NOW - DAY
    told = (
        event("form_start", left, form="contact", field="nom"),
        event("form_invalid", left + 1, form="contact", field="email", reason="typeMismatch"),
        event("form_abandon", left + 2, form="contact", field="<b>tel"),
    )
    for one in told:
        tell(conn, one, visitor=None, consent="unset")
    tell(conn, wrong := form(left + 3, "nora@example.org"), result(wrong, "failed"), visitor=None, consent="unset")


_NOT_A_NUMBER = r'<svg.*?</svg>|<span class="(?:label|of)">.*?</span>|<span class="change.*?</span></span>|<td class="bars">|<[^>]+>'


async def read(place: Place, path: str, status: int = 200, language: str = "en") -> str:
    """A page as text."""
    answer = await place.browser.get(path, headers={"accept-language": language})
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


async def file(place: Place, path: str) -> list[list[str]]:
    """The lines of a CSV file."""
    answer = await place.browser.get(path)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="' in answer.headers["content-disposition"]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def lines(page: str, caption: str) -> list[list[str]]:
    """The texts of a table's lines; a change stands in words behind its number."""
    table = page.split(f">{caption}, ", 1)[1].split("</table>", 1)[0]
    made = []
    for row in re.findall(r'<tr>\s*<th scope="row">(.*?)</tr>', table, re.DOTALL):
        cells = (re.sub(_NOT_A_NUMBER, "", part, flags=re.DOTALL) for part in row.split("<td>"))
        made.append([" ".join(cell.split()) for cell in cells])
    return made


async def test_sources_stand_side_by_side_by_two_models_and_lead_deeper(owned: Place) -> None:
    await owned.writer.run(story)
    page = await read(owned, "/reports/sources")
    head = ["visits", "leads", "rate", "conversions"]
    assert [re.search(rf"sort=-?{name}", page) is not None for name in ("visits", "leads1", "rate2", "conversions2")] == [True] * 4, head
    assert lines(page, "Visits and leads by where they came from") == [
        ["Paid search", "3", "1", "33.3%", "1", "2", "66.7%", "2"],
        ["Direct visit", "1", "0", "0.0%", "0", "0", "0.0%", "0"],
        ["Email", "1", "1", "100.0%", "1", "0", "0.0%", "0"],
        ["Total", "5", "2", "40.0%", "2", "2", "40.0%", "2"],
    ]
    assert "more than in the period before: 1" in page, "four visits more than the one of 40 days ago"
    of_leads = re.search(r'href="/leads\?period=custom&since=[\d-]+&until=[\d-]+&channel=Paid\+Search">1</a>', page)
    assert of_leads, "the leads of a line are those of the list"
    deeper = re.search(r'href="(/reports/sources\?by=source&channel=Paid\+Search)"', page)
    assert deeper
    page = await read(owned, deeper[1])
    assert lines(page, "Visits and leads by where they came from")[0][:3] == ["google", "3", "1"]
    page = await read(owned, "/reports/sources?by=campaign&channel=Email&source=lettre&model=linear&beside=last&sort=leads1")
    assert lines(page, "Visits and leads by where they came from") == [["rentree", "1", "0.5", "50.0%", "0.5", "0", "0.0%", "0"]]
    assert "<strong>lettre</strong>" in page
    assert 'href="/leads?period=30d&channel=Email&source=lettre"' in page
    page = await read(owned, "/reports/sources?model=markov&beside=markov&by=campaign")
    assert "Markov chain: There are fewer than 300 conversions" in page
    assert "ete · google · Paid search" in page


async def test_every_table_is_a_file_with_the_same_numbers(owned: Place) -> None:
    await owned.writer.run(story)
    told = await file(owned, "/reports/sources?csv=sources")
    assert told[0][:3] == ["Channel", "Visits", "Visits, period before"]
    assert told[1:] == [
        ["Paid search", "3", "0", "1", "0", "33.3333", "1", "2", "0", "66.6667", "2"],
        ["Direct visit", "1", "0", "0", "0", "0", "0", "0", "0", "0", "0"],
        ["Email", "1", "1", "1", "0", "100", "1", "0", "0", "0", "0"],
    ]
    assert (await file(owned, "/reports/pages?csv=pages"))[1][0] == "/"
    assert (await file(owned, "/reports/forms?csv=forms"))[1][0] == "contact"
    assert (await file(owned, "/reports/forms/one?form=contact&csv=fields"))[1:] == [["<b>tel", "1", "0"], ["email", "0", "1"]]
    assert [line[:2] for line in await file(owned, "/reports/forms/one?form=contact&csv=steps")][1:4] == [
        ["Seen", "2"],
        ["Begun", "3"],
        ["Sent", "3"],
    ]
    shown = lines(await read(owned, "/reports/sources/days"), "Day by day")
    assert len(shown) < 100, "the screen begins with the first day that was counted"
    days = await file(owned, "/reports/sources/days?csv=days")
    assert len(days) == 366
    assert sum(int(line[1]) for line in days[1:]) == 6


async def test_costs_make_a_lead_dear(owned: Place) -> None:
    await owned.writer.run(story)
    assert 'href="/costs"' in await read(owned, "/reports/sources")
    token = token_of(await owned.browser.get("/costs"))
    told = {"sec-fetch-site": "same-origin", "origin": str(owned.browser.base_url).rstrip("/")}
    sent = {
        "file": (
            "c.csv",
            b"day;source;campaign;medium;amount;currency\n2026-11-20;google;ETE;cpc;12,50;\n2026-11-20;bing;x;cpc;3;USD\n",
            "text/csv",
        )
    }
    await owned.browser.post("/costs", data={"token": token, "currency": "EUR"}, files=sent, headers=told)
    goal = {"name": "Devis", "kind": "form", "pattern": "contact", "value": "50", "currency": "EUR"}
    assert (await post(owned.browser, "/goals", goal)).status_code == 303
    page = await read(owned, "/reports/sources?by=campaign&channel=Paid+Search&source=google")
    (line,) = lines(page, "Visits and leads by where they came from")
    assert line[:3] == ["ete", "3", "€12.50"]
    assert "€12.50" in line[4:], "of one lead by the first touch"
    assert "€6.25" in line, "of two by the last that is not direct"
    assert "Costs in another currency are left out: US$3.00." in page


async def test_pages_tell_where_visits_began_and_which_only_helped(owned: Place) -> None:
    await owned.writer.run(story)
    page = await read(owned, "/reports/pages?sort=-assisted")
    assert lines(page, "Pages") == [
        ["/", "5", "5", "2", "2", "1", "40.0%"],
        ["/contact", "2", "0", "0", "0", "0", "0.0%"],
        ["Total", "7", "5", "2", "2", "–", "28.6%"],
    ]


async def test_a_form_has_a_funnel_to_the_field_and_its_failures(owned: Place) -> None:
    await owned.writer.run(story)
    page = await read(owned, "/reports/forms")
    assert lines(page, "Forms") == [["contact", "2", "3", "3", "100.0%", "2", "1", "0", "2"]]
    answer = (await owned.browser.get("/reports/forms/one?form=contact")).text
    assert "&lt;b&gt;tel" in answer
    assert "<b>tel" not in answer
    page = html.unescape(answer)
    assert [line[:2] for line in lines(page, "Steps of the form")] == [
        ["Seen", "2"],
        ["Begun", "3"],
        ["Sent", "3"],
        ["Confirmed by the page", "2"],
        ["Sent, no answer seen", "0"],
        ["Failed", "1"],
        ["Leads", "2"],
    ]
    assert "1 sending failed" in page
    assert 'href="/leads?period=30d&form=contact"' in page
    assert lines(page, "Fields of the form")[1][0] == "email"
    assert "This form was not seen in this period" in await read(owned, "/reports/forms/one?form=nothing")
    await read(owned, "/reports/forms/one", 404)


async def test_what_stands_in_quarantine_is_told_apart_and_in_no_other_number(owned: Place) -> None:
    spam = [field("nom", "RobertTox"), field("message", "Best online casino, free spins: https://casino.example")]

    def told(conn: Connection) -> None:
        story(conn)
        tell(conn, view(NOW - DAY, ADS), form(NOW - DAY + 1, "robert@example.org", fields=spam), visitor="r" * 22)

    await owned.writer.run(told)
    page = await read(owned, "/reports/forms")
    assert lines(page, "Forms") == [["contact", "2", "3", "3", "100.0%", "2", "1", "0", "2", "1"]]
    page = await read(owned, "/reports/forms/one?form=contact")
    assert "1 lead of this form stands in quarantine and is not counted above." in page
    assert "/leads?period=30d&form=contact&kind=quarantine" in page
    page = await read(owned, "/reports/sources?sort=-leads1")
    assert lines(page, "Visits and leads by where they came from")[-1] == ["Total", "6", "2", "33.3%", "2", "2", "33.3%", "2"]
    assert "came without a form" not in page


async def test_an_empty_report_says_why_and_a_new_one_begins_with_today(owned: Place) -> None:
    assert "There is no site yet" in await read(owned, "/reports/sources")
    await owned.writer.run(rows.site)
    for path in ("/reports/sources", "/reports/pages", "/reports/forms"):
        assert "Nothing was ever counted here" in await read(owned, path)
    await owned.writer.run(lambda conn: tell(conn, view(NOW - HOUR), visitor=None, consent="unset"))
    page = await read(owned, "/reports/sources")
    assert re.search(r'period=today"\s+aria-current="true"', page)
    assert "No form was seen in this period" in await read(owned, "/reports/forms")
    owned.clock.now += 50 * DAY
    assert (await owned.login()).status_code == 303
    page = await read(owned, "/reports/sources")
    assert "Nothing was counted in this period" in page
    assert "Counts are known from 23 Nov 2026 to 23 Nov 2026." in page
    assert "Nothing was counted in the period before" in await read(
        owned, "/reports/sources?period=custom&since=2026-11-23&until=2026-11-23"
    )


async def test_sites_stand_in_a_table_that_sorts_and_days_are_each_ones_own(owned: Place) -> None:
    late = midnight(day_of(NOW, "Europe/Paris"), "Europe/Paris") + HOUR // 2  # in New York it is yesterday

    def told(conn: Connection) -> None:
        rows.site(conn, 42, name="Paris")
        rows.site(conn, 43, domain="pro.example.com", name="New York", zone="America/New_York")
        rows.site(conn, 44, domain="old.example.com", name="Gone", archived_at=NOW)
        for site in (42, 43, 44):
            tell(conn, view(late), visitor=None, consent="unset", site=site)
        tell(conn, view(late + 1, ADS), visitor=None, consent="unset", site=42)

    await owned.writer.run(told)
    page = await read(owned, "/reports/sources?period=today&sites=visits")
    assert [line[:2] for line in lines(page, "Sites")] == [["New York", "0"], ["Paris", "2"], ["Total", "2"]]
    assert "days of each site’s own time zone" in page
    page = await read(owned, "/reports/sources?period=yesterday&site=43")
    assert "days of America/New_York" in page
    assert lines(page, "Visits and leads by where they came from")[0][:2] == ["Direct visit", "1"]
    assert "/ · Paris" in await read(owned, "/reports/pages?period=today")


async def test_days_of_23_and_25_hours_hold_what_happened_in_them(owned: Place) -> None:
    spring, autumn = day_of(1_774_742_400_000, "Europe/Paris"), day_of(1_792_886_400_000, "Europe/Paris")  # 2026-03-29 and 2026-10-25
    assert [midnight(day + 1, "Europe/Paris") - midnight(day, "Europe/Paris") for day in (spring, autumn)] == [23 * HOUR, 25 * HOUR]

    def told(conn: Connection) -> None:
        rows.site(conn)
        for day in (spring, autumn):
            for at in (midnight(day, "Europe/Paris"), midnight(day + 1, "Europe/Paris") - 1):
                tell(conn, view(at, ADS), form(at, f"n{at}@example.org"), visitor=f"v{at:021d}")

    await owned.writer.run(told)
    for day in ("2026-03-29", "2026-10-25"):
        page = await read(owned, f"/reports/sources?period=custom&since={day}&until={day}")
        assert lines(page, "Visits and leads by where they came from")[0][:3] == ["Paid search", "2", "2"]


async def test_leads_without_a_known_visit_are_unassigned_and_nothing_is_compared_with_nothing(owned: Place) -> None:
    def told(conn: Connection) -> None:
        rows.site(conn)
        tell(conn, view(NOW - DAY), form(NOW - DAY), visitor=None, consent="unset")

    await owned.writer.run(told)
    page = await read(owned, "/reports/sources?period=7d", language="fr")
    assert "Nothing was counted" not in page
    told_lines = lines(page, "Visites et leads selon leur provenance")
    assert [line[1:3] for line in told_lines] == [["1", "0"], ["0", "1"], ["1", "1"]]


async def test_nobody_else_reads_a_report_and_nonsense_asks_for_nothing(owned: Place) -> None:
    nonsense = "period=custom&since=x&until=9999-99-99&site=99999999999999999999&model=x&by=y&sort=z&sites=z&channel=%00%F0"
    async with owned.another() as stranger:
        for path in ("/reports/sources", "/reports/sources/days", "/reports/pages", "/reports/forms", "/reports/forms/one?form=x"):
            assert (await owned.browser.get(f"{path}{'&' if '?' in path else '?'}{nonsense}")).status_code == 200
            assert (await stranger.get(path)).status_code == 303


@pytest.mark.slow
async def test_the_days_can_be_looked_at_closely_and_without_javascript_they_are_drawn_all_the_same(sqlite_url: str) -> None:
    async with standing(sqlite_url) as stage:
        path = f"{stage.url}/reports/sources/days?period=90d"
        page = await (await stage.context(walk.ROLES["viewer"])).new_page()
        faults = listened(page)
        await page.goto(path)
        over = await page.locator(".u-over").bounding_box()
        assert over is not None
        across, height = over["width"], over["y"] + over["height"] / 2
        await page.mouse.move(over["x"] + across / 2, height)
        await page.mouse.down()
        await page.mouse.move(over["x"] + across * 3 / 4, height)
        await page.mouse.up()
        await page.locator("[data-whole]").click()
        assert not await page.locator(".trend").is_visible()
        assert faults == []
        page = await (await stage.context(walk.ROLES["viewer"], java_script_enabled=False)).new_page()
        await page.goto(path)
        assert await page.locator(".trend svg").is_visible()
        assert not await page.locator("[data-zoom]").is_visible()
