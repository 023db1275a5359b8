"""Erasure: nothing of a person is left in any table, and what was counted without the person is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import mail, requests
from collector.actions.edit import edit, undo
from collector.actions.erase import Unknown, erase, replay
from collector.actions.letter import link
from collector.actions.merge import keep_apart, merge
from collector.actions.rebuild import rebuild
from collector.store import erased, visiting
from collector.store.database import Database, beside
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, HOME, HOUR, NOW, OTHER, SECRET, VISITOR, Wire, body, derived, event, field, form, result, rows, store, view

CANARIES = ("canary", "CANARY", "Kanarienvogel", "612345678", "vCANARY")
BIRD = "vCANARYAAAAAAAAAAAAAAA"


def _bird(at: int) -> list[Wire]:
    """Somebody whose every personal value can be found again."""
    fields = [
        field("nom", "Camille Kanarienvogel"),
        field("phone", "06 12 34 56 78"),
        field("societe", "CANARY SARL"),
        field("message", "Mon canary chante."),
    ]
    sent = form(
        at + 2,
        "canary@example.org",
        fields=[*fields, field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=True)],
        url=HOME + "canary",
    )
    return [
        view(at, HOME + "canary?utm_source=CANARY", referrer="https://canary.example/", title="CANARY"),
        event("consent", at, state="granted", purpose="tracking", proof="CANARY"),
        event("custom", at + 1, name="vu", props={"a": "CANARY"}),
        event("identify", at + 1, traits={"email": "canary@example.org"}),
        sent,
        result(sent, at=at + 3),
        form(at + 4, "canary@example.org", form="newsletter"),
        view(at + DAY, HOME + "canary/2"),
    ]


def _story(conn: Connection) -> None:
    store(conn, body(*_bird(NOW - 2 * DAY), visitor=BIRD))
    store(conn, body(form(NOW - HOUR, "Canary@Example.org", n=-1), visitor=BIRD))  # refused, and kept with the address
    store(conn, body(view(NOW - HOUR, HOME + "other"), form(NOW - HOUR + 1, "nora@example.org"), visitor=OTHER))
    store(conn, body(view(NOW), visitor=None, consent="unset"))
    store(conn, body(view(NOW - HOUR, n=-1), visitor=BIRD))  # refused, and kept with the visitor
    _said(conn)


def _said(conn: Connection) -> None:
    """What people said of them, another lead that was merged into theirs, and a letter."""
    store(
        conn,
        body(form(NOW - HOUR, "kanarienvogel@work.example", fields=[field("nom", "Camille Kanarienvogel")]), visitor=None, consent="unset"),
    )
    found = {one["value"]: bytes(one["lead_id"]) for one in rows(conn, "identifier")}
    bird, work = found["canary@example.org"], found["kanarienvogel@work.example"]
    changes = [("note", "", "Un canary bleu"), ("tag", "", "canary"), ("field", "organization", "CANARY")]
    edit(conn, work, changes, actor="", secret=SECRET, now=NOW, ids=builders.ids())
    merge(conn, bird, work, actor="", reason="canary au téléphone", secret=SECRET, now=NOW, id=b"m" * 16)
    edit(conn, bird, changes, actor="", secret=SECRET, now=NOW, ids=builders.ids())
    link(conn, bird, token="t" * 22, actor="", secret=SECRET, now=NOW)
    asked = requests.file(conn, "access", by="visitor", id=b"r" * 16, now=NOW, lead=work, visitor=BIRD, said="Qu’avez-vous sur canary ?")
    requests.step(conn, asked, "extended", actor="", note="canary est en voyage", id=b"s" * 16, now=NOW)
    mail.post(conn, recipient="canary@example.org", subject="canary", text="canary", html="canary", id=b"l" * 16, now=NOW, lead=bird)
    row = {"account_id": 1, "token": b"k" * 32, "site_id": 42, "visitor": BIRD, "lead_id": None, "request_id": asked, "language": "fr"}
    visiting.add(conn, row | {"created_at": NOW, "expires_at": NOW + HOUR})


def _found(conn: Connection) -> list[tuple[str, str, Any]]:
    def text(value: Any) -> str:
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)

    return [place for place in builders.everywhere(conn) if any(canary.lower() in text(place[2]).lower() for canary in CANARIES)]


async def test_nothing_of_an_erased_person_is_left_in_any_table(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        _story(conn)
        before = {name for name, *_rest in _found(conn)}
        assert {
            "event",
            "refused",
            "submission",
            "submission_field",
            "identifier",
            "edge",
            "session",
            "touch",
            "conversion",
            "lead",
            "consent",
            "visitor",
            "edit",
            "merge",
            "request",
            "request_step",
            "mail",
            "me_session",
        } <= before
        answer = erase(conn, " Canary@Example.ORG ", secret=SECRET, now=NOW)
        assert (answer["leads"], answer["submissions"], answer["visitors"], answer["refused"]) == (1, 3, 1, 2)
        assert _found(conn) == []
        assert [one["reason"] for one in rows(conn, "suppression")] == ["erased", "erased"]  # of both addresses
        assert [one["email"] for one in rows(conn, "lead")] == ["nora@example.org"]
        kept = {
            name: sum(one[name] for one in rows(conn, "kept_count", kind="site")) for name in ("visits", "views", "leads", "conversions")
        }
        assert kept == {"visits": 1, "views": 2, "leads": 1, "conversions": 3}
        after = derived(conn)
        rebuild(conn, secret=SECRET)
        assert derived(conn) == after

    await writer.run(told)


async def test_after_vacuum_no_byte_of_the_file_tells(sqlite_url: str, tmp_path: Path) -> None:
    from tests.conftest import opened

    async for database, writer in opened(sqlite_url):
        from collector.actions import sites

        await writer.run(sites.add, 1, "example.com", now=NOW, id=42)
        await writer.run(_story)
        await writer.run(erase, "canary@example.org", secret=SECRET, now=NOW)
        await _closed(database)
    file = tmp_path / "webleads.sqlite"
    raw = sqlite3.connect(file)
    raw.execute("VACUUM")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    for path in tmp_path.glob("webleads.sqlite*"):
        content = path.read_bytes()
        assert not [canary for canary in CANARIES if canary.encode() in content], path


async def _closed(database: Database) -> None:
    await database.close()


def test_a_new_request_of_an_erased_person_is_taken_without_their_past(conn: Connection) -> None:
    _story(conn)
    store(conn, body(view(NOW - 3 * HOUR, HOME + "?utm_source=lettre"), visitor=VISITOR))  # another browser of theirs, never named
    erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    store(conn, body(view(NOW + HOUR), form(NOW + HOUR + 1, "canary@example.org"), visitor=VISITOR, sent=NOW + HOUR + 1))
    (lead,) = rows(conn, "lead", email="canary@example.org")
    assert (lead["submissions"], lead["visits"], lead["first_source"]) == (1, 1, "(direct)")
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before
    erase(conn, "canary@example.org", secret=SECRET, now=NOW + DAY)
    assert len(rows(conn, "suppression")) == 2


def test_a_failed_form_on_another_browser_goes_without_a_trace(conn: Connection) -> None:
    failed = form(NOW - HOUR)
    store(conn, body(view(NOW - 2), form(NOW - 1)), body(view(NOW - HOUR - 1), failed, result(failed, "failed"), visitor=OTHER))
    assert erase(conn, "camille@example.org", secret=SECRET, now=NOW)["submissions"] == 2
    assert rows(conn, "submission") == []
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_erasing_one_of_two_people_leaves_the_others_time(conn: Connection) -> None:
    store(
        conn, body(view(NOW - 2 * DAY), form(NOW - 2 * DAY + 1, "a@example.org"), view(NOW - HOUR), form(NOW - HOUR + 1, "b@example.org"))
    )
    erase(conn, "a@example.org", secret=SECRET, now=NOW)
    (lead,) = rows(conn, "lead")
    assert (lead["email"], lead["visits"]) == ("b@example.org", 1)
    assert {one["at"] for one in rows(conn, "event")} == {NOW - HOUR, NOW - HOUR + 1}


def test_a_withdrawal_outlives_the_erasure(conn: Connection) -> None:
    store(conn, body(view(NOW - 2), form(NOW - 1), event("consent", NOW, state="denied")))
    erase(conn, "camille@example.org", secret=SECRET, now=NOW + 1)
    (outcome,) = store(conn, body(view(NOW + 2)), received=NOW + 2)
    assert outcome.refused == {"withdrawn": 1}


def test_by_phone_as_it_was_typed_or_read(conn: Connection) -> None:
    for typed in ("06 12 34 56 78", "+33612345678"):
        store(conn, body(form(email=None, fields=[field("phone", "06.12.34.56.78")])))
        assert erase(conn, typed, secret=SECRET, now=NOW)["leads"] == 1
        assert rows(conn, "lead") == []


def test_whoever_is_not_known_is_said_to_be(conn: Connection) -> None:
    with pytest.raises(Unknown):
        erase(conn, "nobody@example.org", secret=SECRET, now=NOW)


def test_somebody_of_whom_only_a_refused_event_is_kept(conn: Connection) -> None:
    store(conn, body(form(NOW, "canary@example.org", n=-1)))
    assert erase(conn, "canary@example.org", secret=SECRET, now=NOW)["refused"] == 1
    assert _found(conn) == []


def test_every_column_about_a_person_is_declared() -> None:
    """A canary in every value of the wire turns up in declared columns only."""
    from sqlalchemy import create_engine

    from collector.store.schema import metadata

    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as conn:
        conn.execute(metadata.tables["account"].insert().values(id=1, name="main", created_at=0))
        store(conn, body(*_bird(NOW - 2 * DAY), form(NOW, "canary@example.org", n=-1), visitor=BIRD))
        _said(conn)
        found = {(table, column) for table, column, _value in _found(conn)}
    engine.dispose()
    declared = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns if column.info.get("personal")}
    spoken = {
        ("consent", "proof"),
        ("touch", "source"),
        ("touch", "referrer"),
        ("lead", "first_source"),
        ("lead", "last_source"),
        ("session", "touch_key"),
        ("rollup", "key"),
    }
    assert found - declared <= spoken, found - declared


# The erasures that are known outside the database ---------------------------------------------------------------------


@pytest.fixture
def told_outside(conn: Connection) -> Iterator[Path]:
    """The file beside the database; empty before and after."""
    path = beside(conn, "erased")
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def _again(conn: Connection) -> None:
    """The same story, as an older copy would bring it back."""
    builders.clear(conn)
    _story(conn)


def test_what_was_erased_is_known_outside_the_database_and_names_nobody(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    said = told_outside.read_text()
    assert not [canary for canary in (*CANARIES, BIRD, BIRD.encode().hex()) if canary.lower() in said.lower()]
    assert told_outside.stat().st_mode & 0o777 == 0o600
    (line,) = said.splitlines()
    assert set(json.loads(line)) == {"at", "account", "keys", "visits"}


def test_an_older_copy_that_is_put_back_brings_nobody_back(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    _again(conn)
    assert _found(conn)
    assert replay(conn, secret=SECRET) == 1
    assert _found(conn) == []
    assert [one["email"] for one in rows(conn, "lead")] == ["nora@example.org"]
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before
    assert replay(conn, secret=SECRET) == 0


def test_visits_from_before_they_had_a_name_do_not_come_back_either(conn: Connection, told_outside: Path) -> None:
    """The copy is from before the form that told whose the visits were."""
    unnamed = body(view(NOW - DAY, HOME + "canary"), event("consent", NOW - DAY, state="granted", purpose="tracking"), visitor=BIRD)
    store(conn, unnamed, body(form(NOW - HOUR, "canary@example.org"), visitor=BIRD))
    erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    builders.clear(conn)
    store(conn, unnamed, body(view(NOW - HOUR), visitor=OTHER))
    assert replay(conn, secret=SECRET) == 1
    assert _found(conn) == []
    assert [one["visitor"] for one in rows(conn, "event")] == [OTHER]


def test_what_came_after_the_erasure_stays_when_a_later_copy_is_put_back(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    store(conn, body(view(NOW + HOUR), form(NOW + HOUR + 1, "canary@example.org"), visitor=BIRD, sent=NOW + HOUR + 1))
    before = derived(conn)
    assert replay(conn, secret=SECRET) == 0
    assert derived(conn) == before
    assert rows(conn, "lead", email="canary@example.org")


def test_a_refused_event_that_names_the_erased_does_not_come_back(conn: Connection, told_outside: Path) -> None:
    refused = [
        body(form(NOW, "canary@example.org", n=-1)),
        body(form(NOW, None, n=-1, fields=[field("message", "Écrivez à <Canary@example.org>, merci")])),
        body(view(NOW, n=-1), visitor=BIRD),
    ]
    store(conn, body(view(NOW - 2), form(NOW - 1, "canary@example.org"), visitor=BIRD), *refused)
    erase(conn, "canary@example.org", secret=SECRET, now=NOW + 1)
    builders.clear(conn)
    store(conn, *refused, body(form(NOW, "nora@example.org", n=-1)))
    assert replay(conn, secret=SECRET) == 1
    assert _found(conn) == []
    assert len(rows(conn, "refused")) == 1


def test_an_erasure_that_cannot_be_told_outside_is_not_made(conn: Connection, told_outside: Path) -> None:
    _story(conn)
    told_outside.mkdir()
    try:
        with pytest.raises(OSError):
            erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    finally:
        told_outside.rmdir()


def test_a_torn_line_hides_no_other(conn: Connection, told_outside: Path) -> None:
    told_outside.write_text('{"at": 1, "acc')
    _story(conn)
    erase(conn, "canary@example.org", secret=SECRET, now=NOW)
    assert [one.at for one in erased.read(conn)] == [NOW]


def test_that_somebody_left_stays_only_while_others_of_the_browser_do(conn: Connection) -> None:
    told = [view(NOW), event("identify", NOW + 1, traits={"email": "canary@example.org"}), event("reset", NOW + HOUR)]
    store(conn, body(*told, sent=NOW + HOUR))
    erase(conn, "canary@example.org", secret=SECRET, now=NOW + 2 * HOUR)
    assert rows(conn, "edge") == rows(conn, "event") == rows(conn, "visitor") == []
    store(conn, body(*told, view(NOW + 2 * HOUR), sent=NOW + 2 * HOUR))
    erase(conn, "canary@example.org", secret=SECRET, now=NOW + 3 * HOUR)
    assert [one["kind"] for one in rows(conn, "edge")] == ["reset"]  # what came after it is still nobody's
    store(conn, body(form(NOW + 4 * HOUR, "nora@example.org"), sent=NOW + 4 * HOUR))
    assert rows(conn, "lead")[0]["visits"] == 1


@pytest.mark.parametrize("back", [False, True])
def test_who_is_known_by_a_corrected_address_is_erased_by_it(conn: Connection, back: bool) -> None:
    store(conn, body(view(NOW - HOUR), form(NOW - HOUR + 1, "camille@example.org")))
    store(conn, body(form(NOW - 2 * HOUR, "anais@example.org"), visitor=None, consent="unset"))
    camille, anais = (
        bytes(one["lead_id"]) for email in ("camille@example.org", "anais@example.org") for one in rows(conn, "identifier", value=email)
    )
    change = [("field", "email", "nouvelle@example.org")]
    for lead in (camille, anais) if back else (camille,):
        made = edit(conn, lead, change, actor="", secret=SECRET, now=NOW, ids=builders.ids())["edits"]
    if back:
        undo(conn, made[0], actor="", secret=SECRET, now=NOW + 2, id=b"u" * 16)
    assert erase(conn, "nouvelle@example.org", secret=SECRET, now=NOW + 3)["leads"] == 1
    assert [row["email"] for row in rows(conn, "lead")] == ["anais@example.org"]
    assert not [place for place in builders.everywhere(conn) if "nouvelle" in str(place[2])]
    with pytest.raises(Unknown):
        erase(conn, "nouvelle@example.org", secret=SECRET, now=NOW + 4)


def test_an_address_that_stands_only_in_a_correction_that_was_taken_back_goes_with_it(conn: Connection) -> None:
    store(conn, body(form(NOW - HOUR, "anais@example.org"), visitor=None, consent="unset"))
    lead = bytes(rows(conn, "identifier")[0]["lead_id"])
    told = edit(conn, lead, [("field", "email", "nouvelle@example.org")], actor="", secret=SECRET, now=NOW, ids=builders.ids())
    undo(conn, told["edits"][0], actor="", secret=SECRET, now=NOW + 2, id=b"u" * 16)
    assert erase(conn, "nouvelle@example.org", secret=SECRET, now=NOW + 3)["leads"] == 0
    assert [row["email"] for row in rows(conn, "lead")] == ["anais@example.org"]
    assert not rows(conn, "edit")


def test_who_was_said_to_be_somebody_else_leaves_no_id_behind(conn: Connection) -> None:
    for email in ("anais@example.org", "camille@example.org"):
        store(conn, body(form(NOW - HOUR, email, form=email), visitor=None, consent="unset"))
    anais, camille = (bytes(rows(conn, "identifier", value=email)[0]["lead_id"]) for email in ("anais@example.org", "camille@example.org"))
    keep_apart(conn, anais, camille, actor="", now=NOW, id=b"a" * 16, account=1)
    assert camille.hex() in str(rows(conn, "edit"))
    erase(conn, "camille@example.org", secret=SECRET, now=NOW + 1)
    assert not [place for place in builders.everywhere(conn) if place[2] == camille or camille.hex() in str(place[2])]
