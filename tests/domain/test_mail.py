"""Mail: servers are read from a URL and never shown with a password; addresses cannot carry a header; waits double and end."""

from __future__ import annotations

import pytest

from collector.domain.mail import BadRelay, Relay, again, is_address, masked, relay
from tests.builders import DAY, HOUR, MINUTE, NOW


def test_a_server_is_read_with_its_port_and_password() -> None:
    assert relay("smtp://a%40b.fr:p%3A%2Fw@mail.example") == Relay("mail.example", 587, "a@b.fr", "p:/w")
    assert relay("smtps://mail.example") == Relay("mail.example", 465, tls=True)
    assert relay("smtp://[::1]:2525/") == Relay("::1", 2525)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://h:99999",
        "smtp://h/path",
        "smtp://h?x=1",
        "smtp://u:geheim@:25",
        "smtp://[x",
    ],
)
def test_what_names_no_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadRelay) as wrong:
        relay(url)
    assert "geheim" not in str(wrong.value)


@pytest.mark.parametrize(
    ("url", "needs"),
    [
        ("smtp://u:p@mail.example", True),
        ("smtps://u:p@mail.example", False),
        ("smtp://mail.example", False),
        ("smtp://u:p@localhost", False),
        ("smtp://u:p@127.0.0.1", False),
        ("smtp://u:p@[::1]", False),
    ],
)
def test_a_password_goes_over_no_open_line_but_within_this_machine(url: str, needs: bool) -> None:
    assert relay(url).needs_tls is needs


def test_a_password_is_shown_to_nobody() -> None:
    assert masked("smtp://u:geheim@mail.example:25") == "smtp://u:***@mail.example:25"
    assert masked("smtp://mail.example") == "smtp://mail.example"
    assert masked("") == ""
    assert "geheim" not in masked("smtp://u:geheim@[x")


@pytest.mark.parametrize("text", ["a@b.fr", "prénom.nom+x@exämple.fr", "a@localhost"])
def test_a_bare_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b", "a@b\r\nBcc: c@d", "a@b,c@d", "A <a@b>", "a b@c", "a@b\n", '"a"@b', "a@b;c@d", "a@b\x00", "x" * 65 + "@b"]
)
def test_what_a_header_would_read_otherwise_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_waits_double_from_a_minute_to_six_hours_and_end_after_a_day() -> None:
    assert [again(NOW, tries, NOW) for tries in (1, 2, 3)] == [NOW + MINUTE, NOW + 2 * MINUTE, NOW + 4 * MINUTE]
    assert again(NOW, 30, NOW + HOUR) == NOW + 7 * HOUR
    assert again(NOW, 30, NOW + 23 * HOUR) == NOW + DAY
    assert again(NOW, 2, NOW + DAY) is None
    assert again(NOW, 1, NOW + DAY - 1) == NOW + DAY - 1 + MINUTE
    at, tries = NOW, 0
    while (next_at := again(NOW, tries + 1, at)) is not None:
        at, tries = next_at, tries + 1
    assert (at, tries) == (NOW + DAY, 12)
