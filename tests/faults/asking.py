"""Single questions to a collector, for what a ledger's visitors do not ask."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any, NamedTuple

from tests import builders

from .server import Server


class Answer(NamedTuple):
    """Status, named refusals, and Retry-After in seconds (0: none)."""

    status: int
    refused: str
    retry: int


def ask(server: Server, *events: dict[str, Any], visitor: str | None = None, sent: int | None = None) -> Answer:
    """One batch on a connection of its own, sent now by this process's clock. Raises OSError, HTTPException."""
    made = builders.body(*events, visitor=visitor, consent="granted" if visitor else "unset", sent=now() if sent is None else sent)
    conn = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        conn.request("POST", "/in", json.dumps(made), {"Origin": "https://example.com"})
        came = conn.getresponse()
        came.read()
        return Answer(came.status, came.getheader("X-Webleads-Refused", ""), int(came.getheader("Retry-After", "0")))
    finally:
        conn.close()


def get(server: Server, path: str) -> tuple[int, str]:
    """Status and body of a page."""
    conn = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        conn.request("GET", path)
        came = conn.getresponse()
        return came.status, came.read().decode("latin-1")
    finally:
        conn.close()


def view() -> dict[str, Any]:
    """A new page view of now."""
    return builders.view(now())


def form() -> dict[str, Any]:
    """A new contact form of now, as it is sent in audience mode."""
    return builders.form(now(), n=None, page=None)


def now() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000
