"""Addresses that the collector may ask, and all the spellings of those that it must not."""

from __future__ import annotations

import pytest

from collector.domain.reach import Refused, aim, is_public, may_ask

# Spellings of this machine and of private networks as they may stand in an address; none may pass, read or resolved.
NAMED = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "0x7f000001",
    "0x7F000001",
    "017700000001",
    "2130706433",
    "02130706433",
    "0x7f.1",
    "0177.1",
    "127.0.0.1.",
    "127.1.",
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "0.0",
    "127.127.127.127",
    "127.0.0.255",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fc00::1]",
    "[fd00::1]",
    "[fdff:ffff::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[fd00:ec2::254]",
    "[2002:c0a8:101::]",
    "[64:ff9b::a9fe:a9fe]",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.255.255",
    "169.254.169.254",
    "169.254.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "0xa9.0xfe.0xa9.0xfe",
    "169.254.43518",
    "3232235777",
    "0xc0a80101",
    "10.1",
    "012.0.0.1",
    "0xa.1",
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
    "⑯⑨。②⑤④。⑯⑨｡②⑤④",
    "0x7f。1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost.localdomain",
    "foo.localhost",
    "ip6-localhost",
    "internal.example",
]
FORMS = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.com/",
    "example.com",
    "http:/example.com",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "https://example.com@127.0.0.1/",
    "",
    "http://example.com:22/",
    "http://example.com:8000/",
    "http://example.com:443/",
    "https://example.com:80/",
    "http://example.com:99999/",
    "http://example.com:x/",
    "http://example.com\\@127.0.0.1/",
    "http://exa%6dple.com%00.evil/",
    "http://[::1/",
    "http://",
    "http://-bad-/",
    "http://ex_ample..com/",
]


def test_there_are_enough_of_them() -> None:
    assert len(NAMED) >= 80


@pytest.mark.parametrize("host", NAMED)
def test_no_spelling_of_a_private_address_is_asked(host: str) -> None:
    for scheme in ("http", "https"):
        try:
            found = aim(f"{scheme}://{host}/")
        except Refused:
            continue
        answers = [found.host] if ":" in found.host or found.host[-1].isdigit() else ["127.0.0.1"]  # a name: as it would resolve
        assert not any(may_ask(one, found.host) for one in answers)


@pytest.mark.parametrize(
    "url", [*FORMS, "http://example.com/ x", "http://example.com/\r\nHost: x", "http://e\tx.com/", "http://" + "a" * 3_000]
)
def test_what_is_no_plain_address_of_a_page_is_not_asked(url: str) -> None:
    with pytest.raises(Refused):
        aim(url)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822", "1.1.1.1"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


def test_what_is_read_of_an_address() -> None:
    found = aim("https://Exämple.COM/a b".replace(" ", "%20") + "?q=é#x")
    assert found.url == "https://xn--exmple-cua.com/a%20b?q=%C3%A9"
    assert (found.port, found.authority) == (443, "xn--exmple-cua.com")
    assert aim("http://example.com").path == "/"
    assert aim("http://[2606:2800:220:1::1946]/").authority == "[2606:2800:220:1::1946]"


def test_in_development_only_the_sites_own_words_are_near() -> None:
    near = {"localhost", "10.0.0.7", "169.254.169.254", "0.0.0.0"}
    assert aim("http://localhost:8001/", near).port == 8001
    assert may_ask("127.0.0.1", "localhost", near)
    assert may_ask("::1", "localhost", near)
    assert not may_ask("10.0.0.7", "localhost", near), "a name that leads elsewhere"
    assert may_ask("10.0.0.7", "10.0.0.7", near)
    assert not may_ask("127.0.0.1", "10.0.0.7", near)
    assert not may_ask("169.254.169.254", "169.254.169.254", near), "a cloud's metadata"
    assert not may_ask("0.0.0.0", "0.0.0.0", near)
    assert not may_ask("127.0.0.1", "example.com", near)
    with pytest.raises(Refused):
        aim("http://example.com:8001/", near)
