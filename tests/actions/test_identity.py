"""Who a visitor is, from the wire to the lead: what peers got wrong, each named for what happens here (reference: leads 0, 2.1)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions.erase import erase
from collector.actions.letter import link
from collector.actions.merge import merge
from collector.actions.rebuild import rebuild
from collector.domain import letters
from collector.domain.identity import signature
from collector.store import dossier
from tests import builders
from tests.builders import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECRET,
    SITE,
    VISITOR,
    body,
    derived,
    event,
    field,
    form,
    rows,
    store,
    tell,
    view,
)

CAMILLE, NORA = "camille@example.org", "nora@example.org"
TOKEN = "t" * 22


def identify(at: int, email: str, **traits: Any) -> builders.Wire:
    return event("identify", at, traits={"email": email, **traits})


def _lead(conn: Connection, email: str) -> dict[str, Any]:
    (found,) = rows(conn, "lead", email=email)
    return found


def _same(conn: Connection) -> None:
    """A rebuild changes nothing."""
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_a_second_persons_form_on_the_same_browser_makes_a_second_lead(conn: Connection) -> None:
    """HubSpot: the cookie is asked before the address, so Pam's form overwrote Dwight."""
    tell(conn, view(NOW - 2 * DAY), form(NOW - 2 * DAY + 1, CAMILLE, fields=[field("nom", "Camille Durand")]))
    tell(conn, view(NOW - HOUR), form(NOW - HOUR + 1, NORA, fields=[field("nom", "Nora Petit")]))
    assert (_lead(conn, CAMILLE)["name"], _lead(conn, CAMILLE)["visits"]) == ("Camille Durand", 1)
    assert (_lead(conn, NORA)["name"], _lead(conn, NORA)["visits"]) == ("Nora Petit", 1)
    _same(conn)


def test_logging_out_and_in_moves_nobodys_history(conn: Connection) -> None:
    """Mautic #4211: A's history went to B, and A was deleted."""
    tell(conn, view(NOW - 3 * HOUR), identify(NOW - 3 * HOUR + 1, CAMILLE), event("reset", NOW - 2 * HOUR))
    tell(conn, view(NOW - HOUR), identify(NOW - HOUR + MINUTE, NORA))
    assert [(one["email"], one["visits"]) for one in rows(conn, "lead")] == [(CAMILLE, 1), (NORA, 0)]
    _same(conn)


def test_identified_by_the_site_the_past_of_the_browser_is_theirs(conn: Connection) -> None:
    """Mautic #11527: the anonymous visits before were lost."""
    tell(conn, view(NOW - DAY, HOME + "?utm_source=lettre"), view(NOW), identify(NOW + 1, CAMILLE, name="Camille Durand", company="Durand"))
    lead = _lead(conn, CAMILLE)
    assert (lead["visits"], lead["first_source"], lead["submissions"]) == (2, "lettre", 0)
    assert (lead["name"], lead["organization"], lead["kind"]) == ("Camille Durand", "Durand", "lead")
    _same(conn)


def test_a_known_lead_is_not_lost_to_an_anonymous_visit(conn: Connection) -> None:
    """Mautic #16425: the anonymous contact of the session won and the known one's id was destroyed."""
    store(conn, body(form(NOW - 2 * DAY, CAMILLE), visitor=None, consent="unset", sent=NOW - 2 * DAY))
    before = _lead(conn, CAMILLE)["id"]
    tell(conn, view(NOW), form(NOW + 1, CAMILLE, form="other"))
    lead = _lead(conn, CAMILLE)
    assert (lead["id"], lead["submissions"], lead["visits"]) == (before, 2, 1)


def test_activity_after_a_merge_is_not_lost(conn: Connection) -> None:
    """Mautic #3327, #4850, #6079: the cookie still pointed at an id that was deleted."""
    tell(conn, view(NOW - DAY), form(NOW - DAY + 1, CAMILLE))
    tell(conn, view(NOW - DAY), form(NOW - DAY + 1, NORA), visitor=OTHER)
    kept, gone = _lead(conn, CAMILLE)["id"], _lead(conn, NORA)["id"]
    merge(conn, kept, gone, actor="", reason="", secret=SECRET, now=NOW, id=b"m" * 16)
    tell(conn, view(NOW), form(NOW + 1, NORA, form="again"), visitor=OTHER)
    (lead,) = rows(conn, "lead")
    assert (lead["id"], lead["submissions"], lead["visits"]) == (kept, 3, 3)
    _same(conn)


def test_what_a_form_does_not_ask_is_not_emptied(conn: Connection) -> None:
    """Mautic #7558: fields that were not in the request were erased."""
    tell(conn, form(NOW, CAMILLE, fields=[field("nom", "Camille Durand"), field("phone", "0612345678")]))
    tell(conn, form(NOW + HOUR, CAMILLE, form="newsletter"), identify(NOW + 2 * HOUR, CAMILLE, name="", phone=None))
    lead = _lead(conn, CAMILLE)
    assert (lead["name"], lead["phone"]) == ("Camille Durand", "+33612345678")


@pytest.mark.parametrize("late", [False, True])
def test_what_was_typed_stands_above_what_a_page_says_unsigned(conn: Connection, late: bool) -> None:
    """Mautic #8233: what was guessed overwrote what had been declared. Any page may say anything; a signature is the site's own word."""
    typed = body(form(NOW, CAMILLE, fields=[field("nom", "Camille Durand")]))
    told = body(identify(NOW + 1, CAMILLE, name="Admin", company="Durand"))
    store(conn, *((told, typed) if late else (typed, told)))
    assert (_lead(conn, CAMILLE)["name"], _lead(conn, CAMILLE)["organization"]) == ("Camille Durand", "Durand")
    tell(conn, identify(NOW + 2, CAMILLE, name="Camille Petit", signature=signature(SECRET, 1, SITE, CAMILLE)))
    assert _lead(conn, CAMILLE)["name"] == "Camille Petit"
    _same(conn)


def test_two_people_of_one_address_of_the_network_stay_two(conn: Connection) -> None:
    """Mautic #2950: leads were merged by IP. No address is stored, so nothing can be."""
    tell(conn, view(NOW), form(NOW + 1, CAMILLE))
    tell(conn, view(NOW), form(NOW + 1, NORA), visitor=OTHER)
    assert len(rows(conn, "lead")) == 2
    assert dossier.suggestions(conn, 1)[0] == []


def test_a_later_way_of_a_known_lead_moves_no_first_source(conn: Connection) -> None:
    """HubSpot: the original source of a contact moves. Here only an earlier visit that becomes known can be an earlier first one."""
    tell(conn, view(NOW - 9 * DAY, HOME + "?utm_source=lettre"), form(NOW - 9 * DAY + 1, CAMILLE))
    tell(conn, view(NOW - DAY, HOME + "?utm_source=google&utm_medium=cpc"), form(NOW - DAY + 1, CAMILLE, form="b"), visitor=OTHER)
    lead = _lead(conn, CAMILLE)
    assert (lead["first_source"], lead["last_source"], lead["visits"]) == ("lettre", "google", 2)
    _same(conn)


@pytest.mark.parametrize(
    "blank",
    [
        "",
        "   ",
        "null",
        "NULL",
        "undefined",
        "[object Object]",
        "anonymous",
        "guest",
        "not_authenticated",
        "none",
        "NaN",
        "-1",
        "0000",
        "false",
        "test@test",
        "a@a.a",
    ],
)
def test_what_programs_write_for_nobody_is_nobodys_name(conn: Connection, blank: str) -> None:
    """PostHog, Segment: thousands were merged into one person called `null`."""
    tell(conn, view(NOW), identify(NOW + 1, blank, phone=blank))
    assert rows(conn, "identifier") == rows(conn, "lead") == []


def test_identify_does_nothing_without_consent(conn: Connection) -> None:
    store(conn, body(view(NOW), identify(NOW, CAMILLE), event("reset", NOW), consent="unset"))
    assert rows(conn, "edge") == rows(conn, "lead") == rows(conn, "identifier") == []


def test_only_a_signed_identify_is_a_login(conn: Connection) -> None:
    signed = signature(SECRET, 1, SITE, CAMILLE)
    tell(conn, identify(NOW, CAMILLE, signature=signed), identify(NOW + 1, CAMILLE), identify(NOW + 2, NORA, signature=signed))
    assert [one["kind"] for one in sorted(rows(conn, "edge"), key=lambda one: one["at"])] == ["login", "identify", "identify"]


def test_a_phone_alone_names_a_lead_and_an_address_another(conn: Connection) -> None:
    """DESIGN 5: a phone is an identifier only while there is no e-mail. Two leads then, and a suggestion."""
    tell(conn, form(NOW, None, fields=[field("phone", "06 12 34 56 78")]), visitor=None, consent="unset")
    tell(conn, form(NOW + 1, CAMILLE, form="b", fields=[field("phone", "0033612345678")]), visitor=None, consent="unset")
    assert [(one["email"], one["phone"]) for one in rows(conn, "lead")] == [("", "+33612345678"), (CAMILLE, "+33612345678")]
    (found,), _persons = dossier.suggestions(conn, 1)
    assert (found.keep, found.other, found.reasons) == (rows(conn, "lead")[0]["id"], rows(conn, "lead")[1]["id"], ("phone",))


def test_late_evidence_leaves_what_evidence_in_time_does(conn: Connection) -> None:
    told = [
        view(NOW - 3 * DAY),
        form(NOW - 3 * DAY + 1, CAMILLE),
        view(NOW - DAY),
        identify(NOW - DAY + 1, NORA),
        event("reset", NOW - HOUR),
    ]
    tell(conn, *told)
    before = derived(conn)
    builders.clear(conn)
    tell(conn, *reversed(told))
    assert derived(conn) == before


def test_the_sixth_browser_of_a_week_is_held_and_its_form_kept(conn: Connection) -> None:
    for place in range(6):
        visitor = f"v{place}".ljust(22, "x")
        tell(conn, view(NOW + place * HOUR), form(NOW + place * HOUR + 1, CAMILLE, form=f"f{place}"), visitor=visitor)
    lead = _lead(conn, CAMILLE)
    assert (lead["submissions"], lead["visits"]) == (6, 5)
    assert len(rows(conn, "edge")) == 6
    ((person, browsers),) = dossier.crowded(conn, 1)
    assert (person.email, browsers) == (CAMILLE, 6)
    _same(conn)


def test_a_late_browser_holds_the_one_after_it(conn: Connection) -> None:
    for place in (0, 1, 2, 3, 5, 4):
        visitor = f"v{place}".ljust(22, "x")
        tell(conn, view(NOW + place * HOUR), form(NOW + place * HOUR + 1, CAMILLE, form=f"f{place}"), visitor=visitor)
    assert "v5".ljust(22, "x") not in {one["visitor"] for one in rows(conn, "span")}
    _same(conn)


# Links of letters -------------------------------------------------------------------------------------------------------


def _written_to(conn: Connection) -> str:
    store(conn, body(form(NOW - DAY, CAMILLE), visitor=None, consent="unset", sent=NOW - DAY))
    link(conn, _lead(conn, CAMILLE)["id"], token=TOKEN, actor="", secret=SECRET, now=NOW - DAY)
    return letters.link(HOME + "prix?a=1#b", TOKEN)


def _read(conn: Connection, url: str, at: int, visitor: str = VISITOR, scroll: int = 40, **keys: Any) -> None:
    tell(conn, view(at, url), visitor=visitor, **keys)
    tell(conn, event("engage", at + 5_000, n=1, ms=5_000, scroll=scroll, url=url), visitor=visitor, **keys)


def test_a_letters_link_names_one_visit_and_never_the_ones_before(conn: Connection) -> None:
    url = _written_to(conn)
    tell(conn, view(NOW - 2 * HOUR))
    _read(conn, url, NOW)
    tell(conn, view(NOW + 2 * HOUR))
    assert _lead(conn, CAMILLE)["visits"] == 1
    assert [one["from_at"] for one in rows(conn, "span")] == [NOW]
    assert _lead(conn, CAMILLE)["marks"] == 0
    _same(conn)


def test_a_program_that_follows_the_link_is_not_the_lead(conn: Connection) -> None:
    """Mautic #16263: SafeLinks, Mimecast, Proofpoint and Barracuda open every link."""
    url = _written_to(conn)
    tell(conn, view(NOW, url))
    _read(conn, url, NOW + HOUR, OTHER, scroll=0)
    assert rows(conn, "span") == []
    assert _lead(conn, CAMILLE)["visits"] == 0


def test_a_link_that_is_followed_at_once_or_too_late_names_nobody(conn: Connection) -> None:
    url = _written_to(conn)
    _read(conn, url, NOW - DAY + 59_000)
    _read(conn, url, NOW - DAY + letters.LASTS, OTHER)
    assert rows(conn, "edge") == []


def test_a_link_that_was_passed_on_names_no_third(conn: Connection) -> None:
    url = _written_to(conn)
    for place in range(3):
        _read(conn, url, NOW + place * HOUR, f"v{place}".ljust(22, "x"))
    assert {one["visitor"][:2] for one in rows(conn, "span")} == {"v0", "v1"}
    _same(conn)


def test_no_token_of_a_letter_is_stored_and_none_works_without_consent(conn: Connection) -> None:
    url = _written_to(conn)
    _read(conn, url, NOW)
    _read(conn, HOME, NOW + 60_000, visitor=OTHER, consent="unset")
    store(conn, body(view(NOW, url), consent="unset"), body(view(NOW + 1, HOME, referrer=url)))
    assert not [place for place in builders.everywhere(conn) if TOKEN in str(place[2])]
    assert len(rows(conn, "edge")) == 1
    erase(conn, CAMILLE, secret=SECRET, now=NOW + DAY)
    assert rows(conn, "mail_link") == rows(conn, "edge") == []


def test_on_a_shared_device_a_visit_that_goes_on_is_still_theirs(conn: Connection) -> None:
    for place, email in enumerate((CAMILLE, NORA, "tom@example.org")):
        tell(conn, view(NOW + place * DAY), form(NOW + place * DAY + 1, email))
    tell(conn, view(NOW + 2 * DAY + MINUTE, HOME + "prix"))
    assert {one["shared"] for one in rows(conn, "span")} == {1}
    assert max(one["to_at"] for one in rows(conn, "span")) == NOW + 2 * DAY + MINUTE + 1
    tell(conn, view(NOW + 3 * DAY))
    assert [one["visits"] for one in rows(conn, "lead")] == [1, 1, 1]
    _same(conn)
