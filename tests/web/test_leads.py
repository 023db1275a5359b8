"""The list, its export, and one lead, as a browser without JavaScript sees them."""

from __future__ import annotations

import csv
import html
import io
import re
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, update

from collector.domain.events import Field
from collector.store import schema

from . import rows, story
from .conftest import Place
from .rows import MINUTE, NOW


def _names(page: str) -> list[str]:
    return re.findall(r'class="name" href="/leads/[^"]+">([^<]+)</a>', page)


async def test_the_list_is_said_in_words(owned: Place) -> None:
    await owned.writer.run(_story)
    page = (await owned.browser.get("/leads")).text
    assert _names(page)[0] == "Jean-Baptiste Lefèvre"
    assert _names(page)[-1] == "Camille Durand"
    for text in (
        "Email: lettre, campaign “rentree”",
        "26 minutes ago",
        "23 Nov 2026 at 11:06",
        ">Automated browser<",
        ">Headless browser<",
        "8 leads",
        "Menuiserie Lefèvre",
    ):
        assert text in page
    assert "Votre page" not in page
    messages = (await owned.browser.get("/leads?kind=messages")).text
    assert "Votre page « Prestations »" in messages
    assert len(_names((await owned.browser.get("/leads?kind=all")).text)) == 9


def _story(conn: Connection) -> bytes:
    rows.site(conn, 42, name="Thermique Dubois")
    rows.site(conn, 43, domain="pro.example.com")
    lead = story._camille(conn)
    story._others(conn)
    return lead


async def test_search_filters_and_kind_stand_in_the_address(owned: Place) -> None:
    await owned.writer.run(_story)
    page = (await owned.browser.get("/leads?q=lefevre&source=lettre&site=42")).text
    assert _names(page) == ["Jean-Baptiste Lefèvre"]
    assert 'value="lefevre"' in page
    assert '<option value="42" selected>' in page
    assert '<input type="checkbox" name="source" value="lettre" checked>' in page
    assert 'href="/leads/export?q=lefevre&amp;site=42&amp;source=lettre"' in page
    assert "Nothing matches" in (await owned.browser.get("/leads?q=nobody")).text


async def test_pages_hold_fifty_and_lead_on_and_back(owned: Place) -> None:
    def crowd(conn: Connection) -> None:
        rows.site(conn)
        for place in range(120):
            rows.lead(conn, NOW - place * MINUTE, email=f"p{place}@example.com")

    await owned.writer.run(crowd)
    first = (await owned.browser.get("/leads?q=example")).text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    assert 'rel="prev"' not in first
    second = (await owned.browser.get(older[1].replace("&amp;", "&"))).text
    assert _names(second) == [f"p{place}@example.com" for place in range(50, 100)]
    assert "120 leads" in second
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer
    assert _names((await owned.browser.get(newer[1].replace("&amp;", "&"))).text) == _names(first)
    assert (await owned.browser.get(f"/leads?after=1.{'0' * 32}")).headers["location"] == "/leads"


async def test_htmx_gets_the_list_alone_and_a_restored_page_the_whole(owned: Place) -> None:
    await owned.writer.run(_story)
    part = await owned.browser.get("/leads?q=camille", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert _names(part.text) == ["Camille Durand"]
    assert 'hx-swap-oob="innerHTML:#count"' in part.text
    assert "HX-Request" in part.headers["vary"]
    whole = await owned.browser.get("/leads", headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert "<html" in whole.text


_ASKED = [
    "", "?q=le", "?kind=all", "?kind=messages", "?source=channel:Email", "?site=43", "?sort=name&status=none", "?sort=score&mark=automated",
    "?period=30d&sort=seen&owner=nobody", "?columns=email,when,score&consent=no&page=contact",
]  # fmt: skip


async def test_the_export_has_the_rows_of_the_list_in_its_order(owned: Place) -> None:
    await owned.writer.run(_story)
    for query in _ASKED:
        listed = re.findall(r'class="name" href="/leads/([^"]+)"', (await owned.browser.get("/leads" + query)).text)
        sign = "&" if query else "?"
        answer = await owned.browser.get("/leads/export" + query)
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer.headers["content-disposition"] == f'attachment; filename="leads-2026-11-23-{len(listed)}-rows.csv"'
        made = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert made[0][:2] == ["Lead id", "Created (Europe/Paris)"]
        assert [row[0] for row in made[1:]] == listed
        book = await owned.browser.get(f"/leads/export{query}{sign}format=xlsx")
        assert book.headers["content-disposition"] == f'attachment; filename="leads-2026-11-23-{len(listed)}-rows.xlsx"'
        assert _sheet(book.content) == [[cell for cell in row if cell] for row in made]


def _sheet(content: bytes) -> list[list[str]]:
    """The cells of a workbook that are not empty, in rows; times as they are shown."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        text = file.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in text
    found = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", text):
        cells = []
        for kind, value in re.findall(r"<c [^>]*?(t=\"inlineStr\")?(?: s=\"\d+\")?>(?:<is><t[^>]*>|<v>)(.*?)</", row):
            number = re.fullmatch(r"4\d{4}(\.\d+)?", value)
            if number and not kind:
                value = (datetime(1899, 12, 30, tzinfo=UTC) + timedelta(seconds=round(float(value) * 86_400))).strftime("%Y-%m-%d %H:%M:%S")
            cells.append(html.unescape(value))
        found.append(cells)
    return found


async def test_the_chosen_columns_are_exported_in_their_order(owned: Place) -> None:
    await owned.writer.run(_story)
    answer = await owned.browser.get("/leads/export?columns=score,email,when&chosen=1")
    made = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert made[0] == ["Lead id", "Name", "Score", "E-mail", "Created (Europe/Paris)"]


async def test_columns_are_chosen_and_ordered_in_the_address(owned: Place) -> None:
    await owned.writer.run(_story)
    page = (await owned.browser.get("/leads?columns=email,phone")).text
    heads = [re.sub(r"<[^>]+>|[↑↓\s]+", " ", one).strip() for one in re.findall(r"<th [^>]*>(.*?)</th>", page, re.S)]
    assert heads == ["Ticked", "Who", "E-mail", "Phone"]
    assert 'href="/leads?columns=who%2Cphone%2Cemail&amp;part=columns"' in page
    assert 'href="/leads?columns=who%2Cphone&amp;part=columns"' in page
    assert 'href="/leads?columns=who%2Cemail%2Cphone%2Ctags&amp;part=columns"' in page
    assert '<input type="hidden" name="columns" value="email,phone">' in page


async def test_what_the_list_is_narrowed_to_can_be_taken_away(owned: Place) -> None:
    await owned.writer.run(_story)
    page = (await owned.browser.get("/leads?q=durand&site=42&site=43&status=new&status=none&period=7d&kind=all")).text
    chips = re.findall(r'<li><a href="([^"]+)" aria-label="([^"]+)\. Take it away"', page)
    assert [said for _url, said in chips] == [
        "Search: durand", "Site: Thermique Dubois", "Site: pro.example.com", "Came: Last 7 days", "Status: New", "Status: no status",
    ]  # fmt: skip
    assert chips[0][0].replace("&amp;", "&") == "/leads?kind=all&site=42&site=43&period=7d&status=new&status=none"
    assert chips[4][0].replace("&amp;", "&") == "/leads?q=durand&kind=all&site=42&site=43&period=7d&status=none"
    assert 'class="none" href="/leads?kind=all"' in page


async def test_times_are_those_of_the_viewers_zone_where_they_chose_one(owned: Place) -> None:
    def far(conn: Connection) -> None:
        rows.site(conn, 42)
        rows.lead(conn, NOW, email="a@example.com")
        conn.execute(update(schema.user).values(zone="America/New_York"))

    await owned.writer.run(far)
    page = (await owned.browser.get("/leads?period=today")).text
    assert "23 Nov 2026 at 05:32" in page
    assert "times in America/New_York" in page
    text = (await owned.browser.get("/leads/export?columns=when&chosen=1")).content.decode("utf-8-sig")
    assert text.splitlines()[0].endswith("Created (America/New_York)")
    assert text.splitlines()[1].endswith("2026-11-23 05:32:00")


async def test_quarantine_stands_apart_with_its_count(owned: Place) -> None:
    def tell(conn: Connection) -> None:
        rows.site(conn, 42)
        rows.lead(conn, email="a@example.com")
        rows.lead(conn, email="spam@example.com", quarantine="links,mass")

    await owned.writer.run(tell)
    for query, names in (("", ["a@example.com"]), ("?kind=all", ["a@example.com"]), ("?kind=quarantine", ["spam@example.com"])):
        page = (await owned.browser.get("/leads" + query)).text
        assert _names(page) == names
        assert ("Not spam: release" in page) is (query == "?kind=quarantine")
        assert re.search(r'href="/leads\?kind=quarantine"[^>]*>Quarantine <span class="quiet">1</span>', page)


async def test_one_lead_tells_its_way(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    page = (await owned.browser.get(f"/leads/{uuid.UUID(bytes=lead)}")).text
    for text in (
        "Camille Durand sent the form “newsletter” on the page /blog/pompe-a-chaleur-sept-questions on 17 Nov 2026 at 11:33.",
        "These 2 visits belong to it because the same browser sent the form, and the visitor had accepted tracking.",
        'href="mailto:camille.durand@example.org"',
        'href="tel:+33612345678"',
        "+33 6 12 34 56 78",
        "Search engine: google",
        "Clicked a phone number: 02 40 00 00 00",
        "Accepted tracking",
        "identity number, never captured",
        "the same sending again",
        "2 pages",
        "1 min 10 s of reading",
        "<q>J’accepte de recevoir la lettre</q>",
    ):
        assert text in page, text
    assert page.index("Nous écrire") < page.index("Pompe à chaleur")  # the newest visit first


async def test_one_lead_tells_its_way_in_french(owned: Place) -> None:
    lead = await owned.writer.run(_story)
    page = (await owned.browser.get(f"/leads/{uuid.UUID(bytes=lead)}", headers={"accept-language": "fr-FR"})).text
    for text in (
        "a envoyé le formulaire «\u00a0newsletter\u00a0»",
        "Clic sur un numéro de téléphone\u00a0: 02 40",
        "Dernière origine",
        "2 pages",
        "Pourquoi il est ici",
    ):
        assert text in page, text


async def test_a_lead_without_consent_says_why_it_has_no_history(owned: Place) -> None:
    def alone(conn: Connection) -> bytes:
        rows.site(conn)
        lead = rows.lead(conn, email="a@example.com")
        rows.submission(conn, lead, NOW)
        return lead

    page = (await owned.browser.get(f"/leads/{uuid.UUID(bytes=await owned.writer.run(alone))}")).text
    assert "It has no history: the form was sent without consent" in page
    assert "Without a visit" in page
    assert "Not known: no consent" in page


async def test_ids_that_are_not_ours_are_not_found(owned: Place) -> None:
    def elsewhere(conn: Connection) -> bytes:
        rows.account(conn, 2)
        rows.site(conn, 44, account=2)
        return rows.lead(conn, account=2, site_id=44, email="x@example.com")

    theirs = await owned.writer.run(elsewhere)
    for path in (
        f"/leads/{uuid.UUID(bytes=theirs)}",
        f"/leads/{uuid.uuid4()}",
        "/leads/nonsense",
        "/leads/%00",
        "/sites/44",
        "/sites/44/heard",
    ):
        answer = await owned.browser.get(path)
        assert answer.status_code == 404, path
        assert "There is nothing here" in answer.text
    assert "x@example.com" not in (await owned.browser.get("/leads?kind=all")).text
    assert "x@example.com" not in (await owned.browser.get("/leads/export?kind=all&site=44")).text


async def test_an_empty_list_says_what_to_do_next(owned: Place) -> None:
    assert "Add the first site" in (await owned.browser.get("/leads")).text
    await owned.writer.run(rows.site)
    page = (await owned.browser.get("/leads")).text
    assert 'href="/sites/42"' in page
    assert "The tag has not been heard yet" in page
    await owned.writer.run(rows.event, "view", None, NOW - 5 * MINUTE, "p", "https://example.com/", {})
    assert "The tag works: it was last heard 5 minutes ago" in (await owned.browser.get("/leads")).text
    assert "No messages" in (await owned.browser.get("/leads?kind=messages")).text


async def test_a_choice_is_said_by_its_question_and_a_device_in_words(owned: Place) -> None:
    def tell(conn: Any) -> bytes:
        rows.site(conn)
        lead = rows.lead(conn)
        rows.visit(conn, "v", NOW - 5000, [("https://example.com/", "Home")], {})
        fields = [
            Field(name="title", type="radio", label="Madame", text="Madame", hint="Civilité", value="mme", checked=True),
            Field(name="news", type="checkbox", label="Newsletter", value="1", checked=True),
        ]
        sent = rows.submission(conn, lead, NOW, fields, visitor="v")
        rows.span(conn, lead, "v", sent, NOW, NOW - 10_000)
        conn.execute(update(schema.session).values(agent="Chrome 156 · Linux · desktop"))
        return lead

    lead = await owned.writer.run(tell)
    page = (await owned.browser.get(f"/leads/{UUID(bytes=lead)}", headers={"accept-language": "fr"})).text
    assert re.search(r'<dt>Civilité</dt>\s*<dd>Madame\s*<span class="quiet from">', page)
    assert re.search(r'<dt>Newsletter</dt>\s*<dd>coché\s*<span class="quiet from">', page)
    assert "Chrome 156 · Linux · ordinateur" in page


async def test_a_name_turns_no_words_of_the_screen_around(owned: Place) -> None:
    def one(conn: Connection) -> bytes:
        rows.site(conn)
        return rows.lead(conn, name="Ana\u202emoc.live", email="ana@example.com", tags='["\u2067vip"]')

    lead = await owned.writer.run(one)
    for path in ("/leads?columns=who,tags", f"/leads/{UUID(bytes=lead)}", "/leads?q=Ana\u202e", "/today?since=2026-11-01"):
        page = (await owned.browser.get(path)).text
        assert not set(page) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), path


async def test_where_most_came_without_consent_an_owner_is_shown_the_banner_and_nobody_else(owned: Place) -> None:
    def told(conn: Connection) -> None:
        rows.user(conn, "viewer@example.com", "viewer")
        rows.site(conn, 42)
        rows.lead(conn, NOW - MINUTE, email="a@example.com")

    await owned.writer.run(told)
    for path in ("/leads", "/today"):
        assert (await owned.browser.get(path)).text.count('href="/sites/42/texts"') == 1, path
    async with owned.another() as viewer:
        await owned.login("viewer@example.com", viewer)
        for path in ("/leads", "/today"):
            page = await viewer.get(path)
            assert (page.status_code, "a@example.com" in page.text, "/sites/42/texts" in page.text) == (200, True, False), path
    assert "The consent banner" not in (await owned.browser.get("/leads?columns=who,email")).text
