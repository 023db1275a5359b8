"""A proxy that leads host names to servers on this machine, and every other name nowhere. The engines all use it.

A scenario's page stands under the name that it names (stats.webleads-tracker.com, client.test), in every engine alike;
localhost and its subdomains do not come here.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer

_FIRST = re.compile(rb"([A-Z]+) http://([^/:]+)(?::\d+)?(\S*) HTTP/1\.[01]\r\n")
_TUNNEL = re.compile(rb"CONNECT ([^/:]+):443 HTTP/1\.[01]\r\n")


class _Proxy(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


class Hosts:
    """Names and ports; `*.client.test` stands for every subdomain."""

    def __init__(self) -> None:
        self.routes: dict[str, int] = {}
        hosts = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    hosts._relay(self.rfile, self.connection)

        self._server = _Proxy(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """host:port for a browser's settings."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def port(self, name: str) -> int | None:
        """Where a name leads."""
        return self.routes.get(name) or self.routes.get("*." + name.partition(".")[2])

    def close(self) -> None:
        """Ends the proxy."""
        self._server.shutdown()
        self._server.server_close()

    def _relay(self, reader: object, client: socket.socket) -> None:
        """One request a connection: the head is changed, the rest is passed on as it is."""
        first = reader.readline(65536)  # type: ignore[attr-defined]
        head = []
        while (line := reader.readline(65536)) not in (b"\r\n", b"\n", b""):  # type: ignore[attr-defined]
            if not line.lower().startswith((b"connection:", b"proxy-connection:")):
                head.append(line)
        found, tunnel = _FIRST.fullmatch(first), _TUNNEL.fullmatch(first)
        port = self.port((found[2] if found else tunnel[1] if tunnel else b"").decode())
        if not port:
            client.sendall(b"HTTP/1.1 502 Nowhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as server:
            if found:
                server.sendall(found[1] + b" " + (found[3] or b"/") + b" HTTP/1.1\r\n" + b"".join(head) + b"Connection: close\r\n\r\n")
            else:
                client.sendall(b"HTTP/1.1 200 Through\r\n\r\n")
            up = threading.Thread(target=_pass, args=(reader, server), daemon=True)
            up.start()
            try:
                _answer(server, client, closing=bool(found))
            finally:  # wakes the other direction: it would hold this connection open until the browser lets go
                client.shutdown(socket.SHUT_RDWR)


def _answer(server: socket.socket, client: socket.socket, closing: bool) -> None:
    """Passes an answer on. One that is `closing` says so: a browser that kept the connection would send its next request into nothing."""
    with server.makefile("rb") as answer:
        head = []
        while closing and (line := answer.readline(65536)) not in (b"\r\n", b"\n", b""):
            if not line.lower().startswith(b"connection:"):
                head.append(line)
        if head:
            client.sendall(b"".join(head) + b"Connection: close\r\n\r\n")
        while data := answer.read1(65536):
            client.sendall(data)


def _pass(reader: object, server: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):  # closed while it was read
        while data := reader.read1(65536):  # type: ignore[attr-defined]
            server.sendall(data)
