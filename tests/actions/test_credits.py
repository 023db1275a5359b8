"""Goals and the ways that credits follow from: right at every moment, whatever comes late, fails, goes or is made anew."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert

from collector.actions import goals
from collector.actions.erase import erase
from collector.actions.rebuild import rebuild
from collector.actions.retain import months_before, retain
from collector.actions.withdraw import withdraw
from collector.domain.journeys import MOST, PART
from collector.store import schema
from collector.store.writer import Writer
from tests import builders
from tests.builders import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECOND,
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
LINKEDIN = "https://www.linkedin.com/"


def goal(conn: Connection, name: str, kind: str, pattern: str, now: int = NOW - 300 * DAY, **more: Any) -> bytes:
    """A goal that has counted for long."""
    given = {"site": 0, "value": 0, "currency": "", "actor": "me", "now": now, "id": name.encode().ljust(16)[:16]} | more
    return bytes.fromhex(goals.add(conn, 1, name=name, kind=kind, pattern=pattern, **given)["id"])


def ways(conn: Connection, **where: Any) -> list[tuple[str, list[str]]]:
    """(kind, sources of its way) of every journey, in the order of time."""
    told = sorted(rows(conn, "journey", **where), key=lambda row: (row["at"], row["kind"]))
    return [(row["kind"], [text.split(PART)[1] for text in json.loads(row["way"])[1]]) for row in told]


def same_from_nothing(conn: Connection) -> None:
    """Holds the derived rows against those made from raw ones alone, and against those made beside themselves."""
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before
    for table in schema.DERIVED:
        conn.execute(delete(table))
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def reached(conn: Connection) -> list[int]:
    """How often goals were reached, by their rollups."""
    return [row["conversions"] for row in rows(conn, "rollup", kind="goal")]


# Ways -----------------------------------------------------------------------------------------------------------------


async def test_a_leads_way_holds_every_touch_before_each_conversion(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        tell(conn, view(NOW - 3 * DAY, LETTER), view(NOW - 2 * DAY, HOME, GOOGLE), form(NOW - 2 * DAY + MINUTE))
        tell(conn, view(NOW - DAY, HOME, LINKEDIN), form(NOW - DAY + 1))
        tell(conn, view(NOW))
        assert ways(conn) == [("lead", ["lettre", "google"]), ("again", ["lettre", "google", "linkedin"])]
        first = min(rows(conn, "journey"), key=lambda row: row["at"])
        times, texts = json.loads(first["way"])
        assert (times[0], texts[0]) == (NOW - 3 * DAY, "Email\x1flettre\x1frentree")
        assert json.loads(first["milestones"]) == [NOW - 2 * DAY + MINUTE, None, None]
        assert (first["lead_id"], first["visitor"], first["site_id"]) == (rows(conn, "lead")[0]["id"], VISITOR, SITE)
        assert first["received_at"] == NOW - 2 * DAY + MINUTE
        same_from_nothing(conn)

    await writer.run(told)


def test_every_order_of_arrival_leads_to_the_same_ways(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci")
    sent = form(NOW - HOUR + MINUTE)
    told = [
        body(view(NOW - DAY, HOME)),
        body(view(NOW - HOUR, LETTER), sent, sent=NOW),
        body(view(NOW - HOUR + 2 * MINUTE, HOME + "merci"), result(sent)),
        body(view(NOW - HOUR + 5 * MINUTE, HOME, GOOGLE)),
        body(view(NOW - 2 * HOUR, HOME, LINKEDIN), form(NOW - 2 * HOUR + 1, "other@example.org"), visitor=OTHER),
        body(form(NOW - 1), visitor=OTHER),
    ]
    seen = []
    for order in list(permutations(told))[::37]:
        builders.clear(conn)
        goal(conn, "Merci", "page", "/merci")
        store(conn, *order)
        found = derived(conn)
        seen.append(found)
        assert found == seen[0]
    assert ways(conn, kind="goal") == [("goal", ["(direct)", "lettre"])]
    same_from_nothing(conn)


def test_a_direct_touch_that_gives_way_after_the_conversion_leaves_its_way(conn: Connection) -> None:
    goal(conn, "Prix", "page", "/prix")
    tell(conn, view(NOW), form(NOW + 1), view(NOW + 2, HOME + "prix"), view(NOW, visitor=None), view(NOW + 3, HOME + "prix"))
    assert ways(conn, kind="lead") == [("lead", ["(direct)"])]
    tell(conn, view(NOW + MINUTE, HOME, GOOGLE))
    assert ways(conn, kind="lead") == [("lead", [])]
    same_from_nothing(conn)


def test_the_same_of_a_visitor_who_is_no_lead(conn: Connection) -> None:
    goal(conn, "Prix", "page", "/prix")
    tell(conn, view(NOW, HOME + "prix"))
    assert ways(conn) == [("goal", ["(direct)"])]
    tell(conn, view(NOW + MINUTE, HOME, GOOGLE))
    assert ways(conn) == [("goal", [])]
    same_from_nothing(conn)


def test_a_touch_in_the_same_millisecond_counts_whenever_it_is_told(conn: Connection) -> None:
    goal(conn, "Prix", "page", "/prix")
    tell(conn, view(NOW, LETTER), view(NOW + 1, HOME + "prix"), form(NOW + 1, n=1))
    tell(conn, view(NOW + 1, HOME, GOOGLE, n=2))
    assert ways(conn) == [("goal", ["lettre", "google"]), ("lead", ["lettre", "google"])]
    same_from_nothing(conn)


def test_another_device_that_is_known_late_joins_the_way(conn: Connection) -> None:
    tell(conn, view(NOW - DAY, LETTER), visitor=OTHER)
    tell(conn, view(NOW, HOME, GOOGLE), form(NOW + 1))
    assert ways(conn) == [("lead", ["google"])]
    tell(conn, form(NOW + HOUR, form="rappel"), visitor=OTHER)
    assert ways(conn) == [("lead", ["lettre", "google"]), ("again", ["lettre", "google", "(direct)"])]
    same_from_nothing(conn)


def test_without_consent_there_is_a_lead_without_a_way(conn: Connection) -> None:
    tell(conn, form(NOW, page=None, n=None), visitor=None, consent="unset")
    assert ways(conn) == [("lead", [])]
    tell(conn, form(NOW + 1, None, fields=[builders.field("message", "Bonjour")]))
    assert len(rows(conn, "journey")) == 1, "a message is nobody's"


def test_a_failed_form_has_no_way_and_its_result_may_come_late(conn: Connection) -> None:
    sent = form(NOW)
    tell(conn, view(NOW - 1, LETTER), sent, form(NOW + DAY, form="rappel"))
    assert [kind for kind, _way in ways(conn)] == ["lead", "again"]
    tell(conn, result(sent, "failed"))
    assert [kind for kind, _way in ways(conn)] == ["lead"]
    same_from_nothing(conn)


def test_crawlers_count_nowhere(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci")
    store(conn, body(view(NOW, HOME + "merci"), form(NOW + 1)))
    conn.execute(schema.event.update().values(marks=8))
    conn.execute(schema.submission.update().values(marks=8))
    rebuild(conn, secret=SECRET)
    assert rows(conn, "journey") == []
    assert reached(conn) == []


def test_a_way_is_cut_and_keeps_its_first_touch(conn: Connection) -> None:
    start = NOW - 300 * HOUR
    store(conn, *(body(view(start + n * HOUR, HOME, GOOGLE if n else LINKEDIN), sent=start + n * HOUR) for n in range(MOST + 20)))
    tell(conn, form(start + (MOST + 20) * HOUR))
    ((_kind, way),) = ways(conn)
    assert (len(way), way[0]) == (MOST, "linkedin")
    same_from_nothing(conn)


def test_a_view_of_a_known_lead_writes_no_way(conn: Connection) -> None:
    """Pages within a visit change no way: nothing of it is asked or written."""
    tell(conn, view(NOW, LETTER), form(NOW + 1))
    conn.execute(schema.journey.update().values(value=77))
    tell(conn, view(NOW + 2, HOME + "a"), event("engage", NOW + 3, ms=5))
    assert rows(conn, "journey")[0]["value"] == 77
    tell(conn, view(NOW + HOUR))
    assert rows(conn, "journey")[0]["value"] == 0


def test_erasure_removes_a_leads_credits_everywhere(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci*")
    for visitor, email in ((VISITOR, "camille@example.org"), (OTHER, "nora@example.org")):
        tell(conn, view(NOW - DAY, LETTER), view(NOW - DAY + 1, HOME + "merci"), form(NOW, email), visitor=visitor)
    nora = rows(conn, "journey", visitor=OTHER)
    assert len(nora) == 2
    erase(conn, "camille@example.org", secret=SECRET, now=NOW)
    assert rows(conn, "journey") == nora
    assert {row["visitor"] for row in rows(conn, "reached")} == {OTHER}
    assert reached(conn) == [2], "counts stay"
    same_from_nothing(conn)


def test_a_withdrawal_changes_no_way(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci")
    tell(conn, view(NOW, LETTER), view(NOW + 1, HOME + "merci"), form(NOW + 2))
    before = rows(conn, "journey")
    withdraw(conn, VISITOR, secret=SECRET, now=NOW + 3)
    assert rows(conn, "journey") == before
    same_from_nothing(conn)


def test_a_purge_keeps_the_counts_of_goals(conn: Connection) -> None:
    old = months_before(NOW, 40, 0)
    goal(conn, "Merci", "page", "/merci", now=old - 1)
    tell(conn, view(old, LETTER), view(old + 1, HOME + "merci"), form(old + 2))
    tell(conn, view(old, HOME + "merci"), visitor=OTHER)
    assert reached(conn) == [2]
    while retain(conn, secret=SECRET, now=NOW)["more"]:
        pass
    assert rows(conn, "journey") == rows(conn, "reached") == []
    assert reached(conn) == [2]
    same_from_nothing(conn)


def test_a_rebuild_mends_what_is_wrong_missing_or_too_much(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci")
    tell(conn, view(NOW, LETTER), view(NOW + 1, HOME + "merci"), form(NOW + 2))
    tell(conn, view(NOW, HOME + "merci"), visitor=OTHER)
    right = derived(conn)
    one, two = rows(conn, "reached")[0], rows(conn, "journey", kind="lead")[0]
    conn.execute(insert(schema.reached).values(one | {"session_id": b"x" * 16, "visitor": "w" * 22}))
    conn.execute(insert(schema.journey).values(two | {"id": b"y" * 16, "lead_id": b"z" * 16}))
    conn.execute(insert(schema.journey).values(two | {"id": b"w" * 16, "kind": "goal", "lead_id": None, "visitor": "u" * 22}))
    conn.execute(schema.journey.update().where(schema.journey.c.kind == "lead").values(way="[[],[]]"))
    conn.execute(delete(schema.journey).where(schema.journey.c.visitor == OTHER))
    conn.execute(schema.rollup.update().where(schema.rollup.c.kind == "goal").values(conversions=9))
    rebuild(conn, secret=SECRET)
    assert derived(conn) == right


# Goals ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "pattern", "hit", "miss"),
    [
        ("page", "/merci*", view(NOW, HOME + "merci/2?x=1"), view(NOW, HOME + "a/merci")),
        ("page", "*/merci", view(NOW, HOME + "fr/merci"), view(NOW, HOME + "merci2")),
        ("event", "brochure", event("custom", NOW, name="brochure"), event("custom", NOW, name="Brochure")),
        (
            "click",
            "phone",
            event("click", NOW, kind="phone", href="tel:+33612345678"),
            event("click", NOW, kind="email", href="mailto:a@b.fr"),
        ),
        ("form", "contact", form(NOW), form(NOW, form="newsletter")),
        ("form", "quiz", form(NOW, None, form="quiz", fields=[builders.field("couleur", "bleu")]), form(NOW, None, form="quiz2")),
    ],
)
def test_a_goal_is_reached_once_a_session_by_visitors_only(conn: Connection, kind: str, pattern: str, hit: Any, miss: Any) -> None:
    def other(at: int) -> Any:
        return hit | {"id": builders.uuid7(at), "at": at} | ({"submission": f"another-{at}"} if "submission" in hit else {})

    goal(conn, "Goal", kind, pattern, value=1_500, currency="EUR")
    tell(conn, miss)
    tell(conn, other(NOW), visitor=None, consent="unset")
    assert rows(conn, "reached") == []
    tell(conn, hit, other(NOW + 1))
    (one,) = rows(conn, "reached")
    assert (one["at"], one["visitor"], one["value"], one["currency"]) == (NOW, VISITOR, 1_500, "EUR")
    tell(conn, other(NOW + 2 * HOUR))
    assert len(rows(conn, "reached")) == 2
    assert reached(conn) == [2]
    assert [row["conversions"] for row in rows(conn, "rollup", kind="site") if row["conversions"]] == (
        [len([row for row in rows(conn, "conversion") if row["counted"]])] if rows(conn, "conversion") else []
    ), "the site's own conversions are without goals"
    same_from_nothing(conn)


def test_a_form_that_failed_reaches_nothing(conn: Connection) -> None:
    goal(conn, "Devis", "form", "contact")
    sent = form(NOW)
    tell(conn, view(NOW - 1), sent)
    assert reached(conn) == [1]
    tell(conn, result(sent, "failed"))
    assert reached(conn) == []
    assert rows(conn, "reached") == []
    tell(conn, result(sent, "confirmed", NOW + 5 * SECOND))
    assert reached(conn) == [1]
    same_from_nothing(conn)


def test_a_change_holds_for_what_comes_after_it(conn: Connection) -> None:
    identity = goal(conn, "Merci", "page", "/merci", now=NOW, value=100, currency="EUR")
    tell(conn, view(NOW, HOME + "merci"), view(NOW - DAY, HOME + "merci"))
    assert rows(conn, "reached") == [], "not what came before"
    tell(conn, view(NOW + HOUR, HOME + "merci"))
    goal(conn, "merci", "page", "/thanks", now=NOW + 2 * HOUR, value=250, currency="EUR")
    tell(conn, view(NOW + 3 * HOUR, HOME + "merci"), view(NOW + 4 * HOUR, HOME + "thanks"))
    goals.remove(conn, 1, identity, actor="me", now=NOW + 5 * HOUR)
    tell(conn, view(NOW + 6 * HOUR, HOME + "thanks"))
    told = sorted(rows(conn, "reached"), key=lambda row: row["at"])
    assert [(row["goal_id"], row["at"], row["value"]) for row in told] == [
        (identity, NOW + HOUR, 100),
        (identity, NOW + 4 * HOUR, 250),
    ]
    assert [row["active"] for row in rows(conn, "goal")] == [1, 1, 0]
    same_from_nothing(conn)
    with pytest.raises(goals.Unknown):
        goals.remove(conn, 1, identity, actor="me", now=NOW + 7 * HOUR)


def test_a_goal_of_one_site_is_reached_there_only(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci", site=43)
    tell(conn, view(NOW, HOME + "merci"))
    assert rows(conn, "reached") == []
    tell(conn, view(NOW, "https://other.example/merci"), site=43)
    assert [row["site_id"] for row in rows(conn, "reached")] == [43]


def test_a_goals_way_becomes_the_leads(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci")
    tell(conn, view(NOW - DAY, LETTER), visitor=OTHER)
    tell(conn, view(NOW, HOME, GOOGLE), view(NOW + 1, HOME + "merci"))
    assert ways(conn) == [("goal", ["google"])]
    assert rows(conn, "journey")[0]["lead_id"] is None
    tell(conn, form(NOW + HOUR))
    tell(conn, form(NOW + HOUR, form="b"), visitor=OTHER)
    (lead,) = rows(conn, "lead")
    (one,) = rows(conn, "journey", kind="goal")
    assert one["lead_id"] == lead["id"]
    assert ways(conn, kind="goal") == [("goal", ["lettre", "google"])]
    same_from_nothing(conn)


def test_a_forms_goal_says_what_its_lead_is_worth(conn: Connection) -> None:
    goal(conn, "Devis", "form", "contact", value=12_000, currency="EUR")
    tell(conn, view(NOW), form(NOW + 1), form(NOW + DAY, form="newsletter"))
    assert [
        (row["kind"], row["value"], row["currency"]) for row in sorted(rows(conn, "journey"), key=lambda row: (row["at"], row["kind"]))
    ] == [
        ("goal", 12_000, "EUR"),
        ("lead", 12_000, "EUR"),
        ("again", 0, ""),
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "visit"}, "kind"),
        ({"pattern": ""}, "pattern"),
        ({"pattern": "merci"}, "path"),
        ({"kind": "click", "pattern": "fax"}, "click"),
        ({"value": -1, "currency": "EUR"}, "value"),
        ({"value": 1, "currency": "euro"}, "currency"),
        ({"site": 4242}, "site"),
    ],
)
def test_what_is_no_goal_is_named(conn: Connection, given: dict[str, Any], wrong: str) -> None:
    told: dict[str, Any] = {"name": "Merci", "kind": "page", "pattern": "/merci", "actor": "me", "now": NOW, "id": b"g" * 16}
    with pytest.raises(goals.BadGoal, match=wrong):
        goals.add(conn, 1, **told | given)
    assert rows(conn, "goal") == []


def test_a_name_is_of_one_kind(conn: Connection) -> None:
    goal(conn, "Merci", "page", "/merci")
    with pytest.raises(goals.Taken):
        goal(conn, "MERCI", "event", "merci")
