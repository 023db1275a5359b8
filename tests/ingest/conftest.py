"""Running collectors, each a process of its own behind a real socket, one a module."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.builders import SITE
from tests.serving import Served, serving


class Answer(NamedTuple):
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def refused(self) -> str:
        """The named reasons."""
        return self.headers.get("x-webleads-refused", "")


ORIGIN = {"Origin": "https://example.com"}


def ask(served: Served, content: Any = b"", method: str = "POST", path: str = "/in", **headers: str | None) -> Answer:
    """One request on a connection of its own; a header given as None is left out, `_` stands for a dash."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = ORIGIN | {name.replace("_", "-"): value for name, value in headers.items()}
    conn = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    try:
        conn.request(method, path, raw, {name: value for name, value in given.items() if value is not None})
        came = conn.getresponse()
        return Answer(came.status, {name.lower(): value for name, value in came.getheaders()}, came.read())
    finally:
        conn.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`webleads serve` with site 42 on example.com."""
    folder: Path = tmp_path_factory.mktemp("served")
    with serving(folder) as running:
        running.command("site", "add", "example.com", "--id", str(SITE))
        yield running
