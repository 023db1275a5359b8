"""Rollups: right at every moment, whatever comes late, fails, goes or is counted anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, update

from collector.actions import demo
from collector.actions.erase import erase
from collector.actions.rebuild import rebuild
from collector.actions.retain import months_before, retain
from collector.domain.rollups import COUNTS
from collector.store import rollups, schema
from collector.store.writer import Writer
from tests.builders import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECRET,
    SITE,
    VISITOR,
    body,
    derived,
    event,
    form,
    result,
    rows,
    store,
    tell,
    view,
)

LETTER = HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"
GOOGLE = "https://www.google.com/"


def counted(conn: Connection, kind: str = "site", name: str = "rollup") -> dict[str, list[int]]:
    """Visits, views, leads and conversions of all days, by key."""
    found: dict[str, list[int]] = {}
    for row in rows(conn, name, kind=kind):
        found[row["key"]] = [a + row[name] for a, name in zip(found.get(row["key"], [0] * 4), COUNTS, strict=True)]
    return found


def whole(conn: Connection) -> list[int]:
    """The same of the site."""
    return counted(conn).get("", [0, 0, 0, 0])


def from_nothing(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The derived rows made from raw ones alone."""
    for table in schema.DERIVED:
        conn.execute(delete(table))
    rebuild(conn, secret=SECRET)
    return derived(conn)


def same_from_nothing(conn: Connection) -> None:
    """Holds the derived rows against those made from raw ones alone."""
    before = derived(conn)
    assert from_nothing(conn) == before


async def test_a_story_is_counted_under_every_key(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        tell(conn, view(NOW, LETTER), view(NOW + 1, HOME + "contact"), form(NOW + 2, url=HOME + "contact"))
        tell(conn, view(NOW + 3, HOME, GOOGLE), visitor=None, consent="unset")
        assert whole(conn) == [2, 3, 1, 1]
        assert counted(conn, "source") == {"Email\x1flettre": [1, 2, 1, 1], "Organic Search\x1fgoogle": [1, 1, 0, 0]}
        assert counted(conn, "campaign") == {"Email\x1flettre\x1frentree": [1, 2, 1, 1]}
        assert counted(conn, "page") == {"/": [2, 2, 0, 0], "/contact": [0, 1, 1, 1]}
        assert counted(conn, "form") == {"contact": [0, 0, 1, 1]}
        assert counted(conn, "language") == {"fr-FR": [1, 2, 1, 1]}
        same_from_nothing(conn)

    await writer.run(told)


def test_an_arrival_within_half_an_hour_of_a_direct_one_takes_its_place(conn: Connection) -> None:
    tell(conn, view(NOW), view(NOW + MINUTE, LETTER))
    assert counted(conn, "source") == {"Email\x1flettre": [1, 2, 0, 0]}
    tell(conn, view(NOW - DAY))
    assert counted(conn, "source") == {"Direct\x1f(direct)": [1, 1, 0, 0], "Email\x1flettre": [1, 2, 0, 0]}
    same_from_nothing(conn)


def test_what_comes_late_moves_a_visit_to_the_day_on_which_it_began(conn: Connection) -> None:
    midnight = NOW - NOW % DAY - 2 * HOUR  # in Paris
    tell(conn, view(midnight + MINUTE))
    assert [row["day"] for row in rows(conn, "rollup", kind="source")] == [NOW // DAY]
    store(conn, body(view(midnight - MINUTE), sent=midnight + 2 * MINUTE), received=midnight + 2 * MINUTE)
    assert [row["day"] for row in rows(conn, "rollup", kind="source")] == [NOW // DAY - 1]
    assert [(row["visits"], row["views"]) for row in rows(conn, "rollup", kind="site")] == [(1, 1), (0, 1)]
    same_from_nothing(conn)


def test_an_earlier_arrival_that_comes_late_takes_lead_and_conversions_with_it(conn: Connection) -> None:
    tell(conn, view(NOW, HOME, GOOGLE), form(NOW + 1), form(NOW + 2 * MINUTE, url=HOME + "contact"))
    assert counted(conn, "source") == {"Organic Search\x1fgoogle": [1, 1, 1, 2]}
    store(conn, body(view(NOW - DAY, LETTER), sent=NOW + 3 * MINUTE), received=NOW + 3 * MINUTE)
    assert counted(conn, "source") == {"Organic Search\x1fgoogle": [1, 1, 0, 0], "Email\x1flettre": [1, 1, 1, 2]}
    assert counted(conn, "campaign") == {"Email\x1flettre\x1frentree": [1, 1, 1, 2]}
    same_from_nothing(conn)


def test_a_grant_after_landing_is_one_visit(conn: Connection) -> None:
    tell(conn, view(NOW, LETTER), visitor=None, consent="unset")
    tell(conn, event("consent", NOW + 1, state="granted", purpose="tracking"), view(NOW + 2, LETTER, again=1), view(NOW + 3, HOME + "a"))
    assert whole(conn) == [1, 2, 0, 0]
    assert counted(conn, "source") == {"Email\x1flettre": [1, 2, 0, 0]}
    tell(conn, view(NOW + HOUR))
    assert whole(conn)[0] == 2
    same_from_nothing(conn)


def test_a_failed_form_takes_its_conversion_and_its_lead_back(conn: Connection) -> None:
    sent = form(NOW + 1)
    tell(conn, view(NOW), sent)
    assert whole(conn) == [1, 1, 1, 1]
    tell(conn, result(sent, "failed"))
    assert whole(conn) == [1, 1, 0, 0]
    assert counted(conn, "form") == {}
    same_from_nothing(conn)


def steps(conn: Connection, kind: str = "form-step") -> dict[str, int]:
    """How often forms came to each step."""
    return {key.replace("\x1f", " "): counts[1] for key, counts in counted(conn, kind).items()}


def test_a_sending_counts_by_the_result_that_stands(conn: Connection) -> None:
    sent = form(NOW + 1)
    tell(conn, event("form_start", NOW, form="contact", field="email"), sent)
    assert steps(conn) == {"contact start": 1, "contact unknown": 1}
    tell(conn, result(sent, "failed"))
    assert steps(conn) == {"contact start": 1, "contact failed": 1}
    tell(conn, form(NOW + 5_000), form(NOW + 6_000))
    assert steps(conn) == {"contact start": 1, "contact failed": 1, "contact unknown": 1}, "the same values within a minute once"
    tell(conn, result(sent, "confirmed", NOW + 30_000))
    assert steps(conn) == {"contact start": 1, "contact confirmed": 1}, "and the first of them"
    same_from_nothing(conn)


def test_steps_are_kept_by_purge_and_erasure_without_whoever_took_them(conn: Connection) -> None:
    old = months_before(NOW, 40, 0)
    for start, visitor in ((old, VISITOR), (old, None), (NOW - HOUR, VISITOR)):
        consent = "granted" if visitor else "unset"
        told = (event("form_start", start, form="contact", field="nom"), event("form_abandon", start + 1, form="contact", field="tel"))
        tell(conn, *told, visitor=visitor, consent=consent)
    tell(conn, event("form_invalid", NOW - HOUR + 2, form="contact", field="email", reason="typeMismatch"), form(NOW - HOUR + 3))
    before = rows(conn, "rollup", kind="form-step"), rows(conn, "rollup", kind="form-field")
    while retain(conn, secret=SECRET, now=NOW)["more"]:
        pass
    assert (rows(conn, "rollup", kind="form-step"), rows(conn, "rollup", kind="form-field")) == before
    same_from_nothing(conn)
    erase(conn, "camille@example.org", secret=SECRET, now=NOW)
    assert sum(steps(conn).values()) == sum(row["views"] for row in before[0])
    assert steps(conn)["contact start"] == 2, "the erased person's own stands among the rest"
    same_from_nothing(conn)


def test_the_same_form_within_a_minute_counts_once(conn: Connection) -> None:
    tell(conn, form(NOW), form(NOW + 1))
    assert whole(conn)[2:] == [1, 1]
    tell(conn, form(NOW + DAY))
    assert whole(conn)[2:] == [1, 2]
    same_from_nothing(conn)


def test_a_message_is_a_conversion_and_no_lead(conn: Connection) -> None:
    tell(conn, form(NOW, None, fields=[{"name": "message", "type": "textarea", "label": "Message", "value": "Bonjour"}]))
    assert whole(conn)[2:] == [0, 1]


def test_erasure_leaves_the_counts_and_no_key_that_was_theirs_alone(conn: Connection) -> None:
    tell(conn, view(NOW - HOUR, HOME + "camille?utm_source=camille"), view(NOW - HOUR + 1), form(NOW - HOUR + 2))
    tell(conn, view(NOW - HOUR), visitor=OTHER)
    before = whole(conn)
    erase(conn, "camille@example.org", secret=SECRET, now=NOW)
    assert whole(conn) == before == [2, 3, 1, 1]
    assert counted(conn, "page") == {"/": [1, 2, 1, 1], "~": [1, 1, 0, 0]}
    assert "camille" not in repr([rows(conn, "rollup"), rows(conn, "kept_count")])
    same_from_nothing(conn)
    assert whole(conn) == before


def test_a_purge_leaves_every_count_as_it_was(conn: Connection) -> None:
    old = months_before(NOW, 40, 0)
    tell(conn, view(old, LETTER), view(old + 1), form(old + 2), view(old + HOUR, LETTER))
    tell(conn, view(old), visitor=None, consent="unset")
    tell(conn, view(NOW), visitor=OTHER)
    before = rows(conn, "rollup")
    while retain(conn, secret=SECRET, now=NOW)["more"]:
        pass
    assert len(rows(conn, "event")) == 1
    assert rows(conn, "rollup") == before
    same_from_nothing(conn)
    tell(conn, view(old + 2 * HOUR), view(NOW + 1), visitor=OTHER)
    same_from_nothing(conn)


def test_the_demo_takes_its_counts_with_it(conn: Connection) -> None:
    from collector.actions import sites

    sites.add(conn, 1, "demo.example", now=NOW, id=demo.SITE)
    tell(conn, view(NOW), form(NOW + 1), site=demo.SITE)
    tell(conn, view(NOW + 2))
    demo.remove(conn, 1, secret=SECRET)
    assert {row["site_id"] for row in rows(conn, "rollup")} == {SITE}
    assert whole(conn) == [1, 1, 0, 0]
    assert rows(conn, "kept_count", site_id=demo.SITE) == []
    same_from_nothing(conn)


def test_a_path_without_a_host_counts_as_it_is_read_back(conn: Connection) -> None:
    tell(conn, view(NOW, "/a/b?x=1"), view(NOW + MINUTE, "//example.net/c"), form(NOW + 2 * MINUTE, url="/a/b"))
    assert set(counted(conn, "page")) == {"/a/b", "//example.net/c"}
    told = derived(conn)
    assert from_nothing(conn) == told


def test_a_rebuild_mends_what_is_wrong_missing_or_too_much(conn: Connection) -> None:
    tell(conn, view(NOW, LETTER), form(NOW + 1), view(NOW + DAY))
    tell(conn, view(NOW), form(NOW + 1, "nora@example.org"), visitor=OTHER)
    right = derived(conn)
    conn.execute(update(schema.rollup).values(visits=7, heard_at=NOW + 99 * DAY))
    conn.execute(delete(schema.rollup).where(schema.rollup.c.kind == "page"))
    conn.execute(schema.rollup.insert().values(rows(conn, "rollup")[0] | {"day": 1}))
    conn.execute(update(schema.session).values(views=99))
    conn.execute(schema.session.insert().values(rows(conn, "session")[0] | {"id": b"x" * 16, "visitor": "v" * 22}))
    conn.execute(schema.touch.insert().values(rows(conn, "touch")[0] | {"session_id": b"y" * 16}))
    conn.execute(schema.lead.insert().values(rows(conn, "lead")[0] | {"id": b"z" * 16}))
    conn.execute(delete(schema.lead).where(schema.lead.c.email == "nora@example.org"))
    sent = rows(conn, "conversion")
    conn.execute(schema.conversion.insert().values(sent[0] | {"id": b"\0" * 16, "at": NOW - 1}))
    conn.execute(delete(schema.conversion).where(schema.conversion.c.id == sent[1]["id"]))
    conn.execute(schema.span.insert().values(rows(conn, "span")[0] | {"visitor": "w" * 22}))
    rebuild(conn, secret=SECRET)
    assert derived(conn) == right


async def test_when_a_site_was_last_heard(house: Any, site: dict[str, Any]) -> None:
    database, writer = house

    def told(conn: Connection) -> None:
        assert rollups.heard_before(conn, 1, SITE, NOW) == 0
        tell(conn, view(NOW - 2 * DAY))
        tell(conn, view(NOW), visitor=VISITOR)
        store(conn, body(view(NOW - 20 * HOUR), sent=NOW), received=NOW + 5)
        assert rollups.heard_before(conn, 1, SITE, NOW) == NOW - 2 * DAY

    async with database.reader() as conn:
        assert await rollups.last_heard(conn, 1, SITE) is None
    await writer.run(told)
    async with database.reader() as conn:
        assert await rollups.last_heard(conn, 1, SITE) == NOW + 5
        assert await rollups.last_heard(conn, 1, SITE + 1) is None
