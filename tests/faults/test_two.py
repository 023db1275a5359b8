"""One writer a file: a second server is refused, a command goes through the first."""

from __future__ import annotations

import asyncio
from random import Random

import httpx2

from .ledger import Ledger, rows
from .line import HEADERS
from .server import Server


def test_a_second_server_on_the_same_file_is_refused_in_words(server: Server) -> None:
    refused = server.try_command("serve", "--port", "0")
    assert refused.returncode == 1
    assert "another process writes to" in refused.stderr.replace("\n", " ")
    assert "Traceback" not in refused.stderr
    assert httpx2.get(f"{server.url}/healthz").status_code == 200


async def test_a_site_is_added_through_the_running_server_under_load(server: Server) -> None:
    ledger = Ledger(server.port, Random(7))
    with ledger.traffic(8):
        await asyncio.sleep(0.2)
        answer = await asyncio.to_thread(server.command, "site", "add", "autre.example", "--id", "43")
        assert answer["tag"].startswith(f'<script async src="{server.url}/js"')
        new = {"v": 1, "site": 43, "visitor": None, "consent": "unset", "sent": 0, "events": []}
        async with httpx2.AsyncClient() as client:
            taken = await client.post(f"{server.url}/in", json=new, headers=HEADERS | {"origin": "https://autre.example"})
        assert taken.status_code == 204
    await ledger.settle()
    ledger.check(server.file, settled=True)
    assert rows(server.file, "SELECT domain FROM site WHERE id = 43") == [("autre.example",)]
