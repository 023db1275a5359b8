"""Memory runs out (R19): it stays under its bound where that is kept, and where less is left nothing acknowledged is lost.

With less than it needs the process may end: the User-Agent parser is written in Rust, which aborts when memory is refused.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from random import Random

import pytest

from tests import builders

from .asking import ask, get, now
from .ledger import Ledger, rows
from .server import Server

pytestmark = pytest.mark.fault(id="R19", minutes=2)
MB = 1_048_576
LEFT = 6 * MB  # of address space beside what a collector at work has mapped
BOUND = 256 * MB  # of memory that is really used


def _mapped(server: Server) -> int:
    """Bytes of address space."""
    assert server.process is not None
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[0]) * resource.getpagesize()


def _heavy(number: int) -> dict[str, object]:
    """A form of 24 KB."""
    fields = [builders.field(f"m{place}", f"{number} " + "e" * 7_000, type="textarea") for place in range(3)]
    return builders.form(now(), f"heavy{number}@client.example", fields=fields, n=None, page=None)


def _ask(server: Server, form: dict[str, object]) -> int:
    try:
        return ask(server, form).status
    except (OSError, HTTPException):
        return 0


async def _send(server: Server, forms: list[dict[str, object]]) -> dict[str, int]:
    """All at once; the answers by event id, 0 where none came."""
    answers = await asyncio.gather(*(asyncio.to_thread(_ask, server, form) for form in forms))
    return {str(form["id"]): status for form, status in zip(forms, answers, strict=True)}


async def test_many_heavy_forms_at_once_fit_into_256_mb(
    server: Server, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    for place in range(figure(2, 20)):
        answers = await _send(server, [_heavy(100 * place + number) for number in range(64)])
        assert set(answers.values()) <= {204, 429, 503}
        assert 204 in answers.values()
    most = server.memory("VmHWM")
    assert most < BOUND
    assert server.stop() == 0
    told(most_mb=most / MB)


async def test_a_collector_out_of_memory_loses_nothing_acknowledged(
    server: Server, dice: Random, figure: Callable[[int, int], int], told: Callable[..., None]
) -> None:
    ledger = Ledger(server.port, dice)
    assert server.process is not None
    kind, (free, hard) = resource.RLIMIT_AS, resource.prlimit(server.process.pid, resource.RLIMIT_AS)
    heavy: dict[str, int] = {}
    ended = 0
    with ledger.traffic(8):
        await asyncio.sleep(0.5)
        for place in range(rounds := figure(1, 20)):
            resource.prlimit(server.process.pid, kind, (_mapped(server) + LEFT, hard))
            forms = [_heavy(100 * place + number) for number in range(64)]
            heavy |= await _send(server, forms)
            if server.process.poll() is None:
                resource.prlimit(server.process.pid, kind, (free, hard))
            else:
                ended += 1
                server.start()
            await asyncio.sleep(0.2)
            assert get(server, "/readyz") == (200, "ok\n")
    await ledger.settle()
    assert server.stop() == 0
    stored = {row[0].hex() for row in rows(server.file, "SELECT id FROM event")}
    acknowledged = {identity.replace("-", "") for identity, status in heavy.items() if status == 204}
    assert acknowledged <= stored
    assert {identity.hex() for identity in ledger.events} <= stored
    assert set(heavy.values()) <= {0, 204, 429, 503}, heavy.values()
    told(times_without_memory=rounds, ends=ended, acknowledged=len(acknowledged) + len(ledger.acknowledged), lost=0)
