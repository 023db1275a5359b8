"""Conversions and the rows that sum leads up: derived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, delete

from ..domain.leads import Conversion, Lead, search_text
from ..domain.rollups import Origin, Won, won
from ..domain.sessions import Touch
from .hot import by, upsert
from .schema import conversion, lead

_names = [column.name for column in conversion.columns if column.name != "account_id"]
_save = upsert(conversion)
_save_lead = upsert(lead)
_won = by(lead, "id", "id", "kind", "marks", "site_id", "created_at", "form", "page", "first_channel", "first_source", "first_campaign")
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


def won_by(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, tuple[Won | None, Origin]]:
    """What the rows of leads count by, and where they came from first."""
    found: dict[bytes, tuple[Won | None, Origin]] = {}
    for lead_id, kind, marks, site, at, form, page, *first in _won.rows(conn, leads, account_id=account_id):
        origin = Origin(*first)
        found[bytes(lead_id)] = won(kind, marks, site, at, form, page, origin), origin
    return found


def save(conn: Connection, account_id: int, conversions: Iterable[Conversion]) -> None:
    """Inserts or replaces conversions."""
    _save.many(conn, [{"account_id": account_id, **structs.asdict(one)} for one in conversions])


def drop(conn: Connection, account_id: int, ids: Iterable[bytes]) -> None:
    """Forgets conversions, before they are read anew."""
    chosen = list(ids)
    for start in range(0, len(chosen), 500):
        conn.execute(delete(conversion).where(conversion.c.account_id == account_id, conversion.c.id.in_(chosen[start : start + 500])))


def save_leads(conn: Connection, account_id: int, leads: Iterable[Lead], gone: Sequence[bytes]) -> None:
    """Inserts or replaces lead rows, and drops those of which nothing counts any more."""
    _save_lead.many(conn, [_lead_row(account_id, one) for one in leads])
    for start in range(0, len(gone), 500):
        conn.execute(delete(lead).where(lead.c.account_id == account_id, lead.c.id.in_(gone[start : start + 500])))


def _lead_row(account_id: int, one: Lead) -> dict[str, Any]:
    row = {"account_id": account_id, "search": search_text(one), **structs.asdict(one)}
    for end in ("first", "last"):
        touch: Touch | None = row.pop(end)
        source = touch.source if touch else None
        for name in ("channel", "source", "medium", "campaign"):
            row[f"{end}_{name}"] = getattr(source, name) if source else ""
        row[f"{end}_at"] = touch.at if touch else None
    return row
