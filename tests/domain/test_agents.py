"""What a User-Agent says: real browsers are never marked, programs are."""

from __future__ import annotations

import time

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from collector.domain.agents import read

WIN = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
S24 = "Mozilla/5.0 (Linux; Android 15; SM-S921B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "

# agent, browser, system, device
BROWSERS = [
    (WIN + "Chrome/156.0.0.0 Safari/537.36", "Chrome 156", "Windows", "desktop"),
    (WIN + "Chrome/155.0.0.0 Safari/537.36 Edg/155.0.0.0", "Edge 155", "Windows", "desktop"),
    (WIN + "Chrome/150.0.0.0 Safari/537.36 OPR/130.0.0.0", "Opera 130", "Windows", "desktop"),
    (WIN + "Chrome/150.0.0.0 Safari/537.36 Vivaldi/7.9", "Vivaldi 7", "Windows", "desktop"),
    (WIN + "Chrome/144.0.0.0 YaBrowser/26.1.0.0 Safari/537.36", "Yandex Browser 26", "Windows", "desktop"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145", "Windows", "desktop"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "IE 11", "Windows", "desktop"),
    ("Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox 115", "Windows", "desktop"),
    (MAC + "605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari 18", "macOS", "desktop"),
    (MAC + "537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome 156", "macOS", "desktop"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145", "macOS", "desktop"),
    (LINUX + "Chrome/156.0.0.0 Safari/537.36", "Chrome 156", "Linux", "desktop"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145", "Ubuntu", "desktop"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15 Epiphany/605.1.15", "Epiphany 605", "Linux", "desktop"),
    ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36", "Chrome 154", "Chrome OS", "desktop"),
    (IOS + "Version/18.5 Mobile/15E148 Safari/604.1", "Mobile Safari 18", "iOS", "mobile"),
    (IOS + "CriOS/156.0.7400.10 Mobile/15E148 Safari/604.1", "Chrome Mobile iOS 156", "iOS", "mobile"),
    (IOS + "FxiOS/145.0 Mobile/15E148 Safari/605.1.15", "Firefox iOS 145", "iOS", "mobile"),
    (IOS + "EdgiOS/140.0.0.0 Version/18.0 Mobile/15E148 Safari/604.1", "Edge Mobile 140", "iOS", "mobile"),
    (IOS + "GSA/380.0.780000000 Mobile/15E148 Safari/604.1", "Google 380", "iOS", "mobile"),
    (IOS + "Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15", "DuckDuckGo Mobile 7", "iOS", "mobile"),
    (IOS + "Version/18.5 Mobile/15E148 Safari/604.1 Ddg/18.5", None, "iOS", "mobile"),
    (IOS + "Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0.38.101;FBBV/756000000;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBLC/fr_FR]", None, "iOS", "mobile"),
    (IOS + "Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,2; iOS 18_5; fr_FR; fr; scale=3.00; 1179x2556; 756000000)", None, "iOS", "mobile"),
    (IOS + "Mobile/15E148 [LinkedInApp]/9.31.1", None, "iOS", "mobile"),
    (IOS + "Mobile/15E148 [Pinterest/iOS]", None, "iOS", "mobile"),
    (IOS + "Version/18.5 Mobile/15E148 Safari/604.1 Snapchat/13.40.0.41 (like Safari/8620.2.4, panda)", None, "iOS", "mobile"),
    (IOS + "Mobile/15E148 musical_ly_39.0.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/fr Region/FR", None, "iOS", "mobile"),
    (IOS + "Mobile/15E148 MicroMessenger/8.0.58(0x18003a2f) NetType/WIFI Language/fr", None, "iOS", "mobile"),
    (IPAD + "Version/17.4 Mobile/15E148 Safari/604.1", "Mobile Safari 17", "iOS", "tablet"),
    (IPAD + "CriOS/150.0.0.0 Mobile/15E148 Safari/604.1", "Chrome Mobile iOS 150", "iOS", None),
    (ANDROID + "Chrome/156.0.0.0 Mobile Safari/537.36", "Chrome Mobile 156", "Android", "mobile"),
    (ANDROID + "Chrome/156.0.0.0 Safari/537.36", "Chrome 156", "Android", "tablet"),
    (ANDROID + "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet 28", "Android", "mobile"),
    (ANDROID + "Chrome/140.0.0.0 Mobile Safari/537.36 OPR/90.0.0.0", "Opera Mobile 90", "Android", "mobile"),
    (ANDROID + "Chrome/150.0.0.0 Mobile Safari/537.36 EdgA/150.0.0.0", "Edge Mobile 150", "Android", "mobile"),
    ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox Mobile 145", "Android", "mobile"),
    ("Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36", "Chrome Mobile 139", "Android", "mobile"),
    ("Mozilla/5.0 (Linux; U; Android 14; fr-fr; 23090RA98G Build/UP1A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/127.0.0.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.5.0-gn", None, "Android", "mobile"),
    (S24 + "Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome Mobile WebView 140", "Android", "mobile"),
    (S24 + "Chrome/140.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/520.0.0.38.101;IABMV/1;]", None, "Android", "mobile"),
    (S24 + "Chrome/140.0.0.0 Mobile Safari/537.36 Instagram 390.0.0.28.85 Android (35/15; 480dpi; 1080x2340; samsung; SM-S921B; e1s; s5e9945; fr_FR; 756000000)", None, "Android", "mobile"),
    (S24 + "Chrome/140.0.0.0 Mobile Safari/537.36 [Pinterest/Android]", None, "Android", "mobile"),
    (S24 + "Chrome/140.0.0.0 Mobile Safari/537.36 GSA/16.20.50.29.arm64", None, "Android", "mobile"),
    (ANDROID + "Chrome/139.0.0.0 Mobile Safari/537.36 Ecosia android@139.0.0.0", None, "Android", "mobile"),
    ("Mozilla/5.0 (Linux; Android 9; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/120.1.1 like Chrome/120.0.0.0 Safari/537.36", None, "Android", "tablet"),
    (IOS + "Mobile/15E148 WhatsApp/25.1", None, "iOS", "mobile"),
    (S24 + "Chrome/140.0.0.0 Mobile Safari/537.36 PayPal/8.5", None, "Android", "mobile"),
    (MAC + "537.36 (KHTML, like Gecko) Notion/4.2.1 Chrome/132.0.0.0 Electron/34.0.0 Safari/537.36", None, "macOS", "desktop"),
    ("Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15", None, None, None),
    ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "browser", "system", "device"), BROWSERS)
def test_a_real_browser_is_read_and_not_marked(agent: str, browser: str | None, system: str | None, device: str | None) -> None:
    found = read(agent)
    assert found.marks == ()
    assert browser is None or found.browser == browser
    assert system is None or found.os == system
    assert device is None or found.device == device


@pytest.mark.parametrize(
    ("agent", "mark"),
    [
        ("", "library"),
        ("   ", "library"),
        ("WhatsApp/2.23.20.0", "crawler"),
        ("curl/8.5.0", "library"),
        ("Wget/1.21.4", "library"),
        ("python-requests/2.32.3", "library"),
        ("python-httpx/0.28.1", "library"),
        ("Python/3.12 aiohttp/3.11.0", "library"),
        ("Go-http-client/2.0", "library"),
        ("axios/1.7.9", "library"),
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "library"),
        ("okhttp/4.12.0", "library"),
        ("Java/17.0.9", "library"),
        ("Apache-HttpClient/4.5.14 (Java/17.0.9)", "library"),
        ("Scrapy/2.12.0 (+https://scrapy.org)", "library"),
        ("GuzzleHttp/7", "library"),
        ("PostmanRuntime/7.43.0", "library"),
        ("Dart/3.6 (dart:io)", "library"),
        ("undici", "library"),
        ("node", "library"),
        (LINUX + "HeadlessChrome/156.0.0.0 Safari/537.36", "headless"),
        ("Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1", "headless"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "crawler"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "crawler"),
        ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "crawler"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "crawler"),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "crawler"),
        ("Mozilla/5.0 (compatible; UnknownBot/1.0; +https://bot.exemple.fr)", "crawler"),
    ],
)
def test_a_program_is_marked_by_its_kind(agent: str, mark: str) -> None:
    assert read(agent).marks == (mark,)


def test_the_crawler_lists_own_instances_are_recognised() -> None:
    instances = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]]
    assert len(instances) > 1500
    assert sum(bool(read(agent).marks) for agent in instances) / len(instances) >= 0.98


@pytest.mark.parametrize(
    "agent", ["x" * 65536, "Mozilla/5.0 " * 6000, "(;" * 30000, "Android " * 9000, "\ud800" * 65536, "Linux; U; " * 7000, "-1 " * 20000]
)
def test_a_hostile_agent_costs_at_most_5_ms(agent: str) -> None:
    read("warm")
    best = 1.0
    for turn in range(5):
        start = time.perf_counter()
        read(f"{turn}{agent}")
        best = min(best, time.perf_counter() - start)
    assert best < 0.005
