"""A bad line between the tag and the collector: a proxy that delays, tears, halves and starves what goes through."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from random import Random
from typing import Literal

# slow: every piece comes late · reset: torn within the request · lost: the request arrives, the answer never does
# half: the client's side is closed early · starve: single bytes with pauses · cut: nothing gets through for a while
Fault = Literal["none", "slow", "reset", "lost", "half", "starve", "cut"]
FAULTS: tuple[Fault, ...] = ("slow", "reset", "lost", "half", "starve", "cut")


class Proxy:
    """Listens on a port of its own; `fault` is what befalls the next connections and pieces."""

    def __init__(self, port: int, dice: Random) -> None:
        self.fault: Fault = "none"
        self.delay = 0.3  # seconds of «slow»
        self.pause = 0.01  # seconds between bytes of «starve»
        self.counts: dict[Fault, int] = {}
        self._port = port
        self._dice = dice
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Begins; its port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Ends, and cuts whatever still goes through."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            _reset(writer)
            return
        pipes = [asyncio.create_task(self._up(reader, back)), asyncio.create_task(self._down(there, writer))]
        try:
            _done, left = await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
            if left and pipes[1] in left:
                await asyncio.wait(left, timeout=20)  # a half-closed line still brings the answer
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            for end in (writer, back):
                end.close()
            self._tasks.discard(task)

    async def _up(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65_536):
                fault = self._happens()
                while self.fault == "cut":
                    await asyncio.sleep(0.01)  # and comes when the line is back
                if fault == "reset":
                    back.write(piece[: self._dice.randrange(len(piece))])
                    await back.drain()
                    _reset(back)
                    return
                if fault == "slow":
                    await asyncio.sleep(self.delay)
                await self._pass(piece, back, fault)
                if fault == "half":
                    break
            back.write_eof()

    async def _down(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await there.read(65_536):
                if self.fault == "lost":
                    _reset(writer)
                    return
                await self._pass(piece, writer, self.fault)

    async def _pass(self, piece: bytes, to: asyncio.StreamWriter, fault: Fault) -> None:
        size = 1 if fault == "starve" else len(piece)
        whole = len(piece) if fault != "starve" else 40  # the rest of a starved piece comes at once
        for place in range(0, whole, size):
            to.write(piece[place : place + size])
            await to.drain()
            if fault == "starve":
                await asyncio.sleep(self.pause)
        to.write(piece[whole:])
        await to.drain()

    def _happens(self) -> Fault:
        self.counts[self.fault] = self.counts.get(self.fault, 0) + 1
        return self.fault


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
