"""Evidence of who a visitor is, from the wire: what the site says by `identify`, that somebody left, links of letters."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from ..domain import letters, traits
from ..domain.events import LETTER, Batch, Event, Field
from ..domain.fields import Contact
from ..domain.identity import KINDS, identifier_id, signature, token_id
from ..domain.leads import Said, identifier
from ..domain.sessions import digest
from ..store import identities
from .refold import Context

Ids = Callable[[int], bytes]
_SAID = ("email", "phone", "name", "given_name", "family_name", "organization")
assert set(_SAID) < set(Said.__struct_fields__)


class Evidence:
    """What a batch's events say of their visitors, gathered before anything is written."""

    def __init__(self, given: Context, ids: Ids) -> None:
        self._given = given
        self._ids = ids
        self._links: dict[str, tuple[bytes, bytes, int, int]] = {}  # by token: the link, the identifier, made, expires
        self._named: list[tuple[Batch, Event, Contact, tuple[str, str]]] = []
        self._rows: list[dict[str, Any]] = []

    def look_up(self, conn: Connection, batches: Iterable[Batch]) -> None:
        """Finds the letters whose links led to views."""
        tokens = {event.token for batch in batches for event in batch.events if event.token}
        if tokens:
            ids = {token_id(self._given.secret, self._given.account, token): token for token in tokens}
            found = identities.mail_links(conn, self._given.account, ids)
            self._links = {ids[key]: (key, *link) for key, link in found.items()}

    def take(self, batch: Batch, event: Event) -> int:
        """One event of a visitor. Answers its marks."""
        if event.type == "identify":
            self._identify(batch, event)
        elif event.type == "reset":
            self._rows.append(edge_row(self._given.account, batch, event, b"", "reset"))
        elif event.token:
            return self._follow(batch, event)
        return batch.marks

    def _identify(self, batch: Batch, event: Event) -> None:
        told: Any = event.data.get("traits") or {}
        country = str(self._given.sites.get(batch.site, {}).get("country", "FR"))
        contact = traits.read(told, country)
        if (pair := identifier(contact, country)) is not None:
            self._named.append((batch, event, contact, pair))

    def _follow(self, batch: Batch, event: Event) -> int:
        link = self._links.get(event.token)
        if link is None or not letters.counts(event.at, *link[2:]):
            return batch.marks
        row = edge_row(self._given.account, batch, event, link[1], "email_link")
        self._rows.append(row | {"id": digest("edge", event.id, link[0]), "said": link[0].hex()})
        return batch.marks | LETTER

    def save(self, conn: Connection) -> set[str]:
        """Appends what was gathered. Answers the visitors of whom it speaks."""
        account = self._given.account
        given = []
        for batch, event, contact, pair in self._named:
            key = identifier_id(self._given.secret, account, *pair)
            given.append((key, *pair, event.at, batch.received))
            kind = "login" if self._is_signed(batch, event, pair) else "identify"
            said = {name: getattr(contact, name) for name in _SAID} | {"url": event.url}
            self._rows.append(edge_row(account, batch, event, key, kind) | {"said": msgspec.json.encode(said).decode()})
        if given:
            mint(conn, account, given, self._ids)
        identities.add_edges(conn, self._rows)
        return {row["visitor"] for row in self._rows}

    def _is_signed(self, batch: Batch, event: Event, pair: tuple[str, str]) -> bool:
        told: Any = event.data.get("traits") or {}
        signed = str(told.get("signature", ""))
        return hmac.compare_digest(signed.encode(), signature(self._given.secret, self._given.account, batch.site, pair[1]).encode())


def mint(conn: Connection, account: int, given: Sequence[tuple[bytes, str, str, int, int]], ids: Ids) -> dict[bytes, bytes]:
    """The leads of identifiers (key, type, value, when it was given, received): those that are new get one, for ever."""
    minted = identities.leads_of(conn, account, [one[0] for one in given])
    rows: list[dict[str, Any]] = []
    for key, kind, value, at, received in given:
        if key not in minted:
            minted[key] = ids(at)
            rows.append({"account_id": account, "id": key, "type": kind, "value": value, "lead_id": minted[key], "created_at": received})
    identities.add_identifiers(conn, rows)
    return minted


def edge_row(account: int, batch: Batch, event: Event, identity: bytes, kind: str) -> dict[str, Any]:
    """The row of evidence that an event gives of an identifier; a reset gives none."""
    return {
        "account_id": account,
        "id": digest("edge", event.id, identity),
        "visitor": batch.visitor,
        "identifier_id": identity,
        "submission_id": event.id if kind == "form" else None,
        "kind": kind,
        "strength": KINDS[kind],
        "at": event.at,
        "site_id": batch.site,
        "said": "",
    }


def consent_row(account: int, identity: bytes, site: int, at: int) -> dict[str, Any]:
    """A row of consent of which nothing but account, id, site and time is said yet."""
    texts = dict.fromkeys(("purpose", "state", "text", "text_version", "language", "how", "proof"), "")
    return {
        "account_id": account,
        "id": identity,
        "site_id": site,
        "at": at,
        "visitor": None,
        "lead_id": None,
        "submission_id": None,
        **texts,
    }


def field_rows(account: int, submission: bytes, fields: Sequence[Field], valued: bool) -> list[dict[str, Any]]:
    """The rows of a submission's fields; unless `valued`, without what was typed."""
    return [
        {
            "account_id": account,
            "submission_id": submission,
            "place": place,
            "name": field.name,
            "field_id": field.id,
            "label": field.label,
            "hint": field.hint,
            "type": field.type,
            "autocomplete": field.autocomplete,
            "value": field.value if valued else None,
            "text": field.text if valued else None,
            "checked": None if field.checked is None else int(field.checked),
            "preset": int(field.preset),
            "withheld": field.withheld,
            "cut": int(field.cut),
        }
        for place, field in enumerate(fields)
    ]
