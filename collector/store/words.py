"""The blind index: what the search box reads where values are sealed. Its rows are HMACs of words and of their beginnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from ..domain.leads import Sought, search_words
from ..domain.seals import Key, tokens
from . import sealed
from .hot import by, insert
from .ring import Ring
from .schema import lead, lead_word

_FIRST = 0xE000  # of private use
_marks = by(lead, "id", "id", "search")
_add = insert(lead_word, conflict=["account_id", "token", "lead_id"])


def keep(conn: Connection, account_id: int, leads: Mapping[bytes, Sought], gone: Iterable[bytes] = ()) -> dict[bytes, str] | None:
    """Replaces the words of leads, where sealing is on and they are others than before.

    Answers their marks, which stand in the place of their search text; None where that is to be written.
    """
    ring: Ring | None = sealed.of(conn.dialect)
    if ring is None or not ring.held:
        return None
    key = ring.active
    if key is None:
        drop(conn, account_id, [*leads, *gone])
        return None
    marks = {one: mark(key, account_id, told) for one, told in leads.items()}
    stood = {bytes(row[0]): row[1] for row in _marks.rows(conn, leads, account_id=account_id)}
    changed = {one: told for one, told in leads.items() if stood.get(one) != marks[one]}
    drop(conn, account_id, [*changed, *gone])
    add(conn, account_id, changed, key)
    return marks


def mark(key: Key, account_id: int, told: Sought) -> str:
    """Tells whether a lead's words are other ones: a keyed hash, in characters that no search is made of."""
    return "".join(chr(_FIRST + byte) for byte in key.token(account_id, "\n".join(told)))


def is_mark(text: str) -> bool:
    """Whether a mark stands in the place of a search text."""
    return bool(text) and _FIRST <= ord(text[0]) < _FIRST + 256


def add(conn: Connection, account_id: int, leads: Mapping[bytes, Sought], key: Key) -> None:
    """Adds the words of leads."""
    rows = [(account_id, key.token(account_id, word), lead) for lead, told in leads.items() for word in sorted(search_words(told))]
    _add.put(conn, rows)


def drop(conn: Connection, account_id: int, leads: Sequence[bytes]) -> None:
    """Forgets the words of leads."""
    for start in range(0, len(leads), 500):
        mine = lead_word.c.lead_id.in_(leads[start : start + 500])
        conn.execute(delete(lead_word).where(lead_word.c.account_id == account_id, mine))


def are_read(dialect: Any) -> bool:
    """Whether leads are looked for here."""
    ring: Ring | None = sealed.of(dialect)
    return ring is not None and ring.held


def are_all(dialect: Any) -> bool:
    """Whether all of them can be found here: not while values are being sealed or opened."""
    ring: Ring | None = sealed.of(dialect)
    return ring is not None and ring.settled


def found(dialect: Any, account_id: int, asked: Iterable[str]) -> ColumnElement[bool]:
    """The leads that have every one of these folded words, or a word that begins so."""
    ring: Ring = sealed.of(dialect)
    mine = lead_word.c.account_id == account_id
    wanted = [tokens(ring.keys.values(), account_id, word) for word in asked]
    return and_(*(lead.c.id.in_(select(lead_word.c.lead_id).where(mine, lead_word.c.token.in_(one))) for one in wanted))
