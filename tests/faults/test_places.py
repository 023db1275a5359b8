"""Another time zone, another locale, a system without time zones (R20): the same figures everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import builders

from .asking import ask, now
from .ledger import derived
from .server import Server

pytestmark = pytest.mark.fault(id="R20", minutes=1)
PLACES: dict[str, dict[str, str]] = {
    "Apia": {"TZ": "Pacific/Apia", "LANG": "C", "LC_ALL": "C", "PYTHONTZPATH": ""},
    "no zones": {"TZ": ":/nowhere", "PYTHONTZPATH": "", "LC_ALL": "POSIX"},
    "Kathmandu": {"TZ": "Asia/Kathmandu", "LANG": "fr_FR.UTF-8"},
    "New York": {"TZ": "America/New_York", "LC_ALL": "C.UTF-8"},
    "Paris": {"TZ": "Europe/Paris", "LANG": "tr_TR.UTF-8"},
}
_OWN = ("lead_id", "created_at", "last_seen_at", "first_at", "last_at")  # of one run: ids and times of its own
_ACCENTS = "Éloïse Œuvrard-Lœtscher"


def _send(server: Server, at: int) -> None:
    for number in range(6):
        visitor = f"placesAAAAAAAAAAAAAAA{number}"
        page = f"page{number:05}"
        view = builders.view(at, "https://example.com/?utm_source=lettre&utm_campaign=été", "https://www.google.fr/", page=page)
        form = builders.form(at + 1_000, f"p{number}@client.example", page=page, fields=[builders.field("nom", _ACCENTS)])
        assert ask(server, view, form, builders.result(form, page=page), visitor=visitor, sent=at + 2_000).status == 204


def _figures(server: Server) -> tuple[list[dict[str, Any]], dict[str, int]]:
    done = server.try_command("leads", "export", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    leads = [{key: value for key, value in json.loads(line).items() if key not in _OWN} for line in done.stdout.splitlines()]
    return sorted(leads, key=lambda lead: lead["email"]), {name: len(found) for name, found in derived(server.file).items()}


def test_figures_are_the_same_in_every_zone_and_locale(
    stopped: Server, another: Callable[[], Server], full: bool, monkeypatch: pytest.MonkeyPatch, told: Callable[..., None]
) -> None:
    at = now() - 10_000
    stopped.start()
    _send(stopped, at)
    expected = _figures(stopped)
    assert len(expected[0]) == 6
    assert expected[0][0]["first_campaign"] == "été"
    stopped.stop()
    for place in PLACES if full else list(PLACES)[:1]:
        server = another()
        for path in server.folder.iterdir():  # all of it is made in that place
            path.unlink()
        for name, value in PLACES[place].items():
            monkeypatch.setenv(name, value)
        server.command("site", "add", "example.com", "--id", "42", "--name", "Example")
        server.start()
        try:
            _send(server, at)
            assert _figures(server) == expected, place
            assert "Traceback" not in server.errors
        finally:
            server.kill()
            for name in PLACES[place]:
                monkeypatch.delenv(name)
    told(places=len(PLACES) if full else 1)
