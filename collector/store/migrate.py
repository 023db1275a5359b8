"""Brings a database to this version's schema, in one transaction, and a new one to its first account."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from . import crash, plans, sites

# Months of the last contact, of events in leads mode, of events in audience mode; days of refused events.
RETENTION = {"leads": (36, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)}


class NewerDatabase(Exception):
    """The database was made by a later version of the product."""


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(files("collector.store") / "migrations"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(conn: Connection, now: int) -> None:
    """An action: all migrations that are missing, and account 1 with its retention on an empty database."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(4021961)"))  # several collectors may start at once
    if not _is_current(conn):
        made = config()
        made.attributes["connection"] = conn
        crash.step("migrate-before")
        try:
            command.upgrade(made, "head")
        except CommandError as wrong:
            raise NewerDatabase(str(wrong)) from wrong
        plans.teach(conn)
        crash.step("migrate-after")
    if not sites.accounts(conn):
        sites.add_account(conn, "main", now, RETENTION)


def _is_current(conn: Connection) -> bool:
    if not inspect(conn).has_table("alembic_version"):
        return False
    stored = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return stored == ScriptDirectory.from_config(config()).get_current_head()
