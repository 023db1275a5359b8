"""Two leads that are one person, and back; who stays, what follows, what is asked again."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions.edit import BadEdit, edit, undo
from collector.actions.erase import erase, replay
from collector.actions.merge import BadMerge, keep_apart, known_first, merge, unmerge
from collector.actions.rebuild import rebuild
from collector.store import dossier, merges, schema
from collector.store.database import beside
from tests import builders
from tests.builders import DAY, HOUR, NOW, OTHER, SECRET, body, derived, field, form, rows, store, tell, view

CAMILLE, WORK, NORA = "camille@example.org", "c.durand@work.example", "nora@example.org"
BOX = field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=True)
_numbers = itertools.count(1)


def _two(conn: Connection, *more: Any) -> tuple[bytes, bytes]:
    """A private and a work address of one person, on two browsers."""
    tell(
        conn,
        view(NOW - 2 * DAY, "https://example.com/?utm_source=lettre"),
        form(NOW - 2 * DAY + 1, CAMILLE, fields=[field("nom", "Camille Durand"), *more]),
    )
    tell(
        conn,
        view(NOW - HOUR),
        form(NOW - HOUR + 1, WORK, fields=[field("nom", "Camille DURAND"), field("societe", "Durand SARL")]),
        visitor=OTHER,
    )
    return _id(conn, CAMILLE), _id(conn, WORK)


def _id(conn: Connection, email: str) -> bytes:
    return bytes(next(one["lead_id"] for one in rows(conn, "identifier") if one["value"] == email))


def _merge(conn: Connection, keep: bytes, other: bytes, at: int = NOW) -> bytes:
    id = next(_numbers).to_bytes(16, "big")
    merge(conn, keep, other, actor="", reason="", secret=SECRET, now=at, id=id)
    return id


def _unmerge(conn: Connection, id: bytes) -> None:
    unmerge(conn, id, actor="", secret=SECRET, now=NOW + DAY, id=next(_numbers).to_bytes(16, "big"))


def _edit(conn: Connection, lead: bytes, *changes: tuple[str, str, str], at: int = NOW) -> list[bytes]:
    made: list[bytes] = edit(conn, lead, changes, actor="", secret=SECRET, now=at, ids=builders.ids())["edits"]
    return made


def _same(conn: Connection) -> None:
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_merged_leads_are_one_row_with_all_that_was_of_both(conn: Connection) -> None:
    keep, other = _two(conn)
    _merge(conn, keep, other)
    (lead,) = rows(conn, "lead")
    assert (lead["id"], lead["submissions"], lead["visits"], lead["first_source"]) == (keep, 2, 2, "lettre")
    assert (lead["organization"], lead["email"], lead["created_at"]) == ("Durand SARL", WORK, NOW - 2 * DAY + 1)
    _same(conn)


def test_whoever_chooses_says_which_stays_else_the_one_that_was_known_first(conn: Connection) -> None:
    keep, other = _two(conn)
    assert known_first(conn, 1, [other, keep]) == keep
    _merge(conn, other, keep)
    assert [one["id"] for one in rows(conn, "lead")] == [other]


@pytest.mark.parametrize("keep_first", [True, False])
def test_taken_apart_again_everything_is_as_before(conn: Connection, keep_first: bool) -> None:
    """Mautic, Mixpanel, PostHog: no merge of theirs can be undone in full."""
    both = _two(conn, BOX)
    _edit(conn, both[0], ("status", "", "won"), ("tag", "", "a"))
    _edit(conn, both[1], ("owner", "", ""), ("tag", "", "b"), ("note", "", "Rappeler"))
    before = derived(conn)
    id = _merge(conn, *(both if keep_first else both[::-1]))
    assert derived(conn) != before
    _unmerge(conn, id)
    assert derived(conn) == before
    with pytest.raises(BadMerge, match="undone"):
        _unmerge(conn, id)
    _same(conn)


def test_a_chain_of_merges_comes_apart_in_any_order(conn: Connection) -> None:
    first, second = _two(conn)
    tell(conn, form(NOW, NORA), visitor="vCCCCCCCCCCCCCCCCCCCCC")
    third = _id(conn, NORA)
    states = [derived(conn)]
    one = _merge(conn, second, first)
    states.append(derived(conn))
    two = _merge(conn, third, first)  # whom `first` stands for now
    assert [lead["id"] for lead in rows(conn, "lead")] == [third]
    _same(conn)
    _unmerge(conn, two)
    assert derived(conn) == states[1]
    again = _merge(conn, third, second)
    _unmerge(conn, one)
    assert {lead["id"] for lead in rows(conn, "lead")} == {first, third}
    _unmerge(conn, again)
    assert derived(conn) == states[0]


def test_what_cannot_be_merged_is_said(conn: Connection) -> None:
    keep, other = _two(conn)
    store(conn, body(form(NOW, None, fields=[field("message", "Bonjour")])))
    (message,) = rows(conn, "lead", kind="message")
    for pair, why in (((keep, keep), "same"), ((keep, b"x" * 16), "unknown"), ((keep, message["id"]), "message")):
        with pytest.raises(BadMerge, match=why):
            _merge(conn, *pair)
    _merge(conn, keep, other)
    for pair in ((other, keep), (keep, other)):  # it would bite its own tail
        with pytest.raises(BadMerge, match="same"):
            _merge(conn, *pair)
    assert len(rows(conn, "merge")) == 1


def test_six_addresses_of_one_person_are_too_many(conn: Connection) -> None:
    for place in range(6):
        store(conn, body(form(NOW, f"p{place}@example.org", form=str(place))))
    leads = [_id(conn, f"p{place}@example.org") for place in range(6)]
    for other in leads[1:5]:
        _merge(conn, leads[0], other)
    with pytest.raises(BadMerge, match="addresses"):
        _merge(conn, leads[0], leads[5])


def test_permission_to_write_stands_where_both_gave_it_or_one_since(conn: Connection) -> None:
    """Mautic #5495: the consents of two people were united. The most restrictive wins until it is asked again."""
    keep, other = _two(conn, BOX)
    _merge(conn, keep, other)
    assert rows(conn, "lead")[0]["marketing_consent"] == "none"
    store(conn, body(form(NOW + 1, WORK, form="newsletter", fields=[BOX]), sent=NOW + 1))
    assert rows(conn, "lead")[0]["marketing_consent"] == "granted"


def test_what_people_said_of_both_follows(conn: Connection) -> None:
    """Mautic #16240: links were lost in a merge. Tags and notes of both stay; status and owner are the kept lead's, else the other's."""
    keep, other = _two(conn)
    _edit(conn, keep, ("status", "", "contacted"), ("tag", "", "salon"))
    _edit(
        conn,
        other,
        ("status", "", "won"),
        ("tag", "", "devis"),
        ("note", "", "Rappeler lundi"),
        ("field", "phone", "0612345678"),
        at=NOW + 1,
    )
    _merge(conn, keep, other, at=NOW + 2)
    (lead,) = rows(conn, "lead")
    assert (lead["status"], lead["tags"], lead["phone"]) == ("contacted", '["devis", "salon"]', "+33612345678")
    told = dossier.of_lead(conn, 1, keep)
    assert [one.value for one in told.standing.notes] == ["Rappeler lundi"]
    _edit(conn, keep, ("untag", "", "devis"), at=NOW + 3)
    assert rows(conn, "lead")[0]["tags"] == '["salon"]'
    _same(conn)


def test_a_merged_person_is_erased_whole_by_any_address(conn: Connection) -> None:
    keep, other = _two(conn)
    tell(conn, form(NOW, NORA), visitor="vCCCCCCCCCCCCCCCCCCCCC")
    _edit(conn, other, ("note", "", "Un canari"))
    _unmerge(conn, _merge(conn, _id(conn, NORA), keep))
    _merge(conn, keep, other)
    assert erase(conn, WORK, secret=SECRET, now=NOW + HOUR)["submissions"] == 2
    left = {table: rows(conn, table) for table in ("merge", "unmerge", "edit", "edge", "identifier", "likeness")}
    assert [len(left[table]) for table in ("merge", "unmerge", "edit")] == [0, 0, 0]
    assert {one["value"] for one in left["identifier"]} == {NORA}
    assert {bytes(one["lead_id"]) for one in left["likeness"]} == {_id(conn, NORA)}
    assert len(rows(conn, "suppression")) == 2
    _same(conn)


# Suggestions ------------------------------------------------------------------------------------------------------------


def test_a_private_and_a_work_address_of_one_name_are_suggested_and_never_merged(conn: Connection) -> None:
    tell(conn, form(NOW, "camille.durand@gmail.com", fields=[field("nom", "Camille Durand")]))
    tell(conn, form(NOW + DAY, WORK, fields=[field("nom", "DURAND Camille")]), visitor=OTHER)
    (found,), persons = dossier.suggestions(conn, 1)
    assert found.reasons == ("name", "domains")
    assert persons[found.keep].email == "camille.durand@gmail.com"
    assert len(rows(conn, "lead")) == 2


def test_a_colleague_who_signs_another_in_is_not_suggested(conn: Connection) -> None:
    tell(conn, view(NOW - DAY), form(NOW - DAY, CAMILLE, fields=[field("nom", "Camille Durand")]))
    tell(conn, view(NOW), form(NOW, NORA, fields=[field("nom", "Nora Petit")]))
    assert dossier.suggestions(conn, 1)[0] == []


def test_an_address_with_a_tag_is_another_lead_and_a_suggestion(conn: Connection) -> None:
    store(conn, body(form(NOW, CAMILLE)), body(form(NOW, "cam.ille+news@example.org", form="b")))
    assert len(rows(conn, "lead")) == 2
    (found,), _persons = dossier.suggestions(conn, 1)
    assert found.reasons == ("address", "visitor")


def test_said_to_be_two_people_they_are_not_suggested_again(conn: Connection) -> None:
    store(conn, body(form(NOW, CAMILLE)), body(form(NOW, "cam.ille@example.org", form="b")))
    (found,), _persons = dossier.suggestions(conn, 1)
    keep_apart(conn, found.other, found.keep, actor="", now=NOW, id=b"e" * 16)
    assert dossier.suggestions(conn, 1)[0] == []
    undo(conn, b"e" * 16, actor="", secret=SECRET, now=NOW + 1, id=b"f" * 16)
    assert len(dossier.suggestions(conn, 1)[0]) == 1


# Edits ------------------------------------------------------------------------------------------------------------------


def test_a_correction_beats_every_form_and_is_taken_back(conn: Connection) -> None:
    """Mautic #8233: a guess overwrote the address that somebody had declared."""
    lead, _other = _two(conn)
    (one,) = _edit(conn, lead, ("field", "name", "Camille Martin"))
    tell(conn, form(NOW + 1, CAMILLE, form="b", fields=[field("nom", "C. Durand")]))
    assert rows(conn, "lead", id=lead)[0]["name"] == "Camille Martin"
    assert rows(conn, "lead", id=lead)[0]["search"].startswith("camille martin")
    undo(conn, one, actor="", secret=SECRET, now=NOW + 2, id=b"u" * 16)
    assert rows(conn, "lead", id=lead)[0]["name"] == "C. Durand"
    with pytest.raises(BadEdit, match="undone"):
        undo(conn, one, actor="", secret=SECRET, now=NOW + 3, id=b"v" * 16)
    _same(conn)


def test_a_corrected_number_is_read_in_the_country_of_its_site(conn: Connection) -> None:
    conn.execute(schema.site.update().values(country="BE"))
    lead, _other = _two(conn)
    _edit(conn, lead, ("field", "phone", "0470 12 34 56"))
    assert rows(conn, "lead", id=lead)[0]["phone"] == "+32470123456"


def test_an_undone_status_gives_way_to_the_one_before(conn: Connection) -> None:
    lead, _other = _two(conn)
    _edit(conn, lead, ("status", "", "contacted"))
    (won,) = _edit(conn, lead, ("status", "", "won"), at=NOW + 1)
    assert rows(conn, "lead", id=lead)[0]["status"] == "won"
    undo(conn, won, actor="", secret=SECRET, now=NOW + 2, id=b"u" * 16)
    assert rows(conn, "lead", id=lead)[0]["status"] == "contacted"
    assert len(rows(conn, "edit")) == 3  # nothing was taken away


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("status", "", "sold"), "status"), (("owner", "", "ff" * 16), "owner"), (("tag", "", " "), "tag"), (("tag", "", "x" * 41), "tag"),
        (("note", "", ""), "note"), (("note", "", "x" * 4_001), "note"), (("field", "message", "x"), "field"),
        (("field", "email", "nobody"), "email"), (("field", "phone", "abc 12"), "phone"), (("undo", "", "x"), "undo"),
    ],
)  # fmt: skip
def test_an_edit_that_will_not_do_appends_nothing(conn: Connection, change: tuple[str, str, str], why: str) -> None:
    lead, _other = _two(conn)
    with pytest.raises(BadEdit, match=why):
        _edit(conn, lead, ("tag", "", "good"), change)
    assert rows(conn, "edit") == []


def test_nobody_is_edited_who_is_not_here(conn: Connection) -> None:
    with pytest.raises(BadEdit, match="unknown"):
        _edit(conn, b"x" * 16, ("tag", "", "a"))


def test_an_older_copy_brings_neither_half_of_a_merged_person_back(conn: Connection) -> None:
    beside(conn, "erased").unlink(missing_ok=True)
    keep, other = _two(conn)
    _merge(conn, keep, other)
    store(conn, body(form(NOW, CAMILLE, n=-1)))  # refused, and kept with the address
    erase(conn, WORK, secret=SECRET, now=NOW + HOUR)
    assert not [place for place in builders.everywhere(conn) if CAMILLE in str(place[2])]
    builders.clear(conn)
    _two(conn)  # as a copy from before the merge would bring them back
    try:
        assert replay(conn, secret=SECRET) == 1
    finally:
        beside(conn, "erased").unlink()
    assert rows(conn, "identifier") == rows(conn, "lead") == rows(conn, "edge") == rows(conn, "likeness") == []


def test_a_lead_that_was_won_before_its_merge_was_won_then(conn: Connection) -> None:
    one, other = _two(conn)
    _edit(conn, other, ("status", "", "won"), at=NOW)
    _edit(conn, one, ("status", "", "won"), at=NOW + HOUR)
    merged = _merge(conn, one, other, NOW + 2 * HOUR)
    assert [row["at"] for row in rows(conn, "journey") if row["kind"] == "won"] == [NOW]
    _same(conn)
    _unmerge(conn, merged)
    assert sorted(row["at"] for row in rows(conn, "journey") if row["kind"] == "won") == [NOW, NOW + HOUR]


def test_whoever_asks_for_both_halves_hears_that_one_is_below_the_other(conn: Connection) -> None:
    one, other = _two(conn)
    tell(conn, form(NOW, NORA), visitor=None)
    third = _id(conn, NORA)
    _merge(conn, other, third)
    _merge(conn, one, other, NOW + 1)
    every = merges.members(conn, 1, [one, other, third])
    assert every == {one: {other: NOW + 1, third: NOW}, other: {third: NOW}}
    assert every[one] == merges.members(conn, 1, [one])[one]
    assert merges.owners(conn, 1, [other, one, third]) == dict.fromkeys([one, other, third], one)
