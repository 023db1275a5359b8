"""Pages that carry the tag of old, word for word: only the host name points here now."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import rows_of
from tests.e2e.conftest import Pages
from tests.engines.hosts import Hosts
from tests.engines.page import Engine, Page, Profile, named
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


@pytest.fixture(autouse=True)
def names(hosts: Hosts, collector: Served, pages: Pages) -> None:
    """The old host name is our collector, and client.test the client's server."""
    hosts.routes |= {"stats.webleads-tracker.com": collector.port, "client.test": pages.port, "*.client.test": pages.port}


def _stored(collector: Served, what: str) -> list[Any]:
    return rows_of(f"sqlite:///{collector.folder}/data/webleads.sqlite", what)


def _soon(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + 5
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


def _views(collector: Served, path: str) -> list[Any]:
    return _stored(collector, f"SELECT url, visitor, marks FROM event WHERE type = 0 AND url LIKE '%{path}'")


def _send(page: Page, email: str) -> None:
    page.fill("input[type=email]", email)
    page.fill("textarea", "Rappelez-moi, merci.")
    page.click(named("button", "Envoyer"))
    page.wait_for_url("**/merci")


def _lead(collector: Served, email: str) -> Any:
    return _soon(lambda: [row for row in collector.leads() if row["email"] == email])[0]


@pytest.mark.smoke
def test_the_old_tag_counts_a_view_and_wins_a_lead(visitor: Profile, engine: Engine, collector: Served, pages: Pages) -> None:
    path, email = f"/ancien-{engine.name}", f"ancien@{engine.name}.example.fr"
    pages.pages[path] = f"<!doctype html><html><head><title>Ancien</title>{OLD_TAG}</head><body>{FORM}</body></html>"
    page = visitor.new_page()
    page.goto(f"http://client.test{path}")
    assert len(_soon(lambda: _views(collector, path))) == 1
    _send(page, email)
    assert _lead(collector, email)
    assert [cookie["name"] for cookie in visitor.cookies()] == []  # nobody asked the visitor: audience mode


def test_the_old_tag_takes_its_own_sites_consent_from_the_first_answer(
    visitor: Profile, engine: Engine, collector: Served, pages: Pages
) -> None:
    site = {"chromium": "200000002", "firefox": "200000003", "webkit": "200000004"}[engine.name]
    collector.command("site", "add", f"{engine.name}.client.test", "--id", site, "--consent", "granted")
    pages.pages["/accorde"] = f"<!doctype html><title>A</title>{OLD_TAG.replace('100849625', site)}{FORM}"
    page = visitor.new_page()
    page.goto(f"http://{engine.name}.client.test/accorde")
    assert _soon(lambda: [row for row in _views(collector, f"{engine.name}.client.test/accorde") if row[1]])
    assert "_jsuid" in [cookie["name"] for cookie in visitor.cookies()]


def test_without_scripts_the_pixel_counts_a_view(visitor: Profile, engine: Engine, collector: Served, pages: Pages) -> None:
    counted = "SELECT count(*) FROM event WHERE marks & 32 = 32"
    before = _stored(collector, counted)[0][0]
    pages.pages["/sans-script"] = f"<!doctype html><html><head><title>Sans</title></head><body>{OLD_TAG}</body></html>"
    # A frame whose sandbox allows no scripts stands for a browser without them, in every engine.
    pages.pages["/cadre"] = "<!doctype html><iframe sandbox=allow-same-origin src='/sans-script?email=secret%40example.fr'></iframe>"
    page = visitor.new_page()
    page.goto("http://client.test/cadre")
    assert _soon(lambda: _stored(collector, counted)[0][0] > before)
    # A browser gives a picture of another site only the page's origin, unless the page allows more.
    views = _stored(collector, "SELECT url, visitor FROM event WHERE marks & 32 = 32")
    assert {tuple(row) for row in views} == {("http://client.test/", None)}
    assert len(views) == before + 1


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
        page.click(button)
        page.wait_for_timeout(200)
        if page.evaluate("tarteaucitron.state.getplus") is state:
            return
    raise AssertionError("tarteaucitron did not hear")


def test_tarteaucitron_unchanged_loads_the_tag_after_consent_and_takes_it_back(
    visitor: Profile, engine: Engine, collector: Served, pages: Pages
) -> None:
    assert TARTEAUCITRON.is_dir(), "npm install in snippet/ brings it"
    path, email = f"/tac-{engine.name}", f"citron@{engine.name}.example.fr"
    pages.pages[path] = _tarteaucitron_page(pages)
    withdrawn = "SELECT count(*) FROM visitor WHERE withdrawn_at IS NOT NULL"
    before = _stored(collector, withdrawn)[0][0]
    page = visitor.new_page()
    page.goto(f"http://client.test{path}")
    _choose(page, "#tarteaucitronPersonalize2", True)
    views = _soon(lambda: [row for row in _views(collector, path) if row[1]])
    assert len(views) == 1
    assert "_jsuid" in [cookie["name"] for cookie in visitor.cookies()]
    _send(page, email)
    lead = _lead(collector, email)
    assert (lead["visits"], lead["first_channel"]) == (1, "Direct")

    page.goto(f"http://client.test{path}")
    _soon(lambda: len(_views(collector, path)) > 1)
    page.evaluate("tarteaucitron.userInterface.respondAll(false)")
    assert _soon(lambda: _stored(collector, withdrawn)[0][0] > before)
    assert "_jsuid" not in [cookie["name"] for cookie in visitor.cookies()]


def test_tarteaucitron_refused_never_loads_the_tag(visitor: Profile, engine: Engine, pages: Pages) -> None:
    pages.pages["/tac-non"] = _tarteaucitron_page(pages)
    page = visitor.new_page()
    page.goto("http://client.test/tac-non")
    _choose(page, "#tarteaucitronAllDenied2", False)
    page.wait_for_timeout(500)
    asked = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert asked
    assert [url for url in asked if "webleads" in url] == []
