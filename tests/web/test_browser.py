"""The screens in a real browser, with and without JavaScript. How each of them looks is in test_looks."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import Connection

from collector.store.writer import Writer
from tests import builders
from tests.conftest import opened
from tests.serving import CHROMIUM, chromium

from . import rows, story
from .rows import NOW, PASSWORD
from .serve import running, screens


class Stage(NamedTuple):
    """A browser in front of the screens with a told story."""

    browser: Browser
    url: str
    lead: str
    other: str
    writer: Writer


@pytest_asyncio.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    """Screens on a port, and a browser."""
    async for database, writer in opened(sqlite_url):
        lead = await writer.run(story.tell)
        async with running(screens(database, writer)) as url, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium(), args=CHROMIUM)
            known = [row["id"] for row in await writer.run(builders.rows, "lead", kind="lead") if row["id"] != lead]
            yield Stage(browser, url, str(uuid.UUID(bytes=lead)), str(uuid.UUID(bytes=known[0])), writer)
            await browser.close()


async def _sign_in(page: Page, url: str) -> None:
    await page.goto(f"{url}/login")
    await page.locator("[name=email]").fill("owner@example.com")
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("article button").click()
    await page.wait_for_url(f"{url}/today")


async def test_typing_narrows_the_list_and_the_address_and_back_brings_it_back(stage: Stage) -> None:
    page = await stage.browser.new_page(locale="en-GB")
    await _sign_in(page, stage.url)
    await page.goto(f"{stage.url}/leads")
    names = page.locator("a.name")
    await expect(names).to_have_count(8)
    await page.get_by_role("searchbox").press_sequentially("lefevre")
    await expect(names).to_have_count(1)
    await expect(page.locator("#count")).to_have_text("1 lead")
    assert "q=lefevre" in page.url
    await page.get_by_text("Filters", exact=False).first.click()
    channel = page.locator("#filters [name=channel][value=Email]")
    await channel.check()
    await page.wait_for_url("**channel=Email**")
    await expect(names).to_have_count(1)
    await page.reload()
    await expect(names).to_have_count(1)
    await expect(page.get_by_role("searchbox")).to_have_value("lefevre")
    await page.evaluate("history.back()")
    await expect(channel).not_to_be_checked()
    await expect(names).to_have_count(1)
    await page.evaluate("history.back()")
    await expect(names).to_have_count(8)
    await expect(page.get_by_role("searchbox")).to_have_value("")


async def test_the_waiting_line_turns_by_itself_within_two_seconds_of_the_event(stage: Stage) -> None:
    page = await stage.browser.new_page(locale="en-GB")
    await _sign_in(page, stage.url)
    await page.goto(f"{stage.url}/sites/43")
    await expect(page.locator("#heard")).to_contain_text("Waiting for the first event")
    await stage.writer.run(rows.event, "view", None, NOW, "p", "https://pro.example.com/", {}, site=43)
    since = time.monotonic()
    await page.locator("#heard.good").wait_for(timeout=5000)
    assert time.monotonic() - since < 2.5  # it asks each second; the rest is for a busy machine


async def test_the_tag_is_copied_and_that_is_said(stage: Stage) -> None:
    context = await stage.browser.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await _sign_in(page, stage.url)
    await page.goto(f"{stage.url}/sites/42")
    await page.get_by_role("button", name="Copy the tag").click()
    await expect(page.locator("#tag-copied")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == await page.locator("#tag").input_value()


async def test_the_morning_then_several_leads_changed_and_taken_back_a_view_kept_and_the_list_as_a_file(stage: Stage) -> None:
    page = await stage.browser.new_page(locale="en-GB")
    await _sign_in(page, stage.url)
    contacted = page.get_by_role("button", name="Contacted:")
    to_do = await contacted.count()
    assert to_do >= 1
    await contacted.first.click()
    await page.wait_for_url(f"{stage.url}/today**")
    await expect(contacted).to_have_count(to_do - 1)
    await page.goto(f"{stage.url}/leads")
    await page.get_by_text("Change several leads").click()
    for at in (0, 1):
        await page.locator("[name=lead]").nth(at).check()
    await page.locator("[name=act]").select_option("status=won")
    await page.get_by_role("button", name="Change", exact=True).click()
    await expect(page.locator(".changed")).to_contain_text("2 leads changed")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".changed")).to_contain_text("2 leads are as they were")
    await page.goto(f"{stage.url}/leads?channel=Email")
    shown = await page.locator("a.name").count()
    await page.locator("details.views summary").click()
    await page.get_by_label("Keep this list as a view named").fill("Letters")
    await page.locator("details.views form button").first.click()
    await page.locator("details.views summary").click()
    await expect(page.get_by_role("link", name="Letters")).to_have_attribute("href", "/leads?channel=Email")
    await page.get_by_text("Export").first.click()
    async with page.expect_download() as coming:
        await page.locator("a[href*='/leads/export']").first.click()
    file = Path(await (await coming.value).path()).read_text("utf-8-sig")
    assert len(file.splitlines()) == shown + 1


async def test_everything_works_without_javascript(stage: Stage) -> None:
    context = await stage.browser.new_context(locale="en-GB", java_script_enabled=False)
    page = await context.new_page()
    await _sign_in(page, stage.url)
    await page.goto(f"{stage.url}/leads")
    await page.get_by_role("searchbox").fill("camille")
    await page.get_by_role("button", name="Search").click()
    await expect(page.locator("a.name")).to_have_text(["Camille Durand"])
    await page.get_by_role("link", name="Camille Durand").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Camille Durand")
    await page.goto(f"{stage.url}/sites/43")
    await expect(page.get_by_role("link", name="Look again")).to_be_visible()
    await expect(page.get_by_role("button", name="Copy the tag")).to_be_hidden()
    await page.get_by_role("button", name="Français").click()
    await expect(page.get_by_role("heading", name="La balise")).to_be_visible()
    await page.get_by_role("button", name="Se déconnecter").click()
    await expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()


async def test_a_name_without_an_end_makes_no_page_wider_than_a_phone(stage: Stage) -> None:
    def tell(conn: Connection) -> bytes:
        long = "A" * 400
        return rows.lead(conn, name=long, organization=long, email=f"{long}@example.com", form=long, marks=("automated", "headless"))

    lead = await stage.writer.run(tell)
    page = await stage.browser.new_page(viewport={"width": 360, "height": 800})
    await _sign_in(page, stage.url)
    for path in ("/leads", f"/leads/{uuid.UUID(bytes=lead)}"):
        await page.goto(stage.url + path)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360, path
