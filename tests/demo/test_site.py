"""The demo site: its pages, its policy, its three forms, and the banner in a real browser."""

import re
import threading
from collections.abc import Iterator
from html import unescape

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, expect
from starlette.testclient import TestClient

from collector.demo.enquiries import contact_faults, is_email, is_phone, quote_faults
from collector.demo.site import ARTICLE, LARGEST_BODY, create
from tests.serving import CHROMIUM, chromium

COLLECTOR = "http://127.0.0.1:8000"
SITE = 100849625
PAGES = ["/", ARTICLE, "/contact", "/contact/merci", "/devis", "/mentions-legales"]
TAG = f'<script async src="{COLLECTOR}/js" data-site="{SITE}"></script>'
PIXEL = f'<noscript><img src="{COLLECTOR}/{SITE}ns.gif" alt="" width="1" height="1"></noscript>'
POLICY = (
    f"default-src 'none'; script-src 'self' {COLLECTOR}; connect-src 'self' {COLLECTOR}; img-src 'self' {COLLECTOR} data:; "
    f"style-src 'self'; form-action 'self' {COLLECTOR}; base-uri 'none'; frame-ancestors 'none'"
)
MESSAGE = {"nom": "Dupont", "prenom": "Camille", "email": "camille@exemple.fr", "message": "Bonjour"}
QUOTE = {"service": "pac", "surface": "110", "code_postal": "69007", "ville": "Lyon", "email": "camille@exemple.fr", "budget": "10-20"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def client() -> TestClient:
    return TestClient(create(COLLECTOR, SITE), follow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_page_carries_tag_and_pixel_word_for_word(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.text.count(TAG) == 1
    assert page.text.count(PIXEL) == 1


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page", "/static/consent.js"])
def test_every_answer_carries_the_strict_policy(client: TestClient, path: str) -> None:
    assert client.get(path).headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page"])
def test_page_has_nothing_inline(client: TestClient, path: str) -> None:
    html = client.get(path).text
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", html) == []


@pytest.mark.parametrize("path", PAGES)
def test_stub_stands_before_the_tag(client: TestClient, path: str) -> None:
    html = client.get(path).text
    assert html.index('<script src="/static/consent.js"></script>') < html.index(TAG)


@pytest.mark.parametrize("path", PAGES)
def test_inner_links_and_files_exist(client: TestClient, path: str) -> None:
    html = client.get(path).text
    for target in set(re.findall(r'(?:href|src|srcset|action)="(/[^"#]*)', html)) - {"/newsletter"}:
        assert client.get(target).status_code in (200, 307), target


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page"])
def test_french_marks_are_kept_with_their_word(client: TestClient, path: str) -> None:
    text = unescape(re.sub(r"<[^>]*>", "\n", client.get(path).text))
    assert re.findall(r".{0,20}(?: [:;!?»]|« |\w').{0,20}", text) == []


def test_missing_page_is_a_404_with_the_way_back(client: TestClient) -> None:
    page = client.get("/no-such-page")
    assert page.status_code == 404
    assert "Cette page n’existe pas" in page.text


def test_collector_path_is_kept_in_the_tag_and_left_out_of_the_policy() -> None:
    page = TestClient(create("https://example.com/stats/", 7)).get("/")
    assert '<script async src="https://example.com/stats/js" data-site="7"></script>' in page.text
    assert "script-src 'self' https://example.com;" in page.headers["content-security-policy"]


@pytest.mark.parametrize("url", ["", "stats.example.com", "ftp://example.com", "javascript:alert(1)"])
def test_collector_address_must_be_http(url: str) -> None:
    with pytest.raises(ValueError, match="not an http address"):
        create(url, 1)


def test_share_links_name_the_page_without_its_query(client: TestClient) -> None:
    html = client.get(ARTICLE + "?utm_source=lettre&x=%22%3E").text
    assert f"url=http%3A//testserver{ARTICLE}" in html
    assert "utm_source" not in html


def test_newsletter_takes_an_address(client: TestClient) -> None:
    answer = client.post("/newsletter", json={"email": " camille@exemple.fr "})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.parametrize(
    "body",
    [b'{"email":"camille"}', b'{"email":null}', b"{}", b"[]", b"not json", b'{"email":"\xff"}', b"", b'{"z":' + b"[" * 99_999],
    ids=["half", "null", "empty", "list", "text", "bytes", "nothing", "deep"],
)
def test_newsletter_refuses_what_is_no_address(client: TestClient, body: bytes) -> None:
    answer = client.post("/newsletter", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (422, {"ok": False, "faults": ["email"]})


@pytest.mark.parametrize(("email", "status"), [("camille@exemple.fr", 200), ("camille", 422)])
def test_newsletter_works_without_scripts(client: TestClient, email: str, status: int) -> None:
    page = client.post("/newsletter", data={"email": email})
    assert page.status_code == status
    assert ("Vous êtes désormais abonné(e) à la newsletter" in page.text) == (status == 200)


def _csrf(client: TestClient) -> str:
    found = re.search(r'<input type="hidden" name="csrf" value="([^"]+)">', client.get("/contact").text)
    assert found
    return found[1]


def test_contact_leads_to_the_thanks(client: TestClient) -> None:
    answer = client.post("/contact", data={**MESSAGE, "csrf": _csrf(client), "civilite": "mme", "newsletter": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/contact/merci")


def test_contact_keeps_what_was_typed_and_names_the_fault(client: TestClient) -> None:
    page = client.post("/contact", data={**MESSAGE, "csrf": _csrf(client), "nom": '<b>"Dupont', "email": "camille", "newsletter": "1"})
    assert page.status_code == 422
    assert 'value="&lt;b&gt;&#34;Dupont"' in page.text
    assert 'id="email-fault"' in page.text
    assert 'id="nom-fault"' not in page.text
    assert 'name="newsletter" value="1" checked' in page.text


@pytest.mark.parametrize("token", ["", "guessed", "é"])
def test_contact_without_our_token_is_shown_again(client: TestClient, token: str) -> None:
    page = client.post("/contact", data={**MESSAGE, "csrf": token})
    assert page.status_code == 403
    assert 'value="Dupont"' in page.text


def test_permission_box_starts_unticked(client: TestClient) -> None:
    assert 'name="newsletter" value="1">' in client.get("/contact").text


def test_quote_is_taken_with_a_file(client: TestClient) -> None:
    answer = client.post("/devis", data=QUOTE, files={"document": ("plan.pdf", b"x" * 2_000_000)}, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.parametrize("code", ["690", "690071", "6900a", "", "٦٩٠٠٧"])
def test_quote_names_a_postal_code_that_is_not_five_digits(client: TestClient, code: str) -> None:
    answer = client.post("/devis", data={**QUOTE, "code_postal": code}, headers=JSON)
    assert (answer.status_code, answer.json()) == (422, {"ok": False, "faults": ["code_postal"]})


def test_quote_works_without_scripts(client: TestClient) -> None:
    assert "Votre demande est bien arrivée" in client.post("/devis", data=QUOTE).text
    page = client.post("/devis", data={**QUOTE, "code_postal": "690"})
    assert page.status_code == 422
    assert re.search(r'data-fault="code_postal">Le code postal compte cinq chiffres', page.text)
    assert 'value="690"' in page.text


def test_body_over_the_limit_is_refused(client: TestClient) -> None:
    assert client.post("/devis", data=QUOTE, files={"document": ("plan.pdf", b"x" * LARGEST_BODY)}, headers=JSON).status_code == 413


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"email": ""}, ["email"]),
        ({"email": "", "telephone": "06 39 98 12 34"}, []),
        ({"telephone": "12"}, ["telephone"]),
        ({"service": "piscine", "surface": "0", "ville": "", "budget": "?"}, ["service", "surface", "ville", "budget"]),
        ({"surface": "9" * 5000}, ["surface"]),
    ],
)
def test_quote_faults_name_the_fields(change: dict[str, str], faults: list[str]) -> None:
    assert quote_faults(QUOTE | change) == faults


def test_empty_message_faults_name_every_required_field() -> None:
    assert contact_faults({}) == ["nom", "prenom", "email", "message"]


@pytest.mark.parametrize(
    ("text", "yes"), [("a@b.fr", True), ("é.ü@exemple.fr", True), ("a@b", False), ("a@b.", False), ("a b@c.fr", False)]
)
def test_email_is_told_from_other_text(text: str, yes: bool) -> None:
    assert is_email(text) is yes


@pytest.mark.parametrize(
    ("text", "yes"), [("+33 6 39 98 12 34", True), ("06.39.98.12.34", True), ("1234", False), ("06 39 98 12 3x4", False)]
)
def test_phone_is_told_from_other_text(text: str, yes: bool) -> None:
    assert is_phone(text) is yes


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Serve the demo; the collector's port is closed, so the stub keeps every call for us to read."""
    server = uvicorn.Server(uvicorn.Config(create("http://127.0.0.1:9", SITE), port=0, log_level="error", lifespan="off"))
    sockets = [server.config.bind_socket()]
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    sockets[0].close()


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=chromium(), args=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 780})
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


def _calls(page: Page) -> list[list[str]]:
    calls: list[list[str]] = page.evaluate("(window.webleads.q || []).map(call => Array.from(call))")
    return calls


@pytest.mark.browser
def test_banner_asks_once_tells_the_tag_and_can_be_reopened(page: Page, served: str) -> None:
    page.goto(served)
    for _ in range(4):  # skip link, "what we do with it", refuse, accept
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#consent")).to_be_hidden()
    assert _calls(page) == [["consent", "granted"]]
    page.goto(served + "/devis")
    expect(page.locator("#consent")).to_be_hidden()
    assert _calls(page) == [["consent", "granted"]]
    page.get_by_role("button", name="Gérer mes cookies").click()
    expect(page.get_by_text("vous avez accepté")).to_be_visible()
    expect(page.get_by_text("vous avez refusé")).to_be_hidden()
    page.get_by_role("button", name="Tout refuser").click()
    assert _calls(page) == [["consent", "granted"], ["consent", "denied"]]
    expect(page.locator("#consent")).to_be_hidden()


@pytest.mark.browser
def test_banner_choices_look_alike(page: Page, served: str) -> None:
    page.goto(served)
    page.mouse.move(0, 0)
    looks = page.locator(".choices button").evaluate_all(
        "all => all.map(one => { const s = getComputedStyle(one), b = one.getBoundingClientRect();"
        " return [s.backgroundColor, s.color, s.borderColor, s.font, Math.round(b.width), Math.round(b.height), Math.round(b.top)] })"
    )
    assert len(looks) == 2
    assert looks[0] == looks[1]


@pytest.mark.browser
def test_newsletter_form_gives_way_to_the_thanks(page: Page, served: str) -> None:
    page.goto(served + ARTICLE)
    page.get_by_role("button", name="Tout refuser").click()
    page.get_by_label("Votre adresse e-mail").fill("camille")
    page.get_by_role("button", name="S’abonner").click()
    expect(page.locator("#newsletter-fault")).to_be_visible()
    page.get_by_label("Votre adresse e-mail").fill("camille@exemple.fr")
    page.get_by_role("button", name="S’abonner").click()
    expect(page.get_by_text("Vous êtes désormais abonné(e) à la newsletter", exact=True)).to_be_visible()
    expect(page.locator("#newsletter")).to_have_count(0)
    assert page.url == served + ARTICLE


@pytest.mark.browser
def test_quote_form_stays_with_its_fault_then_confirms(page: Page, served: str) -> None:
    page.goto(served + "/devis")
    page.get_by_role("button", name="Tout refuser").click()
    page.get_by_label("Votre projet").select_option("pac")
    for name in ("surface", "code_postal", "ville", "email"):
        page.locator(f"#{name}").fill(QUOTE[name][:3] if name == "code_postal" else QUOTE[name])
    page.get_by_role("button", name="Recevoir mon chiffrage").click()
    expect(page.locator("#code_postal-fault")).to_be_visible()
    expect(page.locator("#code_postal")).to_be_focused()
    page.locator("#code_postal").fill("69007")
    page.get_by_role("button", name="Recevoir mon chiffrage").click()
    expect(page.get_by_text("Votre demande est bien arrivée")).to_be_visible()
    expect(page.get_by_text("Pompe à chaleur · 110 m² · 69007 Lyon")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_page_fits_320_px(page: Page, served: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(served + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
