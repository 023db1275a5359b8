"""Conversions and the rows that sum leads up: derived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import structs
from sqlalchemy import Connection, delete

from ..domain.leads import Conversion, Lead, search_text, sought
from ..domain.rollups import Origin, Won, won
from ..domain.sessions import Touch
from . import words
from .hot import by, upsert
from .schema import conversion, lead

_names = [column.name for column in conversion.columns if column.name != "account_id"]
NO_POINTS = -1  # of a lead without a score
_save = upsert(conversion)
_save_lead = upsert(lead)
_won = ("kind", "marks", "site_id", "created_at", "form", "page", "first_channel", "first_source", "first_campaign", "language")
_rows = by(lead, "id", "id", "name", "email", "phone", "quarantine", *_won)
_by_lead = by(conversion, "lead_id", *_names)
_by_digest = by(conversion, "digest", *_names)
_by_id = by(conversion, "id", *_names)


def _conversion(row: Sequence[Any]) -> Conversion:
    return Conversion(**dict(zip(_names, row, strict=True)))


def of_leads(conn: Connection, account_id: int, leads: Iterable[bytes]) -> list[Conversion]:
    """All conversions of leads."""
    return [_conversion(row) for row in _by_lead.rows(conn, leads, account_id=account_id)]


def of_digests(conn: Connection, account_id: int, digests: Iterable[bytes]) -> list[Conversion]:
    """All conversions with the same form, contact and values."""
    return [_conversion(row) for row in _by_digest.rows(conn, digests, account_id=account_id)]


def of_ids(conn: Connection, account_id: int, ids: Iterable[bytes]) -> list[Conversion]:
    """Conversions by id."""
    return [_conversion(row) for row in _by_id.rows(conn, ids, account_id=account_id)]


class Row(NamedTuple):
    """What of a lead's row is compared with the next: how it is found, what it counts by, where it came from first."""

    name: str
    email: str
    phone: str
    kind: str
    apart: bool
    won: Won | None
    origin: Origin


def rows_of(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, Row]:
    """The rows of leads that have one."""
    found: dict[bytes, Row] = {}
    for lead_id, name, email, phone, quarantine, kind, marks, site, at, form, page, *first in _rows.rows(
        conn, leads, account_id=account_id
    ):
        origin = Origin(*first)._replace(apart=quarantine != "")
        found[bytes(lead_id)] = Row(name, email, phone, kind, origin.apart, won(kind, marks, site, at, form, page, origin), origin)
    return found


def save(conn: Connection, account_id: int, conversions: Iterable[Conversion]) -> None:
    """Inserts or replaces conversions."""
    _save.many(conn, [{"account_id": account_id, **structs.asdict(one)} for one in conversions])


def drop(conn: Connection, account_id: int, ids: Iterable[bytes]) -> None:
    """Forgets conversions, before they are read anew."""
    chosen = list(ids)
    for start in range(0, len(chosen), 500):
        conn.execute(delete(conversion).where(conversion.c.account_id == account_id, conversion.c.id.in_(chosen[start : start + 500])))


def save_leads(conn: Connection, account_id: int, leads: Iterable[Lead], gone: Sequence[bytes], points: Mapping[bytes, int]) -> None:
    """Inserts or replaces lead rows, with the `points` of those that have a score, and drops those of which nothing counts any more."""
    made = list(leads)
    marks = words.keep(conn, account_id, {one.id: sought(one) for one in made}, gone)
    rows = [
        _lead_row(account_id, one, None if marks is None else marks[one.id]) | {"points": points.get(one.id, NO_POINTS)} for one in made
    ]
    _save_lead.many(conn, rows)
    for start in range(0, len(gone), 500):
        conn.execute(delete(lead).where(lead.c.account_id == account_id, lead.c.id.in_(gone[start : start + 500])))


def _lead_row(account_id: int, one: Lead, mark: str | None) -> dict[str, Any]:
    row = {"account_id": account_id, "search": search_text(one) if mark is None else mark, **structs.asdict(one)}
    row["tags"] = json.dumps(one.tags, ensure_ascii=False) if one.tags else "[]"
    for end in ("first", "last"):
        touch: Touch | None = row.pop(end)
        source = touch.source if touch else None
        for name in ("channel", "source", "medium", "campaign"):
            row[f"{end}_{name}"] = getattr(source, name) if source else ""
        row[f"{end}_at"] = touch.at if touch else None
    return row
