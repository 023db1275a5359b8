"""`python -m tests.bench.screens`: the screens of an account of a million sessions, over HTTP, signed in; and whether it, or its purge, slows ingest."""

from __future__ import annotations

import argparse
import html
import os
import re
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx2

from collector.domain import periods
from tests.faults.server import Server

from . import grown, growth, purged, results
from .grown import Built

ROUNDS = 20


def main() -> None:
    """Builds (or finds) the database, asks the screens, sends events; prints a table, and with `--record` keeps it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.screens", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 1,000,000 sessions, 5,000,000 events and 100,000 leads")
    parser.add_argument("--folder", type=Path, help="where the database is kept for the next run; a temporary place by default")
    parser.add_argument("--record", action="store_true", help="append to tests/RESULTS.md, with date and commit")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = (chosen.folder or Path(passing)) / f"scale-{chosen.scale:g}"
        built = grown.build(folder, chosen.scale)
        lines = [*_size_lines(built), "", *_screen_lines(folder), "", *_ingest_lines(folder, Path(passing))]
    print("\n".join(lines))
    if chosen.record:
        results.record("Screens", lines)


def _size_lines(built: Built) -> list[str]:
    rows, events = built.rows, built.rows["event"]
    whole = sum(built.bytes.values())
    lines = [
        f"{rows['session']:,} sessions, {events:,} events, {rows['lead']:,} leads, told by the demo's generator and recorded in"
        f" {built.seconds:.0f} s ({events / built.seconds:,.0f} events/s, not synchronous).",
        f"{whole / 1e6:,.0f} MB: {whole / events:.0f} bytes an event with all tables and indexes.",
        "",
        "| table | rows | bytes an event | bytes a row |",
        "|---|---|---|---|",
    ]
    for name, size in sorted(built.bytes.items(), key=lambda pair: -pair[1]):
        if size / events >= 0.5:
            lines.append(f"| {name} | {rows[name]:,} | {size / events:.1f} | {size / max(1, rows[name]):.0f} |")
    return lines


# Screens -----------------------------------------------------------------------------------------------------------


def _screen_lines(folder: Path) -> list[str]:
    server = Server(folder)
    server.start()
    try:
        with httpx2.Client(base_url=server.url, timeout=60) as browser:
            _log_in(browser)
            assert server.process is not None
            growth.settle(server)
            return _asked(browser, _addresses(server.file), server.process.pid)
    finally:
        server.stop()


def _log_in(browser: httpx2.Client) -> None:
    found = re.search(r'name="token" value="([^"]+)"', browser.get("/login").text)
    assert found
    sent = {"email": grown.EMAIL, "password": grown.PASSWORD, "token": html.unescape(found[1])}
    told = {"sec-fetch-site": "same-origin", "origin": str(browser.base_url).rstrip("/")}
    assert browser.post("/login", data=sent, headers=told).status_code == 303


def _addresses(file: Path) -> dict[str, str]:
    """What is asked, by its name in the table."""
    conn = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    count = conn.execute("SELECT count(*) FROM lead").fetchone()[0]
    deep = conn.execute("SELECT created_at, hex(id) FROM lead ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?", (count * 9 // 10,))
    at, identity = deep.fetchone()
    middle = conn.execute("SELECT points, hex(id) FROM lead ORDER BY points DESC, id DESC LIMIT 1 OFFSET ?", (count // 2,))
    points, scored = middle.fetchone()
    (longest,) = conn.execute("SELECT id FROM lead ORDER BY visits DESC LIMIT 1").fetchone()
    ends = "SELECT site_id AS site, last_source AS way FROM lead UNION ALL SELECT site_id, first_source FROM lead WHERE first_source <> last_source"
    ways = conn.execute(f"SELECT site, way, count(*) FROM ({ends}) WHERE way <> '' GROUP BY site, way")
    site, source, _n = min(ways, key=lambda row: abs(row[2] - 1_000))
    conn.close()
    return {
        "(sites: a page without leads)": "/sites",
        "lead list, page 1": "/leads",
        f"lead list, below {count * 9 // 10:,} leads": f"/leads?after={at}.{identity.lower()}",
        "by site (half of all)": "/leads?site=1",
        "by site (a tenth)": "/leads?site=4",
        "by source: google": "/leads?source=google",
        "by channel: AI Assistants": "/leads?channel=AI+Assistants",
        "by campaign": "/leads?campaign=rentree",
        "by form": "/leads?form=newsletter",
        "by page": "/leads?page=%2Fcontact",
        "by page: nothing found": "/leads?page=zzzzzz",
        "by period: 7 days": "/leads?period=7d",
        "by period: 365 days": "/leads?period=365d",
        "by score: at least 60": "/leads?score=60",
        "by score: between": "/leads?score=20&score_max=40",
        "by status: none": "/leads?status=none",
        "by status: won": "/leads?status=won",
        "by owner: me": "/leads?owner=me",
        "by tag": "/leads?tag=vip",
        "by company": "/leads?company=durand",
        "by consent": "/leads?consent=yes",
        "by mark": "/leads?mark=automated",
        "messages": "/leads?kind=messages",
        "quarantine": "/leads?kind=quarantine",
        "ordered: oldest": "/leads?sort=oldest",
        "ordered: last seen": "/leads?sort=seen",
        "ordered: score": "/leads?sort=score",
        "ordered: score, further down": f"/leads?sort=score&after={points}.{scored.lower()}",
        "ordered: name": "/leads?sort=name",
        "eight filters, by name": "/leads?q=e&site=1&channel=Direct&channel=Email&status=none&consent=no&mark=none&score=10&sort=name",
        "search: a name": "/leads?q=lefevre",
        "search: two words": "/leads?q=helene+kerbrat",
        "search: part of an e-mail": "/leads?q=le-goff7%40",
        "search: nothing found": "/leads?q=zzzzzz",
        "today, three days of leads": f"/today?since={periods.iso(grown.END // 86_400_000 - 3)}",
        "the lead with the most visits": f"/leads/{UUID(bytes=longest)}",
        "the same, its forms alone": f"/leads/{UUID(bytes=longest)}?show=forms",
        "sources, 30 days": f"/reports/sources?{_days(30)}",
        "sources, 365 days": f"/reports/sources?{_days(365)}",
        "sources, 30 days, by campaign": f"/reports/sources?{_days(30)}&by=campaign",
        "sources, 365 days, linear beside position": f"/reports/sources?{_days(365)}&model=linear&beside=position",
        "days, 365 days": f"/reports/sources/days?{_days(365)}",
        "pages, 30 days": f"/reports/pages?{_days(30)}",
        "pages, 365 days": f"/reports/pages?{_days(365)}",
        "forms, 30 days": f"/reports/forms?{_days(30)}",
        "forms, 365 days": f"/reports/forms?{_days(365)}",
        "a form, 365 days": f"/reports/forms/one?form=contact&site=1&{_days(365)}",
        "export": f"/leads/export?site={site}&source={source}",
    }


def _days(count: int) -> str:
    """The last days of which the database tells, whatever day it is now."""
    last = grown.END // 86_400_000 - 1
    return f"period=custom&since={periods.iso(last - count + 1)}&until={periods.iso(last)}"


def _asked(browser: httpx2.Client, addresses: dict[str, str], pid: int) -> list[str]:
    """Every address once a round, so that whatever else the machine does falls on all of them."""
    took: dict[str, list[float]] = {name: [] for name in addresses}
    worked: dict[str, list[float]] = {name: [] for name in addresses}
    size: dict[str, tuple[int, int]] = {}
    for round_ in range(ROUNDS + 1):
        for name, address in addresses.items():
            before, began = _cpu(pid), time.perf_counter()
            answer = browser.get(address)
            text = answer.content
            spent = (time.perf_counter() - began) * 1000
            assert answer.status_code == 200, (address, answer.status_code)
            if round_:  # the first one warms
                took[name].append(spent)
                worked[name].append(_cpu(pid) - before)
            size[name] = (len(text), text.count(b"\n") - 1)
    lines = [
        f"{ROUNDS} requests each, in turn, warm. CPU is the server's own, whatever else the machine does.",
        "",
        "| screen | p50 ms | p95 ms | CPU ms | KB |",
        "|---|---|---|---|---|",
    ]
    for name, times in took.items():
        shown = f"{name} of {size[name][1]:,} rows" if name == "export" else name
        figures = (median(times), sorted(times)[ROUNDS * 95 // 100 - 1], median(worked[name]))
        lines.append(f"| {shown} | {' | '.join(f'{figure:.1f}' for figure in figures)} | {size[name][0] / 1024:.0f} |")
    return lines


def _cpu(pid: int) -> float:
    """Milliseconds that all threads of a process have run."""
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


# Ingest ------------------------------------------------------------------------------------------------------------


def _ingest_lines(folder: Path, passing: Path) -> list[str]:
    """On a copy of the database and on an empty one."""
    full, empty = passing / "full", passing / "empty"
    shutil.copytree(folder, full)
    os.sync()  # or the disk would still be writing the copy
    empty.mkdir()
    grown.empty(empty)
    return [*growth.lines(full, empty, repeats=5, seconds=3), "", *purged.lines(full, repeats=5, each=10)]


if __name__ == "__main__":
    main()
