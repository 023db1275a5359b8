"""From sent forms to leads: results that come late, logins, messages, boxes (DESIGN 5)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions.rebuild import rebuild
from tests.builders import HOME, MINUTE, NOW, SECOND, SECRET, body, derived, field, form, result, rows, store, view


def _same_after_rebuild(conn: Connection) -> None:
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


@pytest.mark.parametrize("early", [False, True])
def test_a_failed_form_leaves_list_count_and_edges(conn: Connection, early: bool) -> None:
    sent, good = form(NOW - MINUTE), form(NOW, "nora@example.org")
    told = [body(view(NOW - MINUTE), good), body(sent), body(result(sent, "failed"))]
    store(conn, *(reversed(told) if early else told))
    assert [one["email"] for one in rows(conn, "lead")] == ["nora@example.org"]
    assert {one["counted"]: one["result"] for one in rows(conn, "conversion")} == {0: "failed", 1: "unknown"}
    assert len(rows(conn, "span")) == 1
    assert len(rows(conn, "submission_field")) == 2
    _same_after_rebuild(conn)


def test_a_result_that_comes_after_a_failure_brings_the_lead_back(conn: Connection) -> None:
    sent = form()
    store(conn, body(view(), sent), body(result(sent, "failed")))
    assert rows(conn, "lead") == []
    store(conn, body(result(sent, "confirmed", NOW + 5 * SECOND)), received=NOW + 5 * SECOND)
    (lead,) = rows(conn, "lead")
    assert (lead["submissions"], lead["visits"]) == (1, 1)
    assert rows(conn, "conversion")[0]["result"] == "confirmed"
    _same_after_rebuild(conn)


def test_the_same_form_within_a_minute_is_one(conn: Connection) -> None:
    store(conn, body(form(NOW - MINUTE), form(NOW - 30 * SECOND), form(NOW)))
    (lead,) = rows(conn, "lead")
    assert (lead["submissions"], lead["created_at"]) == (1, NOW - MINUTE)
    assert len(rows(conn, "submission")) == 3


def test_one_failed_then_one_that_went_through(conn: Connection) -> None:
    first, second = form(NOW - 20 * SECOND), form(NOW)
    store(conn, body(first, second))
    store(conn, body(result(first, "failed")))
    (lead,) = rows(conn, "lead")
    assert (lead["submissions"], lead["created_at"]) == (1, NOW)
    _same_after_rebuild(conn)


def test_a_phone_alone_is_a_lead(conn: Connection) -> None:
    store(conn, body(form(email=None, fields=[field("phone", "06 12 34 56 78")])))
    (lead,) = rows(conn, "lead")
    assert (lead["kind"], lead["phone"], lead["email"]) == ("lead", "+33612345678", "")
    store(
        conn,
        body(form(NOW + 1, email=None, form="rappel", fields=[field("phone", "+33 6 12 34 56 78"), field("nom", "Camille Durand")])),
        received=NOW + 1,
    )
    (lead,) = rows(conn, "lead")
    assert (lead["submissions"], lead["name"]) == (2, "Camille Durand")


def test_a_message_stands_in_the_same_list_and_is_nobodys(conn: Connection) -> None:
    store(conn, body(view(), form(email=None, fields=[field("message", "Votre page est cassée.")])))
    (row,) = rows(conn, "lead")
    assert (row["kind"], row["message"], row["visits"]) == ("message", "Votre page est cassée.", 0)
    assert rows(conn, "identifier") == rows(conn, "edge") == rows(conn, "span") == []
    _same_after_rebuild(conn)


@pytest.mark.parametrize(
    "fields",
    [
        [field("email", "canary@example.org"), field("mdp", "CANARY", type="password")],
        [field("q", "CANARY", type="search")],
        [field("couleur", "CANARY")],
    ],
    ids=["login", "search", "neither contact nor message"],
)
def test_a_form_that_asks_for_nobody_is_kept_without_its_values(conn: Connection, fields: list[dict[str, Any]]) -> None:
    store(conn, body(form(email=None, fields=fields)))
    assert rows(conn, "lead") == rows(conn, "conversion") == rows(conn, "identifier") == []
    kept = rows(conn, "submission_field")
    assert len(kept) == len(fields)
    assert {(one["value"], one["text"]) for one in kept} == {(None, None)}


def test_a_registration_is_a_lead_without_its_password(conn: Connection) -> None:
    store(conn, body(form(fields=[field("nom", "Camille Durand"), field("mdp", "CANARY", type="password")])))
    assert rows(conn, "lead")[0]["name"] == "Camille Durand"
    assert {one["withheld"]: one["value"] for one in rows(conn, "submission_field")}["password"] is None


BOX = {"type": "checkbox", "label": "J’accepte de recevoir la newsletter"}


@pytest.mark.parametrize(
    ("box", "granted"), [({"checked": True}, True), ({"checked": False}, False), ({"checked": True, "preset": True}, False), ({}, False)]
)
def test_only_a_box_that_the_visitor_ticked_is_a_consent(conn: Connection, box: dict[str, Any], granted: bool) -> None:
    store(conn, body(form(fields=[field("ok", **BOX, **box)])))
    (lead,) = rows(conn, "lead")
    assert lead["marketing_consent"] == ("granted" if granted else "none")
    kept = rows(conn, "consent")
    assert [(one["purpose"], one["state"], one["text"], one["how"]) for one in kept] == (
        [("marketing", "granted", BOX["label"], "form")] if granted else []
    )
    assert all(one["lead_id"] == lead["id"] and one["visitor"] is None for one in kept)


def test_newest_values_win_and_empty_ones_do_not(conn: Connection) -> None:
    store(
        conn,
        body(form(NOW - 2, form="a", fields=[field("nom", "C. Durand"), field("societe", "Durand & Fils"), field("phone", "0611111111")])),
    )
    store(conn, body(form(NOW - 1, form="b", fields=[field("nom", "Camille Durand"), field("phone", "0622222222")])))
    store(conn, body(form(NOW, form="c")))
    (lead,) = rows(conn, "lead")
    assert (lead["name"], lead["organization"], lead["phone"], lead["form"]) == ("Camille Durand", "Durand & Fils", "+33622222222", "a")


def test_a_site_reads_national_numbers_as_its_own(conn: Connection) -> None:
    conn.exec_driver_sql("UPDATE site SET country = 'BE' WHERE id = 42")
    store(conn, body(form(email=None, fields=[field("phone", "0470 12 34 56")], url=HOME)))
    assert rows(conn, "lead")[0]["phone"] == "+32470123456"
