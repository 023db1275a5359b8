"""What goes on now, on the screen and by server-sent events: who may listen, what is never shown, how it ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from collector.store import live as rows_of
from collector.web import hub, live
from tests.builders import HOME, OTHER, VISITOR, body, form, store, view

from . import rows
from .conftest import Place, post, token_of
from .rows import MINUTE, NOW


def _visits(conn: Any) -> None:
    rows.site(conn)
    rows.site(conn, 43, domain="other.example")
    store(
        conn,
        body(view(NOW - MINUTE, HOME + "devis", "https://www.google.com/"), form(NOW - MINUTE + 1, "canary@example.org", n=1), sent=NOW),
    )
    there = view(NOW - MINUTE, "https://other.example/x")
    store(conn, body(there, visitor=OTHER, site=43, sent=NOW))


async def test_visits_of_the_last_minutes_are_told_without_their_visitors(owned: Place) -> None:
    await owned.writer.run(_visits)
    page = (await owned.browser.get("/live")).text
    assert re.search(r"<strong>2</strong>\s*visits in the last 5 minutes", page)
    assert re.search(r"<strong>1</strong>\s*form sent", page)
    for told in ("/devis", "Search engine: google", "France", "computer", "Europe/Paris"):
        assert told in page
    for secret in (VISITOR, OTHER, "canary@example.org"):
        assert secret not in page
    one = (await owned.browser.get("/live?site=43", headers={"hx-request": "true"})).text
    assert re.search(r"<strong>1</strong>\s*visit in the last 5 minutes", one)
    assert "/devis" not in one
    assert "<html" not in one


async def test_another_accounts_visits_are_not_seen(owned: Place) -> None:
    await owned.writer.run(rows.account, 2)
    await owned.writer.run(lambda conn: rows.site(conn, 44, 2, "theirs.example"))
    await owned.writer.run(lambda conn: rows.site(conn))
    page = (await owned.browser.get("/live?site=44")).text
    assert "theirs.example" not in page


async def _listen(place: Place, browser: Any = None) -> AsyncIterator[str]:
    """The messages of a stream, asked in the process: httpx's transport waits for the end of an answer."""
    cookies = "; ".join(f"{name}={value}" for name, value in dict((browser or place.browser).cookies).items())
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/live/events", "raw_path": b"/live/events", "query_string": b"", "root_path": "",
        "headers": [(b"host", b"leads.test"), (b"cookie", cookies.encode())], "client": ("127.0.0.1", 1), "server": ("leads.test", 80),
    }  # fmt: skip
    gone = asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await gone.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    task = asyncio.create_task(place.app(scope, receive, sent.put))
    try:
        start = await asyncio.wait_for(sent.get(), 5)
        yield str(start["status"])
        while True:
            message = await asyncio.wait_for(sent.get(), 5)
            if message.get("body"):
                yield message["body"].decode()
            if not message.get("more_body"):
                return
    finally:
        gone.set()
        await asyncio.wait([task], timeout=5)
        task.cancel()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads follow each other at once."""
    monkeypatch.setattr(hub, "EVERY", 0.02)


async def test_a_listener_is_told_of_a_new_visit_and_otherwise_that_the_line_is_open(owned: Place, quick: None) -> None:
    await owned.writer.run(lambda conn: rows.site(conn))
    lines = _listen(owned)
    assert await anext(lines) == "200"
    first = await anext(lines)
    assert all(line.startswith("data: ") for line in first.strip().splitlines())
    assert "Nobody in the last half hour" in first
    assert await anext(lines) == ":\n\n"
    await owned.writer.run(lambda conn: store(conn, body(view(NOW - MINUTE), sent=NOW)) and None)
    told = await anext(lines)
    while told == ":\n\n":
        told = await anext(lines)
    assert "visit in the last 5 minutes" in told
    await lines.aclose()  # type: ignore[attr-defined]


async def test_the_stream_ends_with_the_login_session_and_with_the_collector(owned: Place, quick: None) -> None:
    await owned.writer.run(lambda conn: rows.site(conn))
    token = token_of(await owned.browser.get("/settings/profile"))
    async with owned.another() as other:
        await owned.login(browser=other)
        lines = _listen(owned, other)
        assert [await anext(lines), (await anext(lines))[:5]] == ["200", "data:"]
        await post(owned.browser, "/settings/profile/sessions", {"end": "others"}, token)
        rest = [line async for line in lines]
        assert rest[-1] == "event: end\ndata:\n\n"
    lines = _listen(owned)
    await anext(lines)
    await anext(lines)
    owned.app.state.house.live.close()
    assert [line async for line in lines if line != ":\n\n"] == []


async def test_many_listeners_of_an_account_are_one_read(owned: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await owned.writer.run(lambda conn: rows.site(conn))
    reads = 0
    recent = rows_of.recent

    async def counted(*given: Any) -> Any:
        nonlocal reads
        reads += 1
        return await recent(*given)

    monkeypatch.setattr(live.rows, "recent", counted)
    streams = [_listen(owned) for _ in range(5)]
    assert [await anext(one) for one in streams] == ["200"] * 5
    await asyncio.gather(*(anext(one) for one in streams))
    await owned.browser.get("/live")
    assert reads == 1
    for one in streams:
        await one.aclose()  # type: ignore[attr-defined]


async def test_no_login_listens_more_often_than_a_browser_has_windows(owned: Place) -> None:
    await owned.writer.run(lambda conn: rows.site(conn))
    streams = [_listen(owned) for _ in range(hub.MOST_OF_ONE)]
    for one in streams:
        await anext(one)
        await anext(one)
    late = _listen(owned)
    assert await anext(late) == "503"
    for one in [*streams, late]:
        await one.aclose()  # type: ignore[attr-defined]
    assert not any(owned.app.state.house.live._listening[1].values()), "who has gone is forgotten"
