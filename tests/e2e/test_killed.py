"""The collector is killed while a form is sent, and started again: nothing is lost, nothing is doubled after the next page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from tests.e2e.conftest import Pages
from tests.engines.hosts import Hosts
from tests.engines.page import Page, Profile
from tests.faults.ledger import rows
from tests.faults.server import Server

SITE = 100849625
TAG = f'<script async src="http://stats.webleads-tracker.com/js" data-site="{SITE}" data-consent="granted"></script>'
FORM = "<form method=post action=/envoi><input type=email name=email><button id=go>Envoyer</button></form>"
# Where it ends by itself, and at which pass: at the view's batch, at that of the touched field, or at the submission's.
STEPS = ("answer-before", "insert-after", "parse-after", "fold-after")  # those of a commit are passed at the start too
ENDED = 137  # the code of a process that ended at its step; a killed one has -9
SOON = 15.0  # seconds; the tag waits longer each time that nobody answers


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, hosts: Hosts, pages: Pages) -> Iterator[Server]:
    """A collector that can be killed, under the name that the pages' tag has."""
    made = Server(tmp_path_factory.mktemp("killed"))
    made.start()
    made.command("site", "add", "client.test", "--id", str(SITE))
    hosts.routes |= {"stats.webleads-tracker.com": made.port, "client.test": pages.port}
    yield made
    made.kill()


def _soon(ask: Callable[[], bool]) -> bool:
    end = time.monotonic() + SOON
    while not ask() and time.monotonic() < end:
        time.sleep(0.05)
    return ask()


def _count(server: Server, what: str) -> int:
    found: Any = rows(server.file, f"SELECT count(*) FROM {what}")[0][0]
    return int(found)


def _send(page: Page, server: Server, email: str, after: float | None) -> None:
    """Sends the form; kills the collector so many seconds after the click, unless it ends by itself."""
    page.fill("input[type=email]", email)
    timer = threading.Timer(after, server.kill) if after is not None else None
    if timer is not None:
        timer.start()
    page.click("#go")
    page.wait_for_url("**/merci")
    if timer is not None:
        timer.join()


@pytest.mark.parametrize("rounds", [2, pytest.param(24, marks=pytest.mark.slow)])
def test_a_killed_collector_has_each_submission_once_after_the_next_page(
    visitor: Profile, server: Server, pages: Pages, rounds: int, record_property: Any
) -> None:
    pages.pages["/"] = f"<!doctype html><html><head><title>Contact</title>{TAG}</head><body>{FORM}</body></html>"
    page, dice, ends = visitor.new_page(), Random(rounds), list[str]()
    for turn in range(rounds):
        server.kill()
        own = turn % 2 == 0
        server.environment = {"WEBLEADS_CRASH": f"{STEPS[turn // 2 % len(STEPS)]}:{dice.randint(2, 3)}"} if own else {}
        server.start()
        page.goto("http://client.test/")
        page.wait_for_tag()
        _send(page, server, f"n{turn}@exemple.fr", None if own else dice.random() * 0.06)
        server.kill()
        assert server.process is not None
        if server.process.returncode == ENDED:
            ends.append(server.environment["WEBLEADS_CRASH"])
        server.environment = {}
        server.start()
        page.goto("http://client.test/")
        page.wait_for_tag()
        assert _soon(lambda mail=f"n{turn}@exemple.fr": _count(server, f"lead WHERE email = '{mail}'") == 1), f"round {turn}"  # type: ignore[misc]
        assert _soon(lambda seen=2 * (turn + 1): _count(server, "event WHERE type = 0") >= seen)  # type: ignore[misc]
    record_property("ended by itself", f"{len(ends)} of {(rounds + 1) // 2}: {' '.join(ends)}")
    assert ends or rounds < 2 * len(STEPS), "no step was reached: no kill was one in the midst of a batch"
    assert _count(server, "submission") == _count(server, "conversion WHERE counted = 1") == _count(server, "lead") == rounds
    assert _count(server, "event WHERE type = 0") == 2 * rounds
