"""Campaign links: put together, and looked through for what would spoil a report (leads.md 2.2, 2.3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from . import hosts
from .channels import CLICKS, channel, rule_of
from .leads import fold_text

KEYS = ("source", "medium", "campaign", "term", "content")
LIMIT = 200  # characters of a value, as `domain.sources` keeps them
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ALIKE = 0.92  # of two names, by Ratcliff and Obershelp: a letter of ten or more
_PHONE = re.compile(r"(?<!\d)(?:\+\d{2}|00\d{2}|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)")


class Asked(NamedTuple):
    """What a link is made of: the page it leads to, and its tags."""

    url: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""


class Made(NamedTuple):
    """A link (empty where none can be made), the channel that its visits fall into, and codes of what is amiss.

    Each of `faults` is (code, field); the codes are those of `present.links`.
    """

    link: str
    channel: str
    faults: tuple[tuple[str, str], ...]


def build(asked: Asked, own: Collection[str], known: Collection[str] = ()) -> Made:
    """Makes the link. `own` are the host names of the account's sites, `known` campaigns that were used before."""
    wanted = Asked(*(part.strip() for part in asked))
    if not any(wanted):
        return Made("", "", ())
    faults = [*_target(wanted.url, own), *_tags(wanted, known)]
    address = _address(wanted.url)
    if not address or not (wanted.source or wanted.medium or wanted.campaign):
        return Made("", "", tuple(faults))
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not name.lower().startswith("utm_")]
    tags = [(f"utm_{key}", getattr(wanted, key)[:LIMIT]) for key in KEYS if getattr(wanted, key)]
    query = urlencode([*kept, *tags], quote_via=quote, safe="~/:,")
    clicked = next((name for name in CLICKS if name in dict(kept)), "")
    told = channel(wanted.source, wanted.medium, wanted.campaign, "", clicked)
    return Made(urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment)), told, tuple(faults))


def alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Which names of campaigns may be meant to be one: each with the first before it that differs by capitals, accents, signs or a letter.

    Other digits make another campaign: `ete-2025` is not `ete-2026`.
    """
    seen: list[tuple[str, str, str]] = []
    found = []
    for name in names:
        plain = re.sub(r"[\W_]", "", fold_text(name))
        digits = re.sub(r"\D", "", plain)
        same = (had for had, text, number in seen if number == digits and plain and _is_alike(plain, text))
        if (first := next(same, None)) is not None:
            found.append((name, first))
        seen.append((name, plain, digits))
    return found


def _is_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    return abs(len(one) - len(other)) <= 2 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _address(text: str) -> str:
    """The landing page with its scheme; empty where it is none."""
    whole = text if "://" in text else f"https://{text}"
    try:
        urlsplit(whole).port  # noqa: B018 (what is no number raises)
    except ValueError:
        return ""
    return whole if text and hosts.of_url(whole) else ""


def _target(text: str, own: Collection[str]) -> list[tuple[str, str]]:
    """What is amiss with the landing page."""
    address = _address(text)
    if not address:
        return [("no-page" if not text else "bad-page", "url")]
    parts = urlsplit(address)
    faults = []
    if not hosts.covers(hosts.of_url(address), own):
        faults.append(("not-ours", "url"))
    names = {name.lower() for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    if any(name.startswith("utm_") for name in names):
        faults.append(("tagged", "url"))
    if names & CLICKS.keys():
        faults.append(("click-id", "url"))
    return faults


def _tags(asked: Asked, known: Collection[str]) -> list[tuple[str, str]]:
    """What is amiss with the tags."""
    faults = [(code, key) for key in KEYS for code in _value(getattr(asked, key), key)]
    if not asked.source:
        faults.append(("no-source", "source"))
    if not asked.medium:
        faults.append(("no-medium", "medium"))
    elif asked.source and rule_of(asked.source, asked.medium, asked.campaign) == "none":
        faults.append(("unknown-medium", "medium"))
    elif asked.source and rule_of("", asked.medium, "") == "none":
        faults.append(("guessed", "medium"))
    if not asked.campaign:
        faults.append(("no-campaign", "campaign"))
    elif asked.campaign not in known and asked.campaign.lower() in {one.lower() for one in known}:
        faults.append(("other-case", "campaign"))
    elif asked.campaign not in known and asked.campaign in dict(alike([*known, asked.campaign])):
        faults.append(("alike", "campaign"))
    if asked.source and hosts.of_url(asked.source):
        faults.append(("is-url", "source"))
    return faults


def _value(text: str, key: str) -> list[str]:
    faults = []
    if _EMAIL.search(text):
        faults.append("email")
    elif _PHONE.search(text):
        faults.append("phone")
    if text != text.lower():
        faults.append("case")
    if re.search(r"\s", text):
        faults.append("space")
    if len(text) > LIMIT:
        faults.append("long")
    return faults
