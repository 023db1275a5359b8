"""Pages that carry the tag of old, word for word: only the host name points here now."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import rows_of
from tests.e2e.conftest import Pages
from tests.serving import Served

SITE = 100849625
OLD_TAG = """<script type="text/javascript">
var webleads_site_ids = webleads_site_ids || [];
webleads_site_ids.push(100849625);
(function() { var s = document.createElement('script'); s.type = 'text/javascript'; s.async = true;
  s.src = ( document.location.protocol == 'https:' ? 'https://stats.webleads-tracker.com/js' : 'http://stats.webleads-tracker.com/js' );
  ( document.getElementsByTagName('head')[0] || document.getElementsByTagName('body')[0] ).appendChild( s ); })();
</script>
<noscript><p><img alt="webleads-tracker" width="1" height="1" src="//stats.webleads-tracker.com/100849625ns.gif" /></p></noscript>"""
FORM = """<form method="post" action="/envoi"><label>E-mail <input type="email" name="email"></label>
<label>Message <textarea name="message"></textarea></label><button>Envoyer</button></form>"""
TARTEAUCITRON = Path(__file__).parent.parent.parent / "snippet" / "node_modules" / "tarteaucitronjs"


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser], collector: Served, pages: Pages) -> Browser:
    """A browser for which the old host name is our collector and client.test the client's server."""
    rules = f"MAP stats.webleads-tracker.com:80 127.0.0.1:{collector.port},MAP *.client.test:80 127.0.0.1:{pages.port},MAP client.test:80 127.0.0.1:{pages.port}"
    return launch(f"--host-resolver-rules={rules}")


def _stored(collector: Served, what: str) -> list[Any]:
    return rows_of(f"sqlite:///{collector.folder}/data/webleads.sqlite", what)


def _soon(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + 5
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


def _views(collector: Served, path: str) -> list[Any]:
    return _stored(collector, f"SELECT url, visitor, marks FROM event WHERE type = 0 AND url LIKE '%{path}%'")


def _send(page: Page, email: str) -> None:
    page.locator("input[type=email]").fill(email)
    page.locator("textarea").fill("Rappelez-moi, merci.")
    page.get_by_role("button", name="Envoyer").click()
    page.wait_for_url("**/merci")


def test_the_old_tag_counts_a_view_and_wins_a_lead(browser: Browser, collector: Served, pages: Pages) -> None:
    pages.pages["/ancien"] = f"<!doctype html><html><head><title>Ancien</title>{OLD_TAG}</head><body>{FORM}</body></html>"
    page = browser.new_page()
    page.goto("http://client.test/ancien")
    assert len(_soon(lambda: _views(collector, "/ancien"))) == 1
    _send(page, "ancien@example.fr")
    assert _soon(lambda: [row for row in collector.leads() if row["email"] == "ancien@example.fr"])
    assert [cookie["name"] for cookie in page.context.cookies()] == []  # nobody asked the visitor: audience mode


def test_the_old_tag_takes_its_own_sites_consent_from_the_first_answer(browser: Browser, collector: Served, pages: Pages) -> None:
    collector.command("site", "add", "granted.client.test", "--id", "200000002", "--consent", "granted")
    pages.pages["/accorde"] = f"<!doctype html><title>A</title>{OLD_TAG.replace('100849625', '200000002')}{FORM}"
    page = browser.new_page()
    page.goto("http://granted.client.test/accorde")
    assert _soon(lambda: [row for row in _views(collector, "/accorde") if row[1]])
    assert "_jsuid" in [cookie["name"] for cookie in page.context.cookies()]


def test_without_scripts_the_pixel_counts_a_view(browser: Browser, collector: Served, pages: Pages) -> None:
    pages.pages["/sans-script"] = f"<!doctype html><html><head><title>Sans</title></head><body>{OLD_TAG}</body></html>"
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with page.expect_response("**/100849625ns.gif") as answer:
        page.goto("http://client.test/sans-script?email=secret%40example.fr")
    assert (answer.value.status, answer.value.headers["content-type"]) == (200, "image/gif")
    # A browser gives a picture of another site only the page's origin, unless the page allows more.
    views = _soon(lambda: _stored(collector, "SELECT url, visitor FROM event WHERE marks & 32 = 32"))
    assert [tuple(row) for row in views] == [("http://client.test/", None)]


def _tarteaucitron_page(pages: Pages) -> str:
    pages.folder("/tac", TARTEAUCITRON)
    return f"""<!doctype html><html lang="fr"><head><title>TAC</title><script src="/tac/tarteaucitron.js"></script></head><body>
<script>
tarteaucitron.init({{"privacyUrl": "", "hashtag": "#tarteaucitron", "cookieName": "tarteaucitron", "orientation": "middle",
 "showAlertSmall": false, "cookieslist": false, "adblocker": false, "DenyAllCta": true, "AcceptAllCta": true, "highPrivacy": true,
 "handleBrowserDNTRequest": false, "removeCredit": true, "moreInfoLink": false, "mandatory": false, "googleConsentMode": false}});
tarteaucitron.user.getplusId = '{SITE}';
(tarteaucitron.job = tarteaucitron.job || []).push('getplus');
</script>{FORM}</body></html>"""


def _choose(page: Page, button: str, state: bool) -> None:
    """Clicks until tarteaucitron, which binds its buttons some time after it shows them, has heard."""
    for _ in range(20):
        page.locator(button).click()
        page.wait_for_timeout(200)
        if page.evaluate("tarteaucitron.state.getplus") is state:
            return
    raise AssertionError("tarteaucitron did not hear")


def test_tarteaucitron_unchanged_loads_the_tag_after_consent_and_takes_it_back(browser: Browser, collector: Served, pages: Pages) -> None:
    assert TARTEAUCITRON.is_dir(), "npm install in snippet/ brings it"
    pages.pages["/tac"] = _tarteaucitron_page(pages)
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto("http://client.test/tac")
    _choose(page, "#tarteaucitronPersonalize2", True)
    views = _soon(lambda: [row for row in _views(collector, "/tac") if row[1]])
    assert len(views) == 1
    assert "_jsuid" in [cookie["name"] for cookie in context.cookies()]
    _send(page, "citron@example.fr")
    lead = _soon(lambda: [row for row in collector.leads() if row["email"] == "citron@example.fr"])[0]
    assert (lead["visits"], lead["first_channel"]) == (1, "Direct")

    page.goto("http://client.test/tac")
    _soon(lambda: len(_views(collector, "/tac")) > 1)
    page.evaluate("tarteaucitron.userInterface.respondAll(false)")
    assert _soon(lambda: _stored(collector, "SELECT 1 FROM visitor WHERE withdrawn_at IS NOT NULL"))
    assert "_jsuid" not in [cookie["name"] for cookie in context.cookies()]


def test_tarteaucitron_refused_never_loads_the_tag(browser: Browser, collector: Served, pages: Pages) -> None:
    pages.pages["/tac-non"] = _tarteaucitron_page(pages)
    page = browser.new_context(locale="fr-FR").new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("http://client.test/tac-non")
    _choose(page, "#tarteaucitronAllDenied2", False)
    page.wait_for_timeout(500)
    assert [url for url in asked if "webleads" in url] == []
