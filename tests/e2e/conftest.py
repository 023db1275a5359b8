"""Real browsers, real pages, a real collector."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.engines.page import Engine, Profile
from tests.serving import Served, serving


@pytest.fixture
def visitor(engine: Engine) -> Iterator[Profile]:
    """A new browser profile."""
    profile = engine.profile()
    yield profile
    profile.close()


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`webleads serve` with site 100849625 on client.test."""
    folder = tmp_path_factory.mktemp("collector")
    with serving(folder) as served:
        served.command("site", "add", "client.test", "--id", "100849625")
        yield served


class Pages:
    """A web server of a client's site: paths and what stands there. POST answers 303 to /merci."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/merci": "<!doctype html><title>Merci</title><h1>Merci</h1>"}
        self.files: dict[str, bytes] = {}
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?", 1)[0]
                if path in pages.files:
                    body, kind = pages.files[path], "text/javascript" if path.endswith(".js") else "text/css"
                elif path in pages.pages:
                    body, kind = pages.pages[path].encode(), "text/html; charset=utf-8"
                else:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(303)
                self.send_header("Location", "/merci")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def folder(self, at: str, path: Path) -> None:
        """Serves the files of a folder."""
        for file in path.rglob("*"):
            if file.is_file():
                self.files[f"{at}/{file.relative_to(path)}"] = file.read_bytes()


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    """A client's web server."""
    made = Pages()
    yield made
    made.server.shutdown()
    made.server.server_close()
