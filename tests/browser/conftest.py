"""A page server, a recording endpoint and three engines for the tag's tests.

Nothing here is a double of the tag or of the browser: the built file runs in Chromium, Firefox and WebKitGTK on real pages of
another origin, and the endpoint keeps what really arrives. The collector itself has its own tests (tests/e2e).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collector.ingest import script
from tests.engines.hosts import Hosts
from tests.engines.page import PATIENCE, Engine, Page, Profile

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "collector" / "ingest"
TAG = BUILT / "tag.js"
BAKED = b"__WEBLEADS_CONSENT__"
OTHERS = {f"/js/{name}": BUILT / file for name, file in zip(script.others(), ("forms.js", "more.js", "signs.js"), strict=True)}
HERITAGE = "stats.webleads-tracker.com"

Answer = tuple[int, dict[str, str]]


@dataclass
class Recorder:
    """What the endpoint was sent, and what it answers next."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    setting: str | None = None  # the X-Webleads-Consent of every answer
    baked: str | None = None  # what /js is served with
    answers: list[Answer] = field(default_factory=list)  # one a request, then 204
    posts: list[tuple[str, str]] = field(default_factory=list)  # what the page's own server got: path, body
    held: float = 0.0  # seconds until an answer
    loaded: list[str] = field(default_factory=list)  # the other files of the tag that were asked for: forms, more, signs
    without: tuple[str, ...] = ()  # those that do not come
    slow: float = 0.0  # seconds until they come
    dead: bool = False  # nothing arrives, and the page may read no answer: to it, a server that is not there
    tries: list[tuple[str, str]] = field(default_factory=list)  # what a dead endpoint was sent: cors (no-cors is a beacon), body
    problems: list[str] = field(default_factory=list)  # what a page threw, where the engine's driver does not tell

    def events(self, kind: str | None = None, accepted: bool = True) -> list[dict[str, Any]]:
        """All events so far, each id once (as the collector keeps them), with their batch under `batch`; of one type if asked."""
        found: dict[str, dict[str, Any]] = {}
        for body in self.bodies:
            for event in body["events"]:
                if (body["status"] == 204 or not accepted) and kind in (None, event["type"]):
                    found.setdefault(event["id"], {**event, "batch": body})
        return list(found.values())

    def ids(self) -> list[str]:
        """All ids that arrived, as often as they did."""
        return [event["id"] for body in self.bodies for event in body["events"]]


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        with contextlib.suppress(ConnectionError):  # a page that left does not wait for its answer
            self.end_headers()
            self.wfile.write(content)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


def serve(handler: type[Quiet]) -> Server:
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


class World:
    """Both servers of a session; `recorder` and `pages` are new for every test."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.turn = 0  # names the collector's host, so that the last words of one test's page do not reach the next test
        world = self

        class Endpoint(Quiet):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if path in OTHERS:
                    world.recorder.loaded.append(OTHERS[path].stem)
                    code = b"" if OTHERS[path].stem in world.recorder.without else OTHERS[path].read_bytes()
                    kind, open_ = "text/javascript; charset=utf-8", "*"
                    time.sleep(world.recorder.slow)
                    return self.answer(200, code, Content_Type=kind, Access_Control_Allow_Origin=open_, Cache_Control="no-store")
                if path == "/consent.js":
                    return self.answer(200, (BUILT / "consent.js").read_bytes(), Content_Type="text/javascript; charset=utf-8")
                if path not in ("/js", "/other.js"):
                    return self.answer(404)
                code = TAG.read_bytes()
                if world.recorder.baked:
                    code = code.replace(BAKED, world.recorder.baked.encode())
                kind, open_ = "text/javascript; charset=utf-8", "*"  # a page that states the file's hash reads it across origins
                self.answer(200, code, Content_Type=kind, Access_Control_Allow_Origin=open_, Cache_Control="no-store")

            def do_POST(self) -> None:
                late = self.headers["Host"] != world.collector[7:] and ".localhost" in self.headers["Host"]
                recorder, text = Recorder() if late else world.recorder, self.body().decode()
                if recorder.dead:
                    recorder.tries.append((self.headers["Sec-Fetch-Mode"], text))
                    return self.answer(200)
                status, extra = recorder.answers.pop(0) if recorder.answers else (204, {})
                recorder.texts.append(text)
                recorder.headers.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
                recorder.bodies.append(json.loads(text) | {"status": status})
                time.sleep(recorder.held)
                headers = {"Access-Control-Allow-Origin": "*"} | extra
                headers["Access-Control-Expose-Headers"] = "Retry-After, X-Webleads-Refused, X-Webleads-Consent"
                if recorder.setting:
                    headers["X-Webleads-Consent"] = recorder.setting
                self.answer(status, **headers)

        class Site(Quiet):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if path.startswith("/npm/"):
                    return self.answer(200, (ROOT / "snippet" / "node_modules" / path[5:]).read_bytes(), Content_Type=kind_of(path))
                html, headers = world.pages.get(path, ("<!doctype html><title>Merci</title><h1>Merci</h1>", {}))
                self.answer(200, html.encode(), Content_Type="text/html; charset=utf-8", **headers)

            def do_POST(self) -> None:
                if self.path == "/problem":
                    world.recorder.problems.append(self.body().decode())
                    return self.answer(204)
                world.recorder.posts.append((self.path, self.body().decode()))
                if self.path.startswith("/api"):
                    return self.answer(200, b"{}", Content_Type="application/json")
                self.answer(303, Location="/merci")

        self.endpoint, self.site = serve(Endpoint), serve(Site)

    @property
    def collector(self) -> str:
        return f"http://t{self.turn}.localhost:{self.endpoint.server_port}"

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.site.server_port}"


def kind_of(path: str) -> str:
    return "text/css" if path.endswith(".css") else "text/javascript; charset=utf-8"


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    world = World()
    yield world
    world.endpoint.shutdown()
    world.site.shutdown()
    world.endpoint.server_close()
    world.site.server_close()


@dataclass
class Stage:
    """One test's visitor with pages and an endpoint."""

    world: World
    engine: Engine
    context: Profile
    page: Page

    @property
    def recorder(self) -> Recorder:
        return self.world.recorder

    def put(self, path: str, body: str, head: str = "", **headers: str) -> None:
        """Lays a page under a path; the tag is in `tag()`."""
        html = f"<!doctype html><html lang=fr><head><meta charset=utf-8>{self.engine.prelude}<title>Accueil</title>{head}</head><body>{body}</body></html>"
        self.world.pages[path] = (html, headers)

    def tag(self, site: str = "100849625", **attributes: str) -> str:
        """The line that a client pastes."""
        more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
        return f'<script async src="{self.world.collector}/js" data-site="{site}"{more}></script>'

    def go(self, path: str = "/", page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(self.world.origin + path)
        return page

    def show(self, body: str, head: str | None = None, path: str = "/", **headers: str) -> Page:
        """Lays a page with the tag and opens it; returns when the tag is at work, with all its files unless they are slow."""
        self.put(path.split("?", maxsplit=1)[0], body, self.tag() if head is None else head, **headers)
        self.go(path)
        if self.recorder.slow:
            self.page.wait_for_function("window.webleads && webleads.loaded")
        else:
            self.page.wait_for_tag()
        return self.page

    def wait(self, ready: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Waits, with the browser running on, until something is there."""
        until = time.monotonic() + seconds
        while not (found := ready()):
            if time.monotonic() > until:
                raise AssertionError(
                    f"nothing within {seconds} s; arrived: {[(e['type'], e) for e in self.recorder.events(accepted=False)]}"
                )
            self.page.wait_for_timeout(20)
        return found

    def event(self, kind: str, count: int = 1, seconds: float = PATIENCE) -> dict[str, Any]:
        """The newest event of a type, once there are `count` of them."""
        return self.wait(lambda: len(self.recorder.events(kind)) >= count and self.recorder.events(kind)[-1], seconds)

    def quiet(self, milliseconds: int = 300) -> None:
        """Longer than an event waits for company: what has not come now does not come."""
        self.page.wait_for_timeout(milliseconds)

    def device(self, page: Page | None = None) -> dict[str, Any]:
        """All that is on the visitor's device."""
        kept = (page or self.page).evaluate("({local: {...localStorage}, session: {...sessionStorage}})")
        return kept | {"cookies": {cookie["name"]: cookie for cookie in self.context.cookies()}}

    def submissions(self) -> list[dict[str, Any]]:
        return self.recorder.events("form_submit")


@pytest.fixture
def stage(world: World, engine: Engine, hosts: Hosts) -> Iterator[Stage]:
    world.recorder, world.pages, world.turn = Recorder(), {}, world.turn + 1
    hosts.routes |= {
        HERITAGE: world.endpoint.server_port,
        "insecure.test": world.site.server_port,
        "*.insecure.test": world.site.server_port,
    }
    context = engine.profile()
    try:
        yield Stage(world, engine, context, context.new_page())
        problems = context.problems + world.recorder.problems
    finally:
        context.close()
    assert problems == [], "the tag (or the page of the test) threw"


def values(event: dict[str, Any]) -> dict[str, Any]:
    """name → value of a submission's fields that carry one."""
    return {item["name"]: item["value"] for item in event["fields"] if "value" in item}
