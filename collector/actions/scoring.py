"""The rules of scores: each change is another version. Scores follow by `jobs.score`, a little at a time."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import Connection

from ..domain import hosts
from ..domain import scoring as deciding
from ..domain.scoring import BadRule, Rule, Rules
from ..store import scores
from .refold import context, refold

LISTS = (*deciding.EXCLUSIONS, "freemail")
MOST_DOMAINS = 2_000


def put(conn: Connection, account: int, rule: Rule, *, new: bool, actor: str, now: int, identity: bytes) -> Rules:
    """Changes one rule, or adds it. Raises BadRule."""
    return _stand(conn, account, deciding.put(scores.terms(conn, account).rules, rule, new=new), actor, now, identity)


def remove(conn: Connection, account: int, name: str, *, actor: str, now: int, identity: bytes) -> Rules:
    """Takes one rule out. Raises BadRule."""
    return _stand(conn, account, deciding.without(scores.terms(conn, account).rules, name), actor, now, identity)


def list_domains(conn: Connection, account: int, lists: dict[str, Sequence[str]], *, actor: str, now: int, identity: bytes) -> Rules:
    """Replaces lists of domains (of LISTS). Raises BadRule."""
    if set(lists) - set(LISTS):
        raise BadRule("unknown")
    made = {name: tuple(sorted({_domain(one) for one in domains if one.strip()})) for name, domains in lists.items()}
    if any(len(one) > MOST_DOMAINS for one in made.values()):
        raise BadRule("words")
    return _stand(conn, account, structs.replace(scores.terms(conn, account).rules, **made), actor, now, identity)


def _domain(text: str) -> str:
    try:
        found = hosts.normalise(text.strip().lstrip("@")).removeprefix("www.")
    except hosts.BadHost:
        raise BadRule("domain") from None
    if hosts.is_suffix(found):  # `com` would take half of the world out
        raise BadRule("domain")
    return found


def _stand(conn: Connection, account: int, rules: Rules, actor: str, now: int, identity: bytes) -> Rules:
    stood = scores.terms(conn, account)
    if rules != stood.rules:
        if identity <= stood.version:  # made in the same moment, or by a clock that went back: the newest stands all the same
            identity = (int.from_bytes(stood.version, "big") + 1).to_bytes(16, "big")
        scores.add_rules(conn, account, identity, rules, actor, now)
    return rules


def step(conn: Connection, account: int, leads: Sequence[bytes], *, secret: bytes) -> int:
    """An action: some leads summed up and scored by the terms that stand. Answers how many."""
    refold(conn, context(conn, account, secret), touched=leads)
    return len(leads)
