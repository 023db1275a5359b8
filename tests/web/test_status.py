"""The collector's state on its screen: what is seen at once, what takes longer, and what of refused events is never shown."""

from __future__ import annotations

import html
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import Connection

from collector import doctor, settings
from collector.actions import backup, sites
from collector.store import copies
from tests.builders import body, encoded, field, form, view
from tests.builders import rows as stored
from tests.conftest import SECRET

from . import rows
from .conftest import Place, browser_of, post, token_of
from .rows import NOW
from .serve import screens

STATUS = "/status"


@pytest_asyncio.fixture
async def cared(owned: Place, sqlite_url: str, tmp_path: Path) -> Any:
    """Screens with a doctor, behind whom an owner is signed in."""
    (tmp_path / "secret").write_text(SECRET.hex())
    config = settings.load({}, database=sqlite_url)
    app = screens(owned.database, owned.writer, owned.clock)
    object.__setattr__(app.state.house, "doctor", partial(doctor.of_account, config, owned.database))
    async with browser_of(app) as browser:
        place = owned._replace(app=app, browser=browser)
        await place.login()
        yield place


async def _do(place: Place, act: str, sent: dict[str, str] | None = None) -> str:
    answer = await post(place.browser, f"{STATUS}/{act}", sent or {}, token_of(await place.browser.get(STATUS)))
    assert answer.status_code == 303, answer.text
    await place.app.state.house.care.wait(20)
    return html.unescape((await place.browser.get(STATUS)).text)


async def test_what_is_quickly_seen_is_shown_and_nobody_else_is_asked(cared: Place) -> None:
    await cared.writer.run(lambda conn: rows.site(conn))
    page = html.unescape((await cared.browser.get(STATUS)).text)
    for told in (
        "Webleads Tracker 0.",
        "SQLite 3.",
        "Schema 00",
        "are free on its disk",
        "0 events wait",
        "not heard yet",
        "None was made",
    ):
        assert told in page, told
    assert "is sound" not in page, "the file is not read through for it"
    assert "No mail server is set" not in page


async def test_the_whole_look_says_what_the_doctor_says(cared: Place) -> None:
    page = await _do(cared, "look")
    assert "The doctor has looked at everything" in page
    assert "is sound" in page
    assert "No mail server is set" in page
    cared.clock.now += 600_000
    assert "No mail server is set" not in (await cared.browser.get(STATUS)).text, "an old look is no news"


async def test_another_accounts_sites_are_in_nothing_that_the_doctor_finds(cared: Place) -> None:
    await cared.writer.run(rows.account, 2)
    await cared.writer.run(lambda conn: rows.site(conn, 44, 2, "theirs.example"))
    assert "theirs.example" not in await _do(cared, "look")


async def test_a_backup_is_made_read_back_listed_and_deleted(cared: Place, tmp_path: Path) -> None:
    page = await _do(cared, "backup")
    assert "The backup is made and was read back" in page
    (kept,) = copies.kept(cared.database)
    assert kept.name in page
    folder = tmp_path / "backups"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {one.name for one in folder.iterdir()} == {kept.name, kept.name + ".secret"}
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.iterdir())
    assert copies.last(cared.database) == NOW
    assert "The last was made" in page
    token = token_of(await cared.browser.get(STATUS))
    for name in ("../webleads.sqlite", "..", "", kept.name + "/../" + kept.name, "webleads-20200101T000000Z.sqlite"):
        assert (await post(cared.browser, f"{STATUS}/backups/remove", {"name": name}, token)).status_code == 404
    assert (await post(cared.browser, f"{STATUS}/backups/remove", {"name": kept.name}, token)).status_code == 303
    assert list(folder.iterdir()) == []


async def test_a_backup_that_cannot_be_made_says_why(cared: Place) -> None:
    await _do(cared, "backup")
    page = await _do(cared, "backup")  # of the same second
    assert "No backup was made" in page
    assert "is there already" in page


def _refused(conn: Connection) -> None:
    rows.site(conn)
    sent = body(
        view(NOW, "https://shop.example/devis?email=canary@example.org", "https://shop.example/"),
        form(NOW + 1, "canary@example.org", fields=[field("nom", "Canary Person")], url="https://shop.example/devis", n=1),
        sent=NOW,
    )
    conn.execute(
        rows.schema.refused.insert().values(
            account_id=1, id=b"r" * 16, site_id=42, received_at=NOW, reason="foreign-origin", body=encoded(sent)
        )
    )
    conn.execute(rows.schema.refused_count.insert().values(account_id=1, site_id=42, day=NOW // rows.DAY, reason="foreign-origin", n=7))
    conn.execute(rows.schema.refused_count.insert().values(account_id=0, site_id=0, day=NOW // rows.DAY, reason="not-json", n=3))
    conn.execute(rows.schema.refused_count.insert().values(account_id=2, site_id=9, day=NOW // rows.DAY, reason="poison", n=5))


async def test_refused_events_are_told_by_reason_with_kind_and_host_and_nothing_of_a_person(cared: Place) -> None:
    await cared.writer.run(_refused)
    page = html.unescape((await cared.browser.get(STATUS)).text)
    for told in (
        "They came from a page of another host",
        "7 events",
        "1 kept",
        "page view, form sent, shop.example",
        "unknown site",
        "3 events",
    ):
        assert told in page, told
    for secret in ("canary", "Canary", "devis", "vAAAA", "poison"):
        assert secret not in page, secret


async def test_refused_events_are_read_again_once_what_refused_them_is_mended(cared: Place) -> None:
    await cared.writer.run(_refused)
    page = await _do(cared, "replay", {"site": "42", "reason": "foreign-origin"})
    assert "0 refused events were taken." in page
    await cared.writer.run(sites.change, 1, 42, now=NOW, hosts=["shop.example"])
    page = await _do(cared, "replay", {"site": "42", "reason": "foreign-origin"})
    assert "1 refused event was taken." in page
    assert [lead["email"] for lead in await cared.writer.run(lambda conn: stored(conn, "lead"))] == ["canary@example.org"]
    assert await cared.writer.run(lambda conn: stored(conn, "refused")) == []


async def test_only_one_thing_is_done_at_a_time_and_its_end_is_told_to_who_began_it(cared: Place, monkeypatch: Any) -> None:
    import threading

    go_on = threading.Event()

    def slow(*given: Any, **more: Any) -> dict[str, Any]:
        go_on.wait(5)
        return {"events": 1, "leads": 1, "size": 1}

    monkeypatch.setattr(backup, "here", slow)
    token = token_of(await cared.browser.get(STATUS))
    await post(cared.browser, f"{STATUS}/backup", {}, token)
    page = (await cared.browser.get(STATUS)).text
    assert "A backup is being made" in page
    assert re.search(r'id="care"[^>]*hx-get="/status"', page)
    busy = await post(cared.browser, f"{STATUS}/look", {}, token)
    assert busy.headers["location"] == "/status?busy=1"
    go_on.set()
    await cared.app.state.house.care.wait(5)
    assert "The backup is made" in (await cared.browser.get(STATUS, headers={"hx-request": "true"})).text
    await cared.writer.run(rows.account, 2)
    await cared.writer.run(rows.user, "two@example.com", "owner", 2)
    async with cared.another() as other:
        await cared.login("two@example.com", other)
        assert "The backup is made" not in (await other.get(STATUS)).text
