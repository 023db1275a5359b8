"""Identifiers, edges, spans and consents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from msgspec import structs
from sqlalchemy import Connection, bindparam, delete, or_, select

from ..domain.identity import Edge, Span
from .hot import HotIn, by, insert
from .schema import consent, conversion, edge, identifier, mail_link, span, suppression

_identifiers = by(identifier, "id", "id", "lead_id")
_add_identifier = insert(identifier, conflict=["account_id", "id"])
_add_edge = insert(edge, conflict=["account_id", "id"])
_add_consent = insert(consent, conflict=["account_id", "id"])
_spans = by(span, "visitor")
_spans_of_leads = by(span, "lead_id")
_add_span = insert(span)
_edges = HotIn(
    lambda binds: (
        select(
            edge.c.at, edge.c.id, edge.c.visitor, identifier.c.lead_id, edge.c.submission_id, suppression.c.at,
            suppression.c.reason, edge.c.kind, edge.c.site_id, edge.c.identifier_id, edge.c.said,
        )
        .outerjoin(identifier, (identifier.c.account_id == edge.c.account_id) & (identifier.c.id == edge.c.identifier_id))
        .outerjoin(suppression, (suppression.c.account_id == edge.c.account_id) & (suppression.c.id == edge.c.identifier_id))
        .where(edge.c.account_id == bindparam("account_id"), edge.c.visitor.in_(binds))
    )
)  # fmt: skip
_givers = HotIn(
    lambda binds: (
        select(edge.c.identifier_id, edge.c.kind, edge.c.said, edge.c.visitor, edge.c.at)
        .outerjoin(conversion, (conversion.c.account_id == edge.c.account_id) & (conversion.c.id == edge.c.submission_id))
        .where(
            edge.c.account_id == bindparam("account_id"),
            edge.c.identifier_id.in_(binds),
            or_(conversion.c.result.is_(None), conversion.c.result != "failed"),
        )
    )
)
_mail_links = by(mail_link, "id", "id", "identifier_id", "at", "expires_at")
_add_mail_link = insert(mail_link, conflict=["account_id", "id"])
_values = by(identifier, "lead_id", "id", "lead_id", "type", "value", "created_at")
_consents = HotIn(
    lambda binds: select(consent.c.visitor, consent.c.at, consent.c.id, consent.c.state).where(
        consent.c.account_id == bindparam("account_id"), consent.c.purpose == "tracking", consent.c.visitor.in_(binds)
    )
)

_denials = HotIn(
    lambda binds: select(consent.c.lead_id, consent.c.at, consent.c.how).where(
        consent.c.account_id == bindparam("account_id"), consent.c.state == "denied", consent.c.lead_id.in_(binds)
    )
)


def leads_of(conn: Connection, account_id: int, ids: Iterable[bytes]) -> dict[bytes, bytes]:
    """Identifier id → lead id, of those that are stored."""
    return {bytes(row[0]): bytes(row[1]) for row in _identifiers.rows(conn, ids, account_id=account_id)}


def add_identifiers(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Appends identifiers with the lead ids minted for them."""
    _add_identifier.many(conn, rows)


def add_edges(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Appends evidence."""
    _add_edge.many(conn, rows)


def add_consents(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Appends consents."""
    _add_consent.many(conn, rows)


Given = tuple[bytes, str]  # an identifier's id and, of a letter's link, the link's


class Told(NamedTuple):
    """An edge with the submission that it came from, and the identifier or the letter's link that was given."""

    edge: Edge
    submission_id: bytes | None
    given: Given


def edges(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[Told]]:
    """Evidence by visitor; none of those who were erased. What came after an erasure or an objection looks back no further than to it."""
    found: dict[str, list[Told]] = {}
    for at, identity, visitor, lead_id, submission_id, bound, reason, kind, site_id, key, said in _edges.rows(
        conn, visitors, account_id=account_id
    ):
        if lead_id is not None or kind == "reset":
            since = 0 if reason == "objected" and at < bound else bound or 0  # what was known before an objection stays joined
            one = Edge(at, bytes(identity), visitor, bytes(lead_id or b""), site_id, since, kind)
            given = (bytes(key), said if kind == "email_link" else "")
            found.setdefault(visitor, []).append(Told(one, bytes(submission_id) if submission_id else None, given))
    return found


def givers(conn: Connection, account_id: int, identifiers: Iterable[bytes]) -> dict[Given, dict[str, int]]:
    """Who gave identifiers, and when first: failed forms gave none."""
    found: dict[Given, dict[str, int]] = {}
    for key, kind, said, visitor, at in _givers.rows(conn, identifiers, account_id=account_id):
        first = found.setdefault((bytes(key), said if kind == "email_link" else ""), {})
        first[visitor] = min(at, first.get(visitor, at))
    return found


def values(conn: Connection, account_id: int, leads: Iterable[bytes]) -> list[dict[str, Any]]:
    """The identifiers of leads: id, lead_id, type, value, created_at."""
    names = ("id", "lead_id", "type", "value", "created_at")
    return [dict(zip(names, row, strict=True)) for row in _values.rows(conn, leads, account_id=account_id)]


def add_mail_link(conn: Connection, row: dict[str, Any]) -> None:
    """Appends a letter's link."""
    _add_mail_link.many(conn, [row])


def mail_links(conn: Connection, account_id: int, ids: Iterable[bytes]) -> dict[bytes, tuple[bytes, int, int]]:
    """Letters' links by id: the identifier, when it was made, when it expires."""
    return {bytes(row[0]): (bytes(row[1]), row[2], row[3]) for row in _mail_links.rows(conn, ids, account_id=account_id)}


def consents(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[tuple[int, bytes, str]]]:
    """Tracking consents by visitor: (at, id, state)."""
    found: dict[str, list[tuple[int, bytes, str]]] = {}
    for visitor, at, identity, state in _consents.rows(conn, visitors, account_id=account_id):
        found.setdefault(visitor, []).append((at, bytes(identity), state))
    return found


OBJECTION = "objection"  # how a lead denied it, where it did not only end a permission


def denials(conn: Connection, account_id: int, leads: Iterable[bytes]) -> dict[bytes, tuple[int, int | None]]:
    """When each of these leads last said that nobody may write to it, and when it last objected; only those that did either."""
    found: dict[bytes, tuple[int, int | None]] = {}
    for lead_id, at, how in _denials.rows(conn, leads, account_id=account_id):
        denied, objected = found.get(bytes(lead_id), (0, None))
        found[bytes(lead_id)] = max(at, denied), max(at, objected or 0) if how == OBJECTION else objected
    return found


def spans(conn: Connection, account_id: int, visitors: Iterable[str]) -> list[Span]:
    """The spans of visitors."""
    return [_span(row) for row in _spans.rows(conn, visitors, account_id=account_id)]


def spans_of_leads(conn: Connection, account_id: int, leads: Iterable[bytes]) -> list[Span]:
    """The spans that belong to leads."""
    return [_span(row) for row in _spans_of_leads.rows(conn, leads, account_id=account_id)]


def _span(row: Any) -> Span:
    return Span(row[1], row[2], row[3], bytes(row[4]), bytes(row[5]), row[6])


def save_spans(conn: Connection, account_id: int, visitors: Iterable[str], made: Iterable[Span]) -> None:
    """Replaces the spans of visitors."""
    for start in range(0, len(ids := list(visitors)), 500):
        conn.execute(delete(span).where(span.c.account_id == account_id, span.c.visitor.in_(ids[start : start + 500])))
    _add_span.many(conn, [{"account_id": account_id, **structs.asdict(one)} for one in made])
