"""Wire bodies with good defaults, and the core without its sockets: what most tests of domain, actions and store begin with."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select

from collector.actions.record import Outcome, Recorder
from collector.domain import agents, protocol
from collector.domain.events import Batch
from collector.domain.journeys import LATER
from collector.domain.sessions import digest
from collector.store import schema

SITE = 42
NOW = 1_760_000_000_000  # 2025-10-09 08:53:20 UTC
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
VISITOR = "vAAAAAAAAAAAAAAAAAAAAA"
OTHER = "vBBBBBBBBBBBBBBBBBBBBB"
SECRET = b"s" * 32
HOME = "https://example.com/"

_numbers = itertools.count(1)

Wire = dict[str, Any]


def uuid7(at: int, number: int | None = None) -> str:
    """A UUIDv7 of a time in UTC milliseconds; equal numbers make equal ids."""
    dice = hashlib.sha256(str(next(_numbers) if number is None else number).encode()).digest()[:10]
    made = at.to_bytes(6, "big") + bytes([0x70 | dice[0] & 15, dice[1], 0x80 | dice[2] & 63, *dice[3:]])
    return str(UUID(bytes=made))


def event(kind: str = "view", at: int = NOW, /, **keys: Any) -> Wire:
    """One event on the wire; a key given as None is left out."""
    made: Wire = {"id": uuid7(at), "type": kind, "at": at, "n": 0, "page": "page0001", "url": HOME, **keys}
    return {key: value for key, value in made.items() if value is not None}


def view(at: int = NOW, url: str = HOME, referrer: str = "", **keys: Any) -> Wire:
    """A page view."""
    return event("view", at, **{"url": url, "referrer": referrer, "title": "Accueil", "nav": "load", **keys})


def field(name: str, value: str | None = None, **keys: Any) -> Wire:
    """A field of a form."""
    kind = {"email": "email", "message": "textarea", "phone": "tel"}.get(name, "text")
    made = {"name": name, "id": name, "label": name.capitalize(), "type": kind, "value": value, **keys}
    return {key: part for key, part in made.items() if part is not None}


def form(
    at: int = NOW, email: str | None = "camille@example.org", *, token: str | None = None, fields: Sequence[Wire] = (), **keys: Any
) -> Wire:
    """A sent contact form."""
    told = [*([field("email", email)] if email else []), *fields]
    given = {"form": "contact", "how": "submit", "action": HOME + "send", **keys}
    return event("form_submit", at, **{"submission": token or uuid7(at), "fields": told, **given})


def result(of: Wire, state: str = "confirmed", at: int | None = None, **keys: Any) -> Wire:
    """What became of a sent form."""
    return event("form_result", of["at"] + 500 if at is None else at, submission=of["submission"], result=state, by="response", **keys)


def body(
    *events: Wire, visitor: str | None = VISITOR, consent: str = "granted", sent: int = NOW, site: int | str = SITE, **keys: Any
) -> Wire:
    """A whole request."""
    return {
        "v": 1,
        "site": site,
        "visitor": visitor,
        "consent": consent,
        "sent": sent,
        "context": {"language": "fr-FR"},
        "events": list(events),
        **keys,
    }


def encoded(made: Any) -> bytes:
    """The bytes of a request."""
    return json.dumps(made).encode()


def batch(made: Wire | bytes, received: int = NOW, agent: agents.Agent | None = None, kept: Sequence[str] = (), account: int = 1) -> Batch:
    """A request as the writer is given it; it must be a batch."""
    wire = protocol.decode(made if isinstance(made, bytes) else encoded(made))
    assert isinstance(wire, protocol.Wire), wire
    return protocol.check(
        wire, received=received, agent=agent or agents.Agent("Chrome 156", "Windows", "desktop"), kept=kept, account=account
    )


def ids() -> Callable[[int], bytes]:
    """Ids of which no two are the same."""
    return lambda at: UUID(uuid7(at)).bytes


def store(conn: Connection, *requests: Wire | bytes, received: int | None = None) -> list[Outcome]:
    """Stores requests in one transaction, each received when it was sent unless `received` says otherwise."""
    made = [batch(one, received if received is not None else one["sent"] if isinstance(one, dict) else NOW) for one in requests]
    return Recorder(SECRET, ids())(conn, made)


def tell(conn: Connection, *events: Wire, **keys: Any) -> list[Outcome]:
    """Stores events, each in a request of its own that was sent and received when it happened."""
    return store(conn, *(body(one, sent=one["at"], **keys) for one in events))


def derived(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All derived rows, in an order; a lead's minted id is written as its identifier's, which no dice have made."""
    minted = {
        bytes(lead): b"lead of " + bytes(key) for key, lead in conn.execute(select(schema.identifier.c.id, schema.identifier.c.lead_id))
    }
    minted |= {
        digest(kind, lead): kind.encode() + b" " + name for lead, name in minted.items() for kind in LATER
    }  # a journey's follows from it
    found = {}
    for table in schema.DERIVED:
        rows = [
            tuple(minted.get(bytes(value), bytes(value)) if isinstance(value, bytes) else value for value in row)
            for row in conn.execute(select(table))
        ]
        found[table.name] = sorted(rows, key=repr)
    return found


def rows(conn: Connection, name: str, **where: Any) -> list[dict[str, Any]]:
    """Rows of a table, in the order of their key."""
    table = schema.metadata.tables[name]
    asked = select(table).where(*(table.c[key] == value for key, value in where.items())).order_by(*table.primary_key.columns)
    return [dict(row._mapping) for row in conn.execute(asked)]


def clear(conn: Connection) -> None:
    """Empties everything but the directory and the retention."""
    for table in schema.metadata.sorted_tables:
        if table.info["kind"] != "directory" and table.name != "retention":
            conn.execute(delete(table))


def everywhere(conn: Connection) -> Iterable[tuple[str, str, Any]]:
    """Every value of every row: (table, column, value)."""
    for table in schema.metadata.sorted_tables:
        for row in conn.execute(select(table)):
            for column, value in row._mapping.items():
                yield table.name, column, value


def golden(case: Wire, at: int = NOW) -> tuple[str, str]:
    """The text of an event of wire/refusals.json that happened at a time, and its id."""
    shift = case.get("shift", {})
    one = view(at + shift.get("at", 0), page="page0001") | {"id": uuid7(at + shift.get("id", 0))}
    if case.get("upper"):
        one["id"] = one["id"].upper()
    text = json.dumps(one)
    return text[:-1] + ("," + case["put"] if case["put"] else "") + "}", one["id"]


def around(events: Iterable[str], sent: int = NOW, **keys: Any) -> bytes:
    """A request around the texts of events."""
    empty = json.dumps(body(sent=sent, **keys))
    return empty.replace('"events": []', '"events": [' + ", ".join(events) + "]").encode()


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times the CPU time of `work(4 * size)` is that of `work(size)`: 4 for linear work, 16 for quadratic."""

    def least(n: int) -> float:
        took = []
        for _ in range(3):
            started = time.process_time()
            work(n)
            took.append(time.process_time() - started)
        return min(took)

    return (least(4 * size) + 1e-3) / (least(size) + 1e-3)
