"""From every schema that was ever made: a migration copies first, is killed at each of its steps, and is made good by the next start."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.actions.rebuild import rebuild
from collector.store import backup, crash, migrate, schema
from collector.store.database import Database
from tests import builders
from tests.builders import NOW, SECRET

from . import release

REVISIONS = release.revisions()
# From the first and from the last two in `make test`, from every one in `make slow` and `make faults`.
EACH = [pytest.param(one, marks=() if one in (REVISIONS[0], *REVISIONS[-2:]) else pytest.mark.slow) for one in REVISIONS]
KILLED = 137
_LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{name}", "{before}", None, None
def upgrade():
    with op.batch_alter_table("event", recreate="always") as batch:
        batch.add_column(sa.Column("{name}", sa.Integer(), nullable=False, server_default="7"))
"""


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two more migrations after today's last: they write every event anew."""
    made = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, made, ignore=shutil.ignore_patterns("__pycache__"))
    before = REVISIONS[-1]
    for place, name in enumerate(("test1", "test2")):
        (made / "versions" / f"900{place}_{name}.py").write_text(_LATER.format(name=name, before=before))
        before = name
    monkeypatch.setattr(migrate, "SCRIPTS", made)
    return made


def _upgrade(file: Path, now: int) -> None:
    engine = Database(f"sqlite:///{file}").writing_engine()
    with engine.begin() as conn:
        migrate.upgrade(conn, now)
    engine.dispose()


def killed_at(file: Path, step: str, times: int, now: int) -> int:
    """How a process ends that migrates and is to be killed at a step."""
    child = os.fork()
    if child == 0:
        crash._wanted, crash._left = step, times
        try:
            _upgrade(file, now)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def raw_rows(file: Path) -> dict[str, list[Any]]:
    """The keys of every raw row but the counts and the limits, whose keys have changed, by table; read from outside."""
    with backup.reading(file) as conn:
        found = {}
        for table in schema.metadata.sorted_tables:
            there = [row[1] for row in conn.execute(f"PRAGMA table_info({table.name})")]
            if table.info["kind"] != "derived" and table.name not in ("kept_count", "retention") and there:
                key = ", ".join(column.name for column in table.primary_key)
                found[table.name] = conn.execute(f'SELECT {key} FROM "{table.name}" ORDER BY {key}').fetchall()
        return found


def steps_from(stored: str) -> Iterator[tuple[str, int]]:
    """Every step at which a process may end on its way from a schema."""
    count = len(migrate.after(stored))
    yield from (("migrate-before", 1), ("copy-before", 1), ("copy-after", 1))
    for number in range(1, count + 1):
        yield from (("migration-before", number), ("migration-after", number))
    yield "migrate-after", 1


def is_migrated(file: Path, stored: str) -> bool:
    """Whether a file has the newest schema; else it must still be what it was. Either way it is sound."""
    with backup.reading(file) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ((version,),) = conn.execute("SELECT version_num FROM alembic_version").fetchall()
    assert version in (stored, "test2")
    return bool(version == "test2")


@pytest.mark.parametrize("stored", EACH)
def test_a_migration_that_is_killed_at_any_step_is_made_good_by_the_next_start(stored: str, tmp_path: Path, later: Path) -> None:
    file = tmp_path / "data" / "webleads.sqlite"
    file.parent.mkdir()
    release.build(file, stored)
    before = raw_rows(file)
    for place, (step, times) in enumerate(steps_from(stored)):
        assert killed_at(file, step, times, NOW + place * 1_000) == KILLED, step
        assert not is_migrated(file, stored), step
        assert raw_rows(file) == before, step
    _upgrade(file, NOW + 999_000)
    assert is_migrated(file, stored)
    after = raw_rows(file)
    assert {name: after[name] for name in before} == before
    copies = migrate.copies(file)
    assert len(copies) == migrate.COPIES
    assert {backup.check(copy).schema for copy in copies} == {stored}
    assert raw_rows(copies[-1]) == before
    assert not [path for path in file.parent.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("stored", EACH)
def test_an_earlier_versions_database_is_read_as_this_versions(stored: str, tmp_path: Path) -> None:
    file = tmp_path / "webleads.sqlite"
    release.build(file, stored)
    engine = Database(f"sqlite:///{file}").writing_engine()
    with engine.begin() as conn:
        migrate.upgrade(conn, NOW)
        rebuild(conn, secret=SECRET)  # as the next start does where a migration asks for it
        before = builders.derived(conn)
        assert sorted(row["email"] for row in builders.rows(conn, "lead")) == ["", "camille@example.org", "nora@example.org"]
        rebuild(conn, secret=SECRET)
        assert builders.derived(conn) == before
    engine.dispose()
    assert len(migrate.copies(file)) == (stored != REVISIONS[-1])


def test_a_new_database_is_not_copied_and_one_that_is_up_to_date_neither(tmp_path: Path) -> None:
    file = tmp_path / "webleads.sqlite"
    for _start in range(2):
        _upgrade(file, NOW)
    assert migrate.copies(file) == []


def test_a_disk_without_room_for_the_copy_stops_the_migration_before_it_begins(
    tmp_path: Path, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "webleads.sqlite"
    release.build(file, REVISIONS[0])
    monkeypatch.setattr(shutil, "disk_usage", lambda _where: shutil._ntuple_diskusage(10**9, 10**9, 10**6))  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="a copy needs 50 MB, 1 MB are free"):
        _upgrade(file, NOW)
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISIONS[0],)]
