"""The short way of a batch: what comes otherwise than plain and whole is answered as well, and in order."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from collector import serving as running
from collector.domain import protocol
from collector.ingest import quick
from collector.ingest.endpoint import Endpoint
from tests.builders import SITE, view
from tests.serving import Served, serving

from .test_endpoint import live, now, query, stored


def head(length: int | None, *more: str, version: str = "1.1") -> bytes:
    """The head of a batch's request."""
    lines = [f"POST /in HTTP/{version}", "Host: x", "Origin: https://example.com", *more]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def request(body: Any, *more: str, version: str = "1.1") -> bytes:
    """The whole of it."""
    text = json.dumps(body).encode()
    return head(len(text), *more, version=version) + text


class Line:
    """A connection, spoken by hand."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self.got = b""

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> tuple[int, dict[str, str]]:
        """The next answer's status and headers; its body is passed over."""
        while b"\r\n\r\n" not in self.got:
            self._more()
        told, _, self.got = self.got.partition(b"\r\n\r\n")
        status, *lines = told.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self.got) < length:
            self._more()
        self.got = self.got[length:]
        return int(status.split(" ")[1]), headers

    def ended(self) -> bool:
        """Whether the other side has closed."""
        return not self.got and not self.socket.recv(1)

    def _more(self) -> None:
        data = self.socket.recv(65536)
        assert data, f"closed after {self.got!r}"
        self.got += data


def test_requests_that_do_not_wait_for_their_answers_are_answered_in_their_order(served: Served) -> None:
    bodies = [live() for _ in range(5)]
    with Line(served.port) as line:
        line.say(
            request(bodies[0]) + request({"v": 9}) + request(bodies[1]) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + request(bodies[2])
        )
        assert [line.answer()[0] for _ in range(5)] == [204, 400, 204, 200, 204]
        line.say(request(bodies[3]) + request(bodies[4]))
        assert [line.answer()[0] for _ in range(2)] == [204, 204]
    assert all(stored(served, body["events"][0]["id"]) for body in bodies)


@pytest.mark.parametrize("size", [1, 7, 300])
def test_a_request_that_comes_in_pieces_is_one(served: Served, size: int) -> None:
    body = live()
    whole = request(body)
    with Line(served.port) as line:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(whole), size):
            line.say(whole[start : start + size])
        assert line.answer()[0] == 204
    assert stored(served, body["events"][0]["id"])


def test_a_body_in_chunks_is_read(served: Served) -> None:
    body = live()
    text = json.dumps(body).encode()
    with Line(served.port) as line:
        line.say(head(None, "Transfer-Encoding: chunked") + b"%x\r\n" % 50 + text[:50] + b"\r\n")
        line.say(b"%x\r\n" % (len(text) - 50) + text[50:] + b"\r\n0\r\n\r\n")
        assert line.answer()[0] == 204
        line.say(head(None, "Transfer-Encoding: chunked") + b"%x\r\n" % 70_000 + b"x" * 70_000 + b"\r\n0\r\n\r\n")
        assert line.answer()[0] == 413
    assert stored(served, body["events"][0]["id"])


def test_who_asks_first_whether_to_go_on_is_told_to(served: Served) -> None:
    text = json.dumps(live()).encode()
    with Line(served.port) as line:
        line.say(head(len(text), "Expect: 100-continue"))
        assert line.answer()[0] == 100
        line.say(text)
        assert line.answer()[0] == 204


@pytest.mark.parametrize(("more", "version"), [(["Connection: close"], "1.1"), ([], "1.0")])
def test_a_connection_that_is_to_be_closed_is(served: Served, more: list[str], version: str) -> None:
    with Line(served.port) as line:
        line.say(request(live(), *more, version=version))
        assert line.answer()[0] == 204
        assert line.ended()


def test_what_was_sent_by_who_then_went_away_is_kept(served: Served) -> None:
    body = live()
    with Line(served.port) as line:
        line.say(request(body))
    while not stored(served, body["events"][0]["id"]):
        time.sleep(0.01)


def test_a_stop_answers_what_waits_for_its_commit_and_closes(tmp_path: Path) -> None:
    with serving(tmp_path) as stopped:
        stopped.command("site", "add", "example.com", "--id", str(SITE))
        body = live(view(now()))
        with Line(stopped.port) as line, Line(stopped.port) as idle:
            line.say(request(live()))
            assert line.answer()[0] == 204
            idle.say(request(live()))
            assert idle.answer()[0] == 204
            other = sqlite3.connect(tmp_path / "data" / "webleads.sqlite", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            line.say(request(body))
            time.sleep(0.2)
            stopped.process.send_signal(signal.SIGTERM)
            assert idle.ended()
            other.execute("ROLLBACK")
            other.close()
            status, headers = line.answer()
            assert (status, headers["connection"]) == (204, "close")
            assert line.ended()
        stopped.process.wait(15)
        assert query(stopped, "SELECT count(*) FROM event WHERE id = ?", bytes.fromhex(body["events"][0]["id"].replace("-", "")))[0][0] == 1


class _Connection:
    """What the sweep looks at."""

    timeout_keep_alive_task = None

    def __init__(self) -> None:
        self.closed = 0
        self.answered()

    @property
    def transport(self) -> _Connection:
        return self

    def answered(self) -> None:
        """A batch was."""
        self.cycle = quick.Cycle()
        self.cycle.response_complete = True

    def close(self) -> None:
        self.closed += 1


async def test_a_connection_that_sends_no_more_is_closed_and_one_that_does_is_not() -> None:
    idle, busy = _Connection(), _Connection()
    server: Any = SimpleNamespace(server_state=SimpleNamespace(connections={idle, busy}))
    sweep = asyncio.create_task(running._close_the_silent([server], patience=0.1))
    while not idle.closed:
        busy.answered()
        await asyncio.sleep(0.01)
    sweep.cancel()
    assert (idle.closed, busy.closed) == (1, 0)


@pytest.mark.parametrize(("length", "status"), [(10, 503), (protocol.BODY_LIMIT + 1, 413)])
async def test_while_a_crowd_waits_a_body_that_is_too_large_is_told_so(length: int, status: int) -> None:
    parts: Any = dict.fromkeys(("directory", "room", "script", "banner", "clock", "ids"))
    endpoint = Endpoint(PlainTextResponse(), writer=SimpleNamespace(full=True), others={}, trusted=(), **parts)  # type: ignore[arg-type]
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * length}

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": "http", "method": "POST", "path": "/in", "headers": [(b"content-length", str(length).encode())]}
    await endpoint(scope, receive, send)
    assert told[0]["status"] == status
