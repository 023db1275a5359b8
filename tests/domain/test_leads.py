"""Leads: what names one, which submissions count, and the row that sums it up (DESIGN 5)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from msgspec import structs

from collector.domain import leads
from collector.domain.events import Field
from collector.domain.fields import read
from collector.domain.leads import Conversion, Known, Said, Visit
from collector.domain.sessions import Touch
from collector.domain.sources import Source
from tests.builders import DAY, HOUR, MINUTE, NOW, SECOND, SITE, VISITOR

_numbers = itertools.count(1)


def conversion(at: int = 0, result: str = "unknown", **keys: Any) -> Conversion:
    number = next(_numbers)
    plain = {
        "email": "",
        "phone": "",
        "name": "",
        "given_name": "",
        "family_name": "",
        "organization": "",
        "subject": "",
        "message": "",
        "marketing": 0,
        "marketing_text": "",
    }
    given = {
        "id": number.to_bytes(16, "big"),
        "lead_id": b"l" * 16,
        "kind": "lead",
        "form": "contact",
        "url": "https://example.com/",
        "marks": 0,
        "digest": b"d" * 16,
    }
    return Conversion(site_id=SITE, at=NOW + at, visitor=VISITOR, result=result, **{**plain, **given, **keys})


def counted(*conversions: Conversion) -> list[int]:
    return [one.counted for one in leads.count(conversions)]


# Which count --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "counts"), [(0, [1, 0]), (60 * SECOND, [1, 0]), (60 * SECOND + 1, [1, 1])])
def test_the_same_within_a_minute_counts_once(after: int, counts: list[int]) -> None:
    assert counted(conversion(0), conversion(after)) == counts


def test_the_minute_runs_from_the_one_that_counts() -> None:
    assert counted(conversion(0), conversion(50 * SECOND), conversion(100 * SECOND)) == [1, 0, 1]


def test_a_repeat_says_whose_it_is() -> None:
    first, second = leads.count([conversion(0), conversion(SECOND)])
    assert (first.duplicate_of, second.duplicate_of) == (None, first.id)


def test_a_failed_one_does_not_count_and_its_repeat_does() -> None:
    assert counted(conversion(0, "failed"), conversion(SECOND, "confirmed")) == [0, 1]


def test_counting_again_changes_nothing() -> None:
    once = leads.count([conversion(0), conversion(1), conversion(2, "failed"), conversion(2 * MINUTE)])
    assert leads.count(reversed(once)) == once


def test_equal_means_the_same_form_contact_and_values() -> None:
    def key(site: int = SITE, form: str = "contact", email: str = "a@example.org", text: str = "Bonjour", ticked: bool = False) -> bytes:
        fields = [
            Field(name="email", type="email", value=email),
            Field(name="message", value=text, type="textarea"),
            Field(name="ok", type="checkbox", checked=ticked),
        ]
        return leads.same_digest(site, form, read(fields), fields)

    keys = [key(), key(site=43), key(form="devis"), key(email="b@example.org"), key(text="Bonsoir"), key(ticked=True)]
    assert len(set(keys)) == len(keys)
    assert key() == key()


# Results ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ([], "unknown"),
        (["unknown"], "unknown"),
        (["failed", "confirmed"], "confirmed"),
        (["confirmed", "failed"], "failed"),
        (["failed", "unknown"], "failed"),
        (["confirmed", "unknown", "unknown"], "confirmed"),
    ],
)
def test_the_last_known_result_stands(told: list[str], stands: str) -> None:
    results = [(NOW + place, bytes([place]) * 16, result) for place, result in enumerate(told)]
    assert leads.result_of(results) == leads.result_of(reversed(results)) == stands


# Who ----------------------------------------------------------------------------------------------------------------


def _named(**values: str) -> tuple[str, str] | None:
    kinds = {"email": "email", "phone": "tel", "message": "textarea"}
    return leads.identifier(read([Field(name=name, type=kinds[name], value=value) for name, value in values.items()]), "FR")


def test_a_phone_names_a_lead_only_without_an_address() -> None:
    assert _named(email="A@Example.org", phone="06 12 34 56 78") == ("email", "a@example.org")
    assert _named(phone="06 12 34 56 78") == ("phone", "+33612345678")
    assert _named(phone="0033 6 12 34 56 78") == ("phone", "+33612345678")
    assert _named(message="Bonjour") is None


def test_an_unreadable_number_is_kept_as_typed() -> None:
    assert _named(phone="poste 123 456 / 7") == ("phone", "poste 123 456 / 7")


EMAIL, MESSAGE = Field(name="email", type="email", value="x"), Field(name="message", type="textarea", value="x")
PASSWORD = Field(name="mdp", type="password", withheld="password")


@pytest.mark.parametrize(
    ("fields", "worth"),
    [
        ([EMAIL], True),
        ([MESSAGE], True),
        ([Field(name="tel", type="tel", value="x")], True),
        ([EMAIL, PASSWORD], False),
        ([EMAIL, PASSWORD, Field(name="nom", value="Durand")], True),
        ([Field(name="q", type="search", value="maladie")], False),
        ([Field(name="couleur", type="select", value="bleu")], False),
        ([Field(name="message", type="textarea", withheld="special")], False),
        ([], False),
    ],
)
def test_which_forms_are_kept_with_their_values(fields: list[Field], worth: bool) -> None:
    assert leads.worth_keeping(fields) is worth


# The row ------------------------------------------------------------------------------------------------------------


def touch(at: int, source: str) -> Touch:
    return Touch(source.encode().ljust(16, b"0"), b"s" * 16, VISITOR, SITE, NOW + at, Source(channel="Email", source=source), "")


def test_the_newest_declared_value_wins_and_an_empty_one_never() -> None:
    told = [
        conversion(0, email="a@example.org", phone="+33611111111", organization="Durand"),
        conversion(1, email="a@example.org", phone="+33622222222"),
        conversion(2, email="a@example.org"),
    ]
    lead = leads.summarise(told, [], [])
    assert lead is not None
    assert (lead.phone, lead.organization, lead.submissions) == ("+33622222222", "Durand", 3)


def said(at: int, *, signed: bool = False, **keys: str) -> Said:
    plain = dict.fromkeys(("url", "email", "phone", "name", "given_name", "family_name", "organization"), "")
    return Said(NOW + at, next(_numbers).to_bytes(16, "big"), b"l" * 16, SITE, **(plain | keys), signed=signed)


def test_what_a_page_says_unsigned_stands_only_where_nobody_declared_anything() -> None:
    def row(*told: Said) -> tuple[str, str, str, str, str]:
        lead = leads.summarise([conversion(5, name="Camille Durand", phone="+33611111111")], [], [], Known(told))
        assert lead is not None
        return lead.name, lead.given_name, lead.family_name, lead.phone, lead.organization

    typed = ("Camille Durand", "", "", "+33611111111")
    guessed = {"name": "X Y", "given_name": "X", "family_name": "Y", "phone": "+33622222222", "organization": "Y SA"}
    assert row() == (*typed, "")
    assert row(said(9, **guessed)) == row(said(1, **guessed)) == (*typed, "Y SA")
    assert row(said(9, signed=True, **guessed)) == ("X Y", "X", "Y", "+33622222222", "Y SA")
    assert row(said(1, signed=True, **guessed)) == (*typed, "Y SA"), "of two that are declared the newest"
    assert row(said(7, organization="Old", signed=True), said(9, organization="New"))[4] == "Old"


def test_names_join_from_their_newest_parts() -> None:
    def name(*told: Conversion) -> tuple[str, str, str]:
        lead = leads.summarise(told, [], [])
        assert lead is not None
        return lead.given_name, lead.family_name, lead.name

    assert name(conversion(0, given_name="Camille", family_name="Durand", name="Camille Durand"), conversion(1)) == (
        "Camille",
        "Durand",
        "Camille Durand",
    )
    assert name(conversion(0, family_name="Durand"), conversion(1, given_name="Camille")) == ("Camille", "Durand", "Camille Durand")
    assert name(conversion(0, name="C. Durand"), conversion(1, name="Camille Durand"))[2] == "Camille Durand"
    assert name(conversion(0)) == ("", "", "")


def test_a_row_tells_first_and_last_and_everything_seen() -> None:
    told = [conversion(HOUR, form="devis", url="https://example.com/devis", marks=1), conversion(DAY)]
    lead = leads.summarise(
        reversed(told),
        [Visit(NOW, NOW + HOUR, 4), Visit(NOW + 2 * DAY, NOW + 2 * DAY + 5, 0)],
        [touch(2 * DAY, "bing"), touch(0, "lettre")],
    )
    assert lead is not None
    assert lead.first is not None
    assert lead.last is not None
    assert (lead.created_at, lead.last_seen_at, lead.form, lead.page) == (
        NOW + HOUR,
        NOW + 2 * DAY + 5,
        "devis",
        "https://example.com/devis",
    )
    assert (lead.first.source.source, lead.last.source.source, lead.visits, lead.marks) == ("lettre", "bing", 2, 5)


def test_nothing_that_counts_is_no_lead() -> None:
    assert leads.summarise([], [Visit(NOW, NOW, 0)], [touch(0, "lettre")]) is None
    assert leads.summarise([structs.replace(conversion(0, "failed"), counted=0)], [], []) is None


def test_a_box_ticked_once_is_a_consent() -> None:
    def consent(*ticked: int) -> str:
        lead = leads.summarise([conversion(place, marketing=one) for place, one in enumerate(ticked)], [], [])
        assert lead is not None
        return lead.marketing_consent

    assert (consent(0), consent(1), consent(1, 0)) == ("none", "granted", "granted")


def test_the_search_text_has_no_accents_and_no_case() -> None:
    lead = leads.summarise([conversion(0, name="Hélène  DÜRAND", email="h@example.org", message="Ça va ?")], [], [])
    assert lead is not None
    assert "helene durand h@example.org" in leads.search_text(lead)
    assert "ca va ?" in leads.search_text(lead)
