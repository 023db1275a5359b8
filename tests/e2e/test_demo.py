"""The whole way, as a new user goes it: the demo's page, a browser, the collector, the list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.serving import Served, serving

CAMPAIGN = "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("demo"), "demo", "--port", "0", "--demo-port", "0") as served:
        yield served


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    """What `ask` answers once it is something, at the latest after some seconds."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def _accept(page: Page) -> None:
    page.get_by_role("button", name="Tout accepter").click()


def _subscribe(page: Page, email: str) -> None:
    form = page.locator("form").filter(has=page.locator("input[type=email]")).first
    form.locator("input[type=email]").fill(email)
    form.locator("button[type=submit], input[type=submit]").first.click()
    page.get_by_text("Vous êtes désormais abonné(e) à la newsletter").wait_for()


def _contact(page: Page, email: str) -> None:
    page.get_by_label("Prénom").fill("Camille")
    page.get_by_label("Nom", exact=False).and_(page.locator("[autocomplete=family-name], [name=nom]")).first.fill("Durand")
    page.locator("form[method=post] input[type=email]").first.fill(email)
    page.locator("textarea").fill("Bonjour, pouvez-vous me rappeler ?")
    page.locator("form[method=post]").filter(has=page.locator("textarea")).locator("button[type=submit]").click()
    page.wait_for_url("**/contact/merci")


def test_a_newsletter_and_a_contact_form_are_two_submissions_of_one_lead(demo: Served, launch: Callable[..., Browser]) -> None:
    page = launch().new_page(locale="fr-FR")
    errors: list[str] = []
    page.on("pageerror", lambda wrong: errors.append(str(wrong)))
    page.goto(demo.demo + "/" + CAMPAIGN)
    _accept(page)
    page.goto(demo.demo + "/blog/pompe-a-chaleur-sept-questions")
    _subscribe(page, "camille.durand@example.fr")
    page.goto(demo.demo + "/contact")
    _contact(page, "Camille.Durand@example.fr")
    sent = time.monotonic()
    screen = page.context.browser.new_page(locale="fr-FR")  # type: ignore[union-attr]
    screen.goto(demo.login)
    _within(2.0, lambda: screen.reload() and "Camille Durand" in screen.content())
    assert time.monotonic() - sent < 4  # two seconds for the list, and a start of the browser's page
    rows = demo.leads()
    assert [row["submissions"] for row in rows] == [2]
    lead = rows[0]
    assert (lead["kind"], lead["name"], lead["email"]) == ("lead", "Camille Durand", "camille.durand@example.fr")
    for end in ("first", "last"):
        assert [lead[f"{end}_{name}"] for name in ("channel", "source", "medium", "campaign")] == ["Email", "lettre", "email", "rentree"]
    assert lead["visits"] == 1
    screen.get_by_role("link", name="Camille Durand").first.click()
    told = screen.inner_text("main")
    for part in ("lettre", "rentree", "sept-questions", "/contact", "Bonjour, pouvez-vous me rappeler ?"):
        assert part in told, part
    assert errors == []


def test_without_consent_nothing_is_kept_on_the_device_and_the_lead_has_no_history(demo: Served, launch: Callable[..., Browser]) -> None:
    context = launch().new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(demo.demo + "/" + CAMPAIGN)
    page.get_by_role("button", name="Tout refuser").click()
    page.goto(demo.demo + "/contact")
    _contact(page, "sans.trace@example.fr")
    lead = _within(3.0, lambda: [row for row in demo.leads() if row["email"] == "sans.trace@example.fr"])[0]
    assert (lead["visits"], lead["first_channel"], lead["page"]) == (0, "", demo.demo + "/contact")
    assert [cookie["name"] for cookie in context.cookies() if cookie["name"] == "_jsuid"] == []
    assert page.evaluate("Object.keys(localStorage).filter(key => /webleads|_jsuid|^wl/i.test(key))") == []


def test_the_demo_is_taken_out_again(tmp_path: Path) -> None:
    with serving(tmp_path, "demo", "--port", "0", "--demo-port", "0") as served:
        assert [row["id"] for row in served.command("site", "list")] == [100_000_001]
        assert served.command("demo", "--remove") == {"leads": 0, "visitors": 0}
        assert served.command("site", "list") == []
