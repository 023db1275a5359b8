"""Retention: each kind goes at its border and not before; what goes is counted; a rebuild changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Connection

from collector.actions import retain as retain_module
from collector.actions import retention as limits
from collector.actions import sites
from collector.actions.rebuild import rebuild
from collector.actions.record import Recorder
from collector.actions.retain import as_of, goes, months_before, retain
from collector.domain.events import mark_bits
from collector.domain.identity import FOREVER, Span
from collector.domain.privacy import STEP
from collector.domain.retention import BadLimit
from collector.domain.rollups import Tally
from collector.jobs.retain import purge
from collector.store import erasure
from collector.store.database import Database, beside
from collector.store.writer import Writer
from tests import builders
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
        audience += STEP - audience % STEP  # of audience mode no time is finer
        tell(conn, view(audience - STEP), view(audience), visitor=None, consent="unset")
        for border in (NOW - 30 * DAY - 1, NOW - 30 * DAY):
            tell(conn, event("purchase", border))
        done = _purge(conn)
        # Both old forms are events of audience mode too; the first goes with its lead.
        assert done == {"leads": 1, "history": 1, "audience": 2, "refused": 1}
        assert [one["email"] for one in rows(conn, "lead")] == ["lead0@example.org"]
        assert sorted(one["at"] for one in rows(conn, "event")) == [audience, history]
        assert [one["received_at"] for one in rows(conn, "refused")] == [NOW - 30 * DAY]
        kept = [one for one in rows(conn, "kept_count", kind="site") if one["views"]]
        assert [one["day"] for one in kept] == sorted({(history - 1) // DAY, (audience - STEP) // DAY})
        assert sum(one["leads"] for one in rows(conn, "kept_count", kind="site")) == 1
        before = derived(conn)
        rebuild(conn, secret=SECRET)
        assert derived(conn) == before

    await writer.run(told)


async def test_a_site_has_limits_of_its_own(writer: Writer, site: dict[str, Any]) -> None:
    """Site 42 keeps less than the account, site 43 more; 44 is as the account."""
    before = {amount: months_before(NOW, amount, 0) - DAY for amount in (3, 13, 25, 30, 40)}

    def told(conn: Connection) -> None:
        for number in (43, 44):
            sites.add(conn, 1, f"{number}.example", now=NOW, id=number)
        for number, limit in ((42, 3), (43, 24)):
            for kind in ("history", "audience", "leads"):
                limits.put(conn, 1, kind, limit * (2 if kind == "leads" else 1), site=number)
        limits.put(conn, 1, "audience", 13)
        limits.put(conn, 1, "refused", 5, site=42)
        for number in (42, 43, 44):
            old = before[3] if number == 42 else before[13]
            url = "https://" + (f"{number}.example/" if number > 42 else "example.com/")
            tell(conn, view(old, url), visitor=f"{number}" + "v" * 20, site=number)
            tell(conn, view(old, url), visitor=None, consent="unset", site=number)
            lead = before[13] if number == 42 else before[40]
            tell(conn, form(lead, f"a{number}@example.org", url=url), visitor=None, consent="unset", site=number)
            tell(conn, event("purchase", NOW - 6 * DAY), site=number)
        due = retain_module.due(conn, 1, NOW)
        done = _purge(conn)
        assert sorted({one["site_id"] for one in rows(conn, "event") if one["visitor"]}) == [43]
        assert sorted({one["site_id"] for one in rows(conn, "event") if not one["visitor"] and one["type"] == 0}) == [43]
        assert [one["site_id"] for one in rows(conn, "lead")] == [43]
        assert sorted(one["site_id"] for one in rows(conn, "refused")) == [43, 44]
        counted = {kind: sum(row["n"] for row in due if row["kind"] == kind) for kind in ("leads", "history", "audience", "refused")}
        # A form of audience mode is an event too: it goes with its lead, or before it.
        assert counted == {"leads": 2, "history": 2, "audience": 5, "refused": 1}
        assert done == {"leads": 2, "history": 2, "audience": 3, "refused": 1}

    await writer.run(told)


def test_another_limit_says_what_would_go_and_changes_nothing(conn: Connection) -> None:
    tell(conn, view(months_before(NOW, 4, 0)), view(months_before(NOW, 8, 0)), view(NOW), visitor=None, consent="unset")
    stored = rows(conn, "event")
    assert goes(conn, 1, NOW, "audience", 6) == [{"site_id": 42, "kind": "audience", "n": 1}]
    assert goes(conn, 1, NOW, "audience", 3, 42) == [{"site_id": 42, "kind": "audience", "n": 2}]
    assert goes(conn, 1, NOW, "audience", 3, 43) == []
    assert goes(conn, 1, NOW, "audience", 25) == goes(conn, 1, NOW, "history", 1) == []
    limits.put(conn, 1, "audience", 24, site=42)
    assert goes(conn, 1, NOW, "audience", 6) == [], "a site with a limit of its own does not follow"
    assert goes(conn, 1, NOW, "audience", None, 42) == []
    with pytest.raises(BadLimit, match="amount"):
        goes(conn, 1, NOW, "audience", 26)
    assert rows(conn, "event") == stored


def test_a_limit_is_of_a_known_site_and_kind(conn: Connection) -> None:
    for kind, amount, number, why in (
        ("leads", 61, 0, "amount"),
        ("all", 3, 0, "kind"),
        ("leads", 3, 99, "site"),
        ("leads", None, 0, "amount"),
    ):
        with pytest.raises(BadLimit, match=why):
            limits.put(conn, 1, kind, amount, site=number)
    limits.put(conn, 1, "leads", 12, site=42)
    assert erasure.retention_of(conn, 1, 42)["leads"] == (12, 0)
    limits.put(conn, 1, "leads", None, site=42)
    assert erasure.retention_of(conn, 1, 42)["leads"] == (36, 0)


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


def test_who_comes_back_after_their_visits_went_is_the_same_lead(conn: Connection) -> None:
    old = months_before(NOW, 20, 0)
    tell(conn, view(old), form(old + 1))
    _purge(conn)
    assert not rows(conn, "visitor")
    tell(conn, view(NOW - DAY))
    (lead,) = rows(conn, "lead")
    assert (lead["last_seen_at"], lead["visits"]) == (NOW - DAY, 1)
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


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


# A clock that cannot be right -----------------------------------------------------------------------------------------


@pytest.fixture
def known(conn: Connection) -> Iterator[Path]:
    """The file that tells when a collector was last at work; not there before and after."""
    path = beside(conn, "alive")
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def _two_years(conn: Connection) -> None:
    tell(conn, view(NOW - 700 * DAY), view(NOW - 300 * DAY), form(NOW))


FAR = NOW + 5 * 365 * DAY


def test_a_clock_that_is_years_ahead_is_not_followed(conn: Connection, known: Path) -> None:
    _two_years(conn)
    assert as_of(conn, NOW) == (NOW, 0)
    assert as_of(conn, FAR) == (NOW, NOW)
    assert known.read_text() == f"{NOW}\n"
    assert known.stat().st_mode & 0o777 == 0o600


def test_without_that_file_the_newest_event_tells(conn: Connection, known: Path) -> None:
    """An upgrade, or a copy that was put back."""
    _two_years(conn)
    assert as_of(conn, FAR) == (NOW, NOW)
    assert not known.exists()


def test_a_pixel_that_came_at_the_wrong_time_does_not_make_it_right(conn: Connection, known: Path) -> None:
    _two_years(conn)
    pixel = structs.replace(builders.batch(body(view(FAR), sent=FAR), FAR), marks=mark_bits(("pixel",)))
    Recorder(SECRET, builders.ids())(conn, [pixel])
    assert as_of(conn, FAR) == (NOW, NOW)


def test_after_a_long_rest_the_first_browser_that_agrees_sets_it_free(conn: Connection, known: Path) -> None:
    _two_years(conn)
    as_of(conn, NOW)
    later = NOW + 400 * DAY
    assert as_of(conn, later) == (NOW, NOW)
    tell(conn, view(later))
    assert as_of(conn, later) == (later, 0)


def test_who_is_sure_is_believed_and_a_month_is_no_jump(conn: Connection, known: Path) -> None:
    _two_years(conn)
    as_of(conn, NOW)
    assert as_of(conn, NOW + 30 * DAY) == (NOW + 30 * DAY, 0)
    assert as_of(conn, FAR, sure=True) == (FAR, 0)


def test_a_clock_that_went_back_is_not_remembered(conn: Connection, known: Path) -> None:
    _two_years(conn)
    as_of(conn, NOW)
    assert as_of(conn, 0) == (0, 0)
    assert known.read_text() == f"{NOW}\n"


@pytest.mark.parametrize("text", ["", "never", "-5", "\xff"])
def test_a_file_that_cannot_be_read_is_as_good_as_none(conn: Connection, known: Path, text: str) -> None:
    known.write_text(text, encoding="latin-1")
    assert as_of(conn, NOW) == (NOW, 0)


async def test_a_purge_by_a_clock_that_is_years_ahead_deletes_nothing_that_was_not_due(
    house: tuple[Database, Writer], site: dict[str, Any]
) -> None:
    database, writer = house
    await writer.run(_two_years)
    done = await purge(writer, database, secret=SECRET, now=FAR)
    assert (done["held"], done["leads"], done["history"]) == (NOW, 0, 1)
    done = await purge(writer, database, secret=SECRET, now=FAR, sure=True)
    assert (done["held"], done["leads"]) == (0, 1)
