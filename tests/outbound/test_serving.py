"""A running collector: somebody asks, the letter comes, its link opens what is known; and no log line names them or the link."""

from __future__ import annotations

import asyncio
import html
import re
from pathlib import Path

import httpx2

from tests.builders import body, form, view
from tests.faults.asking import now
from tests.serving import serving
from tests.web.conftest import token_of

from .test_outbox import Taking, _listening

CAMILLE = "kanarie@example.org"
SAME = {"sec-fetch-site": "same-origin"}


async def test_who_asks_a_running_collector_gets_a_letter_whose_link_works(tmp_path: Path) -> None:
    taking = Taking()
    async with _listening(taking) as smtp:
        port = await _free()
        url = f"http://127.0.0.1:{port}"
        given = {"WEBLEADS_SMTP": f"smtp://127.0.0.1:{smtp}", "WEBLEADS_MAIL_FROM": "webleads@example.com", "WEBLEADS_LOG_LEVEL": "debug"}
        made = serving(tmp_path, "serve", "--port", str(port), WEBLEADS_URL=url, **given)
        running = await asyncio.to_thread(made.__enter__)
        try:
            await asyncio.to_thread(running.command, "site", "add", "example.com", "--id", "42")
            async with httpx2.AsyncClient(base_url=url, trust_env=False) as visitor:
                at = now()
                sent = body(view(at - 2), form(at - 1, CAMILLE), sent=at)
                assert (await visitor.post("/in", json=sent, headers={"origin": "https://example.com"})).status_code == 204
                page = await visitor.get("/me/address")
                asked = await visitor.post("/me/address", data={"email": CAMILLE, "token": token_of(page)}, headers=SAME)
                assert asked.status_code == 200
                link = await _link(taking, url)
                page = await visitor.get(link)
                found = re.search(r'name="link" value="([^"]+)"', page.text)
                assert found
                ticket = html.unescape(found[1])
                done = await visitor.post("/me/link", data={"link": ticket, "token": token_of(page)}, headers=SAME)
                assert (done.status_code, done.headers["location"]) == (303, "/me")
        finally:
            await asyncio.to_thread(made.__exit__, None, None, None)
    log = (tmp_path / "stderr.txt").read_text()
    assert CAMILLE not in log
    assert ticket not in log


async def _link(taking: Taking, url: str) -> str:
    for _ in range(300):
        if taking.taken:
            ((to, letter),) = taking.taken
            assert to == [CAMILLE]
            text = next(part.get_content() for part in letter.iter_parts() if part.get_content_type() == "text/plain")
            return str(text[text.index(f"{url}/me/link") :].split()[0])
        await asyncio.sleep(0.1)
    raise AssertionError("no letter came")


async def _free() -> int:
    made = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    async with made:
        return int(made.sockets[0].getsockname()[1])
