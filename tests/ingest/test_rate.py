"""How much one address may send, and whose address it is behind proxies."""

from __future__ import annotations

import pytest

from collector.ingest.rate import BURST, MOST, PER_SECOND, Buckets, client_of, networks


def test_a_thousand_at_once_and_then_a_hundred_a_second() -> None:
    buckets = Buckets()
    assert [buckets.wait("a", 20, 0.0) for _ in range(50)] == [0.0] * 50
    assert buckets.wait("a", 20, 0.0) == pytest.approx(0.2)
    assert buckets.wait("b", 20, 0.0) == 0.0
    assert buckets.wait("a", 20, 0.2) == 0.0
    assert buckets.wait("a", 1, 0.2) > 0
    assert buckets.wait("a", int(PER_SECOND), 1.21) == 0.0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    buckets = Buckets()
    assert buckets.wait("a", 1, 0.0) == 0.0
    assert buckets.wait("a", int(BURST), 10**6) == 0.0
    assert buckets.wait("a", 1, 10**6) > 0


def test_what_no_bucket_could_pay_waits_for_a_full_one() -> None:
    buckets = Buckets()
    assert buckets.wait("a", 2_400, 0.0) == 0.0
    wait = buckets.wait("a", 2_400, 0.0)
    assert 0 < wait <= BURST / PER_SECOND
    assert buckets.wait("a", 2_400, wait) == 0.0


def test_buckets_are_bounded_and_the_oldest_goes() -> None:
    buckets = Buckets()
    for number in range(MOST + 10):
        buckets.wait(str(number), 1_000, 0.0)
    assert len(buckets._buckets) == MOST
    assert buckets.wait("0", 1, 0.0) == 0.0
    assert buckets.wait(str(MOST + 9), 1, 0.0) > 0


PROXY = networks(["10.0.0.0/8", "127.0.0.1", " 2001:db8::/32 "])


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client"),
    [
        ("127.0.0.1", "", (), ""),
        ("::1", "203.0.113.9", (), ""),
        ("::ffff:127.0.0.1", "", (), ""),
        ("203.0.113.9", "1.2.3.4", (), "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", PROXY, "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", PROXY, "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", PROXY, "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", PROXY, "203.0.113.9"),
        ("203.0.113.1", "6.6.6.6", PROXY, "203.0.113.1"),
        ("127.0.0.1", "", PROXY, "127.0.0.1"),
        ("2001:db8::1", "2001:bad:1:2:3:4:5:6", PROXY, "2001:bad:1:2::/64"),
        ("2a01:1:2:3:ffff::1", "", (), "2a01:1:2:3::/64"),
        ("::ffff:203.0.113.9", "", (), "203.0.113.9"),
        ("127.0.0.1", "nonsense", PROXY, "nonsense"),
        ("127.0.0.1", "x" * 500, PROXY, "x" * 64),
        ("", "", (), ""),
    ],
)  # fmt: skip
def test_whose_bucket_it_is(peer: str, forwarded: str, trusted: tuple[object, ...], client: str) -> None:
    assert client_of(peer, forwarded, trusted) == client  # type: ignore[arg-type]
