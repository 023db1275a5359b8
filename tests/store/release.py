"""Databases as earlier versions left them: what a small story looks like in the schema of each, on SQLite.

`released/0001.sql` was written by the version that made that schema, and is never made again. A later schema's database is the
oldest one's, migrated. When a version is released, `python -m tests.store.release NUMBER` writes its own.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from collector.actions import sites, withdraw
from collector.store import migrate
from collector.store.database import Database
from tests import builders
from tests.builders import DAY, HOME, HOUR, MINUTE, NOW, OTHER, body, event, field, form, result, view

FOLDER = Path(__file__).parent / "released"


def revisions() -> list[str]:
    """Every schema that there is, the oldest first."""
    return migrate.after(None)


def build(file: Path, revision: str) -> None:
    """A database of that schema with the story in it."""
    oldest = min(FOLDER.glob("*.sql"))
    with closing(sqlite3.connect(file)) as conn:
        conn.executescript(oldest.read_text())
    if revision != oldest.stem:
        engine = Database(f"sqlite:///{file}").writing_engine()
        with engine.begin() as on:
            made = migrate.config()
            made.attributes["connection"] = on
            command.upgrade(made, revision)
        engine.dispose()


def grow(file: Path, events: int) -> None:
    """Page views of nobody until there are so many events."""
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        (there,) = conn.execute("SELECT count(*) FROM event").fetchone()
        names = [row[1] for row in conn.execute("PRAGMA table_info(event)")]
        taken = ", ".join({"id": "randomblob(16)", "visitor": "NULL"}.get(name, f"e.{name}") for name in names)
        conn.execute("PRAGMA synchronous=OFF")
        conn.execute(
            f"""INSERT INTO event SELECT {taken} FROM (SELECT * FROM event WHERE type = 0 LIMIT 1) e
            JOIN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {events - there}) SELECT i FROM n)"""
        )


def _story(conn: Connection) -> None:
    sites.add(conn, 1, "example.com", now=NOW - 3 * DAY, id=42, name="Example")
    first, failed = form(NOW - DAY + MINUTE, fields=[field("nom", "Camille Durand"), field("phone", "06 12 34 56 78")]), form(NOW - HOUR)
    builders.store(
        conn,
        body(
            event("consent", NOW - DAY, state="granted", purpose="tracking", proof="p" * 43),
            view(NOW - DAY, HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree", again=1),
            event("engage", NOW - DAY + 9_000, n=1, ms=8_000, scroll=70),
            event("custom", NOW - DAY + 10_000, n=2, name="brochure", props={"page": 3}),
            event("form_start", NOW - DAY + 50_000, n=3, form="contact", field="email"),
            first,
            result(first),
            sent=NOW - HOUR,
        ),
        body(view(NOW - HOUR, HOME + "devis", "https://www.google.com/", page="page0002"), failed, result(failed, "failed")),
        body(view(NOW - 5, HOME, "https://www.linkedin.com/"), form(NOW - 4, "nora@example.org"), visitor=OTHER),
        body(
            form(NOW - 3, None, fields=[field("message", "Bonjour, une question.")], n=None, page=None),
            view(NOW - 2, n=-1),
            visitor=None,
            consent="unset",
        ),
        body(view(NOW - 1), visitor=None, consent="unset"),
        received=NOW,
    )
    withdraw.withdraw(conn, OTHER, secret=builders.SECRET, now=NOW + 1)


def _write(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "webleads.sqlite"
        engine = Database(f"sqlite:///{file}").writing_engine()
        with engine.begin() as conn:
            migrate.upgrade(conn, NOW - 3 * DAY)
            _story(conn)
        engine.dispose()
        with closing(sqlite3.connect(file)) as raw:
            lines = [line for line in raw.iterdump() if "sqlite_stat" not in line and "ANALYZE" not in line]
    (FOLDER / f"{name}.sql").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    _write(sys.argv[1])
