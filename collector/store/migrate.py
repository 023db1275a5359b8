"""Brings a database to this version's schema, in one transaction, and a new one to its first account.

A SQLite database that is not new is copied first, beside itself. The transaction is the whole of it: a process that ends
in the middle leaves the database as it was, and the next start begins again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, inspect, text

from . import backup, crash, plans, sites
from .database import file_of
from .schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

# Months of the last contact, of events in leads mode, of events in audience mode; days of refused events.
RETENTION = {"leads": (36, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)}
SCRIPTS = Path(str(files("collector.store") / "migrations"))
COPIES = 3  # made before migrations; older ones go


class NewerDatabase(Exception):
    """The database was made by a later version of the product."""


def config() -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(conn: Connection, now: int, *, copy: bool = True) -> None:
    """An action: all migrations that are missing; on an empty database the schema as it is now, and account 1 with its retention.

    `copy` first, beside the file. Raises NewerDatabase, and what `backup.make` raises.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(4021961)"))  # several collectors may start at once
    stored = version(conn)
    if stored is None:
        crash.step("migrate-before")
        crash.step("migration-before")
        _create(conn)
        crash.step("migration-after")
        plans.teach(conn)
        crash.step("migrate-after")
    elif missing := after(stored):
        from alembic import command

        made = config()
        made.attributes["connection"] = conn
        crash.step("migrate-before")
        file = file_of(conn)
        if copy and file is not None:
            _copy(file, stored, now)
        for revision in missing:
            crash.step("migration-before")
            command.upgrade(made, revision)
            crash.step("migration-after")
        plans.teach(conn)
        crash.step("migrate-after")
    if not sites.accounts(conn):
        sites.add_account(conn, "main", now, RETENTION)


def _create(conn: Connection) -> None:
    """All tables at once: that migrations lead to the same is tested, and they take ten times as long."""
    metadata.create_all(conn, checkfirst=False)
    conn.execute(
        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))")
    )
    conn.execute(text("INSERT INTO alembic_version (version_num) VALUES (:newest)"), {"newest": newest()})


def version(conn: Connection) -> str | None:
    """The schema's version; None where there is none yet."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    found: str | None = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def newest() -> str:
    """The version of this release's schema: that of its last migration, by the files' names."""
    return max(one.name[:4] for one in (SCRIPTS / "versions").glob("[0-9]*.py"))


def after(stored: str | None) -> list[str]:
    """The migrations that a database of that version lacks, the first one first. Raises NewerDatabase."""
    if stored == newest():
        return []  # every command asks, and Alembic takes longer to load than to answer
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError

    scripts = ScriptDirectory.from_config(config())
    try:
        return [one.revision for one in scripts.iterate_revisions("head", stored or "base")][::-1]
    except RevisionError as wrong:
        raise NewerDatabase(
            f"the database has the schema {stored}, which this version does not know: a later one made it. Install that one again,"
            " or restore a backup from before"
        ) from wrong


def copies(file: Path) -> list[Path]:
    """The copies that were made before migrations of a file, the oldest first."""
    return sorted(file.parent.glob(f"{file.name}.before-*"), key=lambda path: path.name.rpartition("-")[2])


def _copy(file: Path, stored: str, now: int) -> None:
    """While the writer's transaction holds the file, before its first change: a reader sees the old schema."""
    day = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = file.with_name(f"{file.name}.before-{stored}-{day}")
    backup.make(file, target, gently=False)
    log.info("database copied before its migration", file=str(target))
    for old in copies(file)[:-COPIES]:
        old.unlink(missing_ok=True)
