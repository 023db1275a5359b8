"""Rows for the screens and their tests: a lead with its way, written as the collector would keep it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, update

from collector.actions import users
from collector.domain.events import TYPES, Field, mark_bits
from collector.domain.leads import fold_text
from collector.domain.rollups import Tally
from collector.domain.sessions import trace_of
from collector.store import rollups, schema
from collector.store.ids import uuid7

NOW = 1_795_429_920_000  # 2026-11-23T10:32:00Z
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PASSWORD = "correct horse battery"
_hash = users.hashed(PASSWORD)


def user(conn: Connection, email: str = "owner@example.com", role: str = "owner", account: int = 1, language: str = "") -> dict[str, Any]:
    """A user whose password is PASSWORD."""
    return users.add(conn, account, email, _hash, role, now=NOW, id=uuid7(NOW), language=language)


def account(conn: Connection, id: int) -> None:
    """Another account."""
    conn.execute(insert(schema.account).values(id=id, name=f"Account {id}", created_at=NOW))


def site(conn: Connection, id: int = 42, account: int = 1, domain: str = "example.com", **more: Any) -> int:
    """A site."""
    row = {
        "id": id,
        "account_id": account,
        "domain": domain,
        "name": "",
        "consent": "required",
        "reason": "",
        "hosts": "[]",
        "kept": "[]",
        "country": "FR",
        "zone": "Europe/Paris",
        "created_at": NOW,
    }
    conn.execute(insert(schema.site).values(**row | more))
    return id


def edit(conn: Connection, lead_id: bytes, kind: str, value: str, at: int = NOW, account: int = 1) -> None:
    """What somebody said of a lead, on the command line."""
    row = {"account_id": account, "id": uuid7(at), "lead_id": lead_id, "kind": kind, "name": "", "value": value, "actor": "", "at": at}
    conn.execute(insert(schema.edit).values(**row))


def lead(conn: Connection, at: int = NOW, account: int = 1, **more: Any) -> bytes:
    """A lead's row; `marks` are names. Answers its id."""
    row: dict[str, Any] = {
        "account_id": account,
        "id": uuid7(at),
        "kind": "lead",
        "created_at": at,
        "last_seen_at": at,
        "name": "",
        "given_name": "",
        "family_name": "",
        "email": "",
        "phone": "",
        "organization": "",
        "message": "",
        "site_id": 42,
        "form": "contact",
        "page": "https://example.com/contact",
        "submissions": 1,
        "visits": 0,
        "marketing_consent": "none",
        "marks": 0,
    }
    for end in ("first", "last"):
        row |= {f"{end}_channel": "", f"{end}_source": "", f"{end}_medium": "", f"{end}_campaign": "", f"{end}_at": None}
    row |= more
    row["marks"] = mark_bits(row["marks"] or ())
    row["search"] = fold_text(" ".join(row[name] for name in ("name", "email", "phone", "organization", "page", "message")))
    conn.execute(insert(schema.lead).values(**row))
    return bytes(row["id"])


def submission(conn: Connection, lead_id: bytes, at: int, fields: Sequence[Field] = (), account: int = 1, **more: Any) -> bytes:
    """A submission with its fields, read into a conversion. Answers its id."""
    row: dict[str, Any] = {
        "account_id": account,
        "id": uuid7(at),
        "site_id": 42,
        "lead_id": lead_id,
        "kind": "lead",
        "at": at,
        "visitor": None,
        "result": "confirmed",
        "counted": 1,
        "duplicate_of": None,
        "digest": uuid7(at),
        "form": "contact",
        "url": "https://example.com/contact",
        "email": "",
        "phone": "",
        "name": "",
        "given_name": "",
        "family_name": "",
        "organization": "",
        "subject": "",
        "message": "",
        "marketing": 0,
        "marketing_text": "",
        "marks": 0,
        "received_at": at,
    } | more
    conn.execute(insert(schema.conversion).values(**row))
    sent = {name: row[name] for name in ("account_id", "id", "site_id", "at", "visitor", "form", "url", "marks")}
    sent |= {"token": uuid7(at).hex(), "how": "submit", "action": "", "received_at": at}
    conn.execute(insert(schema.submission).values(**sent))
    for place, field in enumerate(fields):
        conn.execute(
            insert(schema.submission_field).values(
                account_id=account,
                submission_id=row["id"],
                place=place,
                name=field.name,
                field_id=field.id,
                label=field.label,
                hint=field.hint,
                type=field.type,
                autocomplete=field.autocomplete,
                value=field.value,
                text=field.text,
                checked=None if field.checked is None else int(field.checked),
                preset=int(field.preset),
                withheld=field.withheld,
                cut=int(field.cut),
            )
        )
    return bytes(row["id"])


def span(conn: Connection, lead_id: bytes, visitor: str, submission_id: bytes, at: int, start: int, account: int = 1) -> None:
    """The time in which a visitor was a lead, by a form."""
    edge = uuid7(at)
    conn.execute(
        insert(schema.edge).values(
            account_id=account,
            id=edge,
            visitor=visitor,
            identifier_id=uuid7(at),
            submission_id=submission_id,
            kind="form",
            strength=2,
            at=at,
        )
    )
    conn.execute(insert(schema.span).values(account_id=account, visitor=visitor, from_at=start, to_at=2**62, lead_id=lead_id, edge_id=edge))


def score(
    conn: Connection,
    lead_id: bytes,
    points: int,
    reasons: Sequence[tuple[str, int, int, Sequence[bytes]]] = (),
    excluded: str = "",
    account: int = 1,
) -> None:
    """A score in hundredths, with its reasons (rule, hundredths, times, evidence)."""
    row = {"account_id": account, "lead_id": lead_id, "points": points, "excluded": excluded, "rules": b"", "as_of": NOW // DAY * DAY}
    conn.execute(insert(schema.score).values(**row))
    if not excluded:
        mine = (schema.lead.c.account_id == account, schema.lead.c.id == lead_id)
        conn.execute(update(schema.lead).where(*mine).values(points=points))
    for rule, given, times, evidence in reasons:
        told = {"points": given, "times": times, "first_at": NOW, "evidence": " ".join(one.hex() for one in evidence)}
        conn.execute(insert(schema.score_reason).values(account_id=account, lead_id=lead_id, rule=rule, **told))


def company(conn: Connection, lead_id: bytes, name: str, told_by: str = "email", account: int = 1) -> None:
    """The company of a lead."""
    conn.execute(insert(schema.company_lead).values(account_id=account, company=name, lead_id=lead_id, told_by=told_by))


def visit(
    conn: Connection, visitor: str, at: int, pages: Sequence[tuple[str, str]], source: dict[str, str] | None = None, account: int = 1
) -> bytes:
    """A session of 40 seconds a page (url, title), with its touch and its events. Answers its id."""
    session, touch = uuid7(at), uuid7(at)
    end = at + len(pages) * 40_000 + 5_000
    origin = {
        "channel": "Direct",
        "source": "(direct)",
        "medium": "(none)",
        "campaign": "",
        "term": "",
        "content": "",
        "click_kind": "",
        "click_id": "",
        "referrer": "",
    } | (source or {})
    for place, (url, title) in enumerate(pages):
        seen = at + place * 40_000
        event(conn, "view", visitor, seen, f"page{seen}", url, {"title": title, "nav": "load"}, account)
        event(conn, "engage", visitor, seen + 35_000, f"page{seen}", url, {"ms": 35_000, "scroll": 80}, account)
    conn.execute(
        insert(schema.session).values(
            account_id=account,
            id=session,
            visitor=visitor,
            site_id=42,
            started_at=at,
            ended_at=end,
            last_page="",
            last_n=0,
            last_id=session,
            views=len(pages),
            events=2 * len(pages),
            engaged_ms=35_000 * len(pages),
            entry_page=pages[0][0],
            exit_trace=trace_of(pages[-1][0]),
            language="fr-FR",
            agent="Chrome 156 · Windows · desktop",
            marks=0,
            touch_id=touch,
            touch_at=at,
            touch_key="Direct\x1f(direct)\x1f(none)\x1f\x1f",
            counted=1,
        )
    )
    conn.execute(
        insert(schema.touch).values(
            account_id=account, session_id=session, id=touch, site_id=42, at=at, **({"landing": pages[0][0]} | origin)
        )
    )
    return session


def event(
    conn: Connection, type: str, visitor: str | None, at: int, page: str, url: str, data: dict[str, Any], account: int = 1, site: int = 42
) -> None:
    """One event, counted."""
    tally = Tally({}, frozenset())
    tally.event(type, site, at, at, visitor, url, data, 0)
    rollups.save(conn, account, tally)
    conn.execute(
        insert(schema.event).values(
            account_id=account,
            month=202611,
            id=uuid7(at),
            site_id=site,
            type=TYPES.index(type),
            at=at,
            received_at=at,
            visitor=visitor,
            page=page,
            n=0,
            url=url,
            data=json.dumps(data),
            marks=0,
        )
    )
