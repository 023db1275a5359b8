"""Set-up, login, logout, the login link, the language."""

from __future__ import annotations

import pytest

from collector.actions import demo
from collector.actions import users as acts
from collector.store import ids, users
from collector.web.auth import local_path
from collector.web.throttle import FREE, KEPT, Throttle

from . import rows
from .conftest import Place, post, token_of
from .rows import NOW, PASSWORD
from .serve import screens


async def _link(place: Place, purpose: str = "setup", token: str = "link", **more: object) -> None:
    await place.writer.run(acts.make_link, 1, purpose, token, now=NOW, expires_at=NOW + 1000, **more)


async def test_the_first_run_goes_from_the_link_to_the_tag(place: Place) -> None:
    await _link(place)
    made = await post(place.browser, "/setup?token=link", {"email": "Me@Example.com", "password": PASSWORD})
    assert (made.status_code, made.headers["location"]) == (303, "/sites/new")
    added = await post(place.browser, "/sites/new", {"domain": "https://Example.com/contact"})
    page = await place.browser.get(added.headers["location"])
    site = added.headers["location"].rsplit("/", 1)[1]
    assert f"&lt;script async src=&#34;http://leads.test/js&#34; data-site=&#34;{site}&#34;&gt;&lt;/script&gt;" in page.text
    assert f"/{site}ns.gif" in page.text
    assert "Waiting for the first event" in page.text


async def test_the_setup_link_works_once(place: Place) -> None:
    await _link(place)
    page = await place.browser.get("/setup?token=link")
    await post(place.browser, "/setup?token=link", {"email": "me@example.com", "password": PASSWORD})
    late = place.another(cookies=dict(place.browser.cookies))
    assert (await place.another().get("/setup?token=link")).status_code == 404
    again = await post(place.browser, "/setup?token=link", {"email": "thief@example.com", "password": PASSWORD}, token_of(page))
    assert again.status_code in (403, 404)
    await late.aclose()
    async with place.database.reader() as conn:
        assert await users.by_email(conn, "thief@example.com") is None


@pytest.mark.parametrize("token", ["", "wrong", "link\x00"])
async def test_a_wrong_setup_link_says_so(place: Place, token: str) -> None:
    await _link(place)
    answer = await place.browser.get("/setup", params={"token": token})
    assert answer.status_code == 404
    assert "no longer works" in answer.text


@pytest.mark.parametrize(("email", "password", "said"), [("me", PASSWORD, "not an e-mail"), ("me@example.com", "1234567", "at least 8")])
async def test_setup_says_what_is_wrong_and_keeps_what_was_typed(place: Place, email: str, password: str, said: str) -> None:
    await _link(place)
    answer = await post(place.browser, "/setup?token=link", {"email": email, "password": password})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text


async def test_login_gives_a_new_token_in_a_cookie_that_scripts_cannot_read(owned: Place) -> None:
    first = owned.browser.cookies["webleads-session"]
    answer = await owned.login(browser=(other := owned.another()))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Max-Age=2592000" in cookie
    assert "Secure" not in cookie
    assert other.cookies["webleads-session"] != first
    async with owned.database.reader() as conn:
        assert await users.by_session(conn, acts.digest(first), NOW) is not None


async def test_on_https_cookies_are_bound_to_the_host(place: Place) -> None:
    await place.writer.run(rows.user)
    app = screens(place.database, place.writer, place.clock, url="https://leads.test")
    async with place._replace(app=app).another(origin="https://leads.test") as browser:
        answer = await place.login(browser=browser)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-webleads-session=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert (await browser.get("/leads")).status_code == 200


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(place: Place) -> None:
    await place.writer.run(rows.user)
    answers = [
        await post(place.browser, "/login", {"email": email, "password": "wrong pass"})
        for email in ("owner@example.com", "nobody@example.com")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("do not belong together" in answer.text for answer in answers)
    assert "webleads-session" not in place.browser.cookies


async def test_guessing_is_slowed_down_for_that_user_alone(place: Place) -> None:
    await place.writer.run(rows.user)
    for _ in range(FREE):
        await post(place.browser, "/login", {"email": "owner@example.com", "password": "wrong pass"})
    answer = await place.login()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert (await post(place.browser, "/login", {"email": "else@example.com", "password": "x"})).status_code == 422
    place.clock.now += 1000
    assert (await place.login()).status_code == 303


def test_the_delay_doubles_up_to_a_minute_and_is_bounded_in_memory() -> None:
    throttle = Throttle()
    waits = []
    for _ in range(12):
        throttle.failed(b"key", 0)
        waits.append(throttle.wait(b"key", 0) // 1000)
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    for place in range(KEPT):
        throttle.failed(str(place).encode(), 0)
    assert throttle.wait(b"key", 0) == 0


async def test_logout_ends_the_session_on_the_server(owned: Place) -> None:
    token = owned.browser.cookies["webleads-session"]
    answer = await post(owned.browser, "/logout", {}, token_of(await owned.browser.get("/leads")))
    assert answer.headers["location"] == "/login"
    async with owned.another(cookies={"webleads-session": token}) as thief:
        assert (await thief.get("/leads")).status_code == 303


async def test_a_session_ends_after_thirty_days(owned: Place) -> None:
    owned.clock.now += acts.LOGIN_FOR - 1
    assert (await owned.browser.get("/leads")).status_code == 200
    owned.clock.now += 1
    assert (await owned.browser.get("/leads")).status_code == 303


async def test_the_login_link_may_be_used_until_it_expires(place: Place) -> None:
    user = await place.writer.run(rows.user)
    await _link(place, "login", "demo", user_id=user["id"])
    for _ in range(2):
        async with place.another() as browser:
            assert (await browser.get("/login/link?token=demo")).headers["location"] == "/"
            assert (await browser.get("/leads")).status_code == 200
    place.clock.now += 1000
    assert (await place.browser.get("/login/link?token=demo")).status_code == 404
    assert (await place.browser.get("/login/link?token=setup")).status_code == 404


async def test_after_login_one_comes_where_one_wanted_to_go(place: Place) -> None:
    await place.writer.run(rows.user)
    asked = await place.browser.get("/leads?q=a%20b&site=42")
    assert asked.headers["location"] == "/login?next=/leads%3Fq%3Da%2520b%26site%3D42"
    answer = await place.login(next=asked.headers["location"].removeprefix("/login"))
    assert answer.headers["location"] == "/leads?q=a%20b&site=42"


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "/ x",
        "x",
        "/%\t",
    ],
)
def test_only_our_own_paths_are_gone_to(text: str) -> None:
    assert local_path(text) == "/"


async def test_the_language_is_the_users_choice_then_the_cookies_then_the_browsers(owned: Place) -> None:
    french = {"accept-language": "fr"}
    async with owned.another() as guest:
        page = await guest.get("/login", headers=french)
        assert '<html lang="fr">' in page.text
        assert page.headers["content-language"] == "fr"
        answer = await post(guest, "/language", {"language": "en", "next": "/login"}, token_of(page))
        assert answer.headers["location"] == "/login"
        assert '<html lang="en">' in (await guest.get("/login", headers=french)).text
    page = await owned.browser.get("/leads")
    assert '<html lang="en">' in page.text
    await post(owned.browser, "/language", {"language": "fr", "next": "//evil.example"}, token_of(page))
    assert '<html lang="fr">' in (await owned.browser.get("/leads", headers={"accept-language": "en"})).text
    assert (await post(owned.browser, "/language", {"language": "xx"}, token_of(await owned.browser.get("/leads")))).status_code == 400


async def test_who_cannot_sign_in_yet_is_told_about_the_link(place: Place) -> None:
    assert "Nobody has a password here yet" in (await place.browser.get("/login")).text
    await place.writer.run(rows.user)
    assert "Nobody has a password here yet" not in (await place.browser.get("/login")).text


async def test_no_password_is_ever_shown_again(place: Place) -> None:
    await place.writer.run(rows.user)
    answer = await post(place.browser, "/login", {"email": "<b>@x", "password": PASSWORD})
    assert PASSWORD not in answer.text
    assert "<b>@x" not in answer.text


async def test_the_demos_user_owns_nothing_so_that_the_set_up_still_works_after_it(place: Place) -> None:
    await place.writer.run(demo.add, 1, now=NOW, user_id=ids.uuid7(NOW))
    await _link(place)
    assert "Nobody has a password here yet" in (await place.browser.get("/login")).text
    made = await post(place.browser, "/setup?token=link", {"email": "me@example.com", "password": PASSWORD})
    assert made.status_code == 303


async def test_the_settings_language_speaks_where_the_browser_says_none_that_we_know(place: Place) -> None:
    app = screens(place.database, place.writer, place.clock, language="fr")
    async with place._replace(app=app).another() as browser:
        for accepted, language in (("", "fr"), ("de, *;q=0.1", "fr"), ("en-GB", "en")):
            page = await browser.get("/login", headers={"accept-language": accepted})
            assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize(("trusted", "apart"), [(("127.0.0.0/8",), True), ((), False)])
async def test_behind_a_trusted_proxy_a_guesser_slows_down_only_himself(place: Place, trusted: tuple[str, ...], apart: bool) -> None:
    await place.writer.run(rows.user)
    app = screens(place.database, place.writer, place.clock, trusted_proxies=trusted)
    async with place._replace(app=app).another() as browser:
        for _ in range(FREE):
            await post(browser, "/login", {"email": "owner@example.com", "password": "wrong pass"}, x_forwarded_for="192.0.2.66")
        answer = await post(browser, "/login", {"email": "owner@example.com", "password": PASSWORD}, x_forwarded_for="192.0.2.1")
        assert answer.status_code == (303 if apart else 429)
