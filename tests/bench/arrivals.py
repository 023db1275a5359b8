"""An open loop: requests fall due by chance at a given rate, whether the earlier ones were answered or not.

How long one took is counted from the moment when it fell due, so that a collector that stands still is charged for all who came
meanwhile. `lines` browsers at most are waiting at once; who falls due while all of them wait is turned away, and counted.
`python -m tests.bench.arrivals PORT RATE SECONDS EVENTS LINES` prints an Offer as JSON.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from random import Random
from typing import cast

import msgspec
import uvloop

from . import load

TICK = 0.001  # seconds between two looks at who is due: so much later than due a request may leave
PATIENCE = 5.0  # seconds that the last answers are waited for


class Offer(msgspec.Struct, frozen=True):
    """What fell due, and what became of it; milliseconds from due to the answer of those that were accepted."""

    seconds: float
    offered: int
    accepted: int
    refused: int  # 429 or 503
    turned_away: int  # no line was free
    errors: int  # any other answer, or none
    p50: float
    p99: float
    worst: float
    cpu: float  # microseconds of this client for each request that it sent

    @property
    def rate(self) -> float:
        """Accepted requests a second."""
        return self.accepted / self.seconds


def run(port: int, *, rate: float, seconds: float, events: int = 1, lines: int = 256) -> Offer:
    """Offers `rate` bodies a second, of `events` events each."""
    with started(port, rate=rate, seconds=seconds, events=events, lines=lines) as process:
        return ended(process)


def started(port: int, *, rate: float, seconds: float, events: int = 1, lines: int = 256) -> subprocess.Popen[str]:
    """The same, beside what the caller does meanwhile; `ended` waits for it."""
    words = [str(number) for number in (port, rate, seconds, events, lines)]
    return subprocess.Popen([sys.executable, "-m", "tests.bench.arrivals", *words], stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> Offer:
    """Its figures."""
    said, _nothing = process.communicate()
    return msgspec.json.decode(said, type=Offer)


class _Book:
    """Lines that are free, and what became of what was offered."""

    def __init__(self, events: int) -> None:
        self.dice = Random()
        self.free: list[_Line] = []
        self.took: list[float] = []
        self.offered = self.sent = self.refused = self.turned_away = self.errors = 0
        self._events = events
        self._visitors = [f"{place:022d}" for place in range(5_000)]

    def offer(self, due: float) -> None:
        self.offered += 1
        if not self.free:
            self.turned_away += 1
            return
        self.sent += 1
        self.free.pop().send(load.request(self.dice, self._visitors, self._events), due)

    def answered(self, status: bytes, took: float) -> None:
        if status == b"204":
            self.took.append(took)
        elif status in (b"429", b"503"):
            self.refused += 1
        else:
            self.errors += 1

    @property
    def waiting(self) -> int:
        return self.sent - len(self.took) - self.refused - self.errors


class _Line(asyncio.Protocol):
    """A keep-alive connection; opened again where it is lost."""

    def __init__(self, book: _Book, port: int) -> None:
        self._book, self._port = book, port
        self._due: float | None = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent
        self._book.free.append(self)

    def send(self, text: bytes, due: float) -> None:
        self._due, self._got = due, b""
        self._transport.write(text)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, ended, body = self._got.partition(b"\r\n\r\n")
        if self._due is None or not ended or len(body) < _length(head):
            return
        self._book.answered(head[9:12], time.perf_counter() - self._due)
        self._due = None
        self._book.free.append(self)

    def connection_lost(self, wrong: Exception | None) -> None:
        if self._due is not None:
            self._book.errors += 1
        elif self in self._book.free:
            self._book.free.remove(self)
        asyncio.ensure_future(_open(self._book, self._port))  # noqa: RUF006 (the loop ends soon)


def _length(head: bytes) -> int:
    _before, found, after = head.lower().partition(b"content-length:")
    return int(after.split(b"\r\n", 1)[0]) if found else 0


async def _open(book: _Book, port: int) -> None:
    await asyncio.get_running_loop().create_connection(lambda: _Line(book, port), "127.0.0.1", port)


async def _offer(port: int, rate: float, seconds: float, events: int, lines: int) -> Offer:
    book = _Book(events)
    for _ in range(lines):
        await _open(book, port)
    worked, began = time.process_time(), time.perf_counter()
    due = began
    while (now := time.perf_counter()) < began + seconds:
        while due <= now:
            book.offer(due)
            due += book.dice.expovariate(rate)
        await asyncio.sleep(TICK)
    over = time.perf_counter()
    while book.waiting and time.perf_counter() < over + PATIENCE:
        await asyncio.sleep(0.01)
    book.errors += book.waiting
    took, cpu = sorted(book.took) or [0.0], (time.process_time() - worked) * 1e6 / max(1, book.sent)
    p50, p99, worst = (1000 * took[int(len(took) * share)] for share in (0.5, 0.99, 0.999_999))
    return Offer(over - began, book.offered, len(book.took), book.refused, book.turned_away, book.errors, p50, p99, worst, cpu)


if __name__ == "__main__":
    port_, rate_, seconds_, events_, lines_ = sys.argv[1:]
    made = uvloop.run(_offer(int(port_), float(rate_), float(seconds_), int(events_), int(lines_)))
    print(msgspec.json.encode(made).decode())
