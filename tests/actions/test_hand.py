"""A lead typed in by hand: kept like any submission, counted as a lead and as no conversion."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, update

from collector.actions import hand
from collector.actions.erase import erase
from collector.actions.rebuild import rebuild
from collector.domain.hand import Typed
from collector.present.hand import labels
from collector.store import schema
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, HOME, HOUR, NOW, SECRET, SITE, derived, form, rows, tell, view

from .test_rollups import counted, same_from_nothing, whole
from .test_spam import BAD, ROBERT

CAMILLE = Typed(name="Camille Durand", email="Camille@Example.org", phone="06 12 45 67 89", organization="Durand", message="A appelé")
ACTOR = "0a" * 16


def add(conn: Connection, typed: Typed = CAMILLE, at: int = NOW, site: int = SITE) -> dict[str, Any]:
    return hand.add(conn, site, typed, labels=labels("fr"), actor=ACTOR, secret=SECRET, now=at, ids=builders.ids())


def _same(conn: Connection) -> None:
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before
    same_from_nothing(conn)


async def test_what_was_typed_is_a_lead_on_both_databases(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        done = add(conn)
        (lead,) = rows(conn, "lead")
        assert (done["lead"], done["known"]) == (lead["id"], False)
        names = ("kind", "name", "email", "phone", "organization", "message", "form", "page", "submissions", "visits", "marketing_consent")
        assert [lead[name] for name in names] == [
            "lead", "Camille Durand", "camille@example.org", "+33612456789", "Durand", "A appelé", "", "", 1, 0, "none",
        ]  # fmt: skip
        (sent,) = rows(conn, "submission")
        assert (sent["how"], sent["visitor"], sent["action"], sent["url"]) == ("hand", None, ACTOR, "")
        assert [row["label"] for row in rows(conn, "submission_field")][:2]
        _same(conn)

    await writer.run(told)


def test_it_counts_as_a_lead_of_its_site_and_as_no_conversion(conn: Connection) -> None:
    add(conn)
    assert whole(conn) == [0, 0, 1, 0]
    assert {row["kind"] for row in rows(conn, "rollup")} == {"site"}
    assert rows(conn, "journey") == []
    _same(conn)


def test_who_is_known_gains_a_submission_and_no_conversion(conn: Connection) -> None:
    tell(conn, view(NOW, HOME + "?utm_source=lettre"), form(NOW + 1))
    before, journeys = whole(conn), rows(conn, "journey")
    done = add(conn, at=NOW + HOUR)
    (lead,) = rows(conn, "lead")
    assert (done["lead"], done["known"], lead["submissions"], lead["name"]) == (lead["id"], True, 2, "Camille Durand")
    assert (whole(conn), rows(conn, "journey")) == (before, journeys)
    _same(conn)


def test_a_form_that_comes_later_is_the_first_conversion(conn: Connection) -> None:
    add(conn, at=NOW - DAY)
    tell(conn, view(NOW, HOME + "?utm_source=lettre&utm_medium=email"), form(NOW + 1))
    assert [row["kind"] for row in rows(conn, "journey")] == ["lead"]
    assert whole(conn) == [1, 1, 1, 1]
    assert counted(conn, "source") == {"Email\x1flettre": [1, 1, 1, 1]}
    assert counted(conn, "form") == {"contact": [0, 0, 0, 1]}
    _same(conn)


def test_the_same_twice_within_a_minute_counts_once(conn: Connection) -> None:
    add(conn)
    add(conn, at=NOW + 1)
    assert rows(conn, "lead")[0]["submissions"] == 1
    _same(conn)


def test_permission_is_kept_with_its_text_and_how_it_was_given(conn: Connection) -> None:
    allowed = Typed(email="camille@example.org", permission="Oui, vous pouvez m’écrire", given="phone")
    add(conn, allowed)
    (kept,) = rows(conn, "consent")
    assert (kept["purpose"], kept["state"], kept["text"], kept["how"]) == ("marketing", "granted", "Oui, vous pouvez m’écrire", "phone")
    (lead,) = rows(conn, "lead")
    assert (kept["lead_id"], lead["marketing_consent"]) == (lead["id"], "granted")
    _same(conn)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (Typed(name="Camille"), "contact"),
        (Typed(email="camille"), "email"),
        (Typed(phone="12 34"), "phone"),
        (Typed(email="a@example.org", permission="Oui"), "given"),
        (Typed(email="a@example.org", given="phone"), "permission"),
        (Typed(email="a@example.org", permission="Oui", given="telepathy"), "given"),
        (Typed(email="a@example.org", name="x" * 201), "long:name"),
    ],
)
def test_what_will_not_do_is_not_kept(conn: Connection, typed: Typed, fault: str) -> None:
    with pytest.raises(hand.BadLead, match=fault):
        add(conn, typed)
    assert rows(conn, "submission") == rows(conn, "identifier") == []


def test_neither_an_unknown_site_nor_one_laid_aside_takes_any(conn: Connection) -> None:
    with pytest.raises(hand.BadLead, match="site"):
        add(conn, site=4711)
    conn.execute(update(schema.site).where(schema.site.c.id == 43).values(archived_at=NOW))
    with pytest.raises(hand.BadLead, match="site"):
        add(conn, site=43)


def test_whoever_was_erased_may_be_typed_in_anew(conn: Connection) -> None:
    tell(conn, view(NOW), form(NOW + 1))
    erase(conn, "camille@example.org", secret=SECRET, now=NOW + HOUR)
    add(conn, at=NOW + DAY)
    (lead,) = rows(conn, "lead")
    assert (lead["submissions"], lead["visits"]) == (1, 0)
    _same(conn)


def test_erasure_takes_what_was_typed(conn: Connection) -> None:
    add(conn, Typed(email="camille@example.org", name="Camille", permission="Oui", given="person"))
    erase(conn, "camille@example.org", secret=SECRET, now=NOW + HOUR)
    assert all(rows(conn, name) == [] for name in ("submission", "submission_field", "consent", "lead", "identifier"))


def test_typed_in_by_a_person_it_is_no_spam(conn: Connection) -> None:
    tell(conn, form(NOW, ROBERT, fields=BAD))
    assert rows(conn, "lead")[0]["quarantine"]
    add(conn, Typed(email=ROBERT), at=NOW + HOUR)
    assert rows(conn, "lead")[0]["quarantine"] == ""
    _same(conn)


def test_a_page_cannot_pretend_to_be_typed_in(conn: Connection) -> None:
    tell(conn, form(NOW, "camille@example.org", how="hand"))
    assert rows(conn, "lead")[0]["marks"] == 0
    assert whole(conn)[2:] == [1, 1]
