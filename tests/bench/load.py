"""The load: wrk where it is installed, else a closed loop in Python (`python -m tests.bench.load PORT CONNECTIONS SECONDS EVENTS`)."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import cast
from uuid import UUID

import msgspec
import uvloop

from collector.store import ids

LUA = Path(__file__).with_name("load.lua")


class Run(msgspec.Struct, frozen=True):
    """One run: requests answered, seconds, milliseconds until the answer, and what went wrong."""

    requests: int
    seconds: float
    p50: float
    p99: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def run(port: int, *, connections: int, seconds: int, events: int) -> Run:
    """Sends bodies of `events` events over keep-alive connections, each sending again when it was answered."""
    url = f"http://127.0.0.1:{port}/in"
    if shutil.which("wrk"):
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(LUA), url, "--", str(events)]
    else:
        command = [sys.executable, "-m", "tests.bench.load", str(port), str(connections), str(seconds), str(events)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30)
    return msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=Run)


# The fallback: as light as Python goes -------------------------------------------------------------------------------

_AGENTS = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(116, 157)
]
_CONTEXT = '{"screen":"1920x1080","viewport":"1280x900","language":"fr-FR","zone":"Europe/Paris","tag":"0.1.0","automated":0}'
_VIEW = (
    '{"id":"%s","type":"view","at":%d,"n":%d,"page":"%s","referrer":"https://www.google.com/","title":"Nos services","nav":"load",'
    '"url":"http://example.com/services/page-1?utm_source=lettre&utm_medium=email&utm_campaign=rentree"}'
)
_ENGAGE = '{"id":"%s","type":"engage","at":%d,"n":%d,"page":"%s","url":"http://example.com/services/page-1","ms":1200,"scroll":40}'


def request(dice: Random, visitors: list[str], events: int) -> bytes:
    """One request with its head."""
    at, page = ids.now(), f"{dice.getrandbits(48):012x}"
    made = [(_ENGAGE if n else _VIEW) % (UUID(bytes=ids.uuid7(at)), at, n + 1, page) for n in range(events)]
    head = f'{{"v":1,"site":42,"visitor":"{dice.choice(visitors)}","consent":"granted","sent":{at},"context":{_CONTEXT}'
    body = f'{head},"events":[{",".join(made)}]}}'
    return (
        "POST /in HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://example.com\r\nContent-Type: text/plain\r\n"
        f"User-Agent: {dice.choice(_AGENTS)}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class _Connection(asyncio.Protocol):
    """Sends, waits for an answer without a body, notes how long it took, sends again."""

    def __init__(self, make: asyncio.Future[None], events: int, took: list[float], errors: list[bytes]) -> None:
        self._over, self._events, self._took, self._errors = make, events, took, errors
        self._dice = Random(os.urandom(8))
        self._visitors = [f"{place:022d}" for place in range(5_000)]
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent
        self._send()

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 204"):
            self._errors.append(data[:80])
        self._took.append(time.perf_counter() - self._sent)
        if not self._over.done():
            self._send()

    def _send(self) -> None:
        text = request(self._dice, self._visitors, self._events)
        self._sent = time.perf_counter()
        self._transport.write(text)


async def _closed_loop(port: int, connections: int, seconds: int, events: int) -> Run:
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    took: list[float] = []
    errors: list[bytes] = []
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(over, events, took, errors), "127.0.0.1", port)
    await asyncio.sleep(seconds)
    over.set_result(None)
    count = len(took)
    took.sort()
    return Run(count, seconds, took[count // 2] * 1000, took[count * 99 // 100] * 1000, len(errors))


if __name__ == "__main__":
    made = uvloop.run(_closed_loop(*map(int, sys.argv[1:5])))
    print(json.dumps(msgspec.to_builtins(made)))
