"""The way in to the visitor's page, what a browser may erase, and the file that holds all that is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import requests as filing
from collector.actions import wishes
from collector.actions.edit import edit
from collector.actions.erase import erase, replay
from collector.actions.letter import link
from collector.actions.merge import merge
from collector.actions.rebuild import rebuild
from collector.actions.unlink import erase_browser
from collector.actions.visiting import LASTS, close, open_browser
from collector.actions.wishes import Asker
from collector.domain import proofs
from collector.store import access, schema, visiting
from collector.store.database import Database, beside
from collector.store.writer import Writer
from tests import builders
from tests.builders import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECRET,
    VISITOR,
    body,
    derived,
    event,
    field,
    form,
    result,
    rows,
    store,
    view,
)

OWN = "5" * 32  # what the browser keeps
PROOF = hashlib.sha256(OWN.encode()).hexdigest()
CAMILLE = "camille@example.org"


def _grant(at: int, secret: str = OWN, **keys: Any) -> dict[str, Any]:
    proof = hashlib.sha256(secret.encode()).hexdigest()
    return event("consent", at, state="granted", purpose="tracking", how="api", proof=proof, **keys)


def _story(conn: Connection) -> None:
    """One lead on two browsers, and somebody else."""
    sent = form(NOW - DAY + 2, CAMILLE, fields=[field("nom", "Camille Durand"), field("message", "Rappelez-moi au atelier")])
    store(conn, body(_grant(NOW - DAY), view(NOW - DAY + 1, HOME + "prix"), sent, result(sent), sent=NOW - DAY + 9))
    told = event("identify", NOW - HOUR, traits={"email": CAMILLE, "name": "Camille D."}, url=HOME + "compte")
    store(conn, body(view(NOW - HOUR - 1, HOME + "compte"), told, view(NOW - 1, HOME, n=-1), sent=NOW))
    store(conn, body(view(NOW - 2 * HOUR, HOME + "ailleurs"), form(NOW - 2 * HOUR + 1, CAMILLE, form="devis"), visitor=OTHER, sent=NOW))
    store(conn, body(form(NOW - 3 * HOUR, "nora@example.org"), visitor=None, consent="unset", sent=NOW))


def _of(conn: Connection, email: str = CAMILLE) -> bytes:
    return bytes(rows(conn, "identifier", value=email)[0]["lead_id"])


async def _opens(database: Database, secret: str, visitor: str = VISITOR, account: int = 1) -> bool:
    async with database.reader() as conn:
        return proofs.opens(secret, await visiting.proof_of(conn, account, visitor))


# The way in ------------------------------------------------------------------------------------------------------------


async def test_the_secret_of_a_browser_opens_and_no_other(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(_story)
    assert await _opens(database, OWN)
    assert not await _opens(database, "6" * 32)
    assert not await _opens(database, PROOF)  # what the collector was told opens nothing
    assert not await _opens(database, "")
    assert not await _opens(database, OWN, OTHER)  # without a proof of its own
    assert not await _opens(database, OWN, account=2)


async def test_whoever_found_an_id_cannot_make_a_proof_for_it(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def steal(conn: Connection) -> None:
        _story(conn)
        for consent in ("granted", "denied"):  # before all that is known, as far as a clock may lie; with and without the id in the batch
            store(conn, body(_grant(NOW - 23 * HOUR, "6" * 32), sent=NOW, consent=consent), received=NOW)
        # Of a browser that gave no proof: too late.
        store(conn, body(view(NOW - 9 * DAY), visitor=OTHER, sent=NOW - 9 * DAY))
        store(conn, body(_grant(NOW, "6" * 32), visitor=OTHER, sent=NOW))

    await writer.run(steal)
    assert await _opens(database, OWN)
    assert not await _opens(database, "6" * 32)
    assert not await _opens(database, "6" * 32, OTHER)


async def test_a_withdrawn_browser_may_still_see_what_is_kept_and_an_erased_one_has_nothing(
    database: Database, writer: Writer, site: dict[str, Any]
) -> None:
    await writer.run(_story)
    asker = Asker(1, VISITOR, None, 42)
    assert await writer.run(wishes.take_back, asker, secret=SECRET, now=NOW, ids=builders.ids()) == {"browsers": 1}
    assert await _opens(database, OWN)
    (outcome,) = await writer.run(store, body(view(NOW + 1), sent=NOW + 1))
    assert outcome.refused == {"withdrawn": 1}
    await writer.run(erase_browser, VISITOR, secret=SECRET, now=NOW + 2)
    assert not await _opens(database, OWN)


async def test_a_session_lasts_ten_minutes_or_until_it_is_closed(database: Database, writer: Writer) -> None:
    async def found(now: int) -> bool:
        async with database.reader() as conn:
            return await visiting.by_token(conn, 1, b"t" * 32, now) is not None

    await writer.run(open_browser, b"t" * 32, visitor=VISITOR, site=42, now=NOW)
    assert await found(NOW + LASTS - 1)
    assert not await found(NOW + LASTS)
    await writer.run(close, b"t" * 32)
    assert not await found(NOW + 1)


# Erasing a browser -------------------------------------------------------------------------------------------------------


@pytest.fixture
def told_outside(conn: Connection) -> Iterator[Path]:
    """The file beside the database; empty before and after."""
    path = beside(conn, "erased")
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


async def test_a_browser_erases_its_own_visits_and_no_lead(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        _story(conn)
        before = {row["email"]: row for row in rows(conn, "lead")}
        done = wishes.erase_all(conn, Asker(1, VISITOR, None, 42), secret=SECRET, now=NOW + MINUTE, ids=builders.ids())
        assert (done["events"], done["submissions"], done["refused"]) == (6, 1, 1)
        after = {row["email"]: row for row in rows(conn, "lead")}
        assert after.keys() == before.keys()
        assert (after[CAMILLE]["submissions"], after[CAMILLE]["visits"], before[CAMILLE]["visits"]) == (2, 1, 3)
        assert after[CAMILLE]["name"] == before[CAMILLE]["name"] == "Camille Durand"
        left = [(table, column) for table, column, value in builders.everywhere(conn) if value == VISITOR]
        assert sorted(left) == [("consent", "visitor"), ("visitor", "id")]  # that it refused
        assert {row["visitor"] for row in rows(conn, "submission")} == {None, OTHER}
        assert not [place for place in builders.everywhere(conn) if "prix" in str(place[2]) or "compte" in str(place[2])]
        (filed,) = rows(conn, "request")
        assert (filed["kind"], filed["by"], filed["visitor"], filed["lead_id"]) == ("erasure", "visitor", None, None)
        (step,) = rows(conn, "request_step")
        proof = json.loads(step["proof"])
        assert (step["kind"], step["actor"], proof["events"], proof["untied"], "submissions" in proof) == ("done", "visitor", 6, 1, False)
        made = derived(conn)
        rebuild(conn, secret=SECRET)
        assert derived(conn) == made

    await writer.run(told)


def test_what_the_site_said_of_a_lead_stays_without_the_browser(conn: Connection, told_outside: Path) -> None:
    store(conn, body(view(NOW), event("identify", NOW + 1, traits={"email": CAMILLE}), sent=NOW + 1))
    assert rows(conn, "lead")
    erase_browser(conn, VISITOR, secret=SECRET, now=NOW + 2)
    (lead,) = rows(conn, "lead")
    assert (lead["email"], lead["visits"]) == (CAMILLE, 0)
    (edge,) = rows(conn, "edge")
    assert edge["visitor"] != VISITOR
    made = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == made
    erase(conn, CAMILLE, secret=SECRET, now=NOW + 3)
    assert rows(conn, "edge") == rows(conn, "lead") == []


def test_an_older_copy_that_is_put_back_does_not_bring_a_browser_back(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    erase_browser(conn, VISITOR, secret=SECRET, now=NOW + MINUTE)
    after = derived(conn)
    assert VISITOR not in told_outside.read_text()
    builders.clear(conn)
    _story(conn)
    assert replay(conn, secret=SECRET) == 1
    assert replay(conn, secret=SECRET) == 0
    left = [(table, column) for table, column, value in builders.everywhere(conn) if value == VISITOR]
    assert sorted(left) == [("consent", "visitor"), ("visitor", "id")]
    assert len(rows(conn, "lead")) == len(after["lead"])
    (outcome,) = store(conn, body(view(NOW + HOUR), sent=NOW + HOUR))
    assert outcome.refused == {"withdrawn": 1}
    made = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == made


def test_somebody_else_of_the_same_browser_keeps_what_they_sent(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    store(conn, body(form(NOW, "nora@example.org", form="devis"), sent=NOW))
    erase_browser(conn, VISITOR, secret=SECRET, now=NOW + 1)
    assert {row["email"]: row["submissions"] for row in rows(conn, "lead")} == {CAMILLE: 2, "nora@example.org": 2}
    assert {row["visitor"] for row in rows(conn, "span")} == {OTHER}


# What somebody does ------------------------------------------------------------------------------------------------------


def test_a_confirmed_person_is_erased_wholly_and_the_proof_names_nobody(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    lead = _of(conn)
    open_browser(conn, b"t" * 32, visitor=OTHER, site=42, now=NOW)
    done = wishes.erase_all(conn, Asker(1, None, lead, 42), secret=SECRET, now=NOW, ids=builders.ids())
    assert (done["leads"], done["submissions"], done["visitors"]) == (1, 2, 2)
    assert [row["email"] for row in rows(conn, "lead")] == ["nora@example.org"]
    assert rows(conn, "me_session") == []
    (filed,) = rows(conn, "request")
    assert (filed["by"], filed["lead_id"], filed["said"]) == ("confirmed", None, "")
    assert not [place for place in builders.everywhere(conn) if place[2] in (lead, CAMILLE, VISITOR, OTHER)]


def test_a_confirmed_person_corrects_and_the_marketer_sees_by_whom(conn: Connection) -> None:
    _story(conn)
    asker = Asker(1, None, _of(conn), 42)
    given: dict[str, Any] = {"secret": SECRET, "now": NOW, "ids": builders.ids()}
    assert wishes.correct(conn, asker, {"name": "Camille Durand-Roy"}, **given) == {"fields": 1}
    assert {row["name"] for row in rows(conn, "lead")} == {"Camille Durand-Roy", ""}
    assert [row["actor"] for row in rows(conn, "edit")] == ["visitor"]
    with pytest.raises(wishes.NotConfirmed):
        wishes.correct(conn, Asker(1, VISITOR, None), {"name": "X"}, **given)
    wishes.take_back(conn, asker, **given)
    assert {row["visitor"] for row in rows(conn, "consent", state="denied")} == {VISITOR, OTHER}
    wishes.object_to(conn, asker, "Pas de score", **given)
    wishes.hand_out(conn, asker, {"rows": 9}, since=NOW, now=NOW, ids=builders.ids())
    wishes.hand_out(conn, asker, {"rows": 9}, since=NOW, now=NOW + 1, ids=builders.ids())
    kinds = {row["id"]: row["kind"] for row in rows(conn, "request")}
    assert sorted(kinds.values()) == ["access", "correction", "objection", "withdrawal"]
    assert sorted(kinds[row["request_id"]] for row in rows(conn, "request_step")) == ["access", "correction", "objection", "withdrawal"]


# The access file ----------------------------------------------------------------------------------------------------------


def test_every_table_about_people_is_in_the_access_file() -> None:
    """`user` is the site's own people: they see it under Settings."""
    about = {
        table.name
        for table in schema.metadata.sorted_tables
        if any(column.info.get("personal") in ("lead", "visitor") for column in table.columns)
    }
    assert about <= access.TABLES.keys(), about - access.TABLES.keys()


def _add(conn: Connection, table: str, /, **row: Any) -> None:
    conn.execute(schema.metadata.tables[table].insert().values(account_id=1, **row))


def _said(conn: Connection) -> bytes:
    """A lead with a row in as many tables as there are."""
    _story(conn)
    store(conn, body(form(NOW - HOUR, "camille@work.example", fields=[field("nom", "Camille Durand")]), visitor=None, consent="unset"))
    box = field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=True)
    store(conn, body(form(NOW - MINUTE, CAMILLE, form="lettre", fields=[box, field("phone", "0612345678")]), sent=NOW))
    store(conn, body(form(NOW, CAMILLE, n=-1), sent=NOW))
    lead, work = _of(conn), _of(conn, "camille@work.example")
    merge(conn, lead, work, actor="", reason="au téléphone", secret=SECRET, now=NOW, id=b"m" * 16)
    edit(conn, lead, [("note", "", "Aime le bleu"), ("tag", "", "salon")], actor="a" * 32, secret=SECRET, now=NOW, ids=builders.ids())
    link(conn, lead, token="t" * 22, actor="", secret=SECRET, now=NOW)
    filing.file(conn, "objection", by="confirmed", id=b"r" * 16, now=NOW, lead=lead, said="Pas de score")
    wishes.hand_out(conn, Asker(1, None, lead, 42), {}, since=NOW, now=NOW, ids=builders.ids())
    open_browser(conn, b"t" * 32, visitor=VISITOR, site=42, now=NOW)
    _add(conn, "score_change", day=NOW // DAY, lead_id=lead, before=0, after=900, at=NOW)
    many = {"id": b"c" * 16, "kind": "tag", "actor": "a" * 32, "at": NOW}
    _add(conn, "bulk", **many, value="salon", n=2, state="done", leads=b"o" * 16)
    _add(conn, "edit", **many | {"id": b"d" * 16}, lead_id=lead, name="", value="salon", bulk_id=b"c" * 16)
    return lead


def test_the_file_of_a_confirmed_person_holds_every_row_of_theirs_and_no_other(conn: Connection, told_outside: Path) -> None:
    lead = _said(conn)
    found = access.of_lead(conn, 1, lead)
    erase(conn, "nora@example.org", secret=SECRET, now=NOW)  # nobody else is left
    for name in access.TABLES.keys() - {"suppression"}:
        assert len(found.get(name, [])) == len(rows(conn, name)) > 0 or name in ("unmerge", "mail", "reached", "lead_word"), name
    told = json.dumps(found, ensure_ascii=False)
    for text in (CAMILLE, "camille@work.example", "Aime le bleu", "au téléphone", "Rappelez-moi au atelier", "Pas de score", "/ailleurs"):
        assert text in told
    assert "nora" not in told
    assert (b"o" * 16).hex() not in told  # whom else a change of many leads changed
    assert PROOF not in told
    assert "a" * 32 not in told  # which of the site's people wrote it
    everything = {column.name for name in found for column in schema.metadata.tables[name].columns if column.info.get("personal")}
    assert everything <= {key for part in found.values() for row in part for key in row}


def test_the_file_of_an_unconfirmed_browser_is_its_own_and_masked(conn: Connection) -> None:
    lead = _said(conn)
    told = json.dumps(access.of_browser(conn, 1, VISITOR), ensure_ascii=False)
    for text in ("camille@", "Camille", "Durand", "Rappelez", "0612345678", "612345678", "Aime", "Pas de score", "ailleurs", OTHER, "work"):
        assert text not in told, text
    assert lead.hex() not in told
    for text in ("c•••@e•••.org", "C••• D•••", "/prix", VISITOR):
        assert text in told, text


def test_what_is_kept_of_a_part_of_a_browsers_time_ends_with_it(conn: Connection) -> None:
    """Two people used it one after the other."""
    store(conn, body(view(NOW - 2 * DAY), form(NOW - 2 * DAY + 1, "a@example.org"), sent=NOW - 2 * DAY + 1))
    store(conn, body(view(NOW - HOUR, HOME + "b"), form(NOW - HOUR + 1, "b@example.org"), sent=NOW))
    told = json.dumps(access.of_lead(conn, 1, _of(conn, "a@example.org")))
    assert "b@example.org" not in told
    assert '"/b"' not in told
