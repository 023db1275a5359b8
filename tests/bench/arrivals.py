"""An open loop: requests fall due by chance at a given rate, whether the earlier ones were answered or not.

How long one took is counted from the moment when it fell due, so that a collector that stands still is charged for all who came
meanwhile. `lines` browsers at most are waiting at once; who falls due while all of them wait is turned away, and counted.
`python -m tests.bench.arrivals PORT RATE SECONDS EVENTS LINES` prints an Offer as JSON; 0 seconds: until its stdin ends.
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


def started(port: int, *, rate: float, seconds: float = 0, events: int = 1, lines: int = 256) -> subprocess.Popen[str]:
    """The same, beside what the caller does meanwhile; `ended` waits for it, or ends it where no seconds are given."""
    words = [str(number) for number in (port, rate, seconds, events, lines)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.arrivals", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


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
    """A keep-alive connection, opened again where it is lost. As a browser does: a request that met the closing of one is sent again."""

    def __init__(self, book: _Book, port: int, first: tuple[bytes, float] | None = None) -> None:
        self._book, self._port, self._first = book, port, first
        self._due: float | None = None
        self._text = self._got = b""
        self._used = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent
        if self._first is None:
            self._book.free.append(self)
        else:
            self.send(*self._first)

    def send(self, text: bytes, due: float) -> None:
        self._due, self._text, self._got = due, text, b""
        self._transport.write(text)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, ended, body = self._got.partition(b"\r\n\r\n")
        if self._due is None or not ended or len(body) < _length(head):
            return
        self._book.answered(head[9:12], time.perf_counter() - self._due)
        self._due, self._used = None, True
        self._book.free.append(self)

    def connection_lost(self, wrong: Exception | None) -> None:
        again = (self._text, self._due) if self._due is not None and self._used and not self._got else None
        if self._due is None:
            self._book.free.remove(self)
        elif again is None:
            self._book.errors += 1
        asyncio.ensure_future(_open(self._book, self._port, again))  # noqa: RUF006 (the loop ends soon)


def _length(head: bytes) -> int:
    _before, found, after = head.lower().partition(b"content-length:")
    return int(after.split(b"\r\n", 1)[0]) if found else 0


async def _open(book: _Book, port: int, first: tuple[bytes, float] | None = None) -> None:
    await asyncio.get_running_loop().create_connection(lambda: _Line(book, port, first), "127.0.0.1", port)


async def _offer(port: int, rate: float, seconds: float, events: int, lines: int) -> Offer:
    book = _Book(events)
    for _ in range(lines):
        await _open(book, port)
    over = asyncio.Event()
    if not seconds:
        asyncio.get_running_loop().add_reader(0, over.set)
    worked, began = time.process_time(), time.perf_counter()
    due = began
    while (now := time.perf_counter()) < began + seconds or not (seconds or over.is_set()):
        while due <= now:
            book.offer(due)
            due += book.dice.expovariate(rate)
        await asyncio.sleep(TICK)
    spent = time.perf_counter() - began
    while book.waiting and time.perf_counter() < began + spent + PATIENCE:
        await asyncio.sleep(0.01)
    book.errors += book.waiting
    took, cpu = sorted(book.took) or [0.0], (time.process_time() - worked) * 1e6 / max(1, book.sent)
    p50, p99, worst = (1000 * took[place] for place in (len(took) // 2, len(took) * 99 // 100, -1))
    return Offer(spent, book.offered, len(book.took), book.refused, book.turned_away, book.errors, p50, p99, worst, cpu)


if __name__ == "__main__":
    port_, rate_, seconds_, events_, lines_ = sys.argv[1:]
    made = uvloop.run(_offer(int(port_), float(rate_), float(seconds_), int(events_), int(lines_)))
    print(msgspec.json.encode(made).decode())
