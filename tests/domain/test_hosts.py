"""Host names: what a site may be called, and which pages may send for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain.hosts import BadHost, covers, normalise, of_url


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.com", "example.com"),
        (" Example.COM. ", "example.com"),
        ("https://www.example.com/contact?x=1", "www.example.com"),
        ("http://user:secret@example.com:8080/a//b", "example.com"),
        ("//example.com/a", "example.com"),
        ("example.com:8000", "example.com"),
        ("example.com//x", "example.com"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1:8001", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("::1", "::1"),
        ("2001:DB8::0001", "2001:db8::1"),
        ("élysée.fr", "xn--lyse-9oad.fr"),
        ("my_shop.example.com", "my_shop.example.com"),
    ],
)
def test_a_domain_is_kept_as_browsers_write_it(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "a b.com",
        "-a.com",
        "a-.com",
        "a..com",
        "*.example.com",
        "é" * 400,
        "a" * 64 + ".com",
        "x." * 130 + "fr",
        "\x00",
        "https://",
        "a@",
        "été..fr",
        "<b>",
    ],
)
def test_what_is_no_host_is_refused(typed: str) -> None:
    with pytest.raises(BadHost):
        normalise(typed)


@settings(max_examples=150, deadline=None)
@given(typed=st.text(max_size=60))
def test_any_text_is_a_host_or_refused(typed: str) -> None:
    try:
        kept = normalise(typed)
    except BadHost:
        return
    assert normalise(kept) == kept
    assert kept.isascii()


ALLOWED = frozenset({"example.com", "shop.test", "127.0.0.1", "::1"})


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://example.com", True),
        ("http://example.com:8443", True),
        ("https://www.example.com", True),
        ("https://a.b.example.com", True),
        ("https://EXAMPLE.com", True),
        ("https://example.com.", True),
        ("https://shop.test", True),
        ("http://127.0.0.1:8001", True),
        ("http://[::1]:9", True),
        ("https://evilexample.com", False),
        ("https://example.com.evil.test", False),
        ("https://example.co", False),
        ("https://com", False),
        ("null", False),
        ("", False),
        ("file://", False),
        ("chrome-extension://example.com", False),
        ("https://example.com@evil.test", False),
        ("https://evil.test/?example.com", False),
        ("https://evil.test#.example.com", False),
        ("https://evil.test\\.example.com", False),
        ("http://[::1", False),
        ("example.com", False),
    ],
)
def test_which_pages_may_send(origin: str, may: bool) -> None:
    host = of_url(origin)
    assert (bool(host) and covers(host, ALLOWED)) is may
