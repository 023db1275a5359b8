"""What machines ask of a collector, and what it tells nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from collector.store.meter import Meter
from tests.builders import OTHER, VISITOR, body, event, form, view
from tests.faults.asking import now
from tests.serving import Served, serving

TOKEN = "scraper-token"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A collector with a site, whose /metrics has a token."""
    with serving(tmp_path_factory.mktemp("probes"), WEBLEADS_METRICS_TOKEN=TOKEN) as running:
        running.command("site", "add", "example.com", "--id", "42")
        yield running


def ask(served: Served, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
    """A request."""
    return httpx2.request(method, served.url + path, headers=headers, trust_env=False)


def metrics(served: Served) -> dict[str, float]:
    """Samples by name with labels."""
    answer = ask(served, "/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def send(served: Served, made: object, origin: str = "https://example.com") -> httpx2.Response:
    """A batch; bytes go as they are."""
    content = made if isinstance(made, bytes) else json.dumps(made).encode()
    return httpx2.post(served.url + "/in", content=content, headers={"origin": origin}, trust_env=False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_answered_to_get_and_head_only(served: Served, path: str) -> None:
    got, head = ask(served, path), ask(served, path, "HEAD")
    assert (got.status_code, got.text) == (200, "ok\n")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "3")
    assert head.headers["cache-control"] == "no-store"
    assert ask(served, path, "POST").status_code == 405


def test_metrics_are_for_who_has_the_token(served: Served) -> None:
    for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}, {"authorization": f"Basic {TOKEN}"}):
        answer = ask(served, "/metrics", **given)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "webleads_" not in answer.text
    head = ask(served, "/metrics", "HEAD", authorization=f"Bearer {TOKEN}")
    assert (head.status_code, head.content) == (200, b"")


def test_without_the_setting_there_is_no_such_page(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        assert ask(running, "/metrics", authorization="Bearer x").status_code == 404


def test_what_came_and_what_was_refused_is_counted(served: Served) -> None:
    before = metrics(served)
    at = now()
    assert send(served, body(view(at), form(at + 1), event("purchase", at), sent=at + 2)).status_code == 204
    assert send(served, body(view(at), visitor=OTHER, sent=at)).status_code == 204
    assert send(served, b"not json").status_code == 400
    assert send(served, body(view(at), site=4242, sent=at)).status_code == 403
    assert send(served, body(view(at), sent=at), "https://elsewhere.example").status_code == 403
    after = metrics(served)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert more("webleads_events_total") == 5
    for reason in ("bad-type", "not-json", "bad-site", "foreign-origin"):
        assert more(f'webleads_refused_total{{reason="{reason}"}}') == 1, reason
    assert more("webleads_batch_events_count") == more("webleads_commit_seconds_count") == 3
    assert more('webleads_commit_seconds_bucket{le="+Inf"}') == 3
    assert 0 < more("webleads_commit_seconds_sum") < 10
    assert after["webleads_waiting_events"] == after["webleads_batches_failed_total"] == 0
    assert after["webleads_wal_bytes"] > 0
    assert after["webleads_disk_free_bytes"] > 0
    assert after['webleads_last_event_age_seconds{site="42"}'] < 60
    assert any(name.startswith("webleads_build_info{") for name in after)


def test_refusals_that_the_clock_has_taken_are_still_counted(served: Served) -> None:
    import time

    name = 'webleads_refused_total{reason="too-large"}'
    before = metrics(served).get(name, 0)
    assert send(served, b"x" * 70_000).status_code == 413
    time.sleep(1.3)
    assert metrics(served)[name] == before + 1


def test_labels_are_few_and_name_nobody(served: Served) -> None:
    at = now()
    send(served, body(view(at, "https://example.com/canary"), form(at, "canary@example.org"), visitor=VISITOR, sent=at))
    text = ask(served, "/metrics", authorization=f"Bearer {TOKEN}").text
    assert set(re.findall(r"[{,](\w+)=", text)) <= {"reason", "site", "le", "version", "python", "sqlite"}
    assert "canary" not in text.lower()
    assert VISITOR not in text


def test_a_batch_costs_the_meter_next_to_nothing() -> None:
    import timeit

    meter = Meter()

    def batch() -> None:
        meter.gathered()
        meter.settled(20, True)

    assert min(timeit.repeat(batch, number=1_000, repeat=5)) / 1_000 < 20e-6  # 0.5 us where nothing else runs
    assert meter.events == 20 * 5_000
    assert sum(meter.sizes.counts) == sum(meter.seconds.counts) == 5_000
