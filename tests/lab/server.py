"""The client's web server of the lab: the pages, their libraries, and the answers that they state."""

from __future__ import annotations

import contextlib
import mimetypes
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from .page import LabPage, pages

HERE = Path(__file__).parent
_FOLDERS = {"npm": HERE / "node_modules", "built": HERE / "built"}
_MERCI = "<!doctype html><html lang=fr><title>Merci</title><h1>Merci</h1></html>"


class LabServer(ThreadingHTTPServer):
    """Serves /ENGINE/NAME; `tag` is the line that each page carries, `prelude` what an engine wants first."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, tag: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tag = tag
        self.preludes: dict[str, str] = {}  # by engine
        self.problems: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def html(self, engine: str, page: LabPage) -> str:
        """A whole page."""
        tag = "" if page.head == "no tag" else self.tag.replace("data-site", f'data-consent="{page.head}" data-site')
        head = f"<meta charset=utf-8>{self.preludes.get(engine, '')}<title>{page.name}</title>{tag}"
        body = page.body.replace("{{tag}}", self.tag).replace("{{engine}}", engine)
        return f"<!doctype html><html lang=fr><head>{head}</head><body>{body}</body></html>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LabServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        first, _, rest = path[1:].partition("/")
        if first in _FOLDERS:
            file = _FOLDERS[first] / rest
            kind = mimetypes.guess_type(rest)[0] or "text/javascript"
            self._answer(200 if file.is_file() else 404, file.read_bytes() if file.is_file() else b"", kind)
        elif (told := self._stated(path)) is not None:
            self._tell(*told)
        elif rest in pages():
            self._answer(200, self.server.html(first, pages()[rest].told_by(first)).encode())
        else:
            self._answer(200, _MERCI.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path == "/problem":
            self.server.problems.append(body.decode())
            self._answer(204)
        elif (told := self._stated(path)) is not None:
            self._tell(*told)
        else:
            self._tell(303, "/merci")

    do_PUT = do_POST
    do_PATCH = do_POST

    def _stated(self, path: str) -> tuple[int, str] | None:
        """What the page that asks says of this path."""
        engine, _, asking = urlsplit(self.headers.get("Referer") or "").path[1:].rpartition("/")
        return pages()[asking].told_by(engine).answers.get(path) if asking in pages() else None

    def _tell(self, status: int, text: str) -> None:
        if status in (302, 303):
            self._answer(status, headers={"Location": text})
        else:
            self._answer(status, text.encode(), "application/json" if text.startswith(("{", "[")) else "text/html; charset=utf-8")

    def _answer(
        self, status: int, body: bytes = b"", kind: str = "text/html; charset=utf-8", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        if kind == "application/json" and '"component"' in body.decode():
            self.send_header("X-Inertia", "true")
        with contextlib.suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)
