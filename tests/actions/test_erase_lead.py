"""Erasures from a lead's page: as thorough as any, and filed with their proof."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection

from collector.actions import requests
from collector.actions.erase_lead import erase_lead, erase_message
from collector.store import ways
from tests.builders import NOW, OTHER, SECRET, field, form, ids, rows, tell, view

ACTOR = "ab" * 16


def _lead(conn: Connection, address: str = "camille@example.com") -> bytes:
    tell(conn, view(NOW - 5), form(NOW, address, fields=[field("message", "Un devis ?")]))
    return bytes(next(row["id"] for row in rows(conn, "lead") if row["email"] == address))


def _erase(conn: Connection, lead: bytes, now: int = NOW + 10) -> bytes:
    return erase_lead(conn, lead, actor=ACTOR, secret=SECRET, now=now, ids=ids())


def test_nothing_of_the_person_is_left_and_the_proof_stands_among_the_requests(conn: Connection) -> None:
    lead = _lead(conn)
    goes = ways.goes(conn, 1, lead)
    assert (goes["leads"], goes["submissions"], goes["browsers"], goes["visits"]) == (1, 1, 1, 1)
    assert goes["events"] == len(rows(conn, "event"))
    request = _erase(conn, lead)
    for table in ("lead", "submission", "submission_field", "event", "session", "identifier", "edge", "score", "score_change"):
        assert rows(conn, table) == [], table
    (asked,), (step,) = rows(conn, "request"), rows(conn, "request_step")
    assert (asked["id"], asked["kind"], asked["lead_id"], asked["said"], asked["by"]) == (request, "erasure", None, "", "person")
    assert (step["kind"], step["actor"], json.loads(step["proof"])["submissions"]) == ("done", ACTOR, 1)


def test_a_request_that_waited_for_it_is_answered_by_it(conn: Connection) -> None:
    lead = _lead(conn)
    waiting = requests.file_for(conn, "camille@example.com", "erasure", said="", secret=SECRET, id=ids()(NOW), now=NOW)
    assert _erase(conn, lead) == waiting
    assert len(rows(conn, "request")) == 1
    with pytest.raises(requests.BadRequest):
        _erase(conn, lead)


def test_a_message_goes_with_its_form_and_others_stay(conn: Connection) -> None:
    lead = _lead(conn)
    tell(conn, form(NOW + 1, "", fields=[field("message", "Votre page ne marche pas")]), visitor=OTHER)
    (message,) = [row for row in rows(conn, "lead") if row["kind"] == "message"]
    more = {"actor": ACTOR, "secret": SECRET, "now": NOW + 10, "ids": ids()}
    with pytest.raises(requests.BadRequest):
        erase_message(conn, lead, **more)
    erase_message(conn, bytes(message["id"]), **more)
    assert [bytes(row["id"]) for row in rows(conn, "lead")] == [lead]
    assert "ne marche pas" not in str([rows(conn, name) for name in ("event", "submission_field", "conversion", "lead")])
    assert len(rows(conn, "submission")) == 1
