"""Quarantine: it counts nowhere while it stands apart, and everywhere again once it is released."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import edit as edits
from collector.actions import merge as merging
from collector.actions.erase import erase
from collector.actions.rebuild import rebuild
from collector.domain.events import mark_names
from collector.domain.identity import signature
from collector.store import dossier
from tests import builders
from tests.builders import DAY, HOME, HOUR, NOW, OTHER, SECRET, SITE, derived, event, field, form, result, rows, tell, view

from .test_rollups import counted, same_from_nothing, whole

BAD = [field("nom", "RobertTox"), field("message", "Best online casino, free spins: https://casino.example")]
GOOD = [field("nom", "Robert Petit"), field("message", "Bonjour, pouvez-vous me rappeler ?")]
ROBERT, CAMILLE = "robert@example.org", "camille@example.org"
COUNTING = ("rollup", "score", "score_reason", "company_lead", "journey", "likeness")


def say(conn: Connection, lead: bytes, answer: str, now: int = NOW + DAY) -> bytes:
    done = edits.edit(conn, lead, [("spam", "", answer)], actor="", secret=SECRET, now=now, ids=builders.ids())
    return bytes(done["edits"][0])


def _lead(conn: Connection, email: str = ROBERT) -> dict[str, Any]:
    (found,) = rows(conn, "lead", email=email)
    return found


def _same(conn: Connection) -> None:
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before
    same_from_nothing(conn)


def _counting(conn: Connection) -> dict[str, Any]:
    return {name: of for name, of in derived(conn).items() if name in COUNTING}


def test_spam_is_kept_and_counts_nowhere(conn: Connection) -> None:
    tell(conn, view(NOW, HOME + "?utm_source=lettre&utm_medium=email"), form(NOW + 1, ROBERT, fields=BAD))
    lead = _lead(conn)
    assert lead["quarantine"] == "links,phrases,name-made"
    assert whole(conn) == [1, 1, 0, 0]
    assert counted(conn, "form") == {}
    assert counted(conn, "source") == {"Email\x1flettre": [1, 1, 0, 0]}
    assert all(rows(conn, name) == [] for name in COUNTING if name != "rollup")
    assert len(rows(conn, "submission")) == len(rows(conn, "conversion")) == 1
    _same(conn)


def test_released_it_counts_as_if_it_had_never_stood_apart(conn: Connection) -> None:
    told = [view(NOW, HOME + "?utm_source=lettre"), form(NOW + 1, ROBERT, fields=GOOD), form(NOW + HOUR, ROBERT, fields=GOOD)]
    tell(conn, *told, view(NOW + 2 * HOUR))
    tell(conn, form(NOW + 5, CAMILLE, fields=GOOD), visitor=OTHER)
    before, lead = derived(conn), _lead(conn)["id"]
    say(conn, lead, "yes")
    assert _lead(conn)["quarantine"] == "person"
    assert whole(conn)[2:] == [1, 1]
    assert {row["lead_id"] for row in rows(conn, "score")} == {_lead(conn, CAMILLE)["id"]}
    _same(conn)
    say(conn, lead, "no", NOW + 2 * DAY)
    assert derived(conn) == before
    _same(conn)


def test_an_undone_answer_says_nothing(conn: Connection) -> None:
    tell(conn, view(NOW), form(NOW + 1, ROBERT, fields=BAD))
    before, lead = derived(conn), _lead(conn)["id"]
    said = say(conn, lead, "no")
    assert _lead(conn)["quarantine"] == ""
    assert whole(conn)[2:] == [1, 1]
    assert rows(conn, "journey")
    edits.undo(conn, said, actor="", secret=SECRET, now=NOW + 2 * DAY, id=builders.ids()(NOW))
    assert derived(conn) == before
    _same(conn)


def test_one_good_message_brings_a_lead_back(conn: Connection) -> None:
    tell(conn, view(NOW), form(NOW + 1, ROBERT, fields=BAD))
    good = form(NOW + HOUR, ROBERT, fields=GOOD)
    tell(conn, good)
    assert _lead(conn)["quarantine"] == ""
    assert whole(conn)[2:] == [1, 2]
    _same(conn)
    tell(conn, result(good, "failed"))
    assert _lead(conn)["quarantine"] != ""
    assert whole(conn)[2:] == [0, 0]
    _same(conn)


def test_what_comes_from_a_lead_that_stands_apart_counts_with_its_release(conn: Connection) -> None:
    tell(conn, view(NOW), form(NOW + 1, ROBERT, fields=BAD))
    lead = _lead(conn)["id"]
    say(conn, lead, "yes")
    tell(conn, form(NOW + HOUR, ROBERT, fields=GOOD))
    assert whole(conn)[2:] == [0, 0]
    say(conn, lead, "no", NOW + 2 * DAY)
    assert whole(conn)[2:] == [1, 2]
    _same(conn)


def test_a_field_that_is_for_nobody_is_one_sign(conn: Connection) -> None:
    trap = field("hp", "x", label="Laissez ce champ vide")
    tell(conn, form(NOW, ROBERT, fields=[*GOOD, trap]))
    assert (_lead(conn)["quarantine"], mark_names(_lead(conn)["marks"])) == ("", ["trap"])
    tell(conn, form(NOW, CAMILLE, fields=[BAD[0], trap]), visitor=OTHER)
    assert _lead(conn, CAMILLE)["quarantine"] == "name-made,trap"
    _same(conn)


def test_a_message_of_nobody_stands_apart_too(conn: Connection) -> None:
    tell(conn, form(NOW, None, fields=BAD))
    (row,) = rows(conn, "lead")
    assert (row["kind"], row["quarantine"]) == ("message", "links,phrases,name-made")
    assert whole(conn)[2:] == [0, 0]
    say(conn, row["id"], "no")
    assert whole(conn)[2:] == [0, 1]
    _same(conn)


def test_whom_the_sites_server_named_is_no_spam(conn: Connection) -> None:
    signed = {"email": ROBERT, "signature": signature(SECRET, 1, SITE, ROBERT)}
    tell(conn, view(NOW), form(NOW + 1, ROBERT, fields=BAD), event("identify", NOW + 2, traits=signed))
    assert _lead(conn)["quarantine"] == ""
    _same(conn)


def test_a_merged_lead_stands_apart_only_if_both_do(conn: Connection) -> None:
    tell(conn, form(NOW, ROBERT, fields=BAD))
    tell(conn, form(NOW + 1, CAMILLE, fields=GOOD), visitor=OTHER)
    kept, gone = _lead(conn, CAMILLE)["id"], _lead(conn)["id"]
    merged = merging.merge(conn, kept, gone, actor="", reason="", secret=SECRET, now=NOW + DAY, id=b"m" * 16)["merge"]
    assert [row["quarantine"] for row in rows(conn, "lead")] == [""]
    assert whole(conn)[2:] == [1, 2]
    _same(conn)
    merging.unmerge(conn, merged, actor="", secret=SECRET, now=NOW + 2 * DAY, id=b"u" * 16)
    assert whole(conn)[2:] == [1, 1]
    _same(conn)


def test_it_is_suggested_to_nobody(conn: Connection) -> None:
    tell(conn, form(NOW, "r.obert@example.org", fields=GOOD))
    tell(conn, form(NOW + 1, ROBERT, fields=GOOD), visitor=OTHER)
    assert dossier.suggestions(conn, 1)[0]
    say(conn, _lead(conn)["id"], "yes")
    assert not dossier.suggestions(conn, 1)[0]


def test_erased_it_leaves_no_count_behind(conn: Connection) -> None:
    tell(conn, view(NOW), form(NOW + 1, ROBERT, fields=BAD))
    erase(conn, ROBERT, secret=SECRET, now=NOW + DAY)
    assert whole(conn)[2:] == [0, 0]
    assert all(row["leads"] == row["conversions"] == 0 for row in rows(conn, "kept_count"))
    _same(conn)


@pytest.mark.parametrize("answer", ["", "perhaps", "YES"])
def test_nothing_else_is_an_answer(conn: Connection, answer: str) -> None:
    tell(conn, form(NOW, ROBERT, fields=GOOD))
    with pytest.raises(edits.BadEdit, match="spam"):
        say(conn, _lead(conn)["id"], answer)
