"""What somebody does about their own data on the visitor's page: done at once, and filed as a request with the proof that it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ..domain.edits import FIELDS
from ..store import erasure, identities, merges, requests, visiting
from . import requests as filing
from .edit import edit
from .erase import erase
from .unlink import NOT_YET, Looked, erase_browser
from .withdraw import withdraw

Ids = Callable[[int], bytes]
ACTOR = "visitor"  # in edits and steps: they themselves


class Asker(NamedTuple):
    """Who asks: a browser that has shown its secret, or the person of a lead whose address a link has confirmed."""

    account: int
    visitor: str | None
    lead: bytes | None
    site: int = 0
    language: str = ""

    @property
    def by(self) -> str:
        """As a request names it (`domain.requests.BY`)."""
        return "confirmed" if self.lead is not None else "visitor"


class NotConfirmed(ValueError):
    """That is done only for whoever has confirmed their address."""


def take_back(conn: Connection, asker: Asker, *, secret: bytes, now: int, ids: Ids) -> dict[str, int]:
    """Takes consent back, of the browser or of all browsers of the lead: from now on nothing of them is taken."""
    visitors = _visitors(conn, asker)
    for visitor in visitors:
        withdraw(conn, visitor, secret=secret, now=now, account=asker.account, site=asker.site, how=ACTOR)
    return _filed(conn, asker, "withdrawal", {"browsers": len(visitors)}, now, ids)


def address_of(conn: Connection, asker: Asker) -> str:
    """By what the lead of a confirmed person is known; empty where it is gone, and of a browser."""
    known = identities.values(conn, asker.account, _members(conn, asker)) if asker.lead is not None else []
    return str(known[0]["value"]) if known else ""


def erase_all(conn: Connection, asker: Asker, *, secret: bytes, now: int, ids: Ids, looked: Looked = NOT_YET) -> dict[str, int]:
    """Erases the browser's own visits, or the lead wholly. The sessions of their page end. Answers counts. Raises erase.Unknown.

    `looked` is what a reader found of their refused events (`actions.erasing`).
    """
    if asker.lead is None:
        assert asker.visitor is not None
        counts = erase_browser(conn, asker.visitor, secret=secret, now=now, account=asker.account, site=asker.site, looked=looked)
        proof = {"untied" if name == "submissions" else name: n for name, n in counts.items()}  # forms stay with whom they name
    else:
        visitors, members = _visitors(conn, asker), _members(conn, asker)
        proof = counts = erase(conn, address_of(conn, asker), secret=secret, now=now, account=asker.account, looked=looked)
        visiting.drop_of(conn, asker.account, members, visitors)
    _filed(conn, asker._replace(visitor=None, lead=None), "erasure", proof, now, ids, by=asker.by)
    return counts


def object_to(conn: Connection, asker: Asker, said: str, *, secret: bytes, now: int, ids: Ids) -> dict[str, int]:
    """Objects. Of a person whose address is confirmed it is done at once; of a browser the site's people look into it."""
    request = _file(conn, asker, "objection", now, ids, said=said)
    if asker.lead is None:
        return {}
    done = filing.object_(conn, asker.lead, secret=secret, now=now, account=asker.account)
    filing.step(conn, request, "done", actor=ACTOR, id=ids(now), now=now, account=asker.account, proof=done)
    return done


def correct(conn: Connection, asker: Asker, values: Mapping[str, str], *, secret: bytes, now: int, ids: Ids) -> dict[str, int]:
    """Corrects fields of the lead (`domain.edits.FIELDS`). Raises NotConfirmed, edit.BadEdit."""
    if asker.lead is None:
        raise NotConfirmed
    changes = [("field", name, values[name]) for name in FIELDS if name in values]
    if not changes:
        return {"fields": 0}
    edit(conn, asker.lead, changes, actor=ACTOR, secret=secret, now=now, ids=ids, account=asker.account)
    return _filed(conn, asker, "correction", {"fields": len(changes)}, now, ids)


def hand_out(
    conn: Connection, asker: Asker, counts: Mapping[str, int], *, since: int, now: int, ids: Ids, asked: bytes | None = None
) -> None:
    """They have taken their data with them; once for each visit to the page, which began at `since`, by the request `asked`."""
    row = requests.find(conn, asker.account, asked) if asked else None
    if row is not None and row["kind"] == "access":
        return  # it was done when they confirmed their address
    if not requests.filed_since(conn, asker.account, "access", asker.visitor, asker.lead, since):
        _filed(conn, asker, "access", counts, now, ids)


def _visitors(conn: Connection, asker: Asker) -> list[str]:
    if asker.lead is None:
        return [asker.visitor] if asker.visitor else []
    return sorted({span.visitor for span in identities.spans_of_leads(conn, asker.account, _members(conn, asker))})


def _members(conn: Connection, asker: Asker) -> list[bytes]:
    """The lead that stands for theirs now, with all that were merged into it."""
    assert asker.lead is not None
    return erasure.with_members(conn, asker.account, [merges.resolve(conn, asker.account, [asker.lead]).get(asker.lead, asker.lead)])


def _filed(conn: Connection, asker: Asker, kind: str, counts: Mapping[str, Any], now: int, ids: Ids, by: str = "") -> dict[str, int]:
    """Files what was done, with its counts as proof; answers them."""
    request = _file(conn, asker, kind, now, ids, by=by)
    filing.step(conn, request, "done", actor=ACTOR, id=ids(now), now=now, account=asker.account, proof=counts)
    return dict(counts)


def _file(conn: Connection, asker: Asker, kind: str, now: int, ids: Ids, said: str = "", by: str = "") -> bytes:
    return filing.file(
        conn,
        kind,
        by=by or asker.by,
        id=ids(now),
        now=now,
        account=asker.account,
        lead=asker.lead,
        visitor=asker.visitor,
        site=asker.site,
        said=said,
        language=asker.language,
    )
