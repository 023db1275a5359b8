"""Submissions, their fields and their results: raw, appended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..domain.events import Field
from .hot import HotIn, by, insert
from .schema import submission, submission_field, submission_result

_add = insert(submission, conflict=["account_id", "site_id", "token"])
_add_field = insert(submission_field, conflict=["account_id", "submission_id", "place"])
_add_result = insert(submission_result, conflict=["account_id", "id"])
_load = by(submission, "id")
_fields = by(submission_field, "submission_id")
_results = by(submission_result, "token", "site_id", "token", "at", "id", "result")
_by_visitor = by(submission, "visitor", "id", "site_id", "token", "at", "visitor", "form", "marks")
_tokens = HotIn(
    lambda binds: select(submission.c.site_id, submission.c.token, submission.c.id).where(
        submission.c.account_id == bindparam("account_id"), submission.c.token.in_(binds)
    )
)


def add(conn: Connection, rows: Sequence[dict[str, Any]], fields: Sequence[dict[str, Any]]) -> None:
    """Appends submissions with their fields; a known token of a site is left as it was."""
    _add.many(conn, rows)
    _add_field.many(conn, fields)


def add_results(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Appends results."""
    _add_result.many(conn, rows)


def known(conn: Connection, account_id: int, tokens: Iterable[str]) -> dict[tuple[int, str], bytes]:
    """(site, token) → id of the submissions that are stored."""
    return {(row[0], row[1]): bytes(row[2]) for row in _tokens.rows(conn, tokens, account_id=account_id)}


def any_of(conn: Connection, account_id: int, site_id: int) -> bool:
    """Whether a site has any."""
    asked = select(submission.c.id).where(submission.c.account_id == account_id, submission.c.site_id == site_id)
    return conn.execute(asked.limit(1)).first() is not None


def load(conn: Connection, account_id: int, ids: Iterable[bytes]) -> list[dict[str, Any]]:
    """Submission rows."""
    names = [column.name for column in submission.columns]
    return [dict(zip(names, row, strict=True)) for row in _load.rows(conn, ids, account_id=account_id)]


def of_visitors(conn: Connection, account_id: int, visitors: Iterable[str]) -> list[dict[str, Any]]:
    """What visitors sent: id, site_id, token, at, visitor, form, marks."""
    names = ("id", "site_id", "token", "at", "visitor", "form", "marks")
    return [dict(zip(names, row, strict=True)) for row in _by_visitor.rows(conn, visitors, account_id=account_id)]


def fields_of(conn: Connection, account_id: int, ids: Iterable[bytes]) -> dict[bytes, list[Field]]:
    """The fields of submissions, in the order of the form."""
    names = [column.name for column in submission_field.columns]
    found: dict[bytes, list[tuple[int, Field]]] = {}
    for values in _fields.rows(conn, ids, account_id=account_id):
        row = dict(zip(names, values, strict=True))
        field = Field(
            name=row["name"],
            id=row["field_id"],
            label=row["label"],
            hint=row["hint"],
            type=row["type"],
            autocomplete=row["autocomplete"],
            value=row["value"],
            text=row["text"],
            checked=None if row["checked"] is None else bool(row["checked"]),
            preset=bool(row["preset"]),
            withheld=row["withheld"],
            cut=bool(row["cut"]),
        )
        found.setdefault(bytes(row["submission_id"]), []).append((row["place"], field))
    return {key: [field for _, field in sorted(placed, key=lambda one: one[0])] for key, placed in found.items()}


def results(conn: Connection, account_id: int, tokens: Iterable[str]) -> dict[tuple[int, str], list[tuple[int, bytes, str]]]:
    """(site, token) → [(at, id, result)]."""
    found: dict[tuple[int, str], list[tuple[int, bytes, str]]] = {}
    for site_id, token, at, identity, result in _results.rows(conn, tokens, account_id=account_id):
        found.setdefault((site_id, token), []).append((at, bytes(identity), result))
    return found
