"""Scores: points by rules, each with its reason (reference: leads 2.6).

`S = clamp(Fit + Engagement - Negatives, 0, 100)`. A rule is worth `points x min(cap, sum of what is left of each time that it
applied)`; after `hold` days what is left halves every `half_life` days. Fit and negatives do not fade unless their rule says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from msgspec import Struct, structs

from .companies import domain_of, is_free_mail
from .hosts import covers
from .leads import fold_text

DAY = 86_400_000
MOST_EVIDENCE = 5  # the newest are kept
NOTABLE = 500  # hundredths of a point: a change that a morning is told of
KINDS = ("fit", "engagement", "negative")
# What a rule may speak of. `often` and `return` are read from visits, the last three from what was declared.
SIGNALS = ("form", "signup", "page", "download", "visible", "often", "return", "paid", "business", "country", "freemail")
WORDED = frozenset({"form", "signup", "page", "country"})  # those of which `words` choose some
EXCLUSIONS = ("staff", "customers", "competitors")


class Signal(NamedTuple):
    """One thing that speaks for or against a lead. `at` is UTC milliseconds, `evidence` the id of the raw row that says so."""

    at: int
    evidence: bytes
    kind: str  # of SIGNALS; `visit` for a session
    text: str = ""  # a page's path, a form's key and path, a country
    amount: float = 1.0  # of `visible`: seconds


class Rule(Struct, frozen=True, omit_defaults=True):
    """One rule. Days are real; a half-life of 0 never fades; `per` is how much of a signal is one time."""

    name: str
    kind: str
    signal: str
    points: float
    cap: float = 1.0
    half_life: float = 0.0
    hold: float = 0.0
    per: float = 1.0
    words: tuple[str, ...] = ()
    on: bool = True


class Rules(Struct, frozen=True, omit_defaults=True):
    """All rules of an account, and the domains whose addresses are not scored; `freemail` are providers beside our own list."""

    rules: tuple[Rule, ...] = ()
    staff: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    freemail: tuple[str, ...] = ()


class Reason(Struct, frozen=True):
    """What one rule gave: hundredths of a point (negative ones take away), how often it applied, when first, by which rows."""

    rule: str
    points: int
    times: int
    first_at: int
    evidence: tuple[bytes, ...]


class Score(Struct, frozen=True):
    """Points in hundredths, 0 to 10,000; or why there are none (of EXCLUSIONS)."""

    points: int = 0
    excluded: str = ""
    reasons: tuple[Reason, ...] = ()


_PRICING = ("pricing", "prices", "price", "plans", "tarif", "prix", "formules", "abonnement")
_CAREERS = (
    "careers", "career", "jobs", "job-", "hiring", "vacancies", "join-us", "work-with-us", "recrutement", "recrute", "carriere",
    "emplois", "offres-d-emploi", "offre-d-emploi", "offres-emploi", "nous-rejoindre", "rejoignez-nous", "candidature", "stages",
)  # fmt: skip

DEFAULT = Rules(
    (
        Rule("contact", "engagement", "form", 40, 1, 14, hold=30),
        Rule("pricing", "engagement", "page", 8, 2, 14, words=_PRICING),
        Rule("often", "engagement", "often", 10, 1, 14, per=3),
        Rule("download", "engagement", "download", 10, 2, 14),
        Rule("attention", "engagement", "visible", 1, 10, 14, per=30),
        Rule("return", "engagement", "return", 5, 3, 14),
        Rule("paid", "engagement", "paid", 3, 1, 14),
        Rule("business", "fit", "business", 10),
        Rule("country", "fit", "country", 5),
        Rule("careers", "negative", "page", 10, words=_CAREERS),
        Rule("freemail", "negative", "freemail", 5),
    )
)
WINDOW = 7 * DAY  # in which `per` visits are often


def score(rules: Rules, signals: Iterable[Signal], as_of: int) -> Score:
    """The score of one lead at a time, with a reason for each rule that ever applied."""
    told = sorted(signals)
    reasons = [reason for rule in rules.rules if rule.on and (reason := _reason(rule, told, as_of))]
    return Score(max(0, min(10_000, sum(one.points for one in reasons))), "", tuple(reasons))


def worth(rule: Rule, signals: Sequence[Signal], as_of: int) -> float:
    """What a rule gives, in points: never less than 0, never more than points x cap."""
    left = math.fsum(one.amount / rule.per * remains(rule, as_of - one.at) for one in applied(rule, signals))
    return rule.points * min(rule.cap, left)


def remains(rule: Rule, age: int) -> float:
    """What is left after `age` milliseconds: 1 within the hold, then half every half-life. What is to come is fresh."""
    days = max(0.0, age / DAY - rule.hold)
    return float(2.0 ** -(days / rule.half_life)) if rule.half_life and days else 1.0


def applied(rule: Rule, signals: Sequence[Signal]) -> list[Signal]:
    """The signals (in the order of time) to which a rule applies; of `often` the visit that made it so."""
    if rule.signal in ("often", "return"):
        visits = [one for one in signals if one.kind == "visit"]
        if rule.signal == "return":
            return visits[1:]
        before = max(1, round(rule.per)) - 1
        made = [later for earlier, later in zip(visits, visits[before:], strict=False) if later.at - earlier.at <= WINDOW]
        return [one._replace(amount=rule.per) for one in made]
    return [one for one in signals if one.kind == rule.signal and (not rule.words or matches(rule.words, one.text))]


def _reason(rule: Rule, signals: Sequence[Signal], as_of: int) -> Reason | None:
    found = applied(rule, signals)
    if not found:
        return None
    points = round(100 * worth(rule, signals, as_of))
    newest = tuple(dict.fromkeys(one.evidence for one in reversed(found)))[:MOST_EVIDENCE]
    return Reason(rule.name, -points if rule.kind == "negative" else points, len(found), found[0].at, newest)


@lru_cache(8192)
def matches(words: tuple[str, ...], text: str) -> bool:
    """Whether one of the words begins a part of a path (`/nos-tarifs` has `tarif`), or is the whole text."""
    folded = fold_text(unquote(text))
    return any(folded == word or re.search(rf"(^|[/_.\s-]){re.escape(word)}", folded) for word in words)


# What was declared ------------------------------------------------------------------------------------------------------

_CONTACT = ("contact", "demo", "devis", "quote", "rappel", "callback", "rendez-vous", "rdv", "appointment", "essai", "trial")
_LETTER = ("newsletter", "infolettre", "lettre", "subscribe", "abonnement", "inscription-newsletter")


def form_kind(form: str, url: str, told: bool) -> str:
    """`signup` for a letter's box, `form` for somebody who asks: by the form's name, else by whether more than an address was `told`."""
    if matches(_LETTER, form):
        return "signup"
    return "form" if told or matches(_CONTACT, form) or matches(_CONTACT, url) else "signup"


def excluded(rules: Rules, email: str, own: Collection[str]) -> str:
    """Why an address is not scored: it is of the account's `own` hosts or staff, of a customer, of a competitor; or empty."""
    domain = domain_of(email)
    if not domain:
        return ""
    lists: Mapping[str, Collection[str]] = {
        "staff": {*rules.staff, *(host.removeprefix("www.") for host in own)},
        "customers": rules.customers,
        "competitors": rules.competitors,
    }
    return next((name for name in EXCLUSIONS if covers(domain, lists[name])), "")


def fit(rules: Rules, email: str, country: str, at: int, evidence: bytes) -> list[Signal]:
    """What an address and a country (`FR`, or empty) say of a lead."""
    domain = domain_of(email)
    found = [Signal(at, evidence, "freemail" if is_free_mail(domain, rules.freemail) else "business", domain)] if domain else []
    return [*found, Signal(at, evidence, "country", country)] if country else found


def with_countries(rules: Rules, countries: Iterable[str]) -> Rules:
    """The rules where a rule of countries that names none means those of the account's own sites."""
    own = tuple(sorted({one.lower() for one in countries})) or ("~",)
    return structs.replace(
        rules, rules=tuple(structs.replace(one, words=own) if one.signal == "country" and not one.words else one for one in rules.rules)
    )


# Changing them ----------------------------------------------------------------------------------------------------------


class BadRule(ValueError):
    """A rule that cannot be; args[0] is `name`, `kind`, `signal`, `number`, `words`, `domain`, `unknown`, `taken` or `many`."""


_NUMBERS = {"points": (0, 100), "cap": (0, 1_000), "half_life": (0, 3_650), "hold": (0, 3_650), "per": (0.01, 100_000)}
MOST_RULES = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def checked(rule: Rule) -> Rule:
    """The rule with its words folded. Raises BadRule."""
    if not _NAME.fullmatch(rule.name):
        raise BadRule("name")
    if rule.kind not in KINDS:
        raise BadRule("kind")
    if rule.signal not in SIGNALS:
        raise BadRule("signal")
    for name, (least, most) in _NUMBERS.items():
        if not (math.isfinite(getattr(rule, name)) and least <= getattr(rule, name) <= most):
            raise BadRule("number")
    words = tuple(dict.fromkeys(folded for word in rule.words if (folded := fold_text(word))))
    if len(words) > 50 or any(len(word) > 60 for word in words) or (words and rule.signal not in WORDED):
        raise BadRule("words")
    return structs.replace(rule, words=words)


def put(rules: Rules, rule: Rule, *, new: bool = False) -> Rules:
    """The rules with one changed, or added at the end. Raises BadRule."""
    made, names = checked(rule), [one.name for one in rules.rules]
    if new == (made.name in names):
        raise BadRule("taken" if new else "unknown")
    if new and len(names) >= MOST_RULES:
        raise BadRule("many")
    if new:
        return structs.replace(rules, rules=(*rules.rules, made))
    return structs.replace(rules, rules=tuple(made if one.name == made.name else one for one in rules.rules))


def without(rules: Rules, name: str) -> Rules:
    """The rules but one. Raises BadRule."""
    if name not in [one.name for one in rules.rules]:
        raise BadRule("unknown")
    return structs.replace(rules, rules=tuple(one for one in rules.rules if one.name != name))


def find(rules: Rules, name: str) -> Rule | None:
    """The rule of that name."""
    return next((one for one in rules.rules if one.name == name), None)
