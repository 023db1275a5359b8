"""The demo's invented past: the same each time, likely, told in small steps, and gone with the demo."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

import pytest
from sqlalchemy import Connection, func, select

from collector.actions import demo, retain
from collector.actions.record import Recorder
from collector.demo import history
from collector.demo.history import DAY, Place, Sizes
from collector.domain.channels import CHANNELS
from collector.domain.events import Batch
from collector.domain.privacy import coarse
from collector.store import ids, migrate, schema
from collector.store.database import Database
from tests.serving import Served, serving

END = 1_795_429_920_000  # 2026-11-23T10:32:00Z
HALF_HOUR = 30 * 60_000
SECRET = b"s" * 32
PLACE = Place(1, demo.SITE, "http://127.0.0.1:8001")
SMALL = Sizes(days=30, visits=900, leads=90)


def tell(seed: int = 7, end: int = END, sizes: Sizes = SMALL, place: Place = PLACE) -> list[Batch]:
    return [batch for day in history.days(seed, end, sizes, place) for batch in day]


@pytest.fixture(scope="module")
def whole() -> list[Batch]:
    return tell(sizes=Sizes())


# The story -----------------------------------------------------------------------------------------------------------


def test_a_seed_tells_one_story_and_another_seed_another() -> None:
    assert tell() == tell()
    assert tell(8) != tell()


def test_the_address_of_the_pages_changes_nothing_else() -> None:
    here, there = tell(), tell(place=Place(1, demo.SITE, "http://localhost:9"))
    assert [[event.id for event in batch.events] for batch in here] == [[event.id for event in batch.events] for batch in there]


def test_it_is_told_in_the_order_of_time_and_ends_in_time(whole: list[Batch]) -> None:
    received = [batch.received for batch in whole]
    assert received == sorted(received)
    assert END - DAY < received[-1] <= END
    assert END - 90 * DAY <= received[0] < END - 88 * DAY
    for batch in whole:
        times = [event.at for event in batch.events]
        assert times == sorted(times)
        assert times[-1] <= batch.received
        assert all(event.id[:6] == event.at.to_bytes(6, "big") for event in batch.events)


def test_its_sizes_are_those_that_were_asked_for(whole: list[Batch]) -> None:
    visits = [batch for batch in whole if batch.events[0].type == "view"]
    assert 9_500 < len(visits) < 10_200
    assert 0.6 < sum(batch.visitor is not None for batch in visits) / len(visits) < 0.75
    assert len({event.id for batch in whole for event in batch.events}) == sum(len(batch.events) for batch in whole)


def test_a_visitor_comes_again_and_never_twice_at_once(whole: list[Batch]) -> None:
    seen: dict[str, list[Batch]] = {}
    for batch in whole:
        if batch.visitor:
            seen.setdefault(batch.visitor, []).append(batch)
    assert 0.1 < sum(len(visits) > 1 for visits in seen.values()) / len(seen) < 0.5
    for visits in seen.values():
        for before, after in pairwise(visits):
            assert after.events[0].at - before.events[-1].at >= HALF_HOUR


def test_without_consent_nothing_ties_one_thing_to_another(whole: list[Batch]) -> None:
    audience = [batch for batch in whole if batch.visitor is None]
    for batch in audience:
        assert (batch.subject, batch.agent, batch.language) == (None, "", "")
        forms = [event for event in batch.events if event.type.startswith("form_")]
        assert not forms or (len(batch.events) == 1 and forms[0].page == "" and forms[0].n == 0 and "?" not in forms[0].url)
        assert not any(click in event.url for event in batch.events for click in ("gclid=", "msclkid=", "fbclid="))
        assert not any(str(event.data.get("referrer", "")).startswith(PLACE.origin) for event in batch.events)
    assert any(event.type == "form_submit" for batch in audience for event in batch.events)


def test_some_begin_a_form_and_leave_it(whole: list[Batch]) -> None:
    counts = Counter(event.type for batch in whole for event in batch.events)
    left = [event.data for batch in whole for event in batch.events if event.type == "form_abandon"]
    assert counts["form_start"] > counts["form_submit"] > counts["form_invalid"] > 0
    assert {str(data["form"]) for data in left} == {"newsletter", "contact", "devis"}
    assert len({data["field"] for data in left}) > 8


def test_its_people_cannot_exist(whole: list[Batch]) -> None:
    sent = [field for batch in whole for event in batch.events for field in event.fields if field.value]
    mails = {field.value for field in sent if field.name == "email"}
    assert len(mails) > 200
    for mail in mails:
        assert mail == normalize("NFKD", mail or "").encode("ascii").decode()
        host = str(mail).rpartition("@")[2]
        assert host.endswith(".example") or host in ("example.org", "example.net", "example.com")
    digits = {"0" + "".join(filter(str.isdigit, str(field.value)))[-9:] for field in sent if field.name == "telephone"}
    assert digits
    assert all(number.startswith(("063998", "046571")) for number in digits)  # kept for fiction by Arcep


# Told to the collector ------------------------------------------------------------------------------------------------


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    engine = Database(f"sqlite:///{tmp_path}/webleads.sqlite").writing_engine()
    with engine.connect() as made:
        migrate.upgrade(made, END)
        demo.add(made, 1, now=END, user_id=b"u" * 16)
        yield made
        made.rollback()
    engine.dispose()


def record(conn: Connection, batches: list[Batch]) -> None:
    recorder = Recorder(SECRET, ids.uuid7)
    for start in range(0, len(batches), 200):
        assert demo.tell(conn, recorder, batches[start : start + 200])


def count(conn: Connection, name: str) -> int:
    return int(conn.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar() or 0)


def test_it_makes_the_leads_that_a_list_should_show(conn: Connection) -> None:
    record(conn, tell(sizes=Sizes(days=90, visits=2_000, leads=300)))
    leads = conn.execute(select(schema.lead)).mappings().all()
    assert 255 < len(leads) < 345
    channels = Counter(row["first_channel"] for row in leads if row["visits"])
    assert set(channels) <= set(CHANNELS)
    assert {"Organic Search", "Direct", "Email", "Paid Search", "Referral", "AI Assistants"} <= set(channels)
    assert {row["form"] for row in leads} == {"newsletter", "contact", "devis"}
    assert 0 < sum(row["visits"] == 0 for row in leads) < len(leads) / 2  # without consent
    assert max(row["visits"] for row in leads) > 5
    assert any(row["phone"] and not row["email"] for row in leads)
    assert any(row["submissions"] > 1 for row in leads)
    assert {row["marketing_consent"] for row in leads} == {"granted", "none"}
    assert any(row["name"] and row["organization"] and row["message"] for row in leads)
    assert all(row["site_id"] == demo.SITE for row in leads)
    results = Counter(row[0] for row in conn.execute(select(schema.conversion.c.result)))
    assert 0 < results["failed"] < results["unknown"] + results["confirmed"]
    assert conn.execute(select(func.count()).where(schema.event.c.marks != 0)).scalar()
    assert count(conn, "refused") == 0


def test_what_was_told_is_known_after_a_stop_and_never_told_twice(conn: Connection) -> None:
    batches = tell()
    assert demo.told(conn, 1) == (END, 0)
    record(conn, batches[:400])
    born, since = demo.told(conn, 1)
    assert (born, coarse(batches[399].received) <= since <= batches[399].received) == (END, True)
    record(conn, [batch for batch in tell(end=born) if batch.received >= since])
    told = {name: count(conn, name) for name in ("event", "session", "submission", "lead")}
    assert told["event"] == sum(len(batch.events) for batch in batches)
    record(conn, batches)
    assert {name: count(conn, name) for name in told} == told


def test_retention_leaves_it_alone(conn: Connection) -> None:
    record(conn, tell(sizes=Sizes(days=90, visits=900, leads=90)))
    done = retain.retain(conn, secret=SECRET, now=END + 60_000)
    assert not any(done.values())


def test_it_goes_with_the_demo_and_nothing_of_anybody_stays(conn: Connection) -> None:
    before = {name: count(conn, name) for name in schema.metadata.tables}
    record(conn, tell())
    began = time.monotonic()
    assert demo.remove(conn, 1, secret=SECRET)["leads"] > 50
    assert time.monotonic() - began < 5
    after = {name: count(conn, name) for name in schema.metadata.tables}
    assert after == before | {"site": 0, "user": 0}
    assert demo.tell(conn, Recorder(SECRET, ids.uuid7), tell()[:10]) is False
    assert count(conn, "event") == 0


# In the command -------------------------------------------------------------------------------------------------------


def stored(served: Served, name: str) -> int:
    """How many rows a table has."""
    reader = sqlite3.connect(f"file:{served.folder}/data/webleads.sqlite?mode=ro", uri=True)
    try:
        return int(reader.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
    finally:
        reader.close()


def test_the_demo_fills_its_past_when_asked_and_is_taken_out_in_the_middle(tmp_path: Path) -> None:
    with serving(tmp_path, "demo", "--history", "--port", "0", "--demo-port", "0") as served:
        end = time.monotonic() + 20
        while not stored(served, "lead"):
            assert time.monotonic() < end, "no lead was told"
            time.sleep(0.05)
        assert served.command("demo", "--remove")["visitors"] > 0
        time.sleep(0.2)
        assert [stored(served, name) for name in ("site", "event", "session", "lead", "identifier")] == [0] * 5
