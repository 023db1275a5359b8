"""Personal values at rest: none can be read without the key, and everything works as before with it; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Connection, Engine, LargeBinary, Text, select, type_coerce, update

from collector.actions import sites
from collector.actions.edit import edit
from collector.actions.erase import erase
from collector.actions.merge import merge, unmerge
from collector.actions.rebuild import rebuild
from collector.actions.record import Recorder
from collector.domain.listing import Asked
from collector.jobs.seal import turn
from collector.store import dossier, ids, listing, migrate, people, reseal, seal, sealed, secret
from collector.store.database import Database
from collector.store.filters import Filters
from collector.store.ring import Ring, WrongSeal
from collector.store.schema import metadata
from collector.store.seal import BadSealing
from collector.store.words import is_mark
from collector.store.writer import Writer
from tests import builders
from tests.builders import HOME, HOUR, NOW, OTHER, SECRET, body, derived, event, field, form, rows, store, view

OLD, NEW = b"1" * 64, b"2" * 64

# 20 values that must not be found in the file.
TYPED = (
    "camille.secrete", "Kanarienvogel", "Camille", "612345678", "OISEAU", "chante la nuit", "anniversaire", "trait.secret", "Traitsname",
    "travail.secret", "rappeler lundi", "etiquette bleue", "au bout du fil", "ORGANISME", "refuse.secret", "mes donnees", "Bleuet", "Marguerite",
    "objet rare", "reponse tardive",
)  # fmt: skip


def _story(conn: Connection) -> None:
    sites.add(conn, 1, "example.com", now=NOW, id=42, name="Example")
    more = [
        field("nom", "Camille Kanarienvogel"),
        field("ville", "Bleuet"),
        field("phone", "06 12 34 56 78"),
        field("societe", "OISEAU SARL"),
        field("sujet", "objet rare"),
        field("message", "Il chante la nuit, pour son anniversaire."),
        field("fleur", "1", type="select-one", text="Marguerite"),
    ]
    store(
        conn,
        body(
            view(NOW - HOUR, HOME + "devis"),
            event("identify", NOW - HOUR + 1, traits={"email": "trait.secret@example.org", "name": "Traitsname"}),
            form(NOW - HOUR + 2, "camille.secrete@example.org", fields=more),
        ),
        body(form(NOW - HOUR, "refuse.secret@example.org", n=-1)),
        body(form(NOW - HOUR, "travail.secret@example.org", fields=[field("nom", "Camille Kanarienvogel")]), visitor=None, consent="unset"),
        body(view(NOW - 9, HOME), form(NOW - 8, "nora@example.org"), visitor=OTHER),
    )
    lead = _lead(conn, "travail.secret@example.org")
    changes = [
        ("note", "", "rappeler lundi"),
        ("tag", "", "etiquette bleue"),
        ("field", "organization", "ORGANISME"),
        ("status", "", "won"),
    ]
    edit(conn, lead, changes, actor="", secret=SECRET, now=NOW, ids=builders.ids())


def _lead(conn: Connection, address: str) -> bytes:
    return next(bytes(one["lead_id"]) for one in rows(conn, "identifier") if one["value"] == address)


def _more(conn: Connection) -> None:
    """What stands in tables that the story does not reach."""
    for name, told in {
        "merge": {"id": b"m" * 16, "from_lead": b"x" * 16, "into_lead": b"y" * 16, "actor": "", "reason": "au bout du fil", "at": NOW},
        "request": {"id": b"r" * 16, "kind": "access", "site_id": 0, "by": "visitor", "said": "mes donnees", "language": "fr", "at": NOW, "due_at": NOW},
        "request_step": {"id": b"s" * 16, "request_id": b"r" * 16, "kind": "done", "actor": "", "note": "reponse tardive", "proof": "", "at": NOW},
    }.items():  # fmt: skip
        conn.execute(metadata.tables[name].insert(), {"account_id": 1, **told})


@asynccontextmanager
async def _house(url: str, *keys: bytes, path: Path | None = None) -> AsyncIterator[tuple[Database, Writer]]:
    """A database whose process holds keys."""
    database = Database(url, Ring(keys, path) if keys else None)
    writer = Writer(database, Recorder(SECRET, ids.uuid7).swiftly)
    try:
        await writer.start()
        await writer.run(migrate.upgrade, NOW)
        await writer.run(seal.check, database.ring)
        yield database, writer
    finally:
        await writer.stop()
        await database.close()


def _stored(conn: Connection) -> list[tuple[str, str, Any]]:
    """Every value of a sealed column that is not empty, as it is stored."""
    found = []
    for name, table in reseal.TABLES.items():
        for column, kind in sealed.columns(table).items():
            plain = type_coerce(table.c[column], Text if isinstance(kind, sealed.Sealed) else LargeBinary)
            asked = select(plain).order_by(*table.primary_key.columns)
            found += [(name, column, value) for (value,) in conn.execute(asked) if value and _passes(kind, value)]
    return found


def _passes(kind: Any, value: Any) -> bool:
    """Whether a stored value is sealed, or should be."""
    return isinstance(value, bytes) or value[:1] == "\x1f" or bool(kind.takes(value))


def _is_sealed(value: Any, key: bytes) -> bool:
    mark = "\x1f" + Ring([key]).newest.name
    return bool(value.startswith(mark.encode() if isinstance(value, bytes) else mark))


async def _names(database: Database, query: str) -> list[str]:
    async with database.reader() as conn:
        return sorted(row["email"] for row in (await listing.page(conn, 1, Filters(Asked(q=query)), None, 50)).rows)


async def _told(url: str, *keys: bytes) -> None:
    async with _house(url, *keys) as (_database, writer):
        await writer.run(_story)
        await writer.run(_more)


# The list of what is sealed -------------------------------------------------------------------------------------------

# Personal, and stored as it is: the README says why.
OPEN = {
    "visitor", "url", "action", "page", "entry_page", "landing", "click_id", "language", "agent", "way", "company", "search", "key", "token", "id",
}  # fmt: skip


def test_every_personal_column_is_sealed_or_said_to_be_open() -> None:
    personal = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns if column.info.get("personal")}
    passing = {(name, column) for name, table in reseal.TABLES.items() for column in sealed.columns(table)}
    assert passing <= personal
    assert {one for one in personal - passing if one[1] not in OPEN} == {("user", "email")}
    assert {("lead", "name"), ("submission_field", "value"), ("edge", "said"), ("refused", "body"), ("mail", "content")} <= passing


def test_each_sealed_column_knows_its_own_name() -> None:
    for name, table in reseal.TABLES.items():
        for column, kind in sealed.columns(table).items():
            assert kind.place == f"{name}.{column}"


# On, and off again ----------------------------------------------------------------------------------------------------


async def test_what_comes_is_sealed_and_read_as_before(database_url: str) -> None:
    async with _house(database_url, OLD) as (database, writer):
        assert (await turn(writer, database, "on", now=NOW))["rows"] == 0
        assert await writer.run(seal.is_on)
        await writer.run(_story)
        await writer.run(_more)
        stored = await writer.run(_stored)
        assert {name for name, *_rest in stored} >= {
            "event",
            "refused",
            "submission_field",
            "identifier",
            "edge",
            "conversion",
            "lead",
            "edit",
        }
        assert [(name, column) for name, column, value in stored if not _is_sealed(value, OLD)] == []
        assert sorted(one["email"] for one in await writer.run(rows, "lead")) == [
            "camille.secrete@example.org", "nora@example.org", "trait.secret@example.org", "travail.secret@example.org",
        ]  # fmt: skip
        await writer.run(secret.check, SECRET)


async def test_what_is_stored_is_sealed_and_opened_again_to_the_byte(database_url: str) -> None:
    await _told(database_url)
    async with _house(database_url, OLD) as (database, writer):
        await writer.run(rebuild, secret=SECRET)
        raw, known = await writer.run(_stored), await writer.run(derived)
        done = await turn(writer, database, "on", now=NOW)
        assert (done["damaged"], done["rows"] > 10) == (0, True)
        assert [(name, column) for name, column, value in await writer.run(_stored) if not _is_sealed(value, OLD)] == []
        assert [row["search"] for row in await writer.run(rows, "lead") if not is_mark(row["search"])] == []
        words = await writer.run(rows, "lead_word")
        before = await writer.run(derived)
        assert {name for name in known if known[name] != before[name]} == {"lead", "lead_word"}  # its search text is words now
        await writer.run(rebuild, secret=SECRET)
        assert await writer.run(derived) == before
        assert await writer.run(rows, "lead_word") == words
        await turn(writer, database, "off", now=NOW)
        assert await writer.run(_stored) == raw
        assert await writer.run(derived) == known
        assert await writer.run(seal.states) == {}
    async with _house(database_url) as (_database, writer):
        assert await writer.run(derived) == known


async def test_no_byte_of_the_file_tells(sqlite_url: str, tmp_path: Path) -> None:
    await _told(sqlite_url)
    where = [tmp_path / "webleads.sqlite", tmp_path / "webleads.sqlite-wal"]

    def found() -> set[str]:
        content = b"".join(path.read_bytes() for path in where if path.exists()).lower()
        return {value for value in TYPED if value.lower().encode() in content}

    assert found() == set(TYPED)
    async with _house(sqlite_url, OLD) as (database, writer):
        await turn(writer, database, "on", now=NOW, vacuum=True)
        assert found() == set()
        await writer.run(store, body(form(NOW, "camille.secrete@example.org", fields=[field("message", "chante la nuit")])))
        assert found() == set()


# Search ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("camille.secrete@example.org", ["camille.secrete"]),
        ("kan", ["camille.secrete", "travail.secret"]),
        ("KANARIENVOGEL cam", ["camille.secrete", "travail.secret"]),
        ("kanarienvogel ois", ["camille.secrete"]),
        ("ka", []),
        ("narien", []),
        ("06 12 34 56 78", ["camille.secrete"]),
        ("+33 6 12 34", ["camille.secrete"]),
        ("anniversaire", ["camille.secrete"]),
        ("organisme", ["travail.secret"]),
        ("personne", []),
    ],
)
async def test_whole_words_and_their_beginnings_are_found(sealed_story: Database, query: str, found: list[str]) -> None:
    assert await _names(sealed_story, query) == [f"{one}@example.org" for one in found]


@pytest.fixture(scope="module")
def _file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('sealed')}/webleads.sqlite"


@pytest.fixture
async def sealed_story(_file: str) -> AsyncIterator[Database]:
    """The story, sealed; made once."""
    made = Path(_file.removeprefix("sqlite:///")).exists()
    async with _house(_file, OLD) as (database, writer):
        if not made:
            await turn(writer, database, "on", now=NOW)
            await writer.run(_story)
        yield database


async def test_leads_are_found_while_they_are_being_sealed_and_opened(database_url: str) -> None:
    await _told(database_url)
    async with _house(database_url, OLD) as (database, writer):
        for to in ("on", "off"):
            assert database.ring is not None
            await writer.run(seal.begin, database.ring.newest if to == "on" else None, NOW)
            await writer.run(seal.check, database.ring)
            assert {"camille.secrete@example.org", "travail.secret@example.org"} <= set(await _names(database, "kanarienvogel"))
            new = form(NOW + 1, f"neue.{to}@example.org", fields=[field("nom", "Kanarienvogel")])
            await writer.run(store, body(new, visitor=None, consent="unset", sent=NOW + 1))
            assert f"neue.{to}@example.org" in await _names(database, "kanarienvogel")
            await turn(writer, database, to, now=NOW)
            assert len(await _names(database, "kanarienvogel")) == (3 if to == "on" else 4)


# What people do -------------------------------------------------------------------------------------------------------


async def test_edits_merges_suggestions_the_export_and_erasure_work(database_url: str) -> None:
    async with _house(database_url, OLD) as (database, writer):
        await turn(writer, database, "on", now=NOW)
        await writer.run(_story)

        def told(conn: Connection) -> None:
            one, other = _lead(conn, "camille.secrete@example.org"), _lead(conn, "travail.secret@example.org")
            assert people.alike(conn, 1)[frozenset((one, other))] == {"name"}
            assert people.persons(conn, 1, [one])[one].name == "Camille Kanarienvogel"
            made = dossier.of_lead(conn, 1, other)
            assert (made.standing.status, made.standing.tags, made.standing.notes[0].value) == (
                "won",
                ("etiquette bleue",),
                "rappeler lundi",
            )
            before = derived(conn)
            merge(conn, one, other, actor="", reason="au bout du fil", secret=SECRET, now=NOW, id=b"m" * 16)
            assert [row["email"] for row in rows(conn, "lead")].count("travail.secret@example.org") == 0
            unmerge(conn, b"m" * 16, actor="", secret=SECRET, now=NOW, id=b"u" * 16)
            assert derived(conn) == before
            edit(conn, one, [("field", "email", "neu@example.org")], actor="", secret=SECRET, now=NOW, ids=builders.ids())
            assert [found.value for found in people.corrections(conn, 1, ["neu@example.org", "x"])] == ["neu@example.org"]

        await writer.run(told)
        async with database.reader() as conn:
            rows_of = [
                row async for some in listing.export(conn, 1, await listing.ids(conn, 1, Filters(Asked(q="kanarienvogel")))) for row in some
            ]
            assert {row["email"] for row in rows_of} == {"neu@example.org", "travail.secret@example.org"}
        assert await _names(database, "neu@ex") == ["neu@example.org"]
        assert await _names(database, "camille.secrete@example.org") == []
        gone_with = {
            "refuse.secret@example.org": "refuse.secret",
            "neu@example.org": "Bleuet",
            "travail.secret@example.org": "Kanarienvogel",
        }
        for address, gone in gone_with.items():
            await writer.run(erase, address, secret=SECRET, now=NOW)
            assert [place for place in await writer.run(lambda conn: list(builders.everywhere(conn))) if gone in str(place[2])] == []
        assert await _names(database, "kan") == []


# Keys -----------------------------------------------------------------------------------------------------------------


async def test_rotation_leaves_nothing_under_the_old_key(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(OLD.hex() + "\n")
    async with _house(database_url, OLD, path=file) as (database, writer):
        await turn(writer, database, "on", now=NOW)
        await writer.run(_story)
        with pytest.raises(BadSealing, match="same"):
            await turn(writer, database, "rotate", now=NOW)
        known = await writer.run(derived)
        file.write_text(f"{NEW.hex()}\n{OLD.hex()}\n")  # while the server works
        await turn(writer, database, "rotate", now=NOW)
        assert [(name, column) for name, column, value in await writer.run(_stored) if not _is_sealed(value, NEW)] == []
        after = await writer.run(derived)
        assert {name for name in known if known[name] != after[name]} == {"lead", "lead_word"}  # and the mark of its words
    async with _house(database_url, NEW) as (database, writer):  # the old line has gone
        assert await _names(database, "kanarienvogel") == ["camille.secrete@example.org", "travail.secret@example.org"]
        assert sorted(await writer.run(seal.states)) == [Ring([NEW]).newest.name]


async def test_in_the_midst_of_a_rotation_both_keys_are_read(database_url: str) -> None:
    async with _house(database_url, OLD) as (database, writer):
        await turn(writer, database, "on", now=NOW)
        await writer.run(_story)
    async with _house(database_url, NEW, OLD) as (database, writer):
        assert database.ring is not None
        await writer.run(seal.begin, database.ring.newest, NOW)
        await writer.run(seal.check, database.ring)
        new = form(NOW, "neue@example.org", fields=[field("nom", "Kanarienvogel")])
        await writer.run(store, body(new, visitor=None, consent="unset"))
        assert len(await _names(database, "kanarienvogel")) == 3
        lead = await writer.run(_lead, "travail.secret@example.org")
        assert [one.value for one in await writer.run(people.corrections, 1, ["ORGANISME"])] == ["ORGANISME"]
        assert (await writer.run(dossier.of_lead, 1, lead)).standing.status == "won"
        assert (await turn(writer, database, "rotate", now=NOW))["damaged"] == 0


async def test_another_collector_on_the_same_database_seals_and_turns_with_it(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("one process writes there")
    file = tmp_path / "key"
    file.write_text(OLD.hex())
    async with _house(database_url, OLD, path=file) as (one, at_work), _house(database_url, OLD, path=file) as (_other, beside):
        await turn(at_work, one, "on", now=NOW)
        await beside.run(_story)
        assert {_is_sealed(value, OLD) for _name, _column, value in await beside.run(_stored)} == {True}
        file.write_text(f"{NEW.hex()}\n{OLD.hex()}")
        await turn(at_work, one, "rotate", now=NOW)
        await beside.run(store, body(form(NOW, "neue@example.org"), visitor=None, consent="unset"))
        assert {_is_sealed(value, NEW) for _name, _column, value in await beside.run(_stored)} == {True}


async def test_no_key_or_another_one_is_refused_in_words(database_url: str) -> None:
    async with _house(database_url, OLD) as (database, writer):
        await turn(writer, database, "on", now=NOW)
    for keys, says in (((), "WEBLEADS_SEAL"), ((NEW,), "put it back")):
        with pytest.raises(WrongSeal, match=says):
            async with _house(database_url, *keys):
                pass


async def test_without_a_key_or_anything_sealed_there_is_nothing_to_do(writer: Writer, database: Database, database_url: str) -> None:
    with pytest.raises(BadSealing, match="key"):
        await turn(writer, database, "on", now=NOW)
    await writer.stop()
    async with _house(database_url, OLD) as (other, at_work):
        for to in ("off", "rotate"):
            with pytest.raises(BadSealing, match="off"):
                await turn(at_work, other, to, now=NOW)


@pytest.mark.parametrize("to", ["on", "rotate", "off"])
async def test_what_was_stopped_in_the_middle_is_readable_and_goes_on(database_url: str, to: str) -> None:
    if to != "on" and not database_url.startswith("sqlite"):
        pytest.skip("the steps are the same")

    class Stopped(Exception):
        pass

    def told(far: dict[str, Any]) -> None:
        if far["stage"] == "identifier":
            raise Stopped

    await _told(database_url)
    if to != "on":
        async with _house(database_url, OLD) as (database, writer):
            await turn(writer, database, "on", now=NOW)
    async with _house(database_url, NEW, OLD) as (database, writer):
        known = await writer.run(derived)
        with pytest.raises(Stopped):
            await turn(writer, database, to, now=NOW, told=told)
    async with _house(database_url, NEW, OLD) as (database, writer):
        assert len(await writer.run(seal.states)) == (2 if to == "rotate" else 1)
        between = await writer.run(derived)
        assert all(known[name] == between[name] for name in known if name not in ("lead", "lead_word"))
        assert len(await _names(database, "kanarienvogel")) == 2
        await turn(writer, database, to, now=NOW)
        key = {"on": NEW, "rotate": NEW}.get(to)
        assert [one[:2] for one in await writer.run(_stored) if key and not _is_sealed(one[2], key)] == []
        assert await writer.run(seal.is_on) == (to != "off")


# Damage ---------------------------------------------------------------------------------------------------------------


async def test_a_list_is_narrowed_by_a_sealed_tag_and_not_ordered_by_sealed_names(database_url: str) -> None:
    async with _house(database_url, OLD) as (database, writer):
        await turn(writer, database, "on", now=NOW)
        await writer.run(_story)
        async with database.reader() as conn:
            for tag, n in (("etiquette bleue", 1), ("etiquette", 0), ("bleue", 0)):
                assert len((await listing.page(conn, 1, Filters(Asked(tag=(tag,))), None, 50)).rows) == n
            assert (await listing.offer(conn, 1)).tags == ["etiquette bleue"]
            named = await listing.page(conn, 1, Filters(Asked(sort="name")), None, 50)
            newest = await listing.page(conn, 1, Filters(), None, 50)
            assert [row["id"] for row in named.rows] == [row["id"] for row in newest.rows]


async def test_a_value_that_was_tampered_with_is_told_by_name_and_costs_no_other_row(database_url: str) -> None:
    lead = metadata.tables["lead"]

    def tamper(conn: Connection) -> None:
        asked = select(lead.c.id, type_coerce(lead.c.name, Text)).where(type_coerce(lead.c.name, Text) != "").order_by(lead.c.id)
        one, stored = conn.execute(asked).all()[0]
        changed = stored[:9] + ("A" if stored[9] != "A" else "B") + stored[10:]
        raw = sqlalchemy.table(
            "lead", sqlalchemy.column("id", LargeBinary), sqlalchemy.column("name", Text), sqlalchemy.column("tags", Text)
        )
        conn.execute(update(raw).where(raw.c.id == one).values(name=changed, tags=changed))

    async with _house(database_url, OLD) as (database, writer):
        await turn(writer, database, "on", now=NOW)
        await writer.run(_story)
        await writer.run(tamper)
        async with database.reader() as conn:
            page = await listing.page(conn, 1, Filters(), None, 50)
        assert len(page.rows) == 4
        assert sorted(row["name"] for row in page.rows).count("\ufffd") == 1
        assert [row["tags"] for row in page.rows].count([]) >= 1
        assert database.ring is not None
        assert set(database.ring.damaged) == {"lead.name", "lead.tags"}
        database.ring.damaged.clear()
        assert (await turn(writer, database, "off", now=NOW))["damaged"] == 2
        await writer.run(rebuild, secret=SECRET)  # it follows from what is raw
        assert not [row for row in await writer.run(rows, "lead") if row["name"] == "\ufffd"]


async def test_refused_bytes_that_begin_like_sealed_ones_are_what_they_are(database_url: str) -> None:
    bodies = [b"\x1fAAAA", b"\x1f", b"\x1fAAAA" + b"x" * 40, b"{}"]

    def told(conn: Connection) -> None:
        conn.execute(
            metadata.tables["refused"].insert(),
            [
                {"account_id": 1, "id": bytes([n]) * 16, "site_id": 42, "received_at": NOW, "reason": "not-json", "body": one}
                for n, one in enumerate(bodies)
            ],
        )

    async with _house(database_url, OLD) as (database, writer):
        await writer.run(told)
        for to in ("on", "off"):
            await turn(writer, database, to, now=NOW)
            assert [bytes(one["body"]) for one in await writer.run(rows, "refused")] == bodies


def test_with_sealing_off_nothing_passes_by_a_ring(sqlite_url: str) -> None:
    engine: Engine = Database(sqlite_url).writing_engine()
    try:
        assert sealed.of(engine.dialect) is None
        kind = metadata.tables["lead"].c.name.type
        assert kind.bind_processor(engine.dialect) is None
        assert kind.result_processor(engine.dialect, None) is None
    finally:
        engine.dispose()
