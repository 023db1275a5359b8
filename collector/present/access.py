"""The access file in words and as JSON: which table is what, and a value as a person reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import dates
from .language import N_, catalogue

TABLES = {
    "visitor": N_("Your browsers"),
    "event": N_("What your browsers told, one by one"),
    "session": N_("Visits"),
    "touch": N_("Where you came from"),
    "submission": N_("Forms sent"),
    "submission_field": N_("What stood in the forms"),
    "submission_result": N_("Whether the forms arrived"),
    "conversion": N_("How the forms were read"),
    "identifier": N_("What you are known by"),
    "lead": N_("You, in the list of those who wrote"),
    "edge": N_("Why a browser counts as yours"),
    "span": N_("When a browser counts as yours"),
    "consent": N_("What you agreed to"),
    "mail_link": N_("Links in letters to you"),
    "merge": N_("Entries that were found to be you"),
    "unmerge": N_("Entries that were found not to be you"),
    "edit": N_("What people said and corrected"),
    "score": N_("Your score"),
    "score_reason": N_("Why you have that score"),
    "score_change": N_("How your score changed"),
    "company_lead": N_("Your company"),
    "likeness": N_("Keys by which two entries of one person are found"),
    "reached": N_("Goals of the site that you reached"),
    "journey": N_("Ways that led you to a form or a goal"),
    "suppression": N_("Keys that keep you from being imported"),
    "me_session": N_("Your visits to this page"),
    "request": N_("What you asked for"),
    "request_step": N_("What was done about it"),
    "mail": N_("Letters to you"),
    "refused": N_("What could not be understood"),
}


def title(table: str, language: str) -> str:
    """What a table is."""
    return catalogue(language).gettext(TABLES[table]) if table in TABLES else table


def value(column: str, told: Any, language: str) -> str:
    """A value: times as moments in UTC, what is a list or a record as JSON."""
    if told is None or told == "":
        return ""
    if isinstance(told, int) and (column == "at" or column.endswith("_at")) and 0 < told < 2**53:
        return f"{dates.moment(told, 'UTC', language)} UTC"
    return json.dumps(told, ensure_ascii=False) if isinstance(told, dict | list) else str(told)


def as_json(rows: Mapping[str, Sequence[Mapping[str, Any]]], *, now: int, holder: str, confirmed: bool, keeps: Sequence[str]) -> bytes:
    """The file for programs: UTF-8; times are UTC milliseconds, ids hexadecimal."""
    told = {
        "made_at": dates.iso(now),
        "holder": holder,
        "confirmed": confirmed,
        "kept_for": list(keeps),
        "tables": rows,
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")
