"""What goes on now, in a real browser: it changes by itself, it can be held, and it does without JavaScript."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from collector.web import hub
from tests.builders import HOME, MINUTE, VISITOR, body, store, view

from .rows import NOW
from .test_browser import Stage, _sign_in, stage  # noqa: F401 (stage is a fixture)


async def test_a_new_visit_shows_by_itself_and_not_while_it_is_held(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(hub, "EVERY", 0.05)
    page = await stage.browser.new_page(locale="en-GB")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda wrong: said.append(str(wrong)))
    await _sign_in(page, stage.url)
    await page.goto(f"{stage.url}/live")
    await expect(page.locator("#now")).to_contain_text("visits in the last 5 minutes")
    await page.evaluate("document.querySelector('main').dataset.first = '1'")
    await stage.writer.run(lambda conn: store(conn, body(view(NOW - MINUTE, HOME + "live-one"), sent=NOW)))
    await expect(page.locator("#now")).to_contain_text("/live-one")
    await page.locator("#numbers").click()
    await stage.writer.run(lambda conn: store(conn, body(view(NOW - MINUTE, HOME + "live-two", page="page0002"), sent=NOW)))
    await expect(page.locator("#now")).to_contain_text("/live-two")
    await expect(page.locator("#now details")).to_have_attribute("open", "")
    assert VISITOR not in await page.content()
    await page.locator("#pause").click()
    await stage.writer.run(lambda conn: store(conn, body(view(NOW - MINUTE, HOME + "live-three", page="page0003"), sent=NOW)))
    await page.wait_for_timeout(400)
    assert "/live-three" not in await page.content()
    await page.locator("#pause").click()
    await expect(page.locator("#now")).to_contain_text("/live-three")
    assert await page.evaluate("document.querySelector('main').dataset.first") == "1", "the page was not loaded again"
    assert said == []
    context = await stage.browser.new_context(java_script_enabled=False, storage_state=await page.context.storage_state())
    plain = await context.new_page()
    await plain.goto(f"{stage.url}/live")
    await expect(plain.locator("#pause")).to_be_hidden()
    await plain.get_by_role("link", name="Load again").click()
    await expect(plain.locator("#now")).to_contain_text("/live-three")
