"""From an empty folder to the first lead on one's own page, following only the screens; the browser asks for French."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.conftest import Pages
from tests.engines.page import Engine
from tests.serving import serving

PAGE = """<!doctype html><title>Mon site</title>%s<h1>Mon site</h1>
<form method="post" action="/envoi"><label>E-mail <input type="email" name="email"></label><button>Envoyer</button></form>"""
SHUT = '<meta http-equiv="Content-Security-Policy" content="script-src \'self\'">'


def test_first_run_to_first_lead(tmp_path: Path, chromium: Engine, pages: Pages) -> None:
    began = time.monotonic()
    own = f"http://localhost:{pages.port}/"
    mine, theirs = chromium.profile(), chromium.profile()
    with serving(tmp_path) as served:
        page = mine.new_page()
        page.goto(served.login)
        page.fill("input[name=email]", "me@example.com")
        page.fill("input[name=password]", "correct horse battery")
        page.click("main form button")
        page.wait_for_selector("#domain")
        page.fill("#domain", own)
        page.click("main form button")
        page.wait_for_selector("#tag")
        assert urlsplit(page.url).path.startswith("/sites/")
        tag = str(page.evaluate("document.getElementById('tag').value"))

        for head, said in (
            ("", "nulle part dans la page"),
            (SHUT + tag, "bloque la balise (script-src)"),
            (tag, "rien n’en est encore venu"),
        ):
            pages.pages["/"] = PAGE % head
            page.click("#check button")  # the address that was typed is the one to look at
            page.wait_for_function(f"document.getElementById('heard').innerText.includes({said!r})")

        visit = theirs.new_page()
        visit.goto(own)
        sent = time.monotonic()
        page.wait_for_selector("#heard.good")
        assert time.monotonic() - sent < 5  # two seconds, and a machine that does much else
        visit.wait_for_files()
        visit.fill("input[type=email]", "camille@example.org")
        visit.click("button")
        visit.wait_for_url("**/merci")
        page.wait_for_function("document.getElementById('heard').innerText.includes('1 lead ces sept derniers jours')")
        page.click("#heard a[href^='/leads']")
        page.wait_for_function("document.body.innerText.includes('camille@example.org')")
    for profile in (mine, theirs):
        profile.close()
    assert time.monotonic() - began < 60
