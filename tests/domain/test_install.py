"""The install check: six states, each with its cause."""

from __future__ import annotations

import pytest

from collector.domain.install import FAULTS, Page, Wanted, foreign_hosts, judge, look
from collector.present.install import CAUSES, said

BASE, SITE = "https://stats.example.com", 100849625
WANTED = Wanted(SITE, {"example.com", "shop.example.net"}, BASE)
URL = "https://www.example.com/"
TAG = f'<script async src="{BASE}/js" data-site="{SITE}"></script>'
NOW = 1_795_429_920_000
OLD = "(function() { var s = document.createElement('script'); s.src = ( document.location.protocol == 'https:' ? 'https://%s/js' : 'http://%s/js' );"
GTM = "<script>(function(w,d,s,l,i){j.src='https://www.googletagmanager.com/gtm.js?id='+i+dl;})(window,document,'script','dataLayer','GTM-X');</script>"


def page(text: str = "", url: str = URL, **more: object) -> Page:
    return Page(url, status=more.pop("status", 200), text=text, **more)  # type: ignore[arg-type]


# What the page is → what is seen of the tag, and why.
LOOKS: dict[str, tuple[Page, str, str]] = {
    "the tag": (page(f"<head>{TAG}</head>"), "yes", "works"),
    "unquoted": (page(f"<script src={BASE}/js data-site={SITE} async></script>"), "yes", "works"),
    "capitals": (page(f"<SCRIPT SRC='{BASE}/js' DATA-SITE='{SITE}'></SCRIPT>"), "yes", "works"),
    "without a scheme": (page(f'<script src="//stats.example.com/js" data-site="{SITE}"></script>'), "yes", "works"),
    "by its version": (page(f'<script src="{BASE}/js/0a1b2c3d4e5f" data-site="{SITE}"></script>'), "yes", "works"),
    "a cache's number behind it": (page(f'<script src="{BASE}/js?ver=6.4" data-site="{SITE}"></script>'), "yes", "works"),
    "added by a script": (page(f"<script>s.src = '{BASE}/js'; s.dataset.site = '{SITE}';</script>"), "yes", "works"),
    "in the data of Next.js": (page(f'<script>self.__next_f.push([1,"{{\\"src\\":\\"{BASE}/js\\",\\"data-site\\":\\"{SITE}\\"}}"])</script>'), "yes", "works"),
    "the old one, from here": (page(f"<script>webleads_site_ids.push({SITE});s.src='{BASE}/js'</script>"), "yes", "works"),
    "the array apart": (page(f"<script>webleads_site_ids = [{SITE}]</script><script src='{BASE}/js'></script>"), "yes", "works"),
    "two tags, one ours": (page(f'<script src="{BASE}/js" data-site="7"></script>{TAG}'), "yes", "works"),
    "on a subdomain": (page(TAG, "https://blog.example.com/a"), "yes", "works"),
    "on an allowed host": (page(TAG, "https://shop.example.net/"), "yes", "works"),
    "a policy that lets it in": (page(TAG, policies=("script-src stats.example.com; connect-src stats.example.com",)), "yes", "works"),
    "a policy in a header": (page(TAG, policies=("script-src 'self'",)), "yes", "csp"),
    "a policy for events": (page(TAG, policies=("script-src *; connect-src 'self'",)), "yes", "csp"),
    "a policy in the page": (page(f'<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">{TAG}'), "yes", "csp"),
    "http on https": (page(f'<script src="http://stats.example.com/js" data-site="{SITE}"></script>'), "yes", "mixed"),
    "another domain": (page(TAG, "https://example.org/"), "yes", "wrong-domain"),
    "held back": (page(f'<script type="text/plain" data-cookieconsent="marketing" src="{BASE}/js" data-site="{SITE}"></script>'), "yes", "held"),
    "another site's": (page(f'<script src="{BASE}/js" data-site="7"></script>'), "no", "other-site"),
    "no site's": (page(f'<script src="{BASE}/js"></script>'), "no", "no-id"),
    "another collector's": (page(f'<script src="https://other.example.com/js" data-site="{SITE}"></script>'), "no", "other-host"),
    "the old host's": (page(f"<script>webleads_site_ids.push({SITE});{OLD % (('stats.webleads-tracker.com',) * 2)}</script>"), "no", "old-host"),
    "in a comment": (page(f"<!-- {TAG} -->"), "no", "commented"),
    "the picture alone": (page(f'<img src="{BASE}/{SITE}ns.gif">'), "no", "pixel-only"),
    "nothing": (page("<h1>Hello</h1>"), "no", "missing"),
    "nothing, elsewhere": (page("<h1>Hello</h1>", "https://example.org/"), "no", "elsewhere"),
    "a tag manager": (page(GTM), "unknown", "container"),
    "a consent manager": (page("<script src='/tarteaucitron/tarteaucitron.js'></script>"), "unknown", "container"),
    "very long": (page("x" * 1_000, cut=True), "unknown", "too-large"),
    "a password": (page(status=401), "unknown", "password"),
    "a shop's password": (page("<form>", "https://www.example.com/password"), "unknown", "password"),
    "forbidden": (page(status=403), "unknown", "forbidden"),
    "a robot wall": (page('<script src="/cdn-cgi/challenge-platform/cf-chl-x"></script>', status=403), "unknown", "wall"),
    "a wall by its header": (page(status=403, walled=True), "unknown", "wall"),
    "a wall by its title": (page("<title>Just a moment...</title>"), "unknown", "wall"),
    "slow down": (page(status=429), "unknown", "wall"),
    "no page": (page(status=404), "unknown", "not-found"),
    "a fault": (page(status=503), "unknown", "server-error"),
    "another status": (page(status=418), "unknown", "status"),
    **{f"fault {name}": (Page(URL, name), "unknown", name) for name in FAULTS},
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKS)
def test_what_a_page_shows(name: str) -> None:
    given, tag, cause = LOOKS[name]
    found = look(given, WANTED, NOW)
    assert (found.tag, found.cause) == (tag, cause)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("name", LOOKS)
def test_the_six_states_name_cause_and_fix(name: str, heard: bool, language: str) -> None:
    given, tag, cause = LOOKS[name]
    verdict = judge(look(given, WANTED, NOW), NOW - 1_000 if heard else None, NOW)
    assert (verdict.tag, verdict.heard) == (tag, heard)
    what, fix = said(verdict, language)
    assert what
    assert "%(" not in what + fix
    if not heard and cause not in ("not-http", "credentials", "port"):
        assert fix, "each failing state says what to do"
    if heard and tag != "yes":
        assert verdict.cause.startswith("heard-")


@pytest.mark.parametrize(
    ("consent", "foreign", "cause"), [("required", [], "open-it"), ("off", [], "consent-off"), ("off", ["x.example.net"], "foreign")]
)
def test_a_tag_that_is_there_and_was_not_heard(consent: str, foreign: list[str], cause: str) -> None:
    assert judge(look(page(TAG), WANTED), None, NOW, consent=consent, foreign=foreign).cause == cause


def test_an_event_of_the_day_before_does_not_say_that_it_works() -> None:
    assert not judge(look(page(TAG), WANTED), NOW - 25 * 3_600_000, NOW).heard


def test_without_a_look_the_tag_is_unknown() -> None:
    assert judge(None, None, NOW).cause == "not-looked"
    assert judge(None, NOW, NOW).cause == "heard-unseen"


def test_every_cause_has_words() -> None:
    assert {cause for _page, _tag, cause in LOOKS.values()} | {"not-looked", "open-it", "consent-off", "foreign"} <= CAUSES.keys()


@pytest.mark.parametrize(
    "hostile", ["<script " * 30_000, '<script src="' * 20_000, "<!--" * 60_000, "<script a='\"" * 15_000, "webleads_site_ids " * 14_000]
)
def test_a_hostile_page_takes_no_longer_than_a_long_one(hostile: str) -> None:
    assert look(page(hostile[: 256 * 1024]), WANTED).tag in ("no", "unknown")


def test_hosts_of_refused_events() -> None:
    assert foreign_hosts(["https://b.example/x", "http://a.example:8080/", "https://b.example/", "~", ""]) == ["a.example", "b.example"]
