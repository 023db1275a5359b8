"""The rules of scores, the scores with their reasons, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.events import TYPES
from ..domain.scoring import DEFAULT, NOTABLE, Rules, Score
from .events import unpacked
from .hot import Hot, HotIn, by, insert, upsert
from .schema import account, event, score, score_change, score_reason, scoring, session
from .urls import whole

Row = dict[str, Any]

DAY = 86_400_000
_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Rules).decode
_SCORED = tuple(TYPES.index(name) for name in ("view", "click"))


class Terms(NamedTuple):
    """By what the scores of an account are made: the version of its rules (empty: the default ones), the rules, the time."""

    version: bytes
    rules: Rules
    as_of: int


class Step(NamedTuple):
    """A page that was seen, or a click."""

    id: bytes
    at: int
    kind: str  # view | click
    url: str
    packed: str

    @property
    def data(self) -> Mapping[str, Any]:
        """What else was kept of it; of most nobody asks."""
        return unpacked(self.kind, self.packed)

    @property
    def is_again(self) -> bool:
        """Whether it is the same page once more: a reload, or a step back to it."""
        seems = '"reload"' in self.packed or '"bfcache"' in self.packed
        return seems and self.data.get("nav") in ("reload", "bfcache")


class Stay(NamedTuple):
    """A session, as far as scores read it."""

    id: bytes
    at: int
    engaged_ms: int


# Rules ---------------------------------------------------------------------------------------------------------------

_rules = select(scoring.c.id, scoring.c.rules).order_by(scoring.c.id.desc()).limit(1)
_day = select(account.c.scored_at)
_hot_rules = Hot(lambda _: _rules.where(scoring.c.account_id == bindparam("a")))
_hot_day = Hot(lambda _: _day.where(account.c.id == bindparam("a")))
_read = lru_cache(16)(_decode)


def terms(conn: Connection, account_id: int) -> Terms:
    """The terms that stand now, in an action."""
    return _terms(_hot_rules.rows(conn, a=account_id), _hot_day.rows(conn, a=account_id))


async def terms_of(conn: AsyncConnection, account_id: int) -> Terms:
    """The same for readers."""
    rules, day = _rules.where(scoring.c.account_id == account_id), _day.where(account.c.id == account_id)
    return _terms((await conn.execute(rules)).all(), (await conn.execute(day)).all())


def _terms(found: Sequence[Any], day: Sequence[Any]) -> Terms:
    version, rules = (bytes(found[0][0]), _read(found[0][1])) if found else (b"", DEFAULT)
    return Terms(version, rules, int(day[0][0]) if day else 0)


def add_rules(conn: Connection, account_id: int, identity: bytes, rules: Rules, actor: str, at: int) -> None:
    """Another version of the rules, which stands from now on."""
    conn.execute(scoring.insert().values(account_id=account_id, id=identity, rules=_encode(rules).decode(), actor=actor, at=at))


def set_day(conn: Connection, account_id: int, as_of: int) -> None:
    """An action: from now on scores are those of this time, UTC milliseconds; `due` tells which are not yet."""
    conn.execute(account.update().where(account.c.id == account_id).values(scored_at=as_of))


async def versions(conn: AsyncConnection, account_id: int, most: int = 20) -> list[Row]:
    """The versions of the rules, the newest first: id, actor, at."""
    asked = select(scoring.c.id, scoring.c.actor, scoring.c.at).where(scoring.c.account_id == account_id)
    return [dict(row._mapping) for row in await conn.execute(asked.order_by(scoring.c.id.desc()).limit(most))]


# What scores are made of ---------------------------------------------------------------------------------------------

_steps = HotIn(
    lambda binds: select(event.c.visitor, event.c.id, event.c.at, event.c.type, event.c.url, event.c.data).where(
        event.c.account_id == bindparam("account_id"), event.c.visitor.in_(binds), or_(*(event.c.type == code for code in _SCORED))
    )
)
_stays = by(session, "visitor", "visitor", "id", "started_at", "engaged_ms")


def steps(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[Step]]:
    """Pages and clicks by visitor; a URL of the site's own is written with any host."""
    found: dict[str, list[Step]] = {}
    for visitor, identity, at, kind, url, data in _steps.rows(conn, visitors, account_id=account_id):
        found.setdefault(visitor, []).append(Step(bytes(identity), at, TYPES[kind], whole(url, "own"), data))
    return found


def stays(conn: Connection, account_id: int, visitors: Iterable[str]) -> dict[str, list[Stay]]:
    """Sessions by visitor."""
    found: dict[str, list[Stay]] = {}
    for visitor, identity, at, engaged in _stays.rows(conn, visitors, account_id=account_id):
        found.setdefault(visitor, []).append(Stay(bytes(identity), at, engaged))
    return found


# Scores --------------------------------------------------------------------------------------------------------------

_save = upsert(score)
_add_reason = insert(score_reason)
_note = insert(score_change, conflict=["account_id", "day", "lead_id"], update=["after"])  # `before` stays: how the day began
_stored = by(score, "lead_id", *(column.name for column in score.columns))
_stored_reasons = by(score_reason, "lead_id", *(column.name for column in score_reason.columns))


def save(conn: Connection, account_id: int, made: Mapping[bytes, Score], terms: Terms, gone: Sequence[bytes]) -> None:
    """Writes the scores of leads that are not as they were; those of `gone` ones are dropped."""
    leads = [*made, *gone]
    was = {bytes(row[1]): [tuple(row)] for row in _stored.rows(conn, leads, account_id=account_id)}
    reasons: dict[bytes, list[tuple[Any, ...]]] = {}
    for row in _stored_reasons.rows(conn, leads, account_id=account_id):
        reasons.setdefault(bytes(row[1]), []).append(tuple(row))
    rows = {lead: (account_id, lead, one.points, one.excluded, terms.version, terms.as_of) for lead, one in made.items()}
    told = {lead: _reasons(account_id, lead, one) for lead, one in made.items()}
    changed = [lead for lead, row in rows.items() if was.get(lead) != [row]]
    moved = [lead for lead, mine in told.items() if sorted(reasons.get(lead, [])) != mine]
    drop(conn, account_id, score, [lead for lead in gone if lead in was])
    drop(conn, account_id, score_reason, [lead for lead in (*moved, *gone) if lead in reasons])
    _save.put(conn, [rows[lead] for lead in changed])
    _add_reason.put(conn, [row for lead in moved for row in told[lead]])
    _note_changes(conn, account_id, terms, {lead: (was[lead][0], rows[lead]) for lead in changed if lead in was})


def _note_changes(conn: Connection, account_id: int, terms: Terms, changed: Mapping[bytes, tuple[Any, Any]]) -> None:
    """What the day has changed of scores: of each lead how it stood before the first notable change, and after the last.

    Other rules, lists of who is not scored, and the first day that scores were made by are no news of a lead. The rows are raw: nothing
    that is made anew tells how a score stood.
    """
    if not terms.as_of:
        return
    noted = []
    for lead, ((*_, before, out, rules, then), (*_key, after, excluded, _rules, _now)) in changed.items():
        if then and abs(after - before) >= NOTABLE and bytes(rules) == terms.version and not (out or excluded):
            told = {"account_id": account_id, "day": terms.as_of // DAY, "lead_id": lead, "before": before, "after": after}
            noted.append(told | {"at": terms.as_of})
    _note.many(conn, noted)


def _reasons(account_id: int, lead: bytes, one: Score) -> list[tuple[Any, ...]]:
    rows = (
        (account_id, lead, reason.rule, reason.points, reason.times, reason.first_at, " ".join(row.hex() for row in reason.evidence))
        for reason in one.reasons
    )
    return sorted(rows)


def drop(conn: Connection, account_id: int, table: Table, leads: Sequence[bytes]) -> None:
    """Forgets rows of leads."""
    for start in range(0, len(leads), 500):
        conn.execute(delete(table).where(table.c.account_id == account_id, table.c.lead_id.in_(leads[start : start + 500])))


def due(conn: Connection, account_id: int, terms: Terms, after: bytes, most: int) -> tuple[list[bytes], bytes | None]:
    """Of the next scores in order those that were made by other terms; and the last one, None at the end."""
    asked = select(score.c.lead_id, score.c.rules, score.c.as_of).where(score.c.account_id == account_id, score.c.lead_id > after)
    rows = conn.execute(asked.order_by(score.c.lead_id).limit(most)).all()
    found = [bytes(row[0]) for row in rows if (bytes(row[1]), row[2]) != (terms.version, terms.as_of)]
    return found, bytes(rows[-1][0]) if len(rows) == most else None


async def of_lead(conn: AsyncConnection, account_id: int, lead_id: bytes) -> Row | None:
    """One lead's score with its `reasons`, the weightiest first, or None; `evidence` as a list of ids."""
    mine = (score.c.account_id == account_id, score.c.lead_id == lead_id)
    found = (await conn.execute(select(score).where(*mine))).first()
    if found is None:
        return None
    asked = select(score_reason).where(score_reason.c.account_id == account_id, score_reason.c.lead_id == lead_id)
    rows = [dict(row._mapping) for row in await conn.execute(asked)]
    for row in rows:
        row["evidence"] = [bytes.fromhex(one) for one in row["evidence"].split()]
    rows.sort(key=lambda row: (-abs(row["points"]), row["rule"]))
    return dict(found._mapping) | {"reasons": rows}


async def points_of(conn: AsyncConnection, account_id: int, leads: Sequence[bytes]) -> dict[bytes, Row]:
    """Points and exclusions of leads, by id."""
    asked = select(score.c.lead_id, score.c.points, score.c.excluded).where(score.c.account_id == account_id, score.c.lead_id.in_(leads))
    return {bytes(row.lead_id): dict(row._mapping) for row in await conn.execute(asked)}
