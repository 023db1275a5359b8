"""No personal data leaves by a side door: canaries in every field, and none in logs, /metrics, probes and the bodies of errors."""

from __future__ import annotations

import base64
import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.builders import body, event, field, form, result, view
from tests.faults.asking import now
from tests.serving import Served, serving

CANARY = "kanarie"
VISITOR = "vKANARIEAAAAAAAAAAAAAA"
ADDRESS = "198.51.100.77"
HEADERS = {
    "origin": "https://example.com",
    "user-agent": f"Mozilla/5.0 {CANARY}-agent",
    "referer": f"https://example.com/{CANARY}-referer?q={CANARY}",
    "x-forwarded-for": ADDRESS,
    "cookie": f"session={CANARY}",
    "accept-language": f"fr;q=1, {CANARY}",
    "authorization": f"Bearer {CANARY}",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A collector that logs all there is, behind a proxy that it trusts."""
    given = {"WEBLEADS_METRICS_TOKEN": "t", "WEBLEADS_LOG_LEVEL": "debug", "WEBLEADS_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(tmp_path_factory.mktemp("canaries"), **given) as running:
        running.command("site", "add", "example.com", "--id", "42")
        yield running


def _events(at: int) -> list[dict[str, Any]]:
    """One of every type, a canary in whatever may hold a text."""
    page = f"https://example.com/{CANARY}?utm_source={CANARY}&email={CANARY}@example.org"
    sent = form(at, f"{CANARY}@example.org", url=page, action=page, fields=[field("nom", CANARY), field("message", CANARY, label=CANARY)])
    return [
        view(at, page, f"https://other.example/{CANARY}", title=CANARY),
        event("engage", at, ms=5, scroll=5, url=page),
        event("click", at, kind="phone", href=f"tel:{CANARY}", text=CANARY, url=page),
        event("custom", at, name=CANARY, props={CANARY: CANARY}, url=page),
        event("form_start", at, form=CANARY, field=CANARY, url=page),
        event("form_invalid", at, form=CANARY, field=CANARY, reason=CANARY, url=page),
        event("identify", at, traits={"email": f"{CANARY}@example.org"}, url=page),
        event("consent", at, state="granted", purpose="tracking", proof=CANARY, text_version=CANARY, language=CANARY, how="api"),
        event("error", at, kind=CANARY, count=1, message=CANARY),
        sent,
        result(sent),
    ]


def _bodies(at: int) -> list[bytes]:
    """What is taken, and what is refused in every way that there is."""
    good = body(*_events(at), visitor=VISITOR, sent=at)
    bad = [
        view(at, n=-1, title=CANARY),
        view(at - 40 * 86_400_000, title=CANARY),
        event(CANARY, at),
        view(at, id=CANARY),
        view(at, title=5),
    ]
    made = [
        good,
        body(*bad, visitor=VISITOR, sent=at),
        body(view(at, title=CANARY), visitor=VISITOR, site=4242, sent=at),
        body(view(at, title=CANARY), visitor=CANARY, sent=at),
        good | {"v": CANARY},
        good | {"site": CANARY},
        good | {"events": CANARY},
        {CANARY: CANARY},
    ]
    raw = [json.dumps(one).encode() for one in made]
    deep = b'{"%s":' % CANARY.encode() + b"[" * 50_000
    return [*raw, raw[0][:-40], CANARY.encode(), b"\xff" + CANARY.encode(), raw[0] + b" " * 70_000, deep]


def _ask_everything(served: Served) -> list[httpx2.Response]:
    at = now()
    answers = []
    with httpx2.Client(base_url=served.url, headers=HEADERS, trust_env=False) as client:
        for content in _bodies(at):
            answers.append(client.post("/in", content=content))
            answers.append(client.post("/in", content=content, headers={"origin": f"https://{CANARY}.example"}))
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            answers.append(client.request(method, f"/in?token={CANARY}"))
            answers.append(client.request(method, f"/metrics?token={CANARY}"))
        for path in (
            f"/42ns.gif?{CANARY}", f"/4242ns.gif?{CANARY}", f"/js/{CANARY}", f"/login/link?token={CANARY}", f"/setup?token={CANARY}",
            f"/{CANARY}", f"/leads?q={CANARY}", f"/leads/{CANARY}", f"/me/link?token={CANARY}", f"/static/{CANARY}", f"/healthz?{CANARY}", f"/readyz?{CANARY}",
        ):  # fmt: skip
            answers.append(client.get(path))
        for path in ("/login", "/setup", "/language", "/logout", "/me/address", "/me/link", f"/login/link?token={CANARY}"):
            answers.append(client.post(path, data={"email": f"{CANARY}@example.org", "password": CANARY, "token": CANARY}))
        basic = base64.b64encode(f"{CANARY}:{CANARY}".encode()).decode()
        answers.append(client.get("/metrics", headers={"authorization": f"Basic {basic}"}))
        answers.append(client.get("/metrics", headers={"authorization": "Bearer t"}))
    return answers


def _garbage(served: Served) -> None:
    """What is no HTTP: what uvicorn says of it is logged too."""
    for sent in (
        f"{CANARY} / HTTP/1.1\r\n\r\n",
        f"GET /{CANARY} HTTP/9\r\n\r\n",
        f"POST /in HTTP/1.1\r\nHost: x\r\n{CANARY}\r\n\r\n",
        f"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: {CANARY}\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as conn:
            conn.sendall(sent.encode())
            assert CANARY.encode() not in conn.recv(4_096).lower()


def _found(text: str) -> list[str]:
    return re.findall(f".*(?:{CANARY}|{ADDRESS}|127\\.0\\.0\\.1:\\d+ -).*", text, re.IGNORECASE)


def test_no_canary_in_logs_metrics_and_error_bodies(served: Served) -> None:
    answers = _ask_everything(served)
    _garbage(served)
    assert {200, 204, 400, 401, 403, 404, 405, 413} <= {one.status_code for one in answers}
    for one in answers:
        said = (
            one.text.replace(one.request.url.path, "") if one.status_code >= 400 else one.text
        )  # an error names the page that is not there
        assert not _found(said), (one.request.method, one.request.url, one.status_code)
        told = {name: value for name, value in one.headers.items() if name not in ("location", "set-cookie")}
        assert not _found(str(told))
    assert _found((served.folder / "stderr.txt").read_text()) == []
    stored = _rows(served, "SELECT count(*) FROM lead WHERE email LIKE ?")
    assert stored == [(1,)], "the canary did sing: it is in the database"
    assert _rows(served, "SELECT count(*) > 0 FROM refused WHERE CAST(body AS TEXT) LIKE ?") == [(1,)]


def test_no_canary_in_the_log_of_a_batch_that_the_database_refuses(served: Served) -> None:
    """A poisonous event and a failing action: the driver's own words would quote the row."""
    with closing(sqlite3.connect(served.folder / "data" / "webleads.sqlite", timeout=10)) as conn:
        conn.execute(f"CREATE TRIGGER poison BEFORE INSERT ON submission BEGIN SELECT RAISE(ABORT, '{CANARY}'); END")
        conn.commit()
    try:
        at = now()
        content = json.dumps(body(form(at, f"{CANARY}2@example.org"), visitor=VISITOR, sent=at))
        answer = httpx2.post(served.url + "/in", content=content, headers=HEADERS, trust_env=False)
        assert (answer.status_code, answer.headers["x-webleads-refused"]) == (204, "poison=1")
    finally:
        with closing(sqlite3.connect(served.folder / "data" / "webleads.sqlite", timeout=10)) as conn:
            conn.execute("DROP TRIGGER poison")
            conn.commit()
    log = (served.folder / "stderr.txt").read_text()
    assert "poisonous event" in log
    assert _found(log) == []


def test_every_line_of_the_log_is_one_json_object(served: Served) -> None:
    lines = (served.folder / "stderr.txt").read_text().splitlines()
    assert lines
    for line in lines:
        assert {"event", "level"} <= json.loads(line).keys()


def test_files_beside_the_database_name_nobody(served: Served) -> None:
    folder: Path = served.folder / "data"
    served.command("erase", f"{CANARY}@example.org")
    beside = [path for path in folder.iterdir() if path.suffix in (".mark", ".erased", ".alive", ".lock")]
    assert {path.suffix for path in beside} >= {".erased", ".alive", ".lock"}
    for path in beside:
        assert not _found(path.read_text()), path
        assert VISITOR not in path.read_text()


def _rows(served: Served, statement: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{served.folder}/data/webleads.sqlite?mode=ro", uri=True)) as conn:
        return conn.execute(statement, (f"%{CANARY}%",)).fetchall()
