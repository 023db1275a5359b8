"""Content-Security-Policy, as browsers read it."""

from __future__ import annotations

import pytest

from collector.domain.policies import shut

TAG = "https://stats.example.com/js"
PAGE = "https://www.example.com/"


@pytest.mark.parametrize(
    "policy",
    [
        "", "upgrade-insecure-requests", "img-src 'none'", "script-src *", "script-src https:", "script-src stats.example.com",
        "script-src https://stats.example.com", "script-src *.example.com", "script-src https://stats.example.com/js",
        "script-src https://stats.example.com/", "script-src stats.example.com:443", "script-src stats.example.com:*",
        "script-src http://stats.example.com", "default-src 'self' stats.example.com", "default-src 'none'; script-src *",
        "script-src 'none'; script-src-elem stats.example.com", "SCRIPT-SRC STATS.EXAMPLE.COM", "script-src *; script-src 'none'",
        "script-src 'nonce-r4nd0m'", "script-src 'strict-dynamic' 'nonce-r4nd0m'",
    ],
)  # fmt: skip
def test_let_in(policy: str) -> None:
    assert not shut([policy], "script-src", TAG, PAGE, nonce="r4nd0m")


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'self'", "script-src 'self'", "script-src", "script-src 'none'", "script-src 'unsafe-inline'", "script-src data: blob:",
        "script-src example.com", "script-src stats.example.com:8443", "script-src https://stats.example.com/other",
        "script-src https://stats.example.com/js/", "script-src *.stats.example.com", "script-src 'nonce-other'",
        "script-src 'strict-dynamic' stats.example.com", "script-src *, script-src 'self'", "script-src 'sha256-abc='", "script-src wss:",
    ],
)  # fmt: skip
def test_shut_out(policy: str) -> None:
    assert shut([policy], "script-src", TAG, PAGE, nonce="r4nd0m")


def test_every_policy_must_let_it_in() -> None:
    assert shut(["script-src *", "script-src 'self'"], "script-src", TAG, PAGE)


def test_a_script_that_another_adds_is_trusted_with_it() -> None:
    assert not shut(["script-src 'strict-dynamic' 'nonce-x'"], "script-src", TAG, PAGE, added=True)


def test_self_is_the_pages_own_origin() -> None:
    assert not shut(["connect-src 'self'"], "connect-src", "https://www.example.com/in", PAGE)
    assert shut(["connect-src 'self'"], "connect-src", "https://stats.example.com/in", PAGE)
    assert not shut(["script-src 'self'"], "connect-src", "https://stats.example.com/in", PAGE)


def test_a_host_on_a_page_without_https() -> None:
    assert not shut(["script-src 127.0.0.1:8000"], "script-src", "http://127.0.0.1:8000/js", "http://localhost/")
    assert shut(["script-src 127.0.0.1"], "script-src", "http://127.0.0.1:8000/js", "http://localhost/")
