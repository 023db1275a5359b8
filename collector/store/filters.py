"""Which leads a list shows: its filters as conditions of the one index that they are read from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, and_, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import MARKS
from ..domain.leads import fold_text
from ..domain.listing import ME, NOBODY, NONE, Asked
from . import sealed, words
from .schema import company_lead, lead

_ENDS = ("first", "last")


class Filters(NamedTuple):
    """What a list shows, its period as times (UTC milliseconds, the last not included), and who `me` is (a user's id in hex)."""

    asked: Asked = Asked()
    between: tuple[int, int] | None = None
    me: str = ""


def is_blind(conn: AsyncConnection) -> bool:
    """Whether a search finds words and their beginnings only, and names are in no order, because values are sealed."""
    return words.are_read(conn.dialect)


async def where(conn: AsyncConnection, account_id: int, filters: Filters, kind: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The rows of a list: the same for its pages, its count, its export and a change of all of it; of its own kind or of `kind`.

    What is cheap to look at comes first: SQLite looks in this order, and no further than it must.
    """
    asked = filters.asked
    found: list[ColumnElement[bool]] = [lead.c.account_id == account_id, of_kind(asked.kind) if kind is None else kind]
    if filters.between is not None:
        found += [lead.c.created_at >= filters.between[0], lead.c.created_at < filters.between[1]]
    for name, condition in _CONDITIONS.items():
        if (value := getattr(asked, name)) not in ("", (), None):
            found.append(condition(value, filters))
    if asked.page:
        # SQLite's LIKE takes small and capital letters for the same, and is dearer with lower().
        like = lead.c.page.icontains if conn.dialect.name == "postgresql" else lead.c.page.contains
        found.append(like(asked.page, autoescape=True))
    if asked.tag:
        found.append(await _tagged(conn, account_id, asked.tag))
    if asked.company:
        named = or_(*(func.lower(company_lead.c.company).contains(one.lower(), autoescape=True) for one in asked.company))
        found.append(lead.c.id.in_(select(company_lead.c.lead_id).where(company_lead.c.account_id == account_id, named)))
    if fold_text(asked.q):
        found.append(_speaks(conn, account_id, asked.q))
    return and_(*found)


def of_kind(kind: str) -> ColumnElement[bool]:
    """The rows of one of `domain.listing.KINDS`. What is in quarantine stands nowhere else."""
    if kind == "quarantine":
        return lead.c.quarantine != ""
    apart = lead.c.quarantine == ""
    return apart if kind == "all" else and_(apart, lead.c.kind == ("message" if kind == "messages" else "lead"))


def _end(name: str) -> Callable[[Any, Filters], ColumnElement[bool]]:
    """Whether the first or the last arrival has one of these values."""
    return lambda values, _: or_(*(_one_of(lead.c[f"{end}_{name}"], values) for end in _ENDS))


def _one_of(column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    # An equation is cheaper than a list of one, which SQLite keeps as a table.
    found: ColumnElement[bool] = column == values[0] if len(values) == 1 else column.in_(values)
    return found


def _owned(values: Sequence[str], filters: Filters) -> ColumnElement[bool]:
    return _one_of(lead.c.owner, ["" if one == NOBODY else filters.me if one == ME else one for one in values])


def _marked(values: Sequence[str], _: Filters) -> ColumnElement[bool]:
    bits = sum(1 << MARKS.index(one) for one in values if one != NONE)
    ways = [lead.c.marks == 0] if NONE in values else []
    return or_(*ways, *([lead.c.marks.bitwise_and(bits) != 0] if bits else []))


_CONDITIONS: dict[str, Callable[[Any, Filters], ColumnElement[bool]]] = {
    "site": lambda values, _: _one_of(lead.c.site_id, values),
    "score": lambda least, _: lead.c.points >= max(0, 100 * least - 50),  # as it is shown: rounded, halves up
    "score_max": lambda most, _: and_(lead.c.points >= 0, lead.c.points < 100 * most + 50),
    "status": lambda values, _: _one_of(lead.c.status, ["" if one == NONE else one for one in values]),
    "owner": _owned,
    "consent": lambda said, _: lead.c.marketing_consent == ("granted" if said == "yes" else "none"),
    "mark": _marked,
    "form": lambda values, _: _one_of(lead.c.form, values),
    "channel": _end("channel"),
    "source": _end("source"),
    "campaign": _end("campaign"),
}


async def _tagged(conn: AsyncConnection, account_id: int, tags: Sequence[str]) -> ColumnElement[bool]:
    """The rows with one of these tags. Tags are sealed as one list, equal lists alike: there it is looked which lists there are."""
    if not is_blind(conn):
        place_of = func.strpos if conn.dialect.name == "postgresql" else func.instr
        return or_(*(place_of(lead.c.tags, json.dumps(one, ensure_ascii=False)) > 0 for one in tags))
    ring: sealed.Ring = sealed.of(conn.dialect)
    stored, place = type_coerce(lead.c.tags, Text), lead.c.tags.type.place  # type: ignore[attr-defined]
    lists = [row[0] for row in await conn.execute(select(stored).where(lead.c.account_id == account_id, stored != "[]").distinct())]
    return stored.in_([one for one in lists if set(tags) & set(json.loads(ring.opened(place, one) or "[]"))])


def _speaks(conn: AsyncConnection, account_id: int, query: str) -> ColumnElement[bool]:
    """The rows that have every word of a search, or the phone number that it is. Where sealing is on, by the blind index."""
    asked, digits = fold_text(query).split(), _phone_digits(query)
    ways: list[ColumnElement[bool]] = []
    if words.are_read(conn.dialect):
        ways += [words.found(conn.dialect, account_id, one) for one in (asked, [digits]) if one != [""]]
    if not words.are_all(conn.dialect):
        ways.append(and_(*(lead.c.search.contains(word, autoescape=True) for word in asked)))
        ways += [lead.c.search.contains(digits)] if digits else []
    return or_(*ways)


def _phone_digits(query: str) -> str:
    """The digits that a phone number kept as +33612345678 shares with `06 12 34 56 78` or `0033 6 12…`; empty if it is none."""
    if not re.fullmatch(r"[+\d\s().\-/]+", query, re.ASCII):
        return ""
    digits = re.sub(r"\D", "", query)
    return (digits[2:] if digits.startswith("00") else digits.removeprefix("0")) if len(digits) >= 4 else ""
