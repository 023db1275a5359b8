"""Consents of both purposes: what each row holds (DESIGN 4.2)."""

from __future__ import annotations

from sqlalchemy import Connection

from collector.actions.withdraw import withdraw
from collector.domain.proofs import opens
from tests.builders import NOW, SECRET, VISITOR, body, event, field, form, rows, store, view

BOX = {"type": "checkbox", "label": "J’accepte de recevoir la newsletter"}


def test_a_grant_is_kept_with_what_was_shown_and_how(conn: Connection) -> None:
    from hashlib import sha256

    proof = sha256(b"the secret").hexdigest()
    told = event("consent", NOW, state="granted", purpose="tracking", text_version="fr-1a2b3c4d", language="fr", how="Axeptio", proof=proof)
    store(conn, body(told, view()))
    (kept,) = rows(conn, "consent")
    assert {name: kept[name] for name in ("purpose", "state", "text_version", "language", "how", "at", "visitor", "site_id")} == {
        "purpose": "tracking", "state": "granted", "text_version": "fr-1a2b3c4d", "language": "fr", "how": "Axeptio", "at": NOW,
        "visitor": VISITOR, "site_id": 42,
    }  # fmt: skip
    assert opens("the secret", kept["proof"])
    assert (kept["lead_id"], kept["submission_id"]) == (None, None)


def test_a_refusal_is_a_row_of_its_own_and_the_grant_stays(conn: Connection) -> None:
    store(conn, body(event("consent", NOW - 2, state="granted", text_version="1", language="fr", how="api"), sent=NOW - 2))
    store(conn, body(event("consent", NOW, state="denied", text_version="1", language="fr", how="api")))
    assert [(one["state"], one["at"]) for one in sorted(rows(conn, "consent"), key=lambda one: int(one["at"]))] == [
        ("granted", NOW - 2),
        ("denied", NOW),
    ]


def test_an_owner_who_withdraws_says_that_it_was_them(conn: Connection) -> None:
    store(conn, body(view()))
    withdraw(conn, VISITOR, secret=SECRET, now=NOW + 1, site=42)
    (kept,) = rows(conn, "consent")
    assert (kept["purpose"], kept["state"], kept["how"], kept["at"], kept["site_id"]) == ("tracking", "denied", "owner", NOW + 1, 42)


def test_permission_to_write_holds_the_words_beside_the_box_and_names_the_form(conn: Connection) -> None:
    sent = form(NOW, fields=[field("ok", **BOX, checked=True)])
    store(conn, body(sent, visitor=None, consent="unset"))
    (kept,) = rows(conn, "consent")
    (lead,) = rows(conn, "lead")
    assert (kept["purpose"], kept["state"], kept["text"], kept["how"], kept["at"]) == ("marketing", "granted", BOX["label"], "form", NOW)
    assert (kept["lead_id"], kept["visitor"], kept["proof"]) == (lead["id"], None, "")
    assert bytes(kept["submission_id"]) == bytes.fromhex(sent["id"].replace("-", ""))


def test_to_be_followed_is_no_permission_to_be_written_to(conn: Connection) -> None:
    store(conn, body(event("consent", NOW - 1, state="granted"), form(NOW)))
    assert rows(conn, "lead")[0]["marketing_consent"] == "none"
    assert {one["purpose"] for one in rows(conn, "consent")} == {"tracking"}
