"""The harness itself: each thing that a scenario may ask for, in every engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.engines.hosts import Hosts
from tests.engines.page import Engine, Page, Profile, named

BODY = """<!doctype html><title>Banc</title>
<form action=/next><input id=name name=name value=old><input id=box type=checkbox><select id=choice><option>a<option>b</select>
<input id=file type=file><button>Aller plus loin</button></form>
<div id=host></div><iframe src=/inner></iframe><p style="height: 4000px"></p><button id=deep onclick="deep = event.isTrusted + ',' + event.detail">Au fond</button>
<script>
document.getElementById('host').attachShadow({mode: 'open'}).innerHTML = '<input id=shade><button>ombre</button>'
document.cookie = 'known=1; max-age=3600; path=/; samesite=lax'
</script>"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<input id=inside>" if self.path == "/inner" else BODY.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield made.server_address[1]
    made.shutdown()
    made.server_close()


@pytest.fixture
def profile(engine: Engine, hosts: Hosts, server: int) -> Iterator[Profile]:
    hosts.routes["bench.test"] = server
    made = engine.profile()
    yield made
    made.close()


@pytest.fixture
def page(profile: Profile) -> Page:
    opened = profile.new_page()
    opened.goto("http://bench.test/")
    return opened


@pytest.mark.smoke
def test_hands(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    page.fill("#name", "Jérôme à l’œil")
    page.check("#box")
    page.check("#box")
    page.select("#choice", "b")
    chosen = tmp_path_factory.mktemp("file") / "cv.txt"
    chosen.write_text("x")
    page.choose_file("#file", str(chosen))
    told = "[document.forms[0].name.value, box.checked, choice.value, file.files[0].name]"
    assert page.evaluate(told.replace("document.forms[0].name", "document.getElementById('name')")) == [
        "Jérôme à l’œil",
        True,
        "b",
        "cv.txt",
    ]
    page.fill("#name", "")
    assert page.evaluate("document.getElementById('name').value") == ""
    for _ in range(4):  # on a busy machine two clicks may come too far apart to be a double one
        page.dblclick("#deep")
        page.wait_for_timeout(200)
        if page.evaluate("deep === 'true,2'"):
            break
    page.wait_for_function("deep === 'true,2'")
    page.fill("#host >>> input", "à l’ombre")
    assert page.evaluate("host.shadowRoot.getElementById('shade').value") == "à l’ombre"
    frame = page.frame("iframe")
    frame.fill("#inside", "dedans")
    assert frame.evaluate("document.getElementById('inside').value") == "dedans"
    assert page.evaluate("document.querySelector('iframe').contentDocument.getElementById('inside').value") == "dedans"
    page.fill("#name", "x")
    page.press("Enter")
    page.wait_for_url("**/next?name=x**")
    page.click(named("button", "Aller plus loin"))
    page.wait_for_url("**/next?name=old**")
    assert "Au fond" in page.text()


def test_code(page: Page) -> None:
    assert page.evaluate("({a: [1, 'x', null, true], b: undefined})") == {"a": [1, "x", None, True], "b": None}
    assert page.evaluate("let two = 1 + 1; two * 2") == 4
    assert page.evaluate("new Promise(done => setTimeout(() => done('later'), 50))") == "later"
    with pytest.raises(Exception, match="of the page"):
        page.evaluate("(() => { throw Error('of the page') })()")


@pytest.mark.smoke
def test_a_profile_is_a_visitor(engine: Engine, profile: Profile, page: Page) -> None:
    [cookie] = profile.cookies()
    assert (cookie["name"], cookie["value"], cookie["path"], cookie["sameSite"]) == ("known", "1", "/", "Lax")
    page.evaluate("localStorage.kept = 'here'")
    second = profile.new_page()
    second.goto("http://bench.test/")
    assert second.evaluate("[localStorage.kept, document.visibilityState]") == ["here", "visible"]
    second.close()
    other = engine.profile()
    elsewhere = other.new_page()
    elsewhere.goto("http://bench.test/inner")
    assert elsewhere.evaluate("[localStorage.kept === undefined, document.cookie]") == [True, ""]
    other.close()
    assert page.evaluate("[localStorage.kept, navigator.language]") == ["here", engine.language]
    for _ in range(20):  # WebKit may still be writing one that a page has just set
        profile.clear_cookies()
        if not profile.cookies():
            break
    assert profile.cookies() == []


def test_a_network_that_is_gone(profile: Profile, page: Page) -> None:
    asked = "fetch('/inner').then(answer => answer.status, () => 'gone')"
    profile.offline(True)
    assert page.evaluate(f"{asked}.then(status => [status, navigator.onLine])") == ["gone", False]
    profile.offline(False)
    assert page.evaluate(f"{asked}.then(status => [status, navigator.onLine])") == [200, True]


def test_names_lead_nowhere_else(page: Page) -> None:
    assert (
        page.evaluate(
            "fetch('http://elsewhere.test/', {mode: 'no-cors'}).then(() => fetch('http://elsewhere.test/').then(() => 1, () => 0), () => 0)"
        )
        == 0
    )


def test_what_a_page_throws_is_told(engine: Engine, profile: Profile, page: Page) -> None:
    if engine.prelude:
        return  # told to the page server of the tag's own tests
    page.evaluate("setTimeout(() => { throw Error('nobody caught me') })")
    page.wait_for_timeout(200)
    assert len(profile.problems) == 1
    assert "nobody caught me" in profile.problems[0]
