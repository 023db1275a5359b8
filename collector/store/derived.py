"""What a rebuild goes through: the subjects of derived rows, and rows whose subject is gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, exists, func, select, tuple_

from . import schema as s


def size(conn: Connection, account_id: int, stage: str) -> int:
    """How many rows a stage of the rebuild goes through, as far as one can say before."""
    tables = {
        "submissions": (s.submission,), "visitors": (s.visitor,), "strays": (s.lead,), "arrivals": (s.touch,), "likeness": (s.lead,),
        "rollups": (s.event, s.session, s.conversion, s.lead, s.reached, s.kept_count),
    }[stage]  # fmt: skip
    return sum(int(conn.execute(select(func.count()).where(table.c.account_id == account_id)).scalar() or 0) for table in tables)


def _after(conn: Connection, column: Column[Any], account_id: int, after: Any, most: int, *more: ColumnElement[bool]) -> list[Any]:
    """The next values of a column, in order."""
    mine = and_(column.table.c.account_id == account_id, column > after, *more)
    return [row[0] for row in conn.execute(select(column).where(mine).distinct().order_by(column).limit(most))]


def submissions_after(conn: Connection, account_id: int, after: bytes, most: int) -> list[bytes]:
    """The next submission ids in order, also of those that only a conversion is left of."""
    found = {bytes(one) for column in (s.submission.c.id, s.conversion.c.id) for one in _after(conn, column, account_id, after, most)}
    return sorted(found)[:most]


def newest_submission(conn: Connection, account_id: int) -> bytes:
    """The last submission id there is; empty where there is none."""
    found = [b""]
    for column in (s.submission.c.id, s.conversion.c.id):
        newest = select(column).where(column.table.c.account_id == account_id).order_by(column.desc()).limit(1)
        found += [bytes(row[0]) for row in conn.execute(newest)]
    return max(found)


def visitors_after(conn: Connection, account_id: int, after: str, most: int) -> list[str]:
    """The next visitors in order: of whom events, consents or derived rows are kept."""
    tables = (s.event, s.consent, s.session, s.span, s.reached)
    columns = (s.visitor.c.id, *(table.c.visitor for table in tables))
    found = {one for column in columns for one in _after(conn, column, account_id, after, most)}
    found.update(_after(conn, s.journey.c.visitor, account_id, after, most, s.journey.c.lead_id.is_(None)))
    return sorted(found)[:most]


def stray_leads(conn: Connection, account_id: int, after: bytes, most: int) -> tuple[bytes | None, set[bytes]]:
    """Of the next leads in order those that no conversion speaks of; and the last one, None at the end."""
    columns = (s.lead.c.id, *(t.c.lead_id for t in (s.score, s.score_reason, s.company_lead, s.journey, s.lead_word)))
    chosen = sorted({bytes(one) for column in columns for one in _after(conn, column, account_id, after, most)})[:most]
    mine = and_(s.conversion.c.account_id == account_id, s.conversion.c.lead_id.in_(chosen))
    told = {bytes(row[0]) for row in conn.execute(select(s.conversion.c.lead_id).where(mine))}
    return (chosen[-1] if len(chosen) == most else None), set(chosen) - told


def leads_after(conn: Connection, account_id: int, after: bytes, most: int) -> list[bytes]:
    """The next leads in order."""
    return [bytes(one) for one in _after(conn, s.lead.c.id, account_id, after, most)]


def drop_stray_likeness(conn: Connection, account_id: int, after: bytes, last: bytes | None) -> None:
    """Drops what would make leads alike that are gone: those after one id, up to another or to the end."""
    kept = exists().where(s.lead.c.account_id == s.likeness.c.account_id, s.lead.c.id == s.likeness.c.lead_id)
    mine = and_(s.likeness.c.account_id == account_id, s.likeness.c.lead_id > after, ~kept)
    conn.execute(delete(s.likeness).where(mine if last is None else and_(mine, s.likeness.c.lead_id <= last)))


def drop_stray_touches(conn: Connection, account_id: int, after: tuple[bytes, bytes] | None, most: int) -> tuple[Any, int]:
    """Drops touches of no session among the next in order. Answers the last one, None at the end, and how many went."""
    key = (s.touch.c.session_id, s.touch.c.id)
    theirs = and_(s.session.c.account_id == s.touch.c.account_id, s.session.c.id == s.touch.c.session_id)
    asked = select(*key, s.session.c.id).outerjoin(s.session, theirs).where(s.touch.c.account_id == account_id).order_by(*key).limit(most)
    if after is not None:
        asked = asked.where(tuple_(*key) > tuple_(*after))
    rows = conn.execute(asked).all()
    strays = [(bytes(row[0]), bytes(row[1])) for row in rows if row[2] is None]
    if strays:
        conn.execute(delete(s.touch).where(s.touch.c.account_id == account_id, tuple_(*key).in_(strays)))
    return ((bytes(rows[-1][0]), bytes(rows[-1][1])) if len(rows) == most else None), len(strays)
