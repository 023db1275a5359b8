"""Every screen in Chromium: accessible in both colours, widths and languages; wide enough for longer words; deaf to what strangers sent."""

from __future__ import annotations

import asyncio
import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import axe_playwright_python
import pytest
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import Connection

from collector.domain import scoring
from collector.present import language
from collector.web import render
from tests.serving import ROOT

from . import rows, walk
from .conftest import Place, browser_of
from .payloads import EXECUTED, XSS
from .stage import listened, standing

_NEWEST = ROOT / "tests/lab/node_modules/axe-core/axe.min.js"
AXE = (_NEWEST if _NEWEST.exists() else next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))).read_text("utf-8")
RULES = """async framed => (await axe.run(framed ? document : {exclude: [".top", "footer", "dialog"]}, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"], elementRef: false,
  })).violations.map(one => one.id + " " + one.nodes.map(node => node.target).join(" "))"""
OPENED = "document.querySelectorAll('main details').forEach(one => one.open = true)"
SPILT = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window");
  for (const one of document.querySelectorAll("button, [role=button], nav a, summary, th, label, legend, dt, .chip, .mark, .stat, h1, h2")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!box.width || box.width < 3 || style.display === "inline" || one.closest(".hidden, .wide, thead, .skip")) continue;
    const said = " «" + one.textContent.trim().slice(0, 30) + "» " + one.className;
    if (one.scrollWidth > one.clientWidth + 1) found.push("spills" + said);
    if (one.matches("button, [role=button], nav a") && one.scrollHeight > one.clientHeight + 2) found.push("too low" + said);
    let around = one.parentElement;
    while (around && !/auto|scroll/.test(getComputedStyle(around).overflowX)) around = around.parentElement;
    if (!around && (box.right > innerWidth + 1 || box.left < -1)) found.push("outside" + said);
  }
  return found;
}"""

# In `make test` each colour, width and language once; `make slow` has each with each.
LOOKS = {"en": (("light", 1280),), "fr": (("dark", 360),)}
ALL = tuple((scheme, width) for scheme in ("light", "dark") for width in (1280, 360))
FRAMED = ("/help", "/leads", "/attribution", "/nowhere", "/login", "/address")  # header and footer are the same everywhere: judged there
VISITORS = (  # what a browser holds of the visitor's own page, and what it shows then
    ("", ("/me?site=42&closed=1", "/me/address", "/login", "/login/link?token=x", "/setup?token=x")),
    (walk.BROWSER, ("/me?done=withdraw", "/me/erase")),
    (walk.CONFIRMED, ("/me?fault=email", "/me/erase")),
)


async def _judge(page: Page, url: str, looks: tuple[tuple[str, int], ...]) -> list[str]:
    """What is wrong with one address in each of the looks."""
    found: list[str] = []
    framed = url.endswith(FRAMED)
    await page.goto(url)
    await page.evaluate(OPENED)
    await page.evaluate(AXE)
    for scheme, width in looks:
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.set_viewport_size({"width": width, "height": 800})
        found += [f"{url} {scheme} {width}: {one}" for one in await page.evaluate(RULES, framed)]
        for narrow in {width, 320 if width < 1000 else width}:
            await page.set_viewport_size({"width": narrow, "height": 800})
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{url} {narrow}: wider than the window")
    return found


async def _judge_all(context: BrowserContext, urls: list[str], looks: tuple[tuple[str, int], ...]) -> list[str]:
    page = await context.new_page()
    said = listened(page)
    found = [one for url in urls for one in await _judge(page, url, looks)]
    await context.close()
    return found + said


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["once", "all"])
@pytest.mark.parametrize("speaks", ["en", "fr"])
async def test_every_screen_is_accessible_fits_and_obeys_its_own_policy(sqlite_url: str, speaks: str, whole: bool) -> None:
    looks = ALL if whole else LOOKS[speaks]
    async with standing(sqlite_url) as stage:
        urls = [stage.url + path for path in (*stage.screens(), "/nowhere")]
        halves = [_judge_all(await stage.context(walk.ROLES["owner"], speaks), urls[at::2], looks) for at in (0, 1)]
        for held, paths in VISITORS:
            context = await stage.context("", speaks)
            if held:
                await context.add_cookies([{"name": "webleads-me", "value": f"1.{held}", "url": stage.url}])
            halves.append(_judge_all(context, [stage.url + path for path in paths], looks))
        found = [one for half in await asyncio.gather(*halves) for one in half]
    assert not found, "\n".join(found)


# A language that is 40 % longer ------------------------------------------------------------------------------------

_ACCENTS = str.maketrans("aeiouy", "àéîôûÿ")


def longer(text: str) -> str:
    """A text as a language of long words would say it, between marks; what stands for a value stays."""
    parts = re.split(r"(%\(\w+\)[sd]|\{\w*\}|<[^>]+>)", text)
    said = "".join(part if at % 2 else re.sub(r"[^\W\d_]+", _word, part) for at, part in enumerate(parts))
    return f"⟦{said}⟧"


def _word(found: re.Match[str]) -> str:
    word = found[0].translate(_ACCENTS)
    return word + "ñ" * -(-len(word) * 2 // 5)


class Longer(gettext.NullTranslations):
    """The catalogue of that language."""

    def gettext(self, message: str) -> str:
        """See `longer`."""
        return longer(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """See `longer`."""
        return longer(msgid1 if n == 1 else msgid2)


@pytest.fixture
def in_long_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """French is said in long words."""
    caches: tuple[Any, ...] = (language.catalogue, render.environment)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(gettext, "translation", lambda *_args, **_more: Longer())
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("in_long_words")
async def test_no_screen_breaks_where_words_are_longer(sqlite_url: str) -> None:
    async with standing(sqlite_url) as stage:

        async def look(paths: list[str]) -> list[str]:
            context = await stage.context(walk.ROLES["owner"], "fr")
            page, found = await context.new_page(), []
            for path in paths:
                await page.goto(stage.url + path)
                await page.evaluate(OPENED)
                for width in (1280, 360):
                    await page.set_viewport_size({"width": width, "height": 800})
                    found += [f"{path} {width}: {one}" for one in await page.evaluate(SPILT)]
            return found

        paths = [*stage.screens(), "/me?site=42&closed=1", "/nowhere"]
        found = [one for half in await asyncio.gather(look(paths[::2]), look(paths[1::2])) for one in half]
    assert not found, "\n".join(found)


class _Texts(HTMLParser):
    """The texts of a page that somebody reads, or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._off = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes that are read too; what is code is none."""
        self.found += [value or "" for name, value in attrs if name in ("aria-label", "placeholder", "alt", "title", "data-copied")]
        self._off += tag in ("script", "style", "textarea", "code", "kbd", "pre")

    def handle_endtag(self, tag: str) -> None:
        """See above."""
        self._off -= tag in ("script", "style", "textarea", "code", "kbd", "pre")

    def handle_data(self, data: str) -> None:
        """A text."""
        if not self._off:
            self.found.append(" ".join(data.split()))


# Words that are the same in every language, and what Babel and the agents' names say.
SAME = re.compile(
    r"nobody-at-all|c•••@e•••.org|Webleads Tracker|English|Français|Europe/Paris|UTC|GMT|\b(CSV|XLSX|EUR|€|CNIL|RGPD|GDPR|Enter|Esc|[gtlrvcsqejk?/])\b|"
    r"(lun|mar|mer|jeu|ven|sam|dim|janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc)\w*\.?|"
    r"il y a|LIL \d+|webinar|\b(dans|heures?|jours?|minutes?|secondes?|h|min|s|à|k)\b"
)


@pytest.mark.usefixtures("in_long_words")
async def test_every_text_of_every_screen_is_in_the_catalogue(place: Place) -> None:
    told = await walk.tell(place.app, place.writer)
    kept = _readable(str(await place.writer.run(walk.everything))) + str(scoring.DEFAULT).replace("'", "")
    kept += " ".join(available_timezones()).replace("_", " ").replace("/", " – ")
    kept += " ".join(language.locale("fr").territories.values())
    missing: set[str] = set()
    cookies = {"webleads-session": await place.writer.run(walk.sign_in, walk.ROLES["owner"])}
    async with browser_of(place.app, cookies=cookies, headers={"accept-language": "fr"}) as browser:
        for path in walk.screens(place.app, told):
            parser = _Texts()
            parser.feed((await browser.get(path)).text)
            missing |= {f"{path}: {text}" for text in _english(" ‖ ".join(parser.found), kept)}
    assert not missing, "\n".join(sorted(missing))


def _readable(text: str) -> str:
    """What is kept, as a page shows it."""
    text = re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\+(n|x1f)|\s+", " ", text)


def _english(text: str, kept: str) -> list[str]:
    """The parts of a text whose words are neither in the catalogue, nor data, nor the same everywhere."""
    while (bare := re.sub(r"⟦[^⟦⟧]*⟧", " ‖ ", text)) != text:
        text = bare
    parts = [part for part in re.split(r"\s*[‖·→;:«»()…|]\s*|\s{2,}", text) if part and part not in kept]
    parts = [one for part in parts for one in part.split(", ") if one not in kept]
    return [part for part in parts if re.search(r"[^\W\d_]{2,}", SAME.sub("", part))]


# What strangers sent ------------------------------------------------------------------------------------------------


def evil(conn: Connection) -> None:
    """300 texts that would run, in every column that somebody outside may fill: the first row of each holds them all."""
    every = " ".join(XSS)
    chunks = [" ".join(XSS[at : at + 10]) for at in range(0, len(XSS), 10)]
    lead = walk.soak(conn, lambda row, column: _turned(every, column) if row == 0 else chunks[(row + column) % len(chunks)])
    assert lead > 300
    walk.count(conn, *chunks)
    camille = next(iter(conn.exec_driver_sql("SELECT lead_id FROM company_lead WHERE company = 'durand-fils.example'")))[0]
    for chunk in chunks:
        rows.company(conn, camille, chunk, "network")


def _turned(text: str, by: int) -> str:
    """Begins elsewhere in each column: what is cut, or made an address of, is another."""
    at = text.index(" ", (by * 397) % (len(text) - 100))
    return text[at + 1 :] + " " + text[: at + 1]


async def test_nothing_that_a_stranger_sent_runs_on_any_screen(sqlite_url: str) -> None:
    assert len(set(XSS)) == 300
    async with standing(sqlite_url, evil) as stage:

        async def look(context: BrowserContext, paths: list[str]) -> list[str]:
            page = await context.new_page()
            said = listened(page)
            found: list[str] = []
            for path in paths:
                answer = await page.goto(stage.url + path)
                found += [] if answer and answer.status == 200 else [f"{path}: {answer and answer.status}"]
                await page.evaluate(OPENED)
                found += [f"{path}: {one}" for one in await page.evaluate(EXECUTED)]
                found += [f"{path}: {one}" for one in said]
                said.clear()
            return found

        paths = stage.screens()
        owner, visitor = await stage.context(walk.ROLES["owner"]), await stage.context()
        await visitor.add_cookies([{"name": "webleads-me", "value": f"1.{walk.CONFIRMED}", "url": stage.url}])
        halves = await asyncio.gather(look(owner, paths[::2]), look(owner, paths[1::2]), look(visitor, ["/me", "/me/erase"]))
    found = [one for half in halves for one in half]
    assert not found, "\n".join(found)


# The keyboard, and what may become HTML ---------------------------------------------------------------------------


async def test_the_keys_search_walk_the_rows_open_one_and_help(sqlite_url: str) -> None:
    async with standing(sqlite_url) as stage:
        page = await (await stage.context(walk.ROLES["owner"])).new_page()
        said = listened(page)
        await page.goto(f"{stage.url}/sites")
        await page.keyboard.press("/")
        await page.wait_for_url("**/leads#search")
        field = page.get_by_role("searchbox")
        await expect(field).to_be_focused()
        await page.keyboard.type("j?g")  # a field takes them as they are
        await expect(field).to_have_value("j?g")
        await page.keyboard.press("Escape")
        await page.goto(f"{stage.url}/leads")
        names = page.locator("main tbody tr a.name")
        for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
            await page.keyboard.press(key)
            await expect(names.nth(at)).to_be_focused()
        await page.keyboard.press("Control+j")
        await expect(names.nth(1)).to_be_focused()
        name = await names.nth(1).inner_text()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(name)
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await page.keyboard.press("g")
        await page.keyboard.press("s")
        await page.wait_for_url("**/sites")
        await page.get_by_role("link", name="Keyboard").click()
        await page.get_by_role("dialog").get_by_role("button", name="Switch the keys off").click()
        await page.wait_for_url("**/sites")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        assert said == []


async def test_a_chosen_theme_beats_the_systems_and_a_narrow_window_has_a_menu_without_javascript(sqlite_url: str) -> None:
    async with standing(sqlite_url) as stage:
        context = await stage.context(
            walk.ROLES["owner"], java_script_enabled=False, color_scheme="light", viewport={"width": 360, "height": 800}
        )
        page = await context.new_page()
        await page.goto(f"{stage.url}/sites")
        ground = "getComputedStyle(document.body.parentElement).backgroundColor"
        light = await page.evaluate(ground)
        await page.get_by_role("button", name="Dark").click()
        dark = await page.evaluate(ground)
        assert light != dark
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate(ground) == dark
        await page.get_by_role("button", name="Light").click()
        assert await page.evaluate(ground) == light
        await expect(page.get_by_role("link", name="Leads", exact=True)).to_be_hidden()
        await page.get_by_text("Menu").click()
        await page.get_by_role("link", name="Leads", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Leads")


async def test_what_becomes_html_by_a_script_is_looked_at_first(sqlite_url: str) -> None:
    async with standing(sqlite_url) as stage:
        page = await (await stage.context(walk.ROLES["owner"])).new_page()
        await page.goto(f"{stage.url}/leads")
        put = "html => { document.querySelector('#count').innerHTML = html; return document.querySelector('#count').innerHTML; }"
        assert await page.evaluate(put, "<b>7</b> leads &lt;img onerror=x&gt;") == "<b>7</b> leads &lt;img onerror=x&gt;"
        for text in ("<img src=x onerror=alert(1)>", "<a href='java\tscript:alert(1)'>x</a>", "<template><svg onload=alert(1)></template>"):
            with pytest.raises(Exception, match="TrustedHTML"):
                await page.evaluate(put, text)
        with pytest.raises(Exception, match="TrustedScript"):
            await page.evaluate("() => { const one = document.createElement('script'); one.textContent = 'alert(1)'; }")
        with pytest.raises(Exception, match="Policy"):
            await page.evaluate("() => trustedTypes.createPolicy('another', {createHTML: text => text})")
