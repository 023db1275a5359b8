"""PostgreSQL's own copies, by its own tools."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from . import folder
from .backup import BadBackup
from .database import Database


def is_there() -> bool:
    """Whether PostgreSQL's tools are installed."""
    return bool(shutil.which("pg_dump") and shutil.which("pg_restore"))


def said(database: Database, file: Path) -> str:
    """The command that makes a copy, for a person to run."""
    return shlex.join(["pg_dump", "--format=custom", f"--file={file}", _url(database)])


def back(database: Database, file: Path) -> str:
    """The command that puts a copy back, for a person to run."""
    return shlex.join(["pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={_url(database)}", str(file)])


def make(database: Database, file: Path) -> dict[str, Any]:
    """Dumps a database in one transaction to `file`, which appears only when it is whole and has been listed. Raises BadBackup, OSError."""
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _run(database, "pg_dump", "--format=custom", f"--file={part}", _url(database))
        listed = _run(database, "pg_restore", "--list", str(part))
        if "TABLE DATA public alembic_version" not in listed:
            raise BadBackup(f"{_url(database)} is no database of Webleads Tracker")
        counts = {name: sum(1 for _row in _rows(database, part, name)) for name in ("event", "lead")}
        schema = "".join(_rows(database, part, "alembic_version")).strip()
        handle = os.open(part, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(part, file)
        folder.sync(file.absolute().parent)
    finally:
        part.unlink(missing_ok=True)
    return {"schema": schema, "size": file.stat().st_size, "events": counts["event"], "leads": counts["lead"]}


def _rows(database: Database, file: Path, table: str) -> Iterator[str]:
    """The rows of a table, read back out of the copy; a newline within a value is written as two characters there."""
    words = ["pg_restore", "--data-only", f"--table={table}", "--file=-", str(file)]
    with subprocess.Popen(words, env=_environment(database), stdout=subprocess.PIPE, text=True, errors="replace") as process:  # noqa: S603
        assert process.stdout is not None
        inside = False
        for line in process.stdout:
            if inside and line != "\\.\n":
                yield line
            inside = line.startswith("COPY ") if not inside else line != "\\.\n"
    if process.returncode:
        raise BadBackup(f"{file}: pg_restore cannot read {table}")


def _run(database: Database, *words: str) -> str:
    done = subprocess.run(words, env=_environment(database), capture_output=True, text=True, check=False)  # noqa: S603 (its own tools, no shell)
    if done.returncode:
        raise BadBackup((done.stderr.strip().splitlines() or [f"{words[0]} failed"])[-1])
    return done.stdout


def _environment(database: Database) -> dict[str, str]:
    return {**os.environ, **({"PGPASSWORD": database.url.password} if database.url.password else {})}


def _url(database: Database) -> str:
    """Without the password: others see the words of a command."""
    at = database.url
    return URL.create("postgresql", at.username, None, at.host, at.port, at.database).render_as_string()
