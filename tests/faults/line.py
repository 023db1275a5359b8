"""A line to the collector: one request after the other, as light as a client of many visitors must be."""

from __future__ import annotations

import asyncio

HEADERS = {"origin": "https://example.com", "content-type": "text/plain", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0.0.0"}
_HEAD = "POST /in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())


class Line:
    """A keep-alive connection that is opened again where it was lost. Raises OSError, EOFError, TimeoutError."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes, patience: float) -> tuple[int, str]:
        """The answer's status and named refusals, "" for none."""
        try:
            async with asyncio.timeout(patience):
                if self._ends is None:
                    self._ends = await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = self._ends
                writer.write(f"{_HEAD}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
                await reader.readexactly(int(headers.get("content-length", "0")))
                if headers.get("connection") == "close":
                    self.close()
        except BaseException:
            self.close()
            raise
        return int(first.split()[1]), headers.get("x-webleads-refused", "")

    def close(self) -> None:
        """Lets it go."""
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None
