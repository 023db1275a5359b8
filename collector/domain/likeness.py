"""Leads that may be one person: what makes them alike, and when that is worth a suggestion. Nothing here merges anybody."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import Struct

from .companies import is_free_mail

GROUP_MOST = 10  # leads with one name or number: more are a switchboard, a placeholder, a school class
ENOUGH = 3
_POINTS = {"address": 3, "phone": 3, "name": 2, "visitor": 2, "domains": 1}


class Person(Struct, frozen=True):
    """What is compared of a lead."""

    id: bytes
    name: str
    email: str
    phone: str
    created_at: int


class Suggestion(Struct, frozen=True):
    """Two leads that may be one person; `keep` was known first. Reasons are kinds of `_POINTS`, or `names`, which speaks against."""

    keep: bytes
    other: bytes
    reasons: tuple[str, ...]
    points: int


def keys(name: str, email: str, phone: str) -> dict[str, str]:
    """What of a lead another may share, by kind: a full name, a phone number, an address without its dots and +tag."""
    local, _, domain = email.partition("@")
    plain = plain_name(name)
    told = {
        "name": plain if " " in plain else "",
        "phone": phone,
        "address": f"{local.partition('+')[0].replace('.', '')}@{domain}" if domain else "",
    }
    return {kind: value for kind, value in told.items() if value}


def plain_name(name: str) -> str:
    """A name without accents and signs, its parts in order: `DURAND Camille` is `Camille Durand`."""
    bare = "".join(char if char.isalnum() else " " for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return " ".join(sorted(bare.casefold().split()))


def suggest(
    shared: Mapping[frozenset[bytes], set[str]], people: Mapping[bytes, Person], apart: Iterable[frozenset[bytes]]
) -> list[Suggestion]:
    """Suggestions of pairs that share something, the strongest first.

    Two names on one device speak against one person: whoever signs a colleague in stays apart. `apart` are pairs of which
    somebody said so.
    """
    left_out = set(apart)
    found = []
    for pair, reasons in shared.items():
        if pair in left_out or len(pair) != 2 or not all(one in people for one in pair):
            continue
        first, other = sorted((people[one] for one in pair), key=lambda one: (one.created_at, one.id))
        told = set(reasons) | _compared(first, other)
        points = sum(_POINTS.get(reason, -2) for reason in told)
        if points >= ENOUGH:
            found.append(Suggestion(first.id, other.id, tuple(reason for reason in (*_POINTS, "names") if reason in told), points))
    return sorted(found, key=lambda one: (-one.points, one.keep, one.other))


def _compared(first: Person, other: Person) -> set[str]:
    told = set()
    one, two = (set(plain_name(lead.name).split()) for lead in (first, other))
    if one and two and not (one <= two or two <= one):
        told.add("names")
    domains = [lead.email.partition("@")[2] for lead in (first, other)]
    if all(domains) and is_free_mail(domains[0]) != is_free_mail(domains[1]):
        told.add("domains")
    return told
