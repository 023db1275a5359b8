"""The whole way, as a new user goes it: the demo's page, a browser, the collector, the list."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines.chromium import ChromiumProfile
from tests.engines.page import Engine, Page, Profile, named
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


def _list(demo: Served) -> Callable[[], list[str]]:
    """Reads the rows of the lead list without a browser: how soon a lead stands there is not how fast a browser starts a page."""
    reader = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    reader.open(demo.login).close()
    return lambda: reader.open(demo.url + "/leads").read().decode().split("<tr")


def _subscribe(page: Page, email: str) -> None:
    page.fill("#newsletter input[type=email]", email)
    page.click("#newsletter button")
    page.wait_for_function("document.body.innerText.includes('Vous êtes désormais abonné(e) à la newsletter')")


def _contact(page: Page, email: str) -> None:
    page.fill("#contact [autocomplete=given-name]", "Camille")
    page.fill("#contact [autocomplete=family-name]", "Durand")
    page.fill("#contact input[type=email]", email)
    page.fill("#contact textarea", "Bonjour, pouvez-vous me rappeler ?")
    page.click("#contact button[type=submit]")
    page.wait_for_url("**/contact/merci")


def test_a_newsletter_and_a_contact_form_are_two_submissions_of_one_lead(demo: Served, visitor: Profile, engine: Engine) -> None:
    page, email = visitor.new_page(), f"camille.durand@{engine.name}.example.fr"
    page.goto(demo.demo + "/" + CAMPAIGN)
    page.click(named("button", "Tout accepter"))
    page.goto(demo.demo + "/blog/pompe-a-chaleur-sept-questions")
    _subscribe(page, email)
    page.goto(demo.demo + "/contact")
    rows = _list(demo)
    _contact(page, email.replace("c", "C", 1).replace("d", "D", 1))
    assert _within(2.0, lambda: [row for row in rows() if email in row and "Camille Durand" in row]), "not in the list within two seconds"
    screen = visitor.new_page()
    screen.goto(demo.login)
    screen.goto(demo.url + "/leads")
    # What left just when the page did is sent again by the next one, a second later at most.
    _within(3.0, lambda: [row for row in demo.leads() if row["email"] == email and row["first_source"] == "lettre"])
    [lead] = [row for row in demo.leads() if row["email"] == email]
    assert (lead["submissions"], lead["kind"], lead["name"]) == (2, "lead", "Camille Durand")
    for end in ("first", "last"):
        assert [lead[f"{end}_{name}"] for name in ("channel", "source", "medium", "campaign")] == ["Email", "lettre", "email", "rentree"]
    assert lead["visits"] == 1
    screen.click(f"//tr[contains(., '{email}')]//a[normalize-space()='Camille Durand']")
    screen.wait_for_function("document.querySelector('main').innerText.includes('Bonjour, pouvez-vous me rappeler')")
    told = screen.text("main")
    for part in ("lettre", "rentree", "sept-questions", "/contact"):
        assert part in told, part
    assert visitor.problems == []


def test_without_consent_nothing_is_kept_on_the_device_and_the_lead_has_no_history(demo: Served, visitor: Profile, engine: Engine) -> None:
    page, email = visitor.new_page(), f"sans.trace@{engine.name}.example.fr"
    page.goto(demo.demo + "/" + CAMPAIGN)
    page.click(named("button", "Tout refuser"))
    page.goto(demo.demo + "/contact")
    _contact(page, email)
    lead = _within(3.0, lambda: [row for row in demo.leads() if row["email"] == email])[0]
    assert (lead["visits"], lead["first_channel"], lead["page"]) == (0, "", demo.demo + "/contact")
    assert [cookie["name"] for cookie in visitor.cookies() if cookie["name"] == "_jsuid"] == []
    assert page.evaluate("Object.keys(localStorage).filter(key => /webleads|_jsuid|^wl/i.test(key))") == []


def _own_page(page: Page, profile: ChromiumProfile, before: str = "") -> str:
    """What the visitor's page says, which opens in a tab of its own; `before` runs right before it is asked for."""
    page.reload()
    page.wait_for_tag()
    page.evaluate(before or "0")
    with profile.context.expect_page() as opening:
        page.click("#mydata")
    opening.value.wait_for_load_state()
    return opening.value.inner_text("main")


def test_whoever_agreed_sees_what_is_known_of_this_browser_and_nobody_else_does(demo: Served, chromium: Engine) -> None:
    mine, other = chromium.profile(), chromium.profile()
    assert isinstance(mine, ChromiumProfile)
    assert isinstance(other, ChromiumProfile)
    page, email = mine.new_page(), "mireille.own@example.fr"
    page.goto(demo.demo + "/" + CAMPAIGN)
    page.click(named("button", "Tout accepter"))
    page.goto(demo.demo + "/contact")
    _contact(page, email)
    _within(3.0, lambda: [row for row in demo.leads() if row["email"] == email])
    told = _own_page(page, mine)
    for part in ("Ce que l’on sait de vous", "lettre", "m•••@e•••.fr", "C••• D•••", "/contact"):
        assert part in told, part
    assert "mireille" not in told
    assert "#" not in page.url  # no address ever held the secret
    denied = other.new_page()
    denied.goto(demo.demo + "/")
    denied.click(named("button", "Tout refuser"))
    told = _own_page(denied, other)
    assert "il n’y a rien à voir" in told
    assert "•••" not in told
    stolen = next(cookie["value"] for cookie in mine.cookies() if cookie["name"] == "_jsuid")
    denied.click("#consent-open")
    denied.click(named("button", "Tout accepter"))
    told = _own_page(denied, other, f"document.cookie = '_jsuid={stolen};path=/'")  # with a secret that is another id's
    assert "Cette page reste fermée" in told
    assert "•••" not in told
    for profile in (mine, other):
        assert profile.problems == []
        profile.close()


def test_the_demo_is_taken_out_again(tmp_path: Path) -> None:
    with serving(tmp_path, "demo", "--port", "0", "--demo-port", "0") as served:
        assert [row["id"] for row in served.command("site", "list")] == [100_000_001]
        assert served.command("demo", "--remove") == {"leads": 0, "visitors": 0}
        assert served.command("site", "list") == []
