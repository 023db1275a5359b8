"""Retention: each kind goes at its border and not before; what goes is counted; a rebuild changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions.rebuild import rebuild
from collector.actions.retain import months_before, retain
from collector.domain.identity import FOREVER, Span
from collector.domain.rollups import Tally
from collector.store import erasure
from collector.store.writer import Writer
from tests.builders import DAY, NOW, OTHER, SECRET, VISITOR, body, derived, event, field, form, rows, store, tell, view


def _ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1_000)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 11, 23), 36, (2023, 11, 23)),
        ((2026, 3, 31), 13, (2025, 2, 28)),
        ((2024, 3, 31), 1, (2024, 2, 29)),
        ((2026, 1, 31), 25, (2023, 12, 31)),
    ],
)
def test_months_are_months(now: tuple[int, ...], months: int, then: tuple[int, ...]) -> None:
    assert months_before(_ms(*now, 12, 30), months, 0) == _ms(*then, 12, 30)


def _purge(conn: Connection) -> dict[str, Any]:
    total = {"leads": 0, "history": 0, "audience": 0, "refused": 0}
    for _ in range(20):
        step = retain(conn, secret=SECRET, now=NOW)
        total = {kind: total[kind] + step[kind] for kind in total}
        if not step["more"]:
            return total
    raise AssertionError("the purge never ends")


async def test_each_kind_goes_at_its_border(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        leads, history, audience = (months_before(NOW, months, 0) for months in (36, 13, 25))
        for border in (leads - 1, leads):
            tell(conn, form(border, f"lead{border - leads}@example.org"), visitor=None, consent="unset")
        tell(conn, view(history - 1), view(history), visitor=OTHER)
        tell(conn, view(audience - 1), view(audience), visitor=None, consent="unset")
        for border in (NOW - 30 * DAY - 1, NOW - 30 * DAY):
            tell(conn, event("purchase", border))
        done = _purge(conn)
        # Both old forms are events of audience mode too; the first goes with its lead.
        assert done == {"leads": 1, "history": 1, "audience": 2, "refused": 1}
        assert [one["email"] for one in rows(conn, "lead")] == ["lead0@example.org"]
        assert sorted(one["at"] for one in rows(conn, "event")) == [audience, history]
        assert [one["received_at"] for one in rows(conn, "refused")] == [NOW - 30 * DAY]
        kept = [one for one in rows(conn, "kept_count", kind="site") if one["views"]]
        assert [one["day"] for one in kept] == sorted({(history - 1) // DAY, (audience - 1) // DAY})
        assert sum(one["leads"] for one in rows(conn, "kept_count", kind="site")) == 1
        before = derived(conn)
        rebuild(conn, secret=SECRET)
        assert derived(conn) == before

    await writer.run(told)


def test_a_lead_lives_as_long_as_its_last_contact(conn: Connection) -> None:
    old = months_before(NOW, 40, 0)
    tell(conn, form(old), visitor=None, consent="unset")
    tell(conn, view(NOW - DAY), form(NOW - DAY + 1, form="devis"))
    _purge(conn)
    (lead,) = rows(conn, "lead")
    assert (lead["created_at"], lead["submissions"]) == (old, 2)


def test_a_visit_is_a_contact(conn: Connection) -> None:
    old = months_before(NOW, 40, 0)
    tell(conn, form(old))
    tell(conn, view(NOW - DAY))
    _purge(conn)
    assert len(rows(conn, "lead")) == 1


def test_what_never_became_a_lead_goes_too(conn: Connection) -> None:
    old = months_before(NOW, 37, 0)
    failed = form(old, "failed@example.org")
    tell(conn, failed, event("form_result", old + 1, submission=failed["submission"], result="failed"), visitor=None, consent="unset")
    tell(
        conn,
        form(old, None, fields=[field("couleur", "bleu")]),
        form(old, None, fields=[field("message", "Bonjour")]),
        visitor=None,
        consent="unset",
    )
    tell(conn, form(old, None, fields=[field("message", "Bonjour")]), visitor=None, consent="unset")
    _purge(conn)
    for name in ("lead", "conversion", "submission", "submission_field", "submission_result", "identifier", "event"):
        assert rows(conn, name) == [], name


def test_a_history_longer_than_one_step_goes_whole(conn: Connection) -> None:
    old = months_before(NOW, 14, 0)
    for start in range(0, 1_200, 20):
        store(conn, body(*(view(old + start + step, n=step) for step in range(20)), sent=old + start + 20))
    assert _purge(conn)["history"] == 1_200
    assert rows(conn, "session") == rows(conn, "touch") == rows(conn, "visitor") == []


def test_many_spans_at_once_are_no_trouble(conn: Connection) -> None:
    store(conn, body(view(NOW - 1), event("consent", NOW, state="granted"), view(NOW)))
    spans = [Span(f"v{number:021d}", 0, FOREVER, b"l" * 16, b"e" * 16) for number in range(1_500)]
    assert erasure.drop_within(conn, 1, [*spans, Span(VISITOR, NOW - 1, NOW, b"l" * 16, b"e" * 16)], Tally({}, frozenset())) == 1
    assert sorted(one["at"] for one in rows(conn, "event")) == [NOW, NOW]
    assert len(rows(conn, "consent")) == 1
