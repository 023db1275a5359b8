"""Requests of persons, on both databases: filed, answered, confirmed by a link, carried out; and what an erasure leaves of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import invitations, mail, requests, retain, visiting
from collector.actions.erase import Unknown, erase, replay
from collector.actions.merge import merge, unmerge
from collector.actions.rebuild import rebuild
from collector.domain import requests as rules
from collector.domain import tickets
from collector.store import requests as kept
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW, OTHER, SECOND, SECRET, VISITOR, body, derived, field, form, rows, store, view

CAMILLE, BASE = "camille@example.org", "https://stats.example.com"
IDS = builders.ids()


def _lead(conn: Connection, email: str = CAMILLE) -> bytes:
    return bytes(rows(conn, "identifier", value=email)[0]["lead_id"])


def _known(conn: Connection) -> bytes:
    store(conn, body(view(NOW - 2 * DAY), form(NOW - 2 * DAY + 1), view(NOW - HOUR, builders.HOME + "tarifs")))
    return _lead(conn)


def _ask(conn: Connection, address: str = CAMILLE, now: int = NOW, by_mail: bool = True, language: str = "fr", site: int = 0) -> int:
    more: dict[str, Any] = {"secret": SECRET, "now": now, "ids": IDS, "language": language, "base": BASE}
    return invitations.ask(conn, address, by_mail=by_mail, site=site, **more)


def _token(conn: Connection, recipient: str = CAMILLE) -> str:
    """The token in the newest letter to somebody."""
    content = json.loads(max(rows(conn, "mail", recipient=recipient), key=lambda row: row["at"])["content"])
    return str(content["text"].split("token=")[1].split()[0])


def _confirm(conn: Connection, token: str, now: int = NOW + MINUTE, session: bytes = b"s" * 32) -> int:
    return invitations.confirm(conn, token, session, secret=SECRET, now=now, ids=IDS, language="fr")


async def test_who_asks_for_a_known_address_gets_a_letter_and_sees_by_it_once(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        lead = _known(conn)
        assert _ask(conn, f" {CAMILLE.upper()} ") == 1
        (request,) = rows(conn, "request")
        assert (request["kind"], request["by"], bytes(request["lead_id"]), request["due_at"]) == (
            "access",
            "address",
            lead,
            rules.due(NOW),
        )
        (letter,) = rows(conn, "mail")
        content = json.loads(letter["content"])
        assert (letter["recipient"], letter["state"], letter["purpose"]) == (CAMILLE, "waiting", "link")
        assert "Example" in content["subject"]  # the site that they know
        assert f"{BASE}/me/link?token=" in content["text"]
        assert content["html"].startswith('<!doctype html><html lang="fr">')
        token = _token(conn)
        assert _confirm(conn, token) == 1
        (session,) = rows(conn, "me_session")
        assert (bytes(session["lead_id"]), session["visitor"], session["expires_at"]) == (lead, None, NOW + MINUTE + visiting.LASTS)
        assert bytes(session["request_id"]) == bytes(request["id"])
        assert sorted(one["kind"] for one in rows(conn, "request_step")) == ["confirmed", "done"]  # they see what they asked for
        with pytest.raises(invitations.Dead, match="used"):
            _confirm(conn, token, NOW + 2 * MINUTE)
        assert len(rows(conn, "me_session")) == 1

    await writer.run(told)


async def test_of_an_unknown_address_nothing_is_kept(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        _known(conn)
        for address in ("nobody@example.org", "no address", "", "06 12 34 56 78"):
            assert _ask(conn, address) == 0
        assert rows(conn, "request") == rows(conn, "mail") == []
        assert not [place for place in builders.everywhere(conn) if "nobody" in str(place[2])]

    await writer.run(told)


def test_without_a_mail_server_the_owner_finds_the_request(conn: Connection) -> None:
    lead = _known(conn)
    assert _ask(conn, by_mail=False) == 0
    (request,) = rows(conn, "request")
    assert (request["by"], bytes(request["lead_id"]), rows(conn, "mail")) == ("address", lead, [])


def test_who_asks_again_has_one_request_and_so_many_letters_a_day(conn: Connection) -> None:
    _known(conn)
    assert [_ask(conn, now=NOW + n * MINUTE) for n in range(7)] == [1] * 5 + [0] * 2
    assert len(rows(conn, "request")) == 1
    assert _ask(conn, now=NOW + 2 * DAY) == 1


def test_another_accounts_site_asks_in_that_account_only(conn: Connection) -> None:
    _known(conn)
    assert _ask(conn, site=43) == 1  # of the same account
    assert rows(conn, "request")[0]["site_id"] == 43


def test_a_link_dies_after_seven_days_with_its_request_and_with_its_address(conn: Connection) -> None:
    _known(conn)
    _ask(conn)
    token = _token(conn)
    with pytest.raises(invitations.Dead, match="expired"):
        _confirm(conn, token, NOW + tickets.LASTS + SECOND)
    with pytest.raises(invitations.Dead, match="wrong"):
        _confirm(conn, token[:-3])
    requests.answer(conn, bytes(rows(conn, "request")[0]["id"]), "refused", note="Déjà répondu", actor="", id=IDS(NOW), now=NOW + 1)
    with pytest.raises(invitations.Dead, match="used"):
        _confirm(conn, token)
    _ask(conn, now=NOW + HOUR)
    token = _token(conn)
    erase(conn, CAMILLE, secret=SECRET, now=NOW + HOUR)
    with pytest.raises(invitations.Dead, match="gone"):
        _confirm(conn, token, NOW + 2 * HOUR)
    assert rows(conn, "me_session") == []


def test_links_that_were_made_before_the_one_that_was_used_die_with_it(conn: Connection) -> None:
    lead = _known(conn)
    request = requests.file(conn, "erasure", by="person", id=IDS(NOW), now=NOW, lead=lead)
    first = invitations.invite(conn, request, secret=SECRET, now=NOW, ids=IDS)
    second = invitations.invite(conn, request, secret=SECRET, now=NOW + MINUTE, ids=IDS)
    assert rows(conn, "mail") == []  # it was copied
    _confirm(conn, second, NOW + HOUR)
    assert [one["kind"] for one in rows(conn, "request_step")] == ["confirmed"]  # an erasure is not done by looking
    with pytest.raises(invitations.Dead, match="used"):
        _confirm(conn, first, NOW + 2 * HOUR, b"t" * 32)
    third = invitations.invite(conn, request, secret=SECRET, now=NOW + 3 * HOUR, ids=IDS)
    _confirm(conn, third, NOW + 4 * HOUR, b"t" * 32)


def test_a_link_leads_to_whom_the_address_is_now(conn: Connection) -> None:
    lead = _known(conn)
    store(conn, body(form(NOW - HOUR, "c.durand@work.example"), visitor=None, consent="unset"))
    work = _lead(conn, "c.durand@work.example")
    _ask(conn)
    merge(conn, work, lead, actor="", reason="", secret=SECRET, now=NOW, id=b"m" * 16)
    _confirm(conn, _token(conn))
    assert bytes(rows(conn, "me_session")[0]["lead_id"]) == work


def test_a_person_with_a_role_sends_the_link_in_the_leads_own_language(conn: Connection) -> None:
    lead = _known(conn)
    request = requests.file(conn, "access", by="person", id=IDS(NOW), now=NOW, lead=lead)
    token = invitations.invite(conn, request, secret=SECRET, now=NOW, ids=IDS, base=BASE)
    assert _token(conn) == token
    assert 'lang="fr"' in json.loads(rows(conn, "mail")[0]["content"])["html"]
    message = requests.file(conn, "access", by="visitor", id=IDS(NOW), now=NOW, visitor=VISITOR)
    with pytest.raises(requests.BadRequest, match="no-address"):
        invitations.invite(conn, message, secret=SECRET, now=NOW, ids=IDS)
    answer = invitations.invite_address(conn, CAMILLE, secret=SECRET, now=NOW, ids=IDS)
    assert answer["request"] == request  # the one that waits
    with pytest.raises(Unknown):
        invitations.invite_address(conn, "nobody@example.org", secret=SECRET, now=NOW, ids=IDS)


# Answers --------------------------------------------------------------------------------------------------------------


def test_an_answer_is_given_once_and_a_refusal_says_why(conn: Connection) -> None:
    request = requests.file_for(conn, CAMILLE, "erasure", said="Par courrier", secret=SECRET, id=IDS(NOW), now=NOW)

    def answer(kind: str, note: str = "", now: int = NOW + DAY) -> None:
        requests.answer(conn, request, kind, note=note, actor="", id=IDS(now), now=now)

    for kind in ("refused", "extended"):
        with pytest.raises(requests.BadRequest, match="note"):
            answer(kind, "  ")
    answer("extended", "Beaucoup de demandes")
    with pytest.raises(requests.BadRequest, match="extended"):
        answer("extended", "Encore")
    row = kept.find(conn, 1, request)
    assert row is not None
    assert requests.state(row).due_at == rules.due(NOW, 3)
    answer("done")
    for kind in ("done", "refused"):
        with pytest.raises(requests.BadRequest, match="ended"):
            answer(kind, "Trop tard")
    with pytest.raises(requests.BadRequest, match="unknown"):
        requests.answer(conn, b"?" * 16, "done", actor="", id=IDS(NOW), now=NOW)
    with pytest.raises(requests.BadRequest, match="kind"):
        requests.file_for(conn, CAMILLE, "revenge", said="", secret=SECRET, id=IDS(NOW), now=NOW)
    with pytest.raises(requests.BadRequest, match="address"):
        requests.file_for(conn, " ", "access", said=" ", secret=SECRET, id=IDS(NOW), now=NOW)


async def test_an_erasure_by_request_keeps_counts_as_proof_and_no_name(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        _known(conn)
        request = requests.file_for(conn, CAMILLE, "erasure", said=f"Effacez {CAMILLE} !", secret=SECRET, id=IDS(NOW), now=NOW)
        requests.step(conn, request, "confirmed", actor="visitor", note=f"au téléphone, {CAMILLE}", id=IDS(NOW), now=NOW)
        _ask(conn)
        done = requests.erase_now(conn, request, actor="", secret=SECRET, id=IDS(NOW), now=NOW + DAY)
        assert (done["leads"], done["submissions"], done["visitors"]) == (1, 1, 1)
        assert not [place for place in builders.everywhere(conn) if "camille" in str(place[2]).lower() or place[2] == VISITOR]
        row = kept.find(conn, 1, request)
        assert row is not None
        assert (row["kind"], row["at"], row["lead_id"], row["visitor"], row["said"]) == ("erasure", NOW, None, None, "")
        assert [(one["kind"], one["note"]) for one in row["steps"]] == [("confirmed", ""), ("done", "")]
        assert json.loads(row["steps"][-1]["proof"]) == done
        with pytest.raises(requests.BadRequest, match="ended"):
            requests.erase_now(conn, request, actor="", secret=SECRET, id=IDS(NOW), now=NOW + DAY)

    await writer.run(told)


def test_a_request_of_nobody_who_is_known_cannot_be_erased_by_its_button(conn: Connection) -> None:
    request = requests.file_for(conn, "nobody@example.org", "erasure", said="", secret=SECRET, id=IDS(NOW), now=NOW)
    with pytest.raises(requests.BadRequest, match="unknown"):
        requests.erase_now(conn, request, actor="", secret=SECRET, id=IDS(NOW), now=NOW)


# What an erasure leaves ----------------------------------------------------------------------------------------------


async def test_an_erasure_empties_requests_and_drops_sessions_and_letters(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        lead = _known(conn)
        store(conn, body(view(NOW - HOUR), form(NOW - HOUR + 1, "nora@example.org"), visitor=OTHER))
        _ask(conn)
        _confirm(conn, _token(conn))
        _ask(conn, "nora@example.org")
        nora = _token(conn, "nora@example.org")
        of_browser = requests.file(conn, "withdrawal", by="visitor", id=IDS(NOW), now=NOW, visitor=VISITOR, said="Je retire")
        other = requests.file(conn, "withdrawal", by="visitor", id=IDS(NOW), now=NOW, visitor=OTHER, said="Moi aussi")
        erase(conn, CAMILLE, secret=SECRET, now=NOW + HOUR)
        assert rows(conn, "me_session") == []
        assert [one["recipient"] for one in rows(conn, "mail")] == ["nora@example.org"]
        assert not rows(conn, "request", lead_id=lead)
        emptied = rows(conn, "request", id=of_browser)[0]
        assert (emptied["visitor"], emptied["said"], emptied["kind"]) == (None, "", "withdrawal")
        assert rows(conn, "request", id=other)[0]["visitor"] == OTHER
        _confirm(conn, nora, NOW + 2 * HOUR)

    await writer.run(told)


def test_every_personal_column_of_these_tables_is_emptied(conn: Connection) -> None:
    """The schema says which columns are a person's; a canary in each is gone."""
    from collector.store import schema

    lead = _known(conn)
    names = {name: [c.name for c in schema.metadata.tables[name].columns if c.info.get("personal")] for name in TABLES}
    assert names == {
        "me_session": ["visitor"],
        "request": ["visitor", "said"],
        "request_step": ["note"],
        "mail": ["recipient", "content"],
    }
    request = requests.file(conn, "access", by="visitor", id=IDS(NOW), now=NOW, lead=lead, visitor=VISITOR, said="KANARIE")
    requests.step(conn, request, "extended", actor="", note="KANARIE", id=IDS(NOW), now=NOW)
    mail.post(conn, recipient="kanarie@example.org", subject="KANARIE", text="KANARIE", html="KANARIE", id=IDS(NOW), now=NOW, lead=lead)
    visiting.open_confirmed(conn, b"s" * 32, lead=lead, now=NOW)
    assert len([place for place in builders.everywhere(conn) if "kanarie" in str(place[2]).lower()]) == 4
    erase(conn, CAMILLE, secret=SECRET, now=NOW + 1)
    assert not [place for place in builders.everywhere(conn) if "kanarie" in str(place[2]).lower() or place[2] in (lead, VISITOR)]
    assert [one["kind"] for one in rows(conn, "request_step")] == ["extended"]


TABLES = ("me_session", "request", "request_step", "mail")


def test_who_stands_in_words_only_is_found_there_and_does_not_come_back_with_an_older_copy(conn: Connection) -> None:
    def filed() -> None:
        requests.file_for(conn, "Nora@Example.org", "access", said="Qu’avez-vous ?", secret=SECRET, id=IDS(NOW), now=NOW)
        requests.file_for(conn, "anais@example.org", "access", said="", secret=SECRET, id=IDS(NOW), now=NOW)

    filed()
    assert erase(conn, "nora@example.org", secret=SECRET, now=NOW + 1)["leads"] == 0
    assert sorted(one["said"] for one in rows(conn, "request")) == ["", "anais@example.org"]
    builders.clear(conn)
    filed()
    assert replay(conn, secret=SECRET) >= 1
    assert sorted(one["said"] for one in rows(conn, "request")) == ["", "anais@example.org"]


def test_requests_are_kept_three_years_after_their_last_word(conn: Connection) -> None:
    ended = requests.file_for(conn, "a@example.org", "access", said="", secret=SECRET, id=IDS(NOW), now=NOW)
    requests.answer(conn, ended, "done", actor="", id=IDS(NOW), now=NOW + 10 * DAY)
    waiting = requests.file_for(conn, "b@example.org", "access", said="", secret=SECRET, id=IDS(NOW), now=NOW)
    months = 36 * 31 * DAY
    assert retain.retain(conn, secret=SECRET, now=NOW + 36 * 30 * DAY)["requests"] == 0
    assert retain.retain(conn, secret=SECRET, now=NOW + months + 10 * DAY)["requests"] == 1
    assert [bytes(one["id"]) for one in rows(conn, "request")] == [waiting]
    assert rows(conn, "request_step") == []


# Objection ------------------------------------------------------------------------------------------------------------

BOX = field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=True)


async def test_who_objects_is_not_scored_nor_written_to_and_no_longer_followed(writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        store(conn, body(view(NOW - 2 * DAY), form(NOW - 2 * DAY + 1, fields=[BOX]), view(NOW - HOUR, builders.HOME + "tarifs")))
        (lead,) = rows(conn, "lead")
        assert (lead["marketing_consent"], lead["visits"]) == ("granted", 2)
        assert rows(conn, "score")[0]["points"] > 0
        done = requests.object_(conn, lead["id"], secret=SECRET, now=NOW)
        assert done == {"permissions": 1, "browsers": 1, "identifiers": 1}
        (lead,) = rows(conn, "lead")
        assert (lead["marketing_consent"], lead["visits"]) == ("none", 2)  # what was known stays, until it is erased
        assert [(one["points"], one["excluded"]) for one in rows(conn, "score")] == [(0, "objected")]
        assert rows(conn, "score_reason") == []
        assert [one["reason"] for one in rows(conn, "suppression")] == ["objected"]
        (outcome,) = store(conn, body(view(NOW + 1), sent=NOW + 1))
        assert outcome.refused == {"withdrawn": 1}
        before = derived(conn)
        rebuild(conn, secret=SECRET)
        assert derived(conn) == before

    await writer.run(told)


def test_nothing_from_before_an_objection_is_joined_after_it(conn: Connection) -> None:
    lead = _known(conn)
    store(conn, body(view(NOW - 3 * HOUR), visitor=OTHER))  # another browser, which nobody has named
    requests.object_(conn, lead, secret=SECRET, now=NOW)
    store(conn, body(view(NOW + HOUR), form(NOW + HOUR + 1), visitor=OTHER, sent=NOW + HOUR + 1))  # they agreed there, and asked
    assert rows(conn, "lead")[0]["visits"] == 3
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_a_permission_that_is_given_after_an_objection_counts_and_a_score_stays_away(conn: Connection) -> None:
    lead = _known(conn)
    requests.object_(conn, lead, secret=SECRET, now=NOW)
    store(conn, body(form(NOW + HOUR, fields=[BOX]), visitor=None, consent="unset", sent=NOW + HOUR))
    assert rows(conn, "lead")[0]["marketing_consent"] == "granted"
    assert rows(conn, "score")[0]["excluded"] == "objected"


def test_an_objection_holds_for_whoever_was_merged_and_for_each_when_they_are_taken_apart(conn: Connection) -> None:
    lead = _known(conn)
    store(conn, body(form(NOW - HOUR, "c.durand@work.example", fields=[BOX]), visitor=None, consent="unset"))
    work = _lead(conn, "c.durand@work.example")
    requests.object_(conn, lead, secret=SECRET, now=NOW)
    merge(conn, work, lead, actor="", reason="", secret=SECRET, now=NOW + 1, id=b"m" * 16)
    assert [(one["excluded"]) for one in rows(conn, "score")] == ["objected"]
    requests.object_(conn, lead, secret=SECRET, now=NOW + 2)
    unmerge(conn, b"m" * 16, actor="", secret=SECRET, now=NOW + 3, id=b"u" * 16)
    assert [(one["excluded"]) for one in rows(conn, "score")] == ["objected"] * 2


def test_an_objection_and_a_withdrawal_are_carried_out_by_their_requests(conn: Connection) -> None:
    lead = _known(conn)
    more: dict[str, Any] = {"actor": "", "secret": SECRET, "now": NOW}
    withdrawal = requests.file(conn, "withdrawal", by="person", id=IDS(NOW), now=NOW, lead=lead)
    assert requests.carry_out(conn, withdrawal, id=IDS(NOW), **more) == {"browsers": 1}
    assert rows(conn, "visitor")[0]["withdrawn_at"] == NOW
    assert rows(conn, "score")[0]["excluded"] == ""
    objection = requests.file(conn, "objection", by="person", id=IDS(NOW), now=NOW, lead=lead)
    assert requests.carry_out(conn, objection, id=IDS(NOW), **more)["browsers"] == 1
    assert rows(conn, "score")[0]["excluded"] == "objected"
    browser = requests.file(conn, "withdrawal", by="visitor", id=IDS(NOW), now=NOW, visitor=OTHER)
    assert requests.carry_out(conn, browser, id=IDS(NOW), **more) == {"browsers": 1}
    for request, says in ((objection, "ended"), (b"?" * 16, "unknown")):
        with pytest.raises(requests.BadRequest, match=says):
            requests.carry_out(conn, request, id=IDS(NOW), **more)
    access = requests.file(conn, "access", by="person", id=IDS(NOW), now=NOW, lead=lead)
    with pytest.raises(requests.BadRequest, match="kind"):
        requests.carry_out(conn, access, id=IDS(NOW), **more)


def test_an_objection_takes_nothing_from_a_later_erasure(conn: Connection) -> None:
    lead = _known(conn)
    requests.object_(conn, lead, secret=SECRET, now=NOW)
    erase(conn, CAMILLE, secret=SECRET, now=NOW + 1)
    assert rows(conn, "event") == rows(conn, "lead") == []
    assert [one["reason"] for one in rows(conn, "suppression")] == ["erased"]
    assert {one["state"] for one in rows(conn, "consent")} == {"denied"}  # of the browser: it stays unfollowed
