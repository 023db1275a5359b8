"""`POST /in` over real sockets: every answer of DESIGN 4.3."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain import protocol
from tests.builders import SITE, VISITOR, around, body, event, form, golden, view
from tests.serving import Served, serving

from .conftest import Answer, ask

REFUSALS = json.loads((Path(__file__).parents[1] / "wire" / "refusals.json").read_text("utf-8"))


def now() -> int:
    return time.time_ns() // 1_000_000


def live(*events: Any, **keys: Any) -> dict[str, Any]:
    """A body sent now, with a new view where no events are given."""
    return body(*(events or (view(now()),)), **{"sent": now(), **keys})


def query(served: Served, statement: str, *values: Any) -> list[Any]:
    with sqlite3.connect(f"file:{served.folder}/data/webleads.sqlite?mode=ro", uri=True) as conn:
        found = conn.execute(statement, values).fetchall()
    conn.close()
    return found


def stored(served: Served, identity: str) -> bool:
    return bool(query(served, "SELECT 1 FROM event WHERE id = ?", bytes.fromhex(identity.replace("-", ""))))


def counted(served: Served, reason: str, site: int = SITE) -> int:
    return sum(row[0] for row in query(served, "SELECT n FROM refused_count WHERE reason = ? AND site_id = ?", reason, site))


def is_open(answer: Answer) -> None:
    """Every answer may be read by the page's script."""
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Retry-After, X-Webleads-Refused, X-Webleads-Consent"
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


def refused(answer: Answer, reason: str, status: int) -> None:
    """A refusal of a whole batch, by its name."""
    is_open(answer)
    assert (answer.status, answer.refused) == (status, f"{reason}=1")
    assert json.loads(answer.body) == {"refused": {reason: 1}}


# Taken --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded", "nonsense", None])
def test_a_batch_is_taken_whatever_its_content_type(served: Served, kind: str | None) -> None:
    one = view(now())
    answer = ask(served, live(one), Content_Type=kind)
    is_open(answer)
    assert (answer.status, answer.body, answer.refused) == (204, b"", "")
    assert answer.headers["x-webleads-consent"] == "required"
    assert stored(served, one["id"])


def test_a_batch_of_nothing_is_taken(served: Served) -> None:
    assert ask(served, body(sent=now())).status == 204


def test_a_preflight_is_answered(served: Served) -> None:
    answer = ask(served, method="OPTIONS", Access_Control_Request_Method="POST", Access_Control_Request_Headers="content-type")
    is_open(answer)
    assert answer.status == 204
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"].lower() == "content-type"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_another_method_is_none(served: Served, method: str) -> None:
    answer = ask(served, method=method)
    is_open(answer)
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


# Refused batches ----------------------------------------------------------------------------------------------------


def test_every_golden_body_gets_its_named_answer(served: Served) -> None:
    for case in REFUSALS["batch"]:
        refused(ask(served, case["body"].encode("utf-8", "surrogatepass")), case["refused"], case["status"])


def test_invalid_utf8_gets_a_named_answer(served: Served) -> None:
    refused(ask(served, b'{"v":1,"site":42,"x":"\xff"}'), "not-json", 400)
    refused(ask(served, b"\x1f\x8b\x08\x00", Content_Encoding="gzip"), "not-json", 400)


@pytest.mark.parametrize("depth", [100, 1_000, 10_000, 32_000])
def test_a_depth_bomb_gets_a_named_answer(served: Served, depth: int) -> None:
    for key in ("x", "events"):
        refused(ask(served, (f'{{"v":1,"site":42,"{key}":' + "[" * depth + "]" * depth + "}").encode()), "too-deep", 400)


@pytest.mark.parametrize("size", [protocol.BODY_LIMIT + 1, 200_000, 900_000])
def test_a_body_that_is_too_large_is_told_so(served: Served, size: int) -> None:
    refused(ask(served, b"x" * size), "too-large", 413)


def _talk(served: Served, *parts: bytes, pause: float = 0.0) -> bytes:
    """Writes to a bare socket and reads what comes until the end."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as conn:
        for part in parts:
            try:
                conn.sendall(part)
            except OSError:
                break
            time.sleep(pause)
        came = b""
        conn.settimeout(10)
        try:
            while part := conn.recv(65_536):
                came += part
        except OSError:
            pass
    return came


HEAD = b"POST /in HTTP/1.1\r\nHost: x\r\nOrigin: https://example.com\r\n"


def test_a_body_in_chunks_without_an_end_is_too_large(served: Served) -> None:
    chunk = b"2000\r\n" + b"x" * 8_192 + b"\r\n"
    came = _talk(served, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 20)
    assert came.startswith(b"HTTP/1.1 413")
    assert b"too-large=1" in came


def test_a_length_that_lies_costs_nobody_anything(served: Served) -> None:
    good = json.dumps(live()).encode()
    long = _talk(served, HEAD + b"Content-Length: 99999999999999999999\r\n\r\n" + good)
    assert long.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
    short = _talk(served, HEAD + b"Connection: close\r\nContent-Length: 20\r\n\r\n" + good)
    assert short.startswith(b"HTTP/1.1 400")
    with socket.create_connection(("127.0.0.1", served.port)) as conn:
        conn.sendall(HEAD + b"Content-Length: 500\r\n\r\n{")  # and goes away in mid-sentence
    assert ask(served, live()).status == 204


def test_a_body_in_small_pieces_is_taken(served: Served) -> None:
    one = view(now())
    raw = json.dumps(live(one)).encode()
    pieces = [raw[start : start + 97] for start in range(0, len(raw), 97)]
    came = _talk(served, HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(raw), *pieces, pause=0.002)
    assert came.startswith(b"HTTP/1.1 204")
    assert stored(served, one["id"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://example.com"}, 204),
        ({"Origin": "http://example.com:8080"}, 204),
        ({"Origin": "https://www.example.com"}, 204),
        ({"Origin": "https://EXAMPLE.COM"}, 204),
        ({"Origin": "https://shop.test"}, 204),
        ({"Origin": None, "Referer": "https://example.com/contact?x=1"}, 204),
        ({"Origin": None}, 204),
        ({"Origin": "https://evilexample.com"}, 403),
        ({"Origin": "https://example.com.evil.test"}, 403),
        ({"Origin": "https://other.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "null", "Referer": "https://example.com/"}, 403),
        ({"Origin": None, "Referer": "https://evil.test/?https://example.com/"}, 403),
    ],
)
def test_which_origins_may_send(shop: Served, headers: dict[str, str | None], status: int) -> None:
    one = view(now())
    answer = ask(shop, live(one), **headers)
    is_open(answer)
    assert answer.status == status
    assert answer.headers["x-webleads-consent"] == "required"
    assert stored(shop, one["id"]) is (status == 204)
    if status == 403:
        refused(answer, "foreign-origin", 403)
    elif headers.get("Origin", "") is None and "Referer" not in headers:
        assert query(shop, "SELECT marks FROM event WHERE id = ?", bytes.fromhex(one["id"].replace("-", "")))[0][0] & 16


@pytest.fixture(scope="module")
def shop(served: Served) -> Served:
    """The collector, with shop.test among the site's hosts."""
    with sqlite3.connect(served.folder / "data" / "webleads.sqlite") as conn:
        conn.execute("UPDATE site SET hosts = '[\"shop.test\"]' WHERE id = 42")
    conn.close()
    time.sleep(2.1)  # the directory is never older
    return served


def test_a_foreign_batch_is_kept_among_the_refused(shop: Served) -> None:
    before = counted(shop, "foreign-origin")
    one = view(now(), title="Ailleurs")
    ask(shop, live(one), Origin="https://other.test")
    assert counted(shop, "foreign-origin") == before + 1
    assert any(one["id"] in row[0].decode() for row in query(shop, "SELECT body FROM refused WHERE reason = 'foreign-origin'"))


def test_a_site_that_was_laid_aside_takes_nothing_and_counts_what_came(served: Served) -> None:
    served.command("site", "add", "old.example", "--id", "44")
    served.command("site", "archive", "44")
    origin = {"Origin": "https://old.example"}
    refused(ask(served, live(view(now()), site=44), **origin), "bad-site", 403)
    assert ask(served, method="GET", path="/44ns.gif").status == 200
    deadline = time.monotonic() + 5
    while counted(served, "bad-site", 44) != 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)


# Refused events -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["bad-id", "bad-type", "bad-time", "bad-text", "bad-number", "too-many"])
def test_a_bad_event_is_named_counted_and_kept_and_the_good_one_is_stored(served: Served, reason: str) -> None:
    cases = [case for case in REFUSALS["event"] if case["refused"] == reason]
    at, before = now(), counted(served, reason)
    for case in cases:
        good = view(at)
        answer = ask(served, around([golden(case, at)[0], json.dumps(good)], sent=at))
        is_open(answer)
        assert (answer.status, answer.refused) == (204, f"{reason}=1"), case["why"]
        assert stored(served, good["id"])
    assert counted(served, reason) == before + len(cases)
    assert len(query(served, "SELECT 1 FROM refused WHERE reason = ?", reason)) >= len(cases)


def test_events_of_a_visitor_who_withdrew_are_refused(served: Served) -> None:
    who = "vWITHDRAWNAAAAAAAAAAAA"
    assert ask(served, live(event("consent", now(), state="denied"), visitor=who, consent="denied")).refused == ""
    one = view(now())
    answer = ask(served, live(one, view(now()), visitor=who))
    assert (answer.status, answer.refused) == (204, "withdrawn=2")
    assert not stored(served, one["id"])


def test_what_may_look_odd_is_taken(served: Served) -> None:
    for case in REFUSALS["taken"]:
        at = now()
        text, identity = golden(case, at)
        answer = ask(served, around([text], sent=at))
        assert (answer.status, answer.refused) == (204, ""), case["why"]
        assert stored(served, identity.lower())


def test_batches_are_counted_by_their_reason(served: Served) -> None:
    before = counted(served, "not-json", 0), counted(served, "bad-site", 0)
    ask(served, b"{")
    ask(served, live(site=777_777_777))
    end = time.monotonic() + 5
    while (counted(served, "not-json", 0), counted(served, "bad-site", 0)) != (before[0] + 1, before[1] + 1):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_new_site_is_known_at_once(served: Served) -> None:
    refused(ask(served, live(site=4_343)), "bad-site", 403)
    served.command("site", "add", "new.test", "--id", "4343", "--consent", "granted")
    time.sleep(0.6)
    answer = ask(served, live(site="4343"), Origin="https://new.test")
    assert (answer.status, answer.headers["x-webleads-consent"]) == (204, "granted")


def test_no_address_is_stored_or_logged(served: Served) -> None:
    ask(
        served,
        live(view(now()), form(now(), "someone@example.org")),
        X_Forwarded_For="203.0.113.77",
        Forwarded="for=203.0.113.77",
        User_Agent="Mozilla/5.0 CANARYAGENT",
    )
    ask(served, b"{", X_Forwarded_For="203.0.113.77")
    files = [*Path(served.folder, "data").glob("webleads.sqlite*"), Path(served.folder, "stderr.txt")]
    for path in files:
        if path.is_file():
            content = path.read_bytes()
            assert not [name for name in (b"203.0.113.77", b"127.0.0.1", b"CANARYAGENT") if name in content], path


# Rate ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A collector behind a proxy on this machine."""
    with serving(tmp_path_factory.mktemp("behind"), WEBLEADS_TRUSTED_PROXIES="127.0.0.1") as running:
        running.command("site", "add", "example.com", "--id", str(SITE))
        yield running


def _until_slowed(served: Served, address: str, most: int = 80) -> Answer | None:
    for _ in range(most):
        answer = ask(served, live(*(view(now()) for _ in range(20))), X_Forwarded_For=address)
        if answer.status != 204:
            return answer
    return None


def test_too_many_events_of_one_address_are_slowed_and_then_taken(behind: Served) -> None:
    slowed = _until_slowed(behind, "203.0.113.9")
    assert slowed is not None
    refused(slowed, "rate", 429)
    assert slowed.headers["x-webleads-consent"] == "required"
    wait = int(slowed.headers["retry-after"])
    assert 1 <= wait <= 10
    assert ask(behind, live(), X_Forwarded_For="203.0.113.10").status == 204
    assert ask(behind, live(), X_Forwarded_For="198.51.100.1, 203.0.113.9, 127.0.0.1").status in (204, 429)
    time.sleep(wait)
    assert ask(behind, live(*(view(now()) for _ in range(20))), X_Forwarded_For="203.0.113.9").status == 204


def test_loopback_is_exempt_while_no_proxy_is_trusted(served: Served) -> None:
    assert _until_slowed(served, "203.0.113.9", 60) is None


# Busy ---------------------------------------------------------------------------------------------------------------


def test_while_nothing_can_be_committed_the_tag_is_told_to_wait(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        running.command("site", "add", "example.com", "--id", str(SITE))
        assert ask(running, live()).status == 204
        told = live(view(now()), form(now()))
        other = sqlite3.connect(tmp_path / "data" / "webleads.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = ask(running, told)
        refused(answer, "busy", 503)
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["x-webleads-consent"] == "required"
        assert ask(running, method="GET", path="/healthz").status == 200
        other.execute("ROLLBACK")
        other.close()
        assert not stored(running, told["events"][0]["id"])
        assert [ask(running, told).status for _ in range(3)] == [204] * 3
        assert query(running, "SELECT count(*) FROM event WHERE visitor = ?", VISITOR) == [(3,)]
